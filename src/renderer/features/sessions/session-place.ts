import { createStore } from 'zustand/vanilla';
import { orchestrationSortSchema } from '../../../shared/contract/search.ts';
import { orchestrationStateSchema } from '../../../shared/domain/orchestration-schema.ts';
import type { OrchestrationState } from '../../../shared/domain/orchestration.ts';
import type { AddressWords } from '../../data/in-address.ts';
import { newestFirst, type SessionSort } from '../../data/session-list.ts';

type SessionPlace = {
  /** One text for both: the list of sessions, and the search in what was said. */
  readonly search: string;
  readonly states: readonly OrchestrationState[];
  readonly sort: SessionSort;
};

/** What was looked for last: it is there again when one comes back. */
export const sessionPlace = createStore<SessionPlace>(() => ({ search: '', states: [], sort: newestFirst }));

/** Shows everything again, in the order that was chosen. */
export const clearFilters = (): void => {
  sessionPlace.setState({ search: '', states: [] });
};

const isNewestFirst = ({ by, direction }: SessionSort): boolean =>
  by === newestFirst.by && direction === newestFirst.direction;

/** What is looked for, as words of the address: `q=nightly&state=failed&sort=cost-desc`. */
export const sessionWords: AddressWords<SessionPlace> = {
  write: ({ search, states, sort }) => ({
    ...(search.trim() === '' ? {} : { q: search.trim() }),
    ...(states.length === 0 ? {} : { state: states.join('.') }),
    ...(isNewestFirst(sort) ? {} : { sort: `${sort.by}-${sort.direction}` }),
  }),
  read: (words) => {
    const [by, direction] = (words.get('sort') ?? '').split('-');
    const sort = orchestrationSortSchema.safeParse({ by, direction });
    const states = (words.get('state') ?? '').split('.').flatMap((word) => {
      const state = orchestrationStateSchema.safeParse(word);
      return state.success ? [state.data] : [];
    });
    return {
      search: (words.get('q') ?? '').slice(0, 1000),
      states: [...new Set(states)],
      sort: sort.success ? sort.data : newestFirst,
    };
  },
};
