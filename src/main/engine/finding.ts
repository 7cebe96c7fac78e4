import type { OrchestrationList } from '../../shared/contract/contract.ts';
import type { SearchPage } from '../../shared/contract/search.ts';
import { whyNothingIsFound } from '../../shared/domain/search/search-match.ts';
import { parseQuery } from '../../shared/domain/search/search-parse.ts';
import type { QueryProblem } from '../../shared/domain/search/search-query.ts';
import type { UsageQuery, UsageReport } from '../../shared/domain/usage-report.ts';
import type { Clock } from './ports.ts';
import type { OrchestrationQuery, Store } from './store-ports.ts';

/** Text in the language of queries, and the time zone of who wrote it; the engine's own if left out. */
type Written = { readonly timeZone?: string | undefined };

export type ListRequest = Omit<OrchestrationQuery, 'query' | 'now'> &
  Written & { readonly search?: string | undefined };

export type SearchRequest = Written & {
  readonly query: string;
  readonly limit: number;
  readonly cursor?: string | undefined;
};

type World = { readonly store: Pick<Store, 'orchestrations' | 'search' | 'usage'>; readonly clock: Clock };

const here = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** A page of orchestrations as stored. */
export const listOrchestrations = async (
  { store, clock }: World,
  { search = '', timeZone = here(), ...rest }: ListRequest,
): Promise<OrchestrationList> => {
  const now = clock.now();
  const { query, problems } = parseQuery(search, { now, timeZone });
  return { ...(await store.orchestrations({ ...rest, query, now })), problems };
};

/** A page of events. */
export const searchEvents = async (
  { store, clock }: World,
  { query: text, timeZone = here(), limit, cursor }: SearchRequest,
): Promise<SearchPage> => {
  const { query, problems } = parseQuery(text, { now: clock.now(), timeZone });
  const message = whyNothingIsFound(query);
  if (message === null) return { ...(await store.search({ query, limit, cursor })), problems };
  // Where something was not understood, that is why there is nothing else.
  const whole = text.trim() === '' || problems.length > 0 ? [] : [{ from: 0, to: text.length, message }];
  return { hits: [], nextCursor: null, pending: 0, problems: [...problems, ...whole] };
};

export type UsageRequest = Omit<UsageQuery, 'search' | 'now'> & { readonly search: string | null };

/** What was used, by what. */
export const reportUsage = async (
  { store, clock }: World,
  { search, ...rest }: UsageRequest,
): Promise<UsageReport & { readonly problems: readonly QueryProblem[] }> => {
  const now = clock.now();
  if (search === null) return { ...(await store.usage({ ...rest, search, now })), problems: [] };
  const { query, problems } = parseQuery(search, { now, timeZone: rest.timeZone });
  return { ...(await store.usage({ ...rest, search: query, now })), problems };
};
