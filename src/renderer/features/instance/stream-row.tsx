import { memo } from 'react';
import { AskedRow, SaidRow, ThoughtRow } from './message-rows.tsx';
import type { EventRow, Row } from './outline.ts';
import { QuietRow } from './quiet-row.tsx';
import { ReadsRow, ToolRow } from './tool-row.tsx';
import { TurnRow } from './turn-row.tsx';

const EventRowView = (row: EventRow) => {
  const { n, event } = row;
  const { body, at } = event;
  switch (body.type) {
    case 'message.text':
      return <SaidRow n={n} at={at} body={body} first={row.first} />;
    case 'message.thinking':
      return <ThoughtRow n={n} at={at} body={body} />;
    case 'prompt.sent':
    case 'message.user':
      return <AskedRow n={n} at={at} body={body} />;
    case 'turn.ended':
      return <TurnRow n={n} body={body} />;
    default:
      return <QuietRow {...row} />;
  }
};

/** A row of the stream. Drawn again only when it is another one: rows keep their identity (see outline.ts). */
export const StreamRow = memo(({ row }: { readonly row: Row }) => {
  if (row.kind === 'tool') return <ToolRow row={row} />;
  if (row.kind === 'reads') return <ReadsRow row={row} />;
  return <EventRowView {...row} />;
});
StreamRow.displayName = 'StreamRow';
