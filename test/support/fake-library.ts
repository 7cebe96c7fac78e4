import type { SearchHit, SearchPage } from '../../src/shared/contract/search.ts';
import type { OrchestrationList } from '../../src/shared/contract/contract.ts';
import { instantOf } from '../../src/shared/domain/ids.ts';
import type { OrchestrationState, OrchestrationView } from '../../src/shared/domain/orchestration.ts';
import { parseQuery } from '../../src/shared/domain/search/search-parse.ts';
import type { SearchQuery, SearchTerm } from '../../src/shared/domain/search/search-query.ts';
import { cacheHitRate, totalOf } from '../../src/shared/domain/usage.ts';
import type { UsageDimension, UsageReport, UsageRow } from '../../src/shared/domain/usage-report.ts';
import { eventsOf, type World } from './fake-world.ts';

type ListInput = {
  readonly search?: string | undefined;
  readonly states?: readonly OrchestrationState[] | undefined;
  readonly sort?: { readonly by: string; readonly direction: 'asc' | 'desc' } | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
};

const has = (text: string, part: string): boolean => text.toLowerCase().includes(part.toLowerCase());

const meets = (one: OrchestrationView, term: SearchTerm): boolean => {
  switch (term.kind) {
    case 'text':
      return has([one.name, one.plan, ...one.labels].join('\n'), term.text);
    case 'state':
      return one.state === term.state;
    case 'is':
      return term.mark === 'pinned' ? one.pinned : one.deletedAt !== null;
    case 'field':
      return term.field === 'label' ? one.labels.includes(term.text) : has(one.name, term.text);
    default:
      return true;
  }
};

const fits = (one: OrchestrationView, { clauses }: SearchQuery): boolean =>
  clauses.every((terms) => terms.some((term) => meets(one, term) !== term.not));

const duration = (one: OrchestrationView, now: number): number =>
  (one.endedAt === null ? now : Date.parse(one.endedAt)) - Date.parse(one.startedAt);

const sortKeys: Readonly<Record<string, (one: OrchestrationView, now: number) => string | number>> = {
  started: (one) => one.startedAt,
  name: (one) => one.name,
  state: (one) => one.state,
  cost: (one) => totalOf(one.usage).costMicroUsd,
  tokens: (one) => totalOf(one.usage).outputTokens,
  duration,
  instances: (one) => one.instanceCount,
};

/** The list of sessions: words, labels, states and marks of the query language; by any column. */
export const listSessions = (world: World, input: ListInput): OrchestrationList => {
  const { query, problems } = parseQuery(input.search ?? '', { now: world.now, timeZone: 'UTC' });
  const { by, direction } = input.sort ?? { by: 'started', direction: 'desc' };
  const key = sortKeys[by] ?? sortKeys['started'];
  const fitting = [...world.orchestrations.values()]
    .filter(
      (one) => one.deletedAt === null && fits(one, query) && (input.states?.includes(one.state) ?? true),
    )
    .sort((a, b) => {
      const [x, y] = [key?.(a, world.now) ?? 0, key?.(b, world.now) ?? 0];
      return (x < y ? -1 : x > y ? 1 : 0) * (direction === 'asc' ? 1 : -1);
    });
  const from = Number(input.cursor ?? 0);
  const end = from + input.limit;
  return {
    items: fitting.slice(from, end),
    total: fitting.length,
    nextCursor: end < fitting.length ? String(end) : null,
    problems,
  };
};

const LOOKED_AT = 400;

/** Events that have the first word of a query, of the first few hundred of each instance. */
export const searchEvents = (
  world: World,
  {
    query,
    cursor,
    limit,
  }: { readonly query: string; readonly cursor?: string | undefined; readonly limit: number },
): SearchPage => {
  const { query: parsed, problems } = parseQuery(query, { now: world.now, timeZone: 'UTC' });
  const word = parsed.clauses
    .flat()
    .find((term) => term.kind === 'text')
    ?.text.toLowerCase();
  if (word === undefined) return { hits: [], nextCursor: null, pending: 0, problems };
  const hits = [...world.instances.values()].flatMap((instance): readonly SearchHit[] =>
    eventsOf(world, instance, 0, LOOKED_AT).flatMap((event) => {
      const text = 'text' in event.body && typeof event.body.text === 'string' ? event.body.text : '';
      const at = text.toLowerCase().indexOf(word);
      if (at === -1) return [];
      return [
        {
          orchestrationId: instance.orchestrationId,
          orchestrationName: world.orchestrations.get(instance.orchestrationId)?.name ?? '',
          instanceId: instance.id,
          instanceName: instance.name,
          seq: event.seq,
          n: event.n,
          at: event.at,
          type: event.body.type,
          tool: null,
          snippet: { text, marks: [[at, at + word.length]] },
        },
      ];
    }),
  );
  const from = Number(cursor ?? 0);
  const end = from + limit;
  return {
    hits: hits.slice(from, end),
    nextCursor: end < hits.length ? String(end) : null,
    pending: word === 'pending' ? 12_480 : 0,
    problems,
  };
};

const rowOf = (keys: readonly string[], ones: readonly OrchestrationView[]): UsageRow => {
  const totals = ones.map((one) => totalOf(one.usage));
  const sum = (pick: (total: (typeof totals)[number]) => number): number =>
    totals.reduce((all, total) => all + pick(total), 0);
  const tokens = {
    inputTokens: sum((total) => total.inputTokens),
    outputTokens: sum((total) => total.outputTokens),
    cacheWriteTokens: sum((total) => total.cacheWriteTokens),
    cacheReadTokens: sum((total) => total.cacheReadTokens),
  };
  const costMicroUsd = sum((total) => total.costMicroUsd);
  const succeeded = ones.reduce((all, one) => all + (one.counts.succeeded ?? 0), 0);
  return {
    ...tokens,
    keys,
    titles: keys,
    costMicroUsd,
    basis: ones.some((one) => one.usage.basis === 'estimated') ? 'estimated' : 'exact',
    atLeast: false,
    orchestrations: ones.length,
    instances: ones.reduce((all, one) => all + one.instanceCount, 0),
    succeeded,
    cacheHitRate: cacheHitRate(tokens),
    costPerSuccessMicroUsd: succeeded === 0 ? null : Math.round(costMicroUsd / succeeded),
    tools: null,
  };
};

/** Keys that spread the sessions of this world over what there is to report by. */
const keyOf = (one: OrchestrationView, dimension: UsageDimension): string => {
  switch (dimension) {
    case 'day':
      return one.startedAt.slice(0, 10);
    case 'month':
      return one.startedAt.slice(0, 7);
    case 'week':
      return `${one.startedAt.slice(0, 4)}-W01`;
    case 'model':
      return ['claude-opus-5', 'claude-sonnet-5', 'claude-haiku-5'][one.name.length % 3] ?? '';
    case 'user':
      return one.owner;
    case 'workspace':
      return one.workspace;
    default:
      return one.name.replace(/-\d+$/, '');
  }
};

/** What the sessions of this world used; a session counts where it started. */
export const usageOfWorld = (
  world: World,
  { by, from, to }: { readonly by: readonly UsageDimension[]; readonly from?: string; readonly to?: string },
): UsageReport & { readonly problems: [] } => {
  const ones = [...world.orchestrations.values()].filter(
    ({ startedAt }) => startedAt >= (from ?? '') && startedAt < (to ?? instantOf(world.now + 1)),
  );
  const groups = new Map<string, OrchestrationView[]>();
  for (const one of ones) {
    const key = by.map((dimension) => keyOf(one, dimension)).join('\n');
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const rows = [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, own]) => rowOf(key.split('\n'), own));
  return { by, rows, total: rowOf([], ones), problems: [] };
};
