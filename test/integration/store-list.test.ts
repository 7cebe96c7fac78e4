import { describe, expect, it, onTestFinished } from 'vitest';
import type { OrchestrationSort, Store } from '../../src/main/engine/store-ports.ts';
import { openStore } from '../../src/main/store/store.ts';
import { instantOf } from '../../src/shared/domain/ids.ts';
import type { OrchestrationView } from '../../src/shared/domain/orchestration.ts';
import { parseQuery } from '../../src/shared/domain/search/search-parse.ts';
import { creationOf, eventsOf, sampleOf } from '../support/store/samples.ts';
import { temporaryDirectory } from '../support/store/temporary-directory.ts';

const hour = 3_600_000;
const start = Date.UTC(2026, 2, 1);
const now = start + 100 * hour;

const usage = (model: string, tokens: number, costMicroUsd: number): OrchestrationView['usage'] => ({
  basis: 'exact',
  byModel: {
    [model]: { inputTokens: tokens, outputTokens: 0, cacheWriteTokens: 0, cacheReadTokens: 0, costMicroUsd },
  },
});

/** Six sessions, older and younger, dear and cheap; some alike, one that runs. */
const changes: readonly Partial<OrchestrationView>[] = [
  {
    name: 'delta',
    startedAt: instantOf(start),
    endedAt: instantOf(start + hour),
    state: 'failed',
    usage: usage('claude-opus-5', 10, 5_000_000),
  },
  {
    name: 'Alpha',
    startedAt: instantOf(start + hour),
    endedAt: null,
    usage: usage('claude-haiku-5', 70, 10),
  },
  {
    name: 'charlie',
    startedAt: instantOf(start),
    endedAt: instantOf(start + 9 * hour),
    state: 'succeeded',
    labels: ['Release'],
  },
  {
    name: 'bravo',
    startedAt: instantOf(start + 5 * hour),
    endedAt: instantOf(start + 6 * hour),
    state: 'failed',
    pinned: true,
  },
  {
    name: 'bravo',
    startedAt: instantOf(start + 5 * hour),
    endedAt: instantOf(start + 6 * hour),
    state: 'stopped',
    note: 'Nächstes Mal',
  },
  { name: 'gone', startedAt: instantOf(start), deletedAt: instantOf(start), state: 'succeeded' },
];

const filled = async (): Promise<{ readonly store: Store; readonly views: readonly OrchestrationView[] }> => {
  const store = await openStore({ dataDir: await temporaryDirectory() });
  onTestFinished(() => store.close());
  const views: OrchestrationView[] = [];
  for (const change of changes) {
    const sample = sampleOf(change.name ?? 'x');
    const orchestration = { ...sample.orchestration, ...change };
    views.push(orchestration);
    const events = change.name === 'charlie' ? eventsOf(sample, 3) : [];
    await store.commit({ ...creationOf({ ...sample, orchestration }), events });
  }
  return { store, views };
};

const total = ({ usage: { byModel } }: OrchestrationView, field: 'inputTokens' | 'costMicroUsd'): number =>
  Object.values(byModel).reduce((sum, one) => sum + one[field], 0);

const endOf = ({ endedAt }: OrchestrationView, running: number): number =>
  endedAt === null ? running : Date.parse(endedAt);

const values: Readonly<Record<OrchestrationSort['by'], (view: OrchestrationView) => string | number>> = {
  started: ({ startedAt }) => startedAt,
  ended: (view) => endOf(view, Number.MAX_SAFE_INTEGER),
  name: ({ name }) => name.toLowerCase(),
  state: ({ state }) => state,
  cost: (view) => total(view, 'costMicroUsd'),
  tokens: (view) => total(view, 'inputTokens'),
  duration: (view) => endOf(view, now) - Date.parse(view.startedAt),
  instances: ({ instanceCount }) => instanceCount,
};

/** As the list is to be: by value, then in the order of making; both turn round. */
const sorted = (views: readonly OrchestrationView[], { by, direction }: OrchestrationSort) => {
  const value = values[by];
  const up = views
    .filter(({ deletedAt }) => deletedAt === null)
    .toSorted((a, b) => (value(a) < value(b) ? -1 : Number(value(a) > value(b))));
  if (direction === 'asc') return up.map(({ id }) => id);
  return views
    .filter(({ deletedAt }) => deletedAt === null)
    .toReversed()
    .toSorted((a, b) => (value(a) > value(b) ? -1 : Number(value(a) < value(b))))
    .map(({ id }) => id);
};

describe('the list of sessions', () => {
  it('is sorted by every column both ways, page by page', async () => {
    const { store, views } = await filled();
    const columns = Object.keys(values) as OrchestrationSort['by'][];
    for (const by of columns) {
      for (const direction of ['asc', 'desc'] as const) {
        const ids: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await store.orchestrations({ sort: { by, direction }, limit: 2, now, cursor });
          expect(page.total).toBe(5);
          ids.push(...page.items.map(({ id }) => id));
          cursor = page.nextCursor ?? undefined;
        } while (cursor !== undefined);
        expect([by, direction, ids]).toEqual([by, direction, sorted(views, { by, direction })]);
      }
    }
  });

  it('is found by filters, by marks, and by what was said', async () => {
    const { store } = await filled();
    const cases: readonly (readonly [string, readonly string[]])[] = [
      ['', ['Alpha', 'bravo', 'bravo', 'charlie', 'delta']],
      ['state:failed', ['bravo', 'delta']],
      ['-state:failed', ['Alpha', 'bravo', 'charlie']],
      ['state:failed OR name:LPH', ['Alpha', 'bravo', 'delta']],
      ['is:deleted', ['gone']],
      ['is:pinned', ['bravo']],
      ['model:opus', ['delta']],
      ['label:release', ['charlie']],
      ['label:rel', []],
      ['label:rel*', ['charlie']],
      ['release', ['charlie']],
      ['nächstes', ['bravo']],
      ['cost>4.99', ['delta']],
      ['cost>=5 cost<=5', ['delta']],
      ['tokens>50', ['Alpha']],
      ['duration>8h', ['Alpha', 'charlie']],
      ['instances<2', []],
      ['user:LOC workspace:/tmp/WORK', ['Alpha', 'bravo', 'bravo', 'charlie', 'delta']],
      ['after:2026-03-01T01:00Z before:2026-03-01T02:00Z', ['Alpha']],
      ['second', ['Alpha', 'bravo', 'bravo', 'charlie', 'delta']],
      ['origin:claude', []],
      ["zz' OR 1=1", []],
    ];
    for (const [text, names] of cases) {
      const { query } = parseQuery(text, { now, timeZone: 'UTC' });
      const { items, total: count } = await store.orchestrations({ query, limit: 50, now });
      expect([text, items.map(({ name }) => name).toSorted()]).toEqual([text, names.toSorted()]);
      expect(count).toBe(names.length);
    }
    const { query } = parseQuery('xxxxxxxxxx', { now, timeZone: 'UTC' });
    expect((await store.search({ query, limit: 9 })).hits).toHaveLength(3);
    expect((await store.orchestrations({ query, limit: 9 })).items.map(({ name }) => name)).toEqual([
      'charlie',
    ]);
  });
});
