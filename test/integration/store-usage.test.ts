import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AttemptRecord, Store, StoreBatch } from '../../src/main/engine/store-ports.ts';
import { openStore } from '../../src/main/store/store.ts';
import { instantOf } from '../../src/shared/domain/ids.ts';
import type { InstanceView } from '../../src/shared/domain/instance.ts';
import type { OrchestrationView } from '../../src/shared/domain/orchestration.ts';
import { parseQuery } from '../../src/shared/domain/search/search-parse.ts';
import { addUsage, noUsage, totalOf, type ModelUsage, type Usage } from '../../src/shared/domain/usage.ts';
import type { UsageDimension, UsageReport, UsageRow } from '../../src/shared/domain/usage-report.ts';
import { creationOf, emptyBatch, sampleOf, seenOf, type Sample } from '../support/store/samples.ts';
import { temporaryDirectory } from '../support/store/temporary-directory.ts';

const newStore = async (): Promise<Store> => {
  const store = await openStore({ dataDir: await temporaryDirectory() });
  onTestFinished(() => store.close());
  return store;
};

type Told = {
  readonly at: number;
  readonly usage: Usage;
  readonly state?: InstanceView['state'];
  readonly tools?: InstanceView['tools'];
};

/** An orchestration with an instance for each of what is told, with that attempt. */
const endedAt = instantOf(Date.UTC(2026, 11, 2));

const runOf = (name: string, told: readonly Told[], more: Partial<OrchestrationView> = {}): Sample => {
  const sample = sampleOf(
    name,
    told.map((_, index) => `i${String(index)}`),
  );
  const usage = told.map((one) => one.usage).reduce(addUsage, noUsage);
  return {
    ...sample,
    orchestration: { ...sample.orchestration, ...more, state: 'succeeded', endedAt, usage },
    instances: sample.instances.map((view, index) => ({
      ...view,
      state: told[index]?.state ?? 'succeeded',
      usage: told[index]?.usage ?? noUsage,
      tools: told[index]?.tools ?? {},
    })),
    attempts: sample.attempts.map((record, index): AttemptRecord => ({
      ...record,
      startedAt: instantOf(told[index]?.at ?? 0),
      usage: told[index]?.usage ?? noUsage,
    })),
  };
};

const used = (costMicroUsd: number, model = 'opus', more: Partial<ModelUsage> = {}): Usage => ({
  basis: 'exact',
  byModel: {
    [model]: {
      ...{ inputTokens: 100, outputTokens: 10, cacheWriteTokens: 0, cacheReadTokens: 300, costMicroUsd },
      ...more,
    },
  },
});

const reportOf = (
  store: Store,
  by: readonly UsageDimension[],
  more: Partial<Parameters<Store['usage']>[0]> = {},
): Promise<UsageReport> =>
  store.usage({ by, from: null, to: null, timeZone: 'Europe/Berlin', search: null, now: 0, ...more });

const figures = ({ rows }: UsageReport) => rows.map(({ keys, costMicroUsd }) => [...keys, costMicroUsd]);

describe('a usage report', () => {
  it('counts an attempt on the day it started, as the clocks of the zone show it', async () => {
    const store = await newStore();
    const told = [
      { at: Date.parse('2026-11-22T22:59:59.999Z'), usage: used(1) },
      { at: Date.parse('2026-11-22T23:00:00Z'), usage: used(20) },
      { at: Date.parse('2026-11-23T23:00:00Z'), usage: used(300) },
    ];
    await store.commit(creationOf(runOf('one', told)));
    expect(figures(await reportOf(store, ['day']))).toEqual([
      ['2026-11-22', 1],
      ['2026-11-23', 20],
      ['2026-11-24', 300],
    ]);
    expect(figures(await reportOf(store, ['week', 'month']))).toEqual([
      ['2026-W47', '2026-11', 1],
      ['2026-W48', '2026-11', 320],
    ]);
    const range = { from: instantOf(told[1]?.at ?? 0), to: instantOf(told[2]?.at ?? 0) };
    expect(figures(await reportOf(store, ['month'], range))).toEqual([['2026-11', 20]]);
  });

  it('is by model, plan, workspace and person, those of the highest cost first', async () => {
    const store = await newStore();
    const at = Date.parse('2026-11-22T12:00:00Z');
    await store.commit(creationOf(runOf('Nightly', [{ at, usage: used(5, 'haiku') }], { workspace: '/a' })));
    await store.commit(
      creationOf(runOf('nightly', [{ at, usage: used(70) }], { workspace: '/b', name: 'renamed' })),
    );
    await store.commit(
      creationOf(runOf('other', [{ at, usage: used(9) }], { workspace: '/a', owner: 'tom' })),
    );
    expect(figures(await reportOf(store, ['model']))).toEqual([
      ['opus', 79],
      ['haiku', 5],
    ]);
    expect(figures(await reportOf(store, ['workspace', 'model']))).toEqual([
      ['/b', 'opus', 70],
      ['/a', 'opus', 9],
      ['/a', 'haiku', 5],
    ]);
    const plans = await reportOf(store, ['plan', 'user']);
    expect(figures(plans)).toEqual([
      ['nightly', 'local', 75],
      ['other', 'tom', 9],
    ]);
    const runs = await reportOf(store, ['orchestration']);
    expect(runs.rows.map(({ titles }) => titles)).toEqual([['renamed'], ['other'], ['Nightly']]);
  });

  it('says how much came from the cache, what a success cost, and what is not exact or not known', async () => {
    const store = await newStore();
    const at = Date.parse('2026-11-22T12:00:00Z');
    const estimated: Usage = { ...used(20), basis: 'estimated' };
    await store.commit(
      creationOf(
        runOf('one', [
          { at, usage: used(100) },
          { at, usage: estimated, state: 'failed' },
          { at, usage: used(0, 'unheard-of'), state: 'failed' },
          { at, usage: noUsage, state: 'skipped' },
        ]),
      ),
    );
    const { rows, total } = await reportOf(store, ['model']);
    expect(rows).toMatchObject([
      {
        ...{ keys: ['opus'], basis: 'estimated', atLeast: false, instances: 2, succeeded: 1 },
        ...{ cacheHitRate: 0.75, costPerSuccessMicroUsd: 120, tools: null },
      },
      { keys: ['unheard-of'], basis: 'exact', atLeast: true, succeeded: 0, costPerSuccessMicroUsd: null },
    ]);
    expect(total).toMatchObject({ costMicroUsd: 120, atLeast: true, instances: 4, orchestrations: 1 });
  });

  it('by tool counts calls, where the instance first started', async () => {
    const store = await newStore();
    const at = Date.parse('2026-11-22T12:00:00Z');
    const tools = {
      Bash: { calls: 3, errors: 1, durationMs: 90 },
      Read: { calls: 8, errors: 0, durationMs: 4 },
    };
    const run = runOf('one', [{ at, usage: used(5), tools }]);
    const [attempt] = run.attempts;
    if (attempt === undefined) throw new Error('there is no attempt');
    const again = { ...attempt, id: run.orchestration.id as unknown as AttemptRecord['id'], number: 2 };
    const later = { ...again, startedAt: instantOf(at + 86_400_000) };
    await store.commit({ ...creationOf(run), attempts: [attempt, later] });
    const { rows, total } = await reportOf(store, ['day', 'tool']);
    expect(rows.map(({ keys, tools: counts, costMicroUsd }) => [...keys, counts, costMicroUsd])).toEqual([
      ['2026-11-22', 'Read', tools.Read, 0],
      ['2026-11-22', 'Bash', tools.Bash, 0],
    ]);
    expect(total.tools).toEqual({ calls: 11, errors: 1, durationMs: 94 });
  });

  it('is of the orchestrations alone that a query is for, the deleted ones too', async () => {
    const store = await newStore();
    const deletedAt = instantOf(1);
    const told = [{ at: 5, usage: used(5) }];
    await store.commit(creationOf(runOf('a', told, { workspace: '/x', deletedAt })));
    await store.commit(creationOf(runOf('b', told, { workspace: '/y' })));
    const report = async (text: string) => {
      const { query } = parseQuery(text, { now: 0, timeZone: 'UTC' });
      return (await reportOf(store, ['workspace'], { search: query })).rows.map(({ keys }) => keys[0]);
    };
    expect(await report('workspace:x')).toEqual(['/x']);
    expect(await report('name:b OR name:a')).toEqual(['/x', '/y']);
    expect(await report('model:haiku')).toEqual([]);
  });

  it('counts what was deleted, for it was spent', async () => {
    const store = await newStore();
    const deletedAt = instantOf(1);
    await store.commit(creationOf(runOf('one', [{ at: 5, usage: used(5) }], { deletedAt })));
    expect((await reportOf(store, ['month'])).total.costMicroUsd).toBe(5);
    expect((await store.orchestrations({ limit: 5 })).items).toEqual([]);
  });
});

describe('what was removed for good', () => {
  it('still counts in reports and budgets, with nothing of it left but the figures', async () => {
    const told = [
      { at: Date.UTC(2026, 10, 1), usage: used(5), state: 'succeeded' as const },
      { at: Date.UTC(2026, 10, 2), usage: { ...used(70, 'haiku'), basis: 'estimated' as const } },
      { at: Date.UTC(2026, 11, 1), usage: noUsage, state: 'failed' as const },
    ];
    const gone = runOf('Gone', told, { owner: 'tom' });
    const runs = [gone, runOf('stays', told)];
    const dimensions: readonly UsageDimension[] = ['month', 'model', 'plan', 'user'];
    const store = await newStore();
    for (const run of runs) await store.commit(creationOf(run));
    const before = await reportOf(store, dimensions);
    const spent = await store.spent(0, Date.UTC(2026, 11, 1));
    expect(await store.remove([seenOf(gone.orchestration)])).toHaveLength(1);
    expect(await reportOf(store, dimensions)).toEqual(before);
    expect(await store.spent(0, Date.UTC(2026, 11, 1))).toEqual(spent);
    expect(spent).toMatchObject({ costMicroUsd: 150, basis: 'estimated' });
    const { query } = parseQuery('plan:gone', { now: 0, timeZone: 'UTC' });
    expect((await reportOf(store, dimensions, { search: query })).rows).toEqual([]);
    const byRun = await reportOf(store, ['orchestration']);
    expect(byRun.rows.map(({ titles }) => titles[0]).toSorted()).toEqual(['Gone', 'stays']);
    expect(JSON.stringify(await store.records('spent'))).not.toContain('Say hello');
  });
});

const sumOf = (rows: readonly UsageRow[], key: keyof ModelUsage): number =>
  rows.reduce((sum, row) => sum + row[key], 0);
const kinds = ['inputTokens', 'outputTokens', 'cacheWriteTokens', 'cacheReadTokens', 'costMicroUsd'] as const;

describe('any usage report', () => {
  const tokens = fc.integer({ min: 0, max: 1_000_000 });
  const usageArbitrary = fc.record({
    basis: fc.constantFrom('exact' as const, 'estimated' as const),
    byModel: fc.dictionary(
      fc.constantFrom('opus', 'haiku', 'sonnet'),
      fc.record({
        ...{ inputTokens: tokens, outputTokens: tokens, cacheWriteTokens: tokens, cacheReadTokens: tokens },
        costMicroUsd: fc.integer({ min: 0, max: 1_000_000_000 }),
      }),
    ),
  });
  const told = fc.record({
    at: fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2026, 5, 1) }),
    usage: usageArbitrary,
    state: fc.constantFrom('succeeded' as const, 'failed' as const),
  });
  const runs = fc.array(
    fc.tuple(
      fc.constantFrom('a', 'b', 'A'),
      fc.constantFrom('/x', '/y'),
      fc.array(told, { minLength: 1, maxLength: 4 }),
    ),
    { maxLength: 6 },
  );
  const dimensions = fc.uniqueArray(
    fc.constantFrom<UsageDimension>(
      'day',
      'week',
      'month',
      'model',
      'plan',
      'workspace',
      'user',
      'orchestration',
    ),
    { minLength: 1, maxLength: 4 },
  );
  const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York');

  it('adds up to its total, and a month is the sum of its runs to the micro-dollar', async () => {
    const store = await newStore();
    // Each round has years of its own in the one store.
    const years = 5 * 366 * 86_400_000;
    let round = 0;
    await fc.assert(
      fc.asyncProperty(runs, dimensions, zone, async (plans, by, timeZone) => {
        round += 1;
        const shift = round * years;
        const range = {
          timeZone,
          from: instantOf(Date.UTC(2026, 0, 1) + shift),
          to: instantOf(Date.UTC(2026, 5, 2) + shift),
        };
        const samples = plans.map(([name, workspace, of]) =>
          runOf(
            name,
            of.map((one) => ({ ...one, at: one.at + shift })),
            { workspace },
          ),
        );
        for (const sample of samples) await store.commit(creationOf(sample));
        const report = await reportOf(store, by, range);
        for (const kind of kinds) expect(sumOf(report.rows, kind)).toBe(report.total[kind]);
        const all = samples.map(({ orchestration }) => totalOf(orchestration.usage).costMicroUsd);
        expect(report.total.costMicroUsd).toBe(all.reduce((sum, cost) => sum + cost, 0));

        const months = await reportOf(store, ['month'], range);
        const byRun = await reportOf(store, ['month', 'orchestration'], range);
        for (const month of months.rows) {
          const ofMonth = byRun.rows.filter(({ keys }) => keys[0] === month.keys[0]);
          for (const kind of kinds) expect(sumOf(ofMonth, kind)).toBe(month[kind]);
        }
        for (const { orchestration } of samples) {
          const ofRun = byRun.rows.filter(({ keys }) => keys[1] === orchestration.id);
          expect(sumOf(ofRun, 'costMicroUsd')).toBe(totalOf(orchestration.usage).costMicroUsd);
        }
      }),
      { numRuns: 40 },
    );
  }, 120_000);
});

describe('a remark', () => {
  it('is put into the view that is there, and into what lists go by; of what is gone it is nothing', async () => {
    const store = await newStore();
    const run = runOf('a', [{ at: 5, usage: used(5) }]);
    await store.commit(creationOf(run));
    const { id } = run.orchestration;
    const change = { name: 'b', labels: ['Urgent'], note: 'n', pinned: true };
    const gone = { id: sampleOf('x').orchestration.id, change };
    await store.commit({ ...emptyBatch, remarks: [{ id, change }, gone] });
    expect((await store.orchestration(id))?.orchestration).toEqual({ ...run.orchestration, ...change });
    const { query } = parseQuery('label:urgent name:b is:pinned', { now: 0, timeZone: 'UTC' });
    expect((await store.orchestrations({ query, limit: 5 })).total).toBe(1);
    expect(await store.labels()).toEqual([{ label: 'Urgent', count: 1 }]);
  });
});

describe('labels', () => {
  it('are counted without case and given as they were written last', async () => {
    const store = await newStore();
    for (const [name, labels, deletedAt] of [
      ['a', ['urgent'], null],
      ['b', ['Urgent', 'Über'], null],
      ['c', ['über', 'gone'], instantOf(1)],
    ] as const) {
      await store.commit(creationOf(runOf(name, [], { labels, deletedAt })));
    }
    expect(await store.labels()).toEqual([
      { label: 'Urgent', count: 2 },
      { label: 'Über', count: 1 },
    ]);
  });
});

describe('a year of 1,000 orchestrations of 10 instances', () => {
  const day = 86_400_000;
  const yearIn = async (store: Store): Promise<void> => {
    for (let from = 0; from < 1000; from += 50) {
      const samples = Array.from({ length: 50 }, (_, index) => {
        const at = Date.UTC(2026, 0, 1) + ((from + index) * 365 * day) / 1000;
        const told = Array.from({ length: 10 }, (__, place) => ({
          at: at + place * 60_000,
          usage: { ...used(place + 1), byModel: { ...used(1).byModel, ...used(2, 'haiku').byModel } },
        }));
        return runOf(`plan ${String(index % 7)}`, told, { workspace: `/w/${String(index % 5)}` });
      });
      const batch: StoreBatch = {
        ...emptyBatch,
        created: samples.flatMap((sample) => creationOf(sample).created),
        orchestrations: samples.map(({ orchestration }) => orchestration),
        instances: samples.flatMap(({ instances }) => instances),
        attempts: samples.flatMap(({ attempts }) => attempts),
      };
      await store.commit(batch);
    }
  };

  it('is reported by day, model and workspace in good time', async () => {
    const store = await newStore();
    await yearIn(store);
    await reportOf(store, ['day']);
    const times: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const start = performance.now();
      const { total } = await reportOf(store, ['day', 'model', 'workspace']);
      times.push(performance.now() - start);
      expect(total).toMatchObject({ orchestrations: 1000, instances: 10_000, costMicroUsd: 30_000 });
    }
    // The bench holds it to 200 ms; here the machine may be busy with other tests.
    expect(Math.min(...times)).toBeLessThan(1000);
    if (process.env['NETRA_SHOW_TIMES'] !== undefined) process.stdout.write(`${times.join(' ')}\n`);
  }, 120_000);
});
