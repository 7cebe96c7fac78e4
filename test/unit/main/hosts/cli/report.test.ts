import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reportOf } from '../../../../../src/main/hosts/cli/report.ts';
import { noUsage } from '../../../../../src/shared/domain/usage.ts';
import { after, sampleInstance, sampleOrchestration, usageOfModel } from '../../../../support/views.ts';

describe('the report of a run', () => {
  it('has the shape that is promised, in milliseconds and dollars', () => {
    const instance = sampleInstance({ sessionId: 'session' });
    const report = reportOf(sampleOrchestration([instance]), [instance], after(99_000));
    const usage = {
      ...{ inputTokens: 1000, outputTokens: 234, cacheWriteTokens: 20_000, cacheReadTokens: 60_000 },
    };
    expect(report).toEqual({
      orchestration: {
        id: '00000000-0000-7000-8000-000000000001',
        name: 'nightly',
        state: 'succeeded',
        startedAt: '2026-11-23T08:00:00.000Z',
        endedAt: '2026-11-23T08:00:15.000Z',
        durationMs: 15_000,
        pausedBy: null,
        heldBecause: null,
        groups: [],
        schedule: null,
      },
      instances: [
        {
          id: '00000000-0000-7000-8000-000000000100',
          name: 'instance 0',
          state: 'succeeded',
          reason: null,
          until: null,
          heldBy: null,
          group: null,
          fallback: 0,
          failedTries: 0,
          round: 1,
          model: 'claude-opus-5-5',
          sessionId: 'session',
          attempts: 1,
          durationMs: 12_300,
          usage,
          costUsd: 0.123456,
          costBasis: 'exact',
          byModel: { 'claude-opus-5-5': { ...usage, costUsd: 0.123456 } },
          turns: 1,
          toolCalls: 3,
          tools: { Bash: { calls: 3, errors: 1, durationMs: 400 } },
          apiRetries: 0,
          result: 'Done.',
          structured: null,
          failure: null,
        },
      ],
      totals: {
        usage,
        costUsd: 0.123456,
        costBasis: 'exact',
        toolCalls: 3,
        cacheHitRate: 60_000 / 81_000,
      },
    });
  });

  it('measures what still runs up to now, and what has not started not at all', () => {
    const instances = [
      sampleInstance({ state: 'running', endedAt: null }),
      sampleInstance({ state: 'pending', startedAt: null, endedAt: null, usage: noUsage }, 1),
    ];
    const orchestration = sampleOrchestration(instances, { state: 'running', endedAt: null });
    const report = reportOf(orchestration, instances, after(20_000));
    expect(report.orchestration.durationMs).toBe(20_000);
    expect(report.instances.map(({ durationMs }) => durationMs)).toEqual([20_000, null]);
  });

  it('has no cache hit rate where nothing was prompted', () => {
    const instances = [sampleInstance({ usage: noUsage })];
    expect(reportOf(sampleOrchestration(instances), instances, after(0)).totals.cacheHitRate).toBeNull();
  });

  it('calls the total estimated when any part is', () => {
    const instances = [
      sampleInstance(),
      sampleInstance({ usage: usageOfModel({ inputTokens: 5 }, 'estimated') }, 1),
    ];
    const report = reportOf(sampleOrchestration(instances), instances, after(0));
    expect(report.instances.map(({ costBasis }) => costBasis)).toEqual(['exact', 'estimated']);
    expect(report.totals.costBasis).toBe('estimated');
  });

  it('names a failure by code and message', () => {
    const failure = { code: 'claude.overloaded', message: 'Try later.', path: ['a'] };
    const instances = [sampleInstance({ state: 'failed', failure })];
    const report = reportOf(sampleOrchestration(instances), instances, after(0));
    expect(report.instances[0]?.failure).toEqual({ code: 'claude.overloaded', message: 'Try later.' });
  });

  it('has totals that are the sums of its instances, whatever they used', () => {
    const tokens = fc.nat(10_000_000);
    const usage = fc.record({
      ...{ inputTokens: tokens, outputTokens: tokens, cacheWriteTokens: tokens, cacheReadTokens: tokens },
      costMicroUsd: tokens,
    });
    fc.assert(
      fc.property(fc.array(usage, { maxLength: 8 }), (usages) => {
        const instances = usages.map((each, index) => sampleInstance({ usage: usageOfModel(each) }, index));
        const { totals, instances: parts } = reportOf(sampleOrchestration(instances), instances, after(0));
        for (const kind of ['inputTokens', 'outputTokens', 'cacheWriteTokens', 'cacheReadTokens'] as const) {
          expect(totals.usage[kind]).toBe(parts.reduce((sum, part) => sum + part.usage[kind], 0));
        }
        expect(totals.costUsd).toBeCloseTo(
          parts.reduce((sum, part) => sum + part.costUsd, 0),
          6,
        );
        expect(totals.cacheHitRate ?? 0).toBeLessThanOrEqual(1);
      }),
    );
  });
});
