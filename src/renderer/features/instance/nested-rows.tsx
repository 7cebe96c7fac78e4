import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { useOpened } from '../../data/engine.tsx';
import { FailureNote } from '../../ui/notes.tsx';
import { LiveBlocks } from './live-blocks.tsx';
import { openNestedEvents, type NestedEvents } from './nested-events.ts';
import { rowsOf } from './outline.ts';
import { useStream } from './stream-context.ts';

const STEP = 300;

type NestedRowsProps = { readonly n: number; readonly toolUseId: string; readonly end: number | null };

const Rows = ({ nested, toolUseId, end }: NestedRowsProps & { readonly nested: NestedEvents }) => {
  const { view, stream, Row } = useStream();
  const { events, next, reading, failure } = useStore(nested.store);
  const [wanted, setWanted] = useState(STEP);
  const count = useStore(stream.store, (state) => state.letters.length);
  useEffect(() => {
    nested.want(wanted);
  }, [nested, wanted]);
  const rows = rowsOf(events, { parent: toolUseId, speaking: false, finishOf: view.finishOf });
  const hasMore = !reading && next < (end ?? count) && events.length >= wanted;
  return (
    <>
      {rows.map((row) => (
        <div key={row.n} data-look={row.kind === 'event' ? undefined : 'tool'}>
          <Row row={row} />
        </div>
      ))}
      <LiveBlocks parent={toolUseId} />
      {rows.length === 0 && !reading ? <p className="py-1 text-s text-ink-3">It did nothing yet.</p> : null}
      {reading ? <p className="py-1 text-s text-ink-3">Loading…</p> : null}
      {failure === null ? null : <FailureNote failure={failure} className="my-1" />}
      {hasMore ? (
        <button
          type="button"
          className="py-1 text-s text-accent hover:underline"
          onClick={() => {
            setWanted(wanted + STEP);
          }}
        >
          Show more
        </button>
      ) : null}
    </>
  );
};

/** What a subagent did, under its call. */
export const NestedRows = (props: NestedRowsProps) => {
  const { stream, view } = useStream();
  const { n, toolUseId, end } = props;
  const nested = useOpened(`${toolUseId} ${String(end)}`, () =>
    openNestedEvents({ stream, view, n, end, toolUseId }),
  );
  return (
    <div className="border-t border-line-soft px-3 py-1">
      <div className="border-l-2 border-line pl-3">
        {nested === null ? null : <Rows nested={nested} {...props} />}
      </div>
    </div>
  );
};
