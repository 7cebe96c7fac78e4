import type { SearchHit } from '../../../shared/contract/search.ts';
import type { EventType } from '../../../shared/domain/event.ts';
import type { OrchestrationId } from '../../../shared/domain/ids.ts';

/** The list of hits as it is drawn: a head for each session, its hits below. */
export type HitRow =
  | {
      readonly kind: 'session';
      readonly id: OrchestrationId;
      readonly name: string;
      /** How many of its hits are here. */
      readonly hits: number;
      /** More of it may come with the next page. */
      readonly isOpen: boolean;
    }
  | { readonly kind: 'hit'; readonly hit: SearchHit };

/** Hits by session, in the order in which they came; those of one session follow each other. */
export const hitRows = (hits: readonly SearchHit[], hasMore: boolean): readonly HitRow[] => {
  const groups = new Map<OrchestrationId, SearchHit[]>();
  for (const hit of hits) {
    const group = groups.get(hit.orchestrationId);
    if (group === undefined) groups.set(hit.orchestrationId, [hit]);
    else group.push(hit);
  }
  const last = hits.at(-1)?.orchestrationId;
  return [...groups].flatMap(([id, own]): readonly HitRow[] => [
    {
      kind: 'session',
      id,
      name: own[0]?.orchestrationName ?? '',
      hits: own.length,
      isOpen: hasMore && id === last,
    },
    ...own.map((hit): HitRow => ({ kind: 'hit', hit })),
  ]);
};

const words: Partial<Readonly<Record<EventType, string>>> = {
  'message.text': 'Claude',
  'message.thinking': 'Claude thinks',
  'message.user': 'You',
  'prompt.sent': 'Prompt',
  'tool.called': 'calls',
  'tool.finished': 'result',
  'turn.ended': 'Result',
  'instance.state': 'State',
  'orchestration.state': 'State',
  'permission.requested': 'asks for leave',
  'permission.answered': 'Answer',
  stderr: 'Error output',
  notice: 'Notice',
  raw: 'Raw line',
};

/** Who or what an event is of, in a word or two: `Claude`, `Bash calls`, `Bash result`. */
export const hitWords = ({ type, tool }: Pick<SearchHit, 'type' | 'tool'>): string => {
  const word = words[type] ?? type.replaceAll(/[._]/g, ' ');
  return tool === null ? word : `${tool} ${word}`;
};
