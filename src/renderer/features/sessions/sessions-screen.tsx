import { Play } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { useCrumbs } from '../../app/panels.ts';
import { go, routes } from '../../app/routes.ts';
import type { OrchestrationState } from '../../../shared/domain/orchestration.ts';
import { useEngine, useOverview } from '../../data/engine.tsx';
import { createSessionList, type SessionListState } from '../../data/session-list.ts';
import { Button } from '../../ui/button.tsx';
import { wholeNumber } from '../../ui/format.ts';
import { Page } from '../../ui/layout.tsx';
import { Empty, FailureNote, Loading } from '../../ui/notes.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { StateIcon, stateLook } from '../../ui/state.tsx';
import { SessionTable } from './session-table.tsx';

const TYPING_PAUSE_MS = 80;

const states: readonly OrchestrationState[] = ['running', 'succeeded', 'failed', 'stopped'];

type FilterProps = {
  readonly chosen: readonly OrchestrationState[];
  readonly onChange: (chosen: readonly OrchestrationState[]) => void;
};

const StateFilter = ({ chosen, onChange }: FilterProps) => (
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
            onChange(on ? chosen.filter((one) => one !== state) : [...chosen, state]);
          }}
        >
          <StateIcon state={state} className="animate-none!" />
          {stateLook[state].word}
        </button>
      );
    })}
  </div>
);

const hits = ({ status, total }: SessionListState): string | null =>
  status === 'failed' ? null : `${wholeNumber(total)} ${total === 1 ? 'session' : 'sessions'}`;

const Nothing = ({ state, onClear }: { readonly state: SessionListState; readonly onClear: () => void }) => {
  if (state.status === 'loading') return <Loading what="Looking for sessions…" />;
  const isFiltered = state.query.search.trim() !== '' || state.query.states.length > 0;
  return isFiltered ? (
    <Empty title="No session fits" text="The search looks into the names of orchestrations.">
      <Button onClick={onClear}>Show all</Button>
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
    </Empty>
  );
};

/** Every orchestration there ever was, by name and state. */
export const SessionsScreen = () => {
  useCrumbs([{ label: 'Sessions' }]);
  const { connection } = useEngine();
  const [list] = useState(() => createSessionList(connection, { search: '', states: [] }));
  const state = useStore(list.store);
  const [search, setSearch] = useState('');
  const [chosen, setChosen] = useState<readonly OrchestrationState[]>([]);
  const known = useOverview((overview) => [...overview.orchestrations.keys()].toSorted().at(-1));
  useEffect(() => {
    const timer = setTimeout(() => {
      list.setQuery({ search, states: chosen });
    }, TYPING_PAUSE_MS);
    return () => {
      clearTimeout(timer);
    };
    // `known`: a new orchestration belongs into the list.
  }, [list, search, chosen, known]);
  return (
    <Page title="Sessions" scrolls={false}>
      <div className="flex flex-wrap items-center gap-3">
        <SearchField
          label="Search sessions by name"
          placeholder="Search by name"
          value={search}
          onChange={setSearch}
          aside={hits(state)}
          className="min-w-[240px] flex-1"
        />
        <StateFilter chosen={chosen} onChange={setChosen} />
      </div>
      {state.failure === null ? null : (
        <FailureNote failure={state.failure}>
          <Button onClick={list.reload}>Try again</Button>
        </FailureNote>
      )}
      {state.items.length > 0 ? (
        <SessionTable state={state} onEnd={list.loadMore} />
      ) : state.failure === null ? (
        <Nothing
          state={state}
          onClear={() => {
            setSearch('');
            setChosen([]);
          }}
        />
      ) : null}
    </Page>
  );
};
