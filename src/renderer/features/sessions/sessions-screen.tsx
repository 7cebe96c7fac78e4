import { Download, Play, WifiOff } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { panels, useCrumbs } from '../../app/panels.ts';
import { go, routes } from '../../app/routes.ts';
import type { OrchestrationState } from '../../../shared/domain/orchestration.ts';
import type { Connection } from '../../data/connection.ts';
import { useEngine, useOverview } from '../../data/engine.tsx';
import { useInAddress } from '../../data/in-address.ts';
import { createSessionList, type SessionList, type SessionListState } from '../../data/session-list.ts';
import { Button } from '../../ui/button.tsx';
import { counted } from '../../ui/format.ts';
import { Page } from '../../ui/layout.tsx';
import { Empty, FailureNote, Loading } from '../../ui/notes.tsx';
import { StateIcon, stateLook } from '../../ui/state.tsx';
import { LibraryHead } from './library-head.tsx';
import { nothingSelected, refreshed, without, type Selection } from './selection.ts';
import { SelectionBar } from './selection-bar.tsx';
import { clearFilters, sessionPlace, sessionWords } from './session-place.ts';
import { SessionTable } from './session-table.tsx';

const TYPING_PAUSE_MS = 80;

const states: readonly OrchestrationState[] = ['running', 'succeeded', 'failed', 'stopped'];

const StateFilter = () => {
  const chosen = useStore(sessionPlace, (place) => place.states);
  return (
    <div role="group" aria-label="Only these states" className="flex flex-wrap gap-1">
      {states.map((state) => {
        const on = chosen.includes(state);
        return (
          <button
            key={state}
            type="button"
            aria-pressed={on}
            className="flex h-[26px] items-center gap-1.5 rounded-s border border-line px-2 text-s text-ink-2 hover:bg-hover aria-pressed:border-accent aria-pressed:bg-sel aria-pressed:text-ink"
            onClick={() => {
              sessionPlace.setState({
                states: on ? chosen.filter((one) => one !== state) : [...chosen, state],
              });
            }}
          >
            <StateIcon state={state} className="animate-none!" />
            {stateLook[state].word}
          </button>
        );
      })}
    </div>
  );
};

const countText = ({ status, total, items }: SessionListState): string | null =>
  status === 'failed' || (status === 'loading' && items.length === 0) ? null : counted(total, 'session');

const Nothing = ({ state }: { readonly state: SessionListState }) => {
  if (state.status === 'loading') return <Loading what="Looking for sessions…" />;
  const isFiltered = state.query.search.trim() !== '' || state.query.states.length > 0;
  return isFiltered ? (
    <Empty
      title="No session fits"
      text="Names, plans, instances, labels, notes and filters are looked at here."
    >
      <Button onClick={clearFilters}>Show all</Button>
      {state.query.search.trim() === '' ? null : (
        <Button
          onClick={() => {
            go(routes.search);
          }}
        >
          Look in what was said and run
        </Button>
      )}
    </Empty>
  ) : (
    <Empty title="No sessions yet" text="Everything that ran is found here again, offline too.">
      <Button
        look="primary"
        icon={Play}
        onClick={() => {
          go(routes.plan);
        }}
      >
        Run a plan
      </Button>
      <Button
        onClick={() => {
          go(routes.storage);
        }}
      >
        Import Claude’s history
      </Button>
    </Empty>
  );
};

const lists = new WeakMap<Connection, SessionList>();

/** One list for all visits: who comes back sees what was there at once, and it is asked for anew. */
const listOf = (connection: Connection): SessionList => {
  const known = lists.get(connection);
  if (known !== undefined) return known;
  const made = createSessionList(connection, sessionPlace.getState());
  lists.set(connection, made);
  return made;
};

/** The list for what is looked for now, asked for a moment after the last key. */
const useSessionList = (): SessionList => {
  const { connection, library } = useEngine();
  const list = listOf(connection);
  const place = useStore(sessionPlace);
  const known = useOverview((overview) => [...overview.orchestrations.keys()].toSorted().at(-1));
  useEffect(() => {
    const timer = setTimeout(() => {
      list.setQuery(place);
    }, TYPING_PAUSE_MS);
    return () => {
      clearTimeout(timer);
    };
    // `known`: a new orchestration belongs into the list.
  }, [list, place, known]);
  useEffect(
    () =>
      library.onChange((change) => {
        if (change.kind === 'marked') list.change(change.views);
        else if (change.kind === 'deleted') list.remove(change.ids);
        else list.reload();
      }),
    [library, list],
  );
  return list;
};

/** What is ticked, as it is now: what is deleted is not. */
const useSelection = () => {
  const { library } = useEngine();
  const [selection, setSelection] = useState<Selection>(nothingSelected);
  useEffect(
    () =>
      library.onChange((change) => {
        if (change.kind === 'marked') setSelection((before) => refreshed(before, change.views));
        else if (change.kind === 'deleted') setSelection((before) => without(before, change.ids));
      }),
    [library],
  );
  return [selection, setSelection] as const;
};

const Failed = ({ list, state }: { readonly list: SessionList; readonly state: SessionListState }) => {
  const { connection } = useEngine();
  const kind = useStore(connection.state, (one) => one.kind);
  if (state.failure === null) return null;
  return state.items.length === 0 && kind !== 'connected' ? (
    <Empty
      title="The engine is not there"
      text="Sessions are kept by the engine: they are here again with it."
    >
      <WifiOff size={15} className="text-ink-3" aria-hidden />
      <Button onClick={list.reload}>Try again</Button>
    </Empty>
  ) : (
    <FailureNote failure={state.failure}>
      <Button onClick={list.reload}>Try again</Button>
    </FailureNote>
  );
};

/** Every orchestration there ever was: found, sorted, marked, compared, exported, deleted. */
export const SessionsScreen = () => {
  useCrumbs([{ label: 'Sessions' }]);
  useInAddress(sessionPlace, sessionWords);
  const list = useSessionList();
  const state = useStore(list.store);
  const sort = useStore(sessionPlace, (place) => place.sort);
  const [selection, setSelection] = useSelection();
  const clear = (): void => {
    setSelection(nothingSelected);
  };
  return (
    <Page
      title="Sessions"
      scrolls={false}
      actions={
        <Button
          icon={Download}
          onClick={() => {
            panels.setState({ library: { about: 'export', sessions: null } });
          }}
        >
          Export all…
        </Button>
      }
    >
      <LibraryHead
        label="Search sessions"
        placeholder="Words, or filters such as state:failed cost>1"
        problems={state.problems}
        aside={countText(state)}
        sessions={state.items}
      />
      {selection.size === 0 ? <StateFilter /> : <SelectionBar selection={selection} onClear={clear} />}
      <Failed list={list} state={state} />
      {state.items.length > 0 ? (
        <SessionTable
          state={state}
          sort={sort}
          onSort={(next) => {
            sessionPlace.setState({ sort: next });
          }}
          selection={selection}
          onSelect={setSelection}
          onEnd={list.loadMore}
        />
      ) : state.failure === null ? (
        <Nothing state={state} />
      ) : null}
    </Page>
  );
};
