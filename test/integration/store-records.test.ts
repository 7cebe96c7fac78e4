import { describe, expect, it, onTestFinished } from 'vitest';
import type { Store } from '../../src/main/engine/store-ports.ts';
import { openStore } from '../../src/main/store/store.ts';
import { instantOf } from '../../src/shared/domain/ids.ts';
import type { InstanceSpec } from '../../src/shared/domain/plan/plan-spec.ts';
import { creationOf, emptyBatch, sampleOf } from '../support/store/samples.ts';
import { temporaryDirectory } from '../support/store/temporary-directory.ts';

const newStore = async (): Promise<Store> => {
  const store = await openStore({ dataDir: await temporaryDirectory() });
  onTestFinished(() => store.close());
  return store;
};

describe('records in a store', () => {
  it('are given back by kind, in the order of their ids', async () => {
    const store = await newStore();
    await store.commit({
      ...emptyBatch,
      records: [
        { kind: 'schedule', id: 'b', value: { name: 'nightly', runs: [1, null, 'two'] } },
        { kind: 'schedule', id: 'a', value: 'text' },
        { kind: 'trust', id: 'a', value: true },
      ],
    });
    expect(await store.records('schedule')).toEqual([
      { id: 'a', value: 'text' },
      { id: 'b', value: { name: 'nightly', runs: [1, null, 'two'] } },
    ]);
    expect(await store.records('trust')).toEqual([{ id: 'a', value: true }]);
    expect(await store.records('budget')).toEqual([]);
  });

  it('replace the one of the same kind and id, and go with null', async () => {
    const store = await newStore();
    const put = (id: string, value: number | null) =>
      store.commit({ ...emptyBatch, records: [{ kind: 'budget', id, value }] });
    await put('day', 1);
    await put('day', 2);
    await put('month', 3);
    expect(await store.records('budget')).toEqual([
      { id: 'day', value: 2 },
      { id: 'month', value: 3 },
    ]);
    await put('day', null);
    await put('never there', null);
    expect(await store.records('budget')).toEqual([{ id: 'month', value: 3 }]);
  });

  it('hold together with the rest of their commit, or not at all', async () => {
    const store = await newStore();
    const stranger = sampleOf('never created');
    const records = [{ kind: 'schedule', id: 'a', value: 1 }] as const;
    await expect(
      store.commit({ ...emptyBatch, instances: stranger.instances, records }),
    ).rejects.toMatchObject({ failure: { code: 'store.failed' } });
    expect(await store.records('schedule')).toEqual([]);
  });
});

describe('specs of single instances in a store', () => {
  it('come with their orchestration, the last one written of each', async () => {
    const sample = sampleOf('fan-out', ['one', 'two']);
    const store = await newStore();
    const [one, two] = sample.instances.map(({ id }) => id);
    if (one === undefined || two === undefined) throw new Error('the sample has two');
    const spec = (name: string): InstanceSpec => ({
      name,
      prompt: 'Say hello',
      workspace: '.',
      allowedTools: [],
      disallowedTools: [],
      addDirs: [],
      env: {},
      mode: 'live',
      outputFormat: 'stream-json',
    });
    const specs = [
      { instanceId: one, spec: spec('one') },
      { instanceId: two, spec: spec('two') },
    ];
    await store.commit({ ...creationOf(sample), specs });
    await store.commit({ ...emptyBatch, specs: [{ instanceId: two, spec: spec('edited') }] });
    const stored = await store.orchestration(sample.orchestration.id);
    expect(stored?.specs).toEqual({ [one]: spec('one'), [two]: spec('edited') });
    expect((await store.unfinished())[0]?.specs).toEqual(stored?.specs);
  });
});

describe('what was spent, by a store', () => {
  it('adds up all tokens and costs of the attempts that started in a time', async () => {
    const store = await newStore();
    const sample = sampleOf('spent', ['one', 'two', 'three']);
    const usage = (n: number) => ({
      inputTokens: n,
      outputTokens: 2 * n,
      cacheWriteTokens: 3 * n,
      cacheReadTokens: 4 * n,
      costMicroUsd: 5 * n,
    });
    const attempts = sample.attempts.map((attempt, i) => ({
      ...attempt,
      startedAt: instantOf(1000 * (i + 1)),
      usage: { basis: 'exact' as const, byModel: { haiku: usage(10 ** i), opus: usage(10 ** i) } },
    }));
    await store.commit({ ...creationOf(sample), attempts });
    expect(await store.spent(0, 10_000)).toMatchObject({ tokens: 20 * 111, costMicroUsd: 10 * 111 });
    expect(await store.spent(2000, 3000)).toMatchObject({ tokens: 200, costMicroUsd: 100 });
    expect(await store.spent(1001, 2000)).toEqual({
      tokens: 0,
      costMicroUsd: 0,
      basis: 'exact',
      atLeast: false,
    });
    const [, second] = attempts;
    if (second === undefined) throw new Error('there are three attempts');
    const unpriced = { haiku: { ...usage(10), costMicroUsd: 0 }, opus: usage(10) };
    const estimated = { ...second, usage: { basis: 'estimated' as const, byModel: unpriced } };
    await store.commit({ ...emptyBatch, attempts: [estimated] });
    expect(await store.spent(0, 10_000)).toMatchObject({ basis: 'estimated', atLeast: true });
    expect(await store.spent(3000, 10_000)).toMatchObject({ basis: 'exact', atLeast: false });
  });
});
