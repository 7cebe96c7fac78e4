import { DatabaseZap } from 'lucide-react';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { useCrumbs } from '../../app/panels.ts';
import { routes } from '../../app/routes.ts';
import type { Connection } from '../../data/connection.ts';
import { useEngine } from '../../data/engine.tsx';
import { useInAddress } from '../../data/in-address.ts';
import { createEventSearch, type EventSearch, type EventSearchState } from '../../data/event-search.ts';
import { Button } from '../../ui/button.tsx';
import { counted, wholeNumber } from '../../ui/format.ts';
import { Page } from '../../ui/layout.tsx';
import { Empty, FailureNote, Loading } from '../../ui/notes.tsx';
import { LibraryHead } from '../sessions/library-head.tsx';
import { sessionPlace, sessionWords } from '../sessions/session-place.ts';
import { HitList } from './hit-list.tsx';

const TYPING_PAUSE_MS = 120;
/** While events wait to be indexed, it is asked again after so long. */
const INDEXING_PAUSE_MS = 3000;

const countText = ({ status, hits, nextCursor }: EventSearchState): string | null => {
  if (status === 'idle' || status === 'failed' || (status === 'loading' && hits.length === 0)) return null;
  const sessions = new Set(hits.map(({ orchestrationId }) => orchestrationId)).size;
  const more = nextCursor === null ? '' : '+';
  return more === ''
    ? `${counted(hits.length, 'hit')} in ${counted(sessions, 'session')}`
    : `${wholeNumber(hits.length)}+ hits in ${wholeNumber(sessions)}+ sessions`;
};

const Indexing = ({ pending }: { readonly pending: number }) => (
  <p
    role="note"
    className="-mb-1 flex items-center gap-2 rounded-m border border-line bg-panel px-3 py-2 text-s text-ink-2"
  >
    <DatabaseZap size={14} strokeWidth={1.75} className="shrink-0 text-running" aria-hidden />
    <span>
      Indexing, <b className="font-[550] text-ink tabular-nums">{wholeNumber(pending)}</b>{' '}
      {pending === 1 ? 'event' : 'events'} to go: what is in them is not found yet.
    </span>
  </p>
);

const Nothing = ({ state }: { readonly state: EventSearchState }) => {
  if (state.status === 'loading') return <Loading what="Searching…" />;
  return state.status === 'idle' ? (
    <Empty
      title="Search everything"
      text="All that was said and run, in all sessions. Words, “phrases”, prefix*, and filters such as tool:Bash or after:7d."
    />
  ) : (
    <Empty title="Nothing was found" text="No event of any session has these words.">
      <Button
        onClick={() => {
          sessionPlace.setState({ search: '' });
        }}
      >
        Clear the search
      </Button>
    </Empty>
  );
};

const searches = new WeakMap<Connection, EventSearch>();

/** One search for all visits: who comes back from a hit sees the others again. */
const searchOf = (connection: Connection): EventSearch => {
  const known = searches.get(connection);
  if (known !== undefined) return known;
  const made = createEventSearch(connection);
  searches.set(connection, made);
  return made;
};

/** The search for what the field holds now, asked for a moment after the last key, and again while events are indexed. */
const useEventSearch = (): EventSearch => {
  const { connection } = useEngine();
  const found = searchOf(connection);
  const query = useStore(sessionPlace, ({ search }) => search);
  const { pending, status } = useStore(found.store);
  useEffect(() => {
    const timer = setTimeout(() => {
      found.setQuery(query);
    }, TYPING_PAUSE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [found, query]);
  useEffect(() => {
    if (pending === 0 || status !== 'ready') return undefined;
    const timer = setTimeout(() => {
      // What was read on to must not be taken away.
      if (found.store.getState().hits.length <= 50) found.reload();
    }, INDEXING_PAUSE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [found, pending, status]);
  return found;
};

/** Everything said and run in all sessions, by the words in it. */
export const SearchScreen = () => {
  useCrumbs([{ label: 'Sessions', href: routes.sessions }, { label: 'Said and run' }]);
  useInAddress(sessionPlace, sessionWords);
  const found = useEventSearch();
  const state = useStore(found.store);
  return (
    <Page title="Said and run" scrolls={false}>
      <LibraryHead
        label="Search in what was said and run"
        placeholder="Words, “phrases”, prefix*, filters such as tool:Bash"
        problems={state.problems}
        aside={countText(state)}
        sessions={[]}
      />
      {state.pending > 0 ? <Indexing pending={state.pending} /> : null}
      {state.failure === null ? null : (
        <FailureNote failure={state.failure}>
          <Button onClick={found.reload}>Try again</Button>
        </FailureNote>
      )}
      {state.hits.length > 0 ? (
        <HitList state={state} onEnd={found.loadMore} />
      ) : state.failure === null ? (
        <Nothing state={state} />
      ) : null}
    </Page>
  );
};
