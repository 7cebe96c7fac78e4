import { describe, expect, it } from 'vitest';
import { compareOrchestrations } from '../../../../src/shared/domain/comparison.ts';
import { instantOf } from '../../../../src/shared/domain/ids.ts';
import type { InstanceView } from '../../../../src/shared/domain/instance.ts';
import type { Usage } from '../../../../src/shared/domain/usage.ts';
import { sampleOf } from '../../../support/store/samples.ts';

const now = instantOf(Date.UTC(2026, 0, 2, 4, 0, 0));

const usage = (costMicroUsd: number, basis: Usage['basis'] = 'exact'): Usage => ({
  basis,
  byModel: {
    opus: { inputTokens: 10, outputTokens: 2, cacheWriteTokens: 0, cacheReadTokens: 5, costMicroUsd },
  },
});

const sideOf = (name: string, instances: Readonly<Record<string, Partial<InstanceView>>>) => {
  const sample = sampleOf(name, Object.keys(instances));
  return {
    orchestration: sample.orchestration,
    instances: sample.instances.map((view) => ({ ...view, ...instances[view.name] })),
  };
};

const startedAt = instantOf(Date.UTC(2026, 0, 2, 3, 0, 0));
const minutes = (count: number) => ({
  startedAt,
  endedAt: instantOf(Date.parse(startedAt) + count * 60_000),
});

describe('comparing', () => {
  const left = sideOf('left', {
    same: { state: 'succeeded', result: 'yes', usage: usage(100), turns: 2, ...minutes(1) },
    gone: { state: 'failed', failure: { code: 'x', message: 'It broke.' }, usage: usage(50) },
  });
  const right = sideOf('right', {
    added: { state: 'succeeded', usage: usage(7) },
    same: { state: 'failed', result: 'no', usage: usage(30, 'estimated'), turns: 5, ...minutes(3) },
  });
  const comparison = compareOrchestrations(left, right, now);

  it('puts instances of the same name side by side, and those of one side after the left ones', () => {
    const names = comparison.pairs.map(({ name, left: a, right: b }) => [name, a !== null, b !== null]);
    expect(names).toEqual([
      ['same', true, true],
      ['gone', true, false],
      ['added', false, true],
    ]);
  });

  it('gives the differences, right less left, and says what is another', () => {
    expect(comparison.pairs[0]).toMatchObject({
      difference: { costMicroUsd: -70, durationMs: 120_000, turns: 3 },
      differs: ['state', 'result'],
    });
    expect(comparison.pairs[1]).toMatchObject({ difference: null, differs: [] });
    expect(comparison.pairs[1]?.left?.result).toBe('It broke.');
  });

  it('keeps what is estimated apart from what is exact', () => {
    const [same] = comparison.pairs;
    expect([same?.left?.basis, same?.right?.basis, same?.difference?.basis]).toEqual([
      'exact',
      'estimated',
      'estimated',
    ]);
    expect(comparison.left).toMatchObject({
      basis: 'exact',
      costMicroUsd: 150,
      instanceCount: 2,
      succeeded: 1,
    });
    expect(comparison.right).toMatchObject({ basis: 'estimated', costMicroUsd: 37 });
  });

  it('is nothing of an orchestration against itself, whatever names come twice', () => {
    const twice = sideOf('twice', { a: {}, b: {} });
    const side = { ...twice, instances: twice.instances.map((view) => ({ ...view, name: 'a' })) };
    const { pairs, difference } = compareOrchestrations(side, side, now);
    expect(pairs).toHaveLength(2);
    expect(pairs.every(({ left: a, right: b, differs }) => a?.id === b?.id && differs.length === 0)).toBe(
      true,
    );
    expect(difference).toMatchObject({ costMicroUsd: 0, turns: 0, toolCalls: 0, durationMs: 0 });
  });
});
