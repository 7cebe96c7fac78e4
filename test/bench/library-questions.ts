import type { EngineClient } from '../../src/shared/contract/contract.ts';
import type { SearchPage } from '../../src/shared/contract/search.ts';
import type { InstanceId } from '../../src/shared/domain/ids.ts';
import { commonWord, rareWord } from './library-lines.ts';

/** A question that the console asks of a library, and how long an answer may take in milliseconds. */
export type Question = {
  readonly what: string;
  readonly mostMs: number;
  /** Asks it once; `round` makes it another one each time where that matters. */
  readonly ask: (client: EngineClient, round: number) => Promise<unknown>;
};

type ListInput = Parameters<EngineClient['orchestrations']['list']>[0];

const lists: readonly Omit<ListInput, 'limit'>[] = [
  {},
  { sort: { by: 'cost', direction: 'desc' } },
  { sort: { by: 'name', direction: 'asc' } },
  { sort: { by: 'duration', direction: 'desc' } },
  { search: 'state:failed' },
  { search: 'workspace:shop cost>1', sort: { by: 'tokens', direction: 'desc' } },
  { search: 'model:opus after:2026-03-01 before:2026-09-01' },
  { search: 'tool:Bash nightly', sort: { by: 'ended', direction: 'asc' } },
  { search: commonWord },
];

/** Some event of an instance, another one each round, spread over all of it. */
const someEvent = (round: number, count: number): number => Math.floor(((round * 0.618_034) % 1) * count);

/** Asks for hits until there are so many: a page ends also when it took long. */
const firstHits = async (client: EngineClient, query: string, count: number): Promise<number> => {
  let [found, cursor]: [number, string | null] = [0, null];
  do {
    const asked = { query, limit: count - found, ...(cursor !== null && { cursor }) };
    const page: SearchPage = await client.search.events(asked);
    found += page.hits.length;
    cursor = page.nextCursor;
  } while (found < count && cursor !== null);
  return found;
};

/** The questions of the table, for a library whose longest instance has so many events. */
export const questionsOf = (longest: {
  readonly id: InstanceId;
  readonly eventCount: number;
}): readonly Question[] => [
  ...lists.map((list) => ({
    what: `sessions: ${list.search ?? 'all'}${list.sort === undefined ? '' : `, by ${list.sort.by}`}`,
    mostMs: 30,
    ask: (client: EngineClient) => client.orchestrations.list({ ...list, limit: 50 }),
  })),
  ...[commonWord, `"${commonWord}"`, `${commonWord.slice(0, 4)}*`, rareWord].map((query) => ({
    what: `search: ${query}, first 50 hits with snippets`,
    mostMs: 150,
    ask: async (client: EngineClient) => {
      const hits = await firstHits(client, query, 50);
      if (hits < 50) throw new Error(`${query}: ${String(hits)} hits`);
    },
  })),
  {
    what: 'an event of the longest session, by its number',
    mostMs: 50,
    ask: async (client, round) => {
      const from = someEvent(round, longest.eventCount);
      const { events } = await client.events.page({ id: longest.id, from, limit: 1 });
      if (events[0]?.n !== from) throw new Error(`event ${String(from)} did not come`);
    },
  },
  {
    what: 'the events around a hit',
    mostMs: 50,
    ask: async (client, round) => {
      const from = Math.max(0, someEvent(round, longest.eventCount) - 50);
      await client.events.page({ id: longest.id, from, limit: 100 });
    },
  },
  {
    what: 'usage by day, model and workspace over a year',
    mostMs: 200,
    ask: async (client) => {
      const { rows } = await client.usage.report({
        by: ['day', 'model', 'workspace'],
        timeZone: 'Europe/Berlin',
      });
      if (rows.length === 0) throw new Error('nothing was used');
    },
  },
];
