import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OrchestrationSort } from '../../src/main/engine/store-ports.ts';
import { checkDatabase } from '../../src/main/store/check/check.ts';
import type { OrchestrationEvent } from '../../src/shared/domain/event.ts';
import { instantOf } from '../../src/shared/domain/ids.ts';
import type { OrchestrationView } from '../../src/shared/domain/orchestration.ts';
import { parseQuery } from '../../src/shared/domain/search/search-parse.ts';
import type { ModelUsage } from '../../src/shared/domain/usage.ts';
import { openLibrary, type Library, type SliceKind } from '../support/store/library.ts';
import { creationOf, emptyBatch, sampleOf, type Sample } from '../support/store/samples.ts';
import { temporaryDirectory } from '../support/store/temporary-directory.ts';

/** `NETRA_PROPERTY_RUNS=500` looks longer. */
const numRuns = Number(process.env['NETRA_PROPERTY_RUNS'] ?? 12);

const words = ['red', 'Grün', 'blue', 'réd', 'build'];
const day = Date.UTC(2026, 4, 1);

/** An orchestration as it should be. */
type One = { sample: Sample; readonly events: OrchestrationEvent[]; cost: number };
/** All that should be there, and what those cost that are gone. */
type Model = { readonly all: One[]; spentBefore: number; clock: number };

type Step = { readonly kind: string; readonly pick: number; readonly size: number };

const isEnded = ({ sample: { orchestration } }: One): boolean => orchestration.state !== 'running';

const put = (
  library: Library,
  one: One,
  change: Partial<OrchestrationView>,
  events: OrchestrationEvent[] = [],
) => {
  one.events.push(...events);
  const { sample } = one;
  const own = (id: string): number => one.events.filter(({ instanceId }) => instanceId === id).length;
  const usage: ModelUsage = {
    ...{ inputTokens: 0, outputTokens: 0, cacheWriteTokens: 0, cacheReadTokens: 0, costMicroUsd: one.cost },
  };
  const total = { basis: 'exact' as const, byModel: { opus: usage } };
  const isOver = (change.state ?? sample.orchestration.state) !== 'running';
  one.sample = {
    ...sample,
    orchestration: { ...sample.orchestration, ...change, usage: total, lastSeq: one.events.length },
    instances: sample.instances.map((view) => ({
      ...view,
      state: isOver ? 'succeeded' : 'running',
      eventCount: own(view.id),
    })),
    attempts: sample.attempts.map((attempt, i) => ({
      ...attempt,
      usage: i === 0 ? total : attempt.usage,
      endedAt: isOver ? instantOf(day) : null,
    })),
  };
  const { orchestration, instances, attempts } = one.sample;
  library.commit({ ...emptyBatch, events, orchestrations: [orchestration], instances, attempts });
};

const eventsFor = (one: One, pick: number, size: number): OrchestrationEvent[] => {
  const { orchestration, instances, attempts } = one.sample;
  const counts = instances.map(({ id }) => one.events.filter(({ instanceId }) => instanceId === id).length);
  return Array.from({ length: size % 9 }, (_, i): OrchestrationEvent => {
    const turn = (pick + i) % 3;
    const owner = instances[turn];
    const n = counts[turn] ?? 0;
    counts[turn] = n + 1;
    const seq = one.events.length + i + 1;
    const word = (step: number): string => words[(pick * 7 + seq * step) % words.length] ?? '';
    return {
      ...{ orchestrationId: orchestration.id, seq, instanceId: owner?.id ?? null },
      ...{
        n: owner === undefined ? null : n,
        attemptId: attempts[turn]?.id ?? null,
        at: instantOf(day + seq),
      },
      source: owner === undefined ? null : { stream: 'stdout', offset: seq * 10, length: 9 },
      body: { type: 'prompt.sent', text: `${word(1)} ${word(3)}, ${String(seq % 4)}`, by: 'ada' },
    };
  });
};

/** What the engine does to an orchestration is an event; only marks may come without one. */
const engineEvent = ({ sample: { orchestration }, events }: One): OrchestrationEvent => ({
  ...{
    orchestrationId: orchestration.id,
    seq: events.length + 1,
    instanceId: null,
    n: null,
    attemptId: null,
  },
  ...{ at: instantOf(day), source: null, body: { type: 'notice', text: 'red tape', subtype: 'x' } },
});

const remove = (library: Library, model: Model, one: One, isStale: boolean): void => {
  const { id, endedAt, deletedAt, pinned } = one.sample.orchestration;
  const seen = {
    id,
    endedAtMs: endedAt === null ? 0 : Date.parse(endedAt),
    // As it was before somebody restored it.
    deletedAtMs: isStale ? day - 1 : deletedAt === null ? null : Date.parse(deletedAt),
  };
  const goes = isEnded(one) && !pinned && !isStale;
  expect(library.remove([seen])).toEqual(goes ? [id] : []);
  if (!goes) return;
  model.all.splice(model.all.indexOf(one), 1);
  model.spentBefore += one.cost;
};

const begin = (library: Library, model: Model, size: number): void => {
  const sample = sampleOf(`${words[size % words.length] ?? ''} ${String(size)}`);
  library.commit(creationOf(sample));
  model.all.push({ sample, events: [], cost: 0 });
};

const slices: readonly SliceKind[] = ['compact', 'compact', 'remove', 'index', 'index', 'tidyIndex'];

const take = async (library: Library, model: Model, { kind, pick, size }: Step): Promise<void> => {
  const one = model.all[pick % Math.max(1, model.all.length)];
  model.clock += 1000;
  if (kind === 'begin' || one === undefined) begin(library, model, size);
  else if (kind === 'events') put(library, one, {}, eventsFor(one, pick, size));
  else if (kind === 'spend') {
    one.cost += size;
    put(library, one, {}, [engineEvent(one)]);
  } else if (kind === 'end') {
    const over = { state: 'failed', endedAt: instantOf(model.clock) } as const;
    put(library, one, isEnded(one) ? { state: 'running', endedAt: null } : over, [engineEvent(one)]);
  } else if (kind === 'mark') {
    const { deletedAt } = one.sample.orchestration;
    const deleted = deletedAt === null && isEnded(one) ? instantOf(model.clock) : null;
    put(library, one, { pinned: size % 2 === 0, labels: [`l${String(size % 2)}`], deletedAt: deleted });
  } else if (kind === 'remove') remove(library, model, one, size % 4 === 0);
  else if (kind === 'slices') library.slices(slices[pick % slices.length] ?? 'index', size % 30);
  else if (kind === 'ledgers') library.ledgers([one.sample.orchestration.id]);
  else if (kind === 'reopen') library.reopen();
  else if (kind === 'rebuild' && size % 3 === 0)
    expect(await library.rebuild()).toMatchObject({ lostEvents: 0, lostOrchestrations: [], damagedLines: 0 });
};

const inOrder = (sort: OrchestrationSort, all: readonly One[]): readonly string[] => {
  const valueOf = ({ sample: { orchestration }, cost }: One): string | number =>
    sort.by === 'cost' ? cost : sort.by === 'state' ? orchestration.state : orchestration.name.toLowerCase();
  const order = all.map((one, made) => ({ id: one.sample.orchestration.id, value: valueOf(one), made }));
  const sorted = order.toSorted((a, b) => (a.value < b.value ? -1 : a.value > b.value ? 1 : a.made - b.made));
  return (sort.direction === 'asc' ? sorted : sorted.toReversed()).map(({ id }) => id);
};

const expectLists = (library: Library, { all }: Model, pick: number): void => {
  const by = (['name', 'cost', 'state'] as const)[pick % 3] ?? 'name';
  const sort = { by, direction: pick % 2 === 0 ? 'asc' : 'desc' } as const;
  const listed = all.filter(({ sample }) => sample.orchestration.deletedAt === null);
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const page = library.read('orchestrations', { sort, limit: 1 + (pick % 3), cursor });
    expect(page.total).toBe(listed.length);
    found.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  expect(found).toEqual(inOrder(sort, listed));
};

const expectEvents = (library: Library, { all }: Model, pick: number): void => {
  for (const { sample, events } of all) {
    const { id } = sample.orchestration;
    const from = pick % (events.length + 1);
    expect(library.read('eventsAfter', id, from, 7)).toEqual(events.slice(from, from + 7));
    for (const instance of sample.instances) {
      const own = events.filter(({ instanceId }) => instanceId === instance.id);
      expect(library.read('instanceEvents', instance.id, from, 5)).toEqual(own.slice(from, from + 5));
    }
    expect(library.read('orchestration', id)).toMatchObject({
      orchestration: sample.orchestration,
      instances: sample.instances,
      attempts: sample.attempts,
    });
  }
};

const fold = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
const wordsOf = (text: string): readonly string[] => fold(text).match(/[a-z0-9]+/g) ?? [];

/** Queries, and what they say of the words of an event. */
const queries: readonly (readonly [string, (words: readonly string[]) => boolean])[] = [
  ['red', (all) => all.includes('red')],
  ['grun blue', (all) => all.includes('grun') && all.includes('blue')],
  ['bui* -red', (all) => all.some((word) => word.startsWith('bui')) && !all.includes('red')],
  ['"red grun"', (all) => all.some((word, i) => word === 'red' && all[i + 1] === 'grun')],
  ['blue OR 3', (all) => all.includes('blue') || all.includes('3')],
];

const searched = (library: Library, text: string) => {
  const { query } = parseQuery(text, { now: day, timeZone: 'UTC' });
  const keys: string[] = [];
  let pending = 0;
  let cursor: string | undefined;
  do {
    const page = library.read('search', { query, limit: 4, cursor });
    keys.push(...page.hits.map(({ orchestrationId, seq }) => `${orchestrationId} ${String(seq)}`));
    ({ pending } = page);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return { keys, pending };
};

/** What is found is right and is found once; what is not is among what is said to be pending. */
const expectSearch = (library: Library, { all }: Model, pick: number): void => {
  const [text, means] = queries[pick % queries.length] ?? ['red', () => false];
  const visible = all.filter(({ sample }) => sample.orchestration.deletedAt === null);
  const meant = visible.flatMap(({ events }) =>
    events
      .filter(({ body }) => means(wordsOf('text' in body ? body.text : '')))
      .map(({ orchestrationId, seq }) => `${orchestrationId} ${String(seq)}`),
  );
  const { keys, pending } = searched(library, text);
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys.filter((key) => !meant.includes(key))).toEqual([]);
  expect(meant.length - keys.length).toBeLessThanOrEqual(pending);
};

const expectUsage = (library: Library, { all, spentBefore }: Model): void => {
  const { total } = library.read('usage', {
    ...{ by: ['day'], from: null, to: null, timeZone: 'UTC', search: null, now: day },
  });
  expect(total.costMicroUsd).toBe(all.reduce((sum, { cost }) => sum + cost, spentBefore));
};

const expectAll = (library: Library, model: Model, pick: number): void => {
  expectLists(library, model, pick);
  expectEvents(library, model, pick);
  expectSearch(library, model, pick);
  expectUsage(library, model);
};

/** When all that waits is done, nothing is left of what was removed, and everything is found. */
const expectSettled = async (library: Library, model: Model, dataDir: string): Promise<void> => {
  for (const kind of ['remove', 'compact', 'index', 'tidyIndex'] as const) while (library.slices(kind, 100));
  queries.forEach((_, pick) => {
    expect(searched(library, queries[pick]?.[0] ?? '').pending).toBe(0);
    expectAll(library, model, pick);
  });
  const events = model.all.reduce((sum, one) => sum + one.events.length, 0);
  const count = (sql: string): unknown => library.database().prepare(sql).pluck().get();
  const packed = '(SELECT coalesce(sum(count), 0) FROM event_blocks)';
  expect(count(`SELECT (SELECT count(*) FROM events) + ${packed}`)).toBe(events);
  expect(count('SELECT count(*) FROM instances')).toBe(model.all.length * 2);
  for await (const { findings } of checkDatabase(dataDir))
    expect(findings.filter(({ kind }) => kind === 'problem')).toEqual([]);
  await library.rebuild();
  expectAll(library, model, 0);
};

const kinds = [
  ...[
    'begin',
    'events',
    'events',
    'events',
    'events',
    'spend',
    'end',
    'end',
    'end',
    'mark',
    'mark',
    'remove',
    'remove',
    'remove',
  ],
  ...['slices', 'slices', 'slices', 'slices', 'ledgers', 'reopen', 'rebuild'],
];
const anyStep: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(...kinds),
  pick: fc.nat(40),
  size: fc.nat(60),
});

describe('a store', () => {
  it(
    'is at every moment what happened in it, whatever is packed, removed, indexed, killed or made anew',
    { timeout: 600_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(anyStep, fc.nat(30)), { minLength: 20, maxLength: 40 }),
          async (steps) => {
            const dataDir = await temporaryDirectory();
            const library = await openLibrary(dataDir);
            const model: Model = { all: [], spentBefore: 0, clock: day };
            try {
              begin(library, model, 0);
              for (const [step, pick] of steps) {
                await take(library, model, step);
                expectAll(library, model, pick);
              }
              await expectSettled(library, model, dataDir);
            } finally {
              library.close();
            }
          },
        ),
        { numRuns },
      );
    },
  );
});
