import { useVirtualizer } from '@tanstack/react-virtual';
import { ChevronRight } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Link } from 'wouter';
import { routes } from '../../app/routes.ts';
import type { SearchHit } from '../../../shared/contract/search.ts';
import { foundEvent } from '../../data/found.ts';
import { useOverview } from '../../data/engine.tsx';
import type { EventSearchState } from '../../data/event-search.ts';
import { When } from '../../ui/figures.tsx';
import { keptTop, useKeptPlace } from '../../ui/kept-place.ts';
import { moveInList } from '../../ui/list-keys.ts';
import { MarkedPlaces } from '../../ui/marked.tsx';
import { StateChip } from '../../ui/state.tsx';
import { hitRows, hitWords, type HitRow } from './hit-rows.ts';

const SESSION_ROW = 38;
const HIT_ROW = 72;

const keyOf = ({ orchestrationId, seq }: SearchHit): string => `${orchestrationId} ${String(seq)}`;

const placeOf = ({ orchestrationId, instanceId, n }: SearchHit): string =>
  instanceId === null
    ? routes.orchestration(orchestrationId)
    : n === null
      ? routes.instance(orchestrationId, instanceId)
      : routes.event(orchestrationId, instanceId, n);

/** Its words are marked where it is shown. */
const rememberFound = ({ instanceId, n, snippet: { text, marks } }: SearchHit): void => {
  const words = [...new Set(marks.map(([from, to]) => text.slice(from, to)))];
  foundEvent.setState({ last: instanceId === null || n === null ? null : { instanceId, n, words } });
};

const Hit = ({ hit }: { readonly hit: SearchHit }) => (
  <Link
    href={placeOf(hit)}
    data-row
    data-place={keyOf(hit)}
    onClick={() => {
      rememberFound(hit);
    }}
    className="flex h-full flex-col gap-0.5 border-b border-line-soft px-3.5 py-2 hover:bg-hover focus-visible:-outline-offset-2"
  >
    <span className="flex items-baseline gap-2 text-xs text-ink-3">
      <span className="truncate font-[550] text-ink-2">{hitWords(hit)}</span>
      {hit.instanceName === null ? null : <span className="truncate">{hit.instanceName}</span>}
      <span className="ml-auto pl-2 whitespace-nowrap tabular-nums">
        <When at={hit.at} />
        {hit.n === null ? null : ` · event ${String(hit.n + 1)}`}
      </span>
    </span>
    <span className="line-clamp-2 [overflow-wrap:anywhere]">
      <MarkedPlaces text={hit.snippet.text} marks={hit.snippet.marks} />
    </span>
  </Link>
);

const SessionHead = ({ row }: { readonly row: Extract<HitRow, { kind: 'session' }> }) => {
  const live = useOverview((state) => state.orchestrations.get(row.id));
  return (
    <h2 className="flex h-full items-end gap-2 border-b border-line px-3.5 pb-1.5">
      <Link
        href={routes.orchestration(row.id)}
        className="flex min-w-0 items-center gap-1 rounded-xs hover:underline"
      >
        <span className="truncate font-semibold">{live?.name ?? row.name}</span>
        <ChevronRight size={13} className="shrink-0 text-ink-3" aria-hidden />
      </Link>
      {live === undefined ? null : <StateChip state={live.state} />}
      <span className="ml-auto text-xs font-normal whitespace-nowrap text-ink-3 tabular-nums">
        {row.hits}
        {row.isOpen ? ' or more' : ''} {row.hits === 1 && !row.isOpen ? 'hit' : 'hits'}
      </span>
    </h2>
  );
};

type HitListProps = { readonly state: EventSearchState; readonly onEnd: () => void };

/** What was found, by session; only rows in sight exist, and the next page is asked for before the end comes into sight. */
export const HitList = ({ state, onEnd }: HitListProps) => {
  const { hits, nextCursor, query } = state;
  const scroller = useRef<HTMLDivElement>(null);
  const items = hitRows(hits, nextCursor !== null);
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (items[index]?.kind === 'session' ? SESSION_ROW : HIT_ROW),
    overscan: 12,
    initialOffset: () => keptTop('hits', query),
  });
  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= items.length - 20) onEnd();
  }, [last, items.length, onEnd]);
  useKeptPlace(scroller, 'hits', query);
  useEffect(() => {
    rows.measure();
  }, [hits, rows]);
  return (
    // It scrolls by keys too; J and K move among the links inside.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      ref={scroller}
      role="region"
      aria-label="What was found"
      aria-busy={state.status === 'loading' || state.status === 'more'}
      tabIndex={0}
      onKeyDown={moveInList}
      className="mb-5 min-h-0 flex-1 overflow-y-auto rounded-l border border-line bg-panel shadow-card focus-visible:-outline-offset-2"
    >
      <div className="relative" style={{ height: rows.getTotalSize() }}>
        {shown.map((row) => {
          const item = items[row.index];
          if (item === undefined) return null;
          return (
            <div
              key={item.kind === 'session' ? item.id : keyOf(item.hit)}
              className="absolute inset-x-0"
              style={{ height: row.size, transform: `translateY(${String(row.start)}px)` }}
            >
              {item.kind === 'session' ? <SessionHead row={item} /> : <Hit hit={item.hit} />}
            </div>
          );
        })}
      </div>
    </div>
  );
};
