import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canTransition, isFinal, type InstanceState } from '../../../../src/shared/domain/instance.ts';
import { totalsOf } from '../../../../src/shared/domain/orchestration.ts';
import type { OrchestrationEvent } from '../../../../src/shared/domain/event.ts';
import { openBench, planOf } from '../../../support/engine/engine.ts';
import { settled } from '../../../support/engine/manual-clock.ts';

const step = fc.oneof(
  fc.record({ kind: fc.constant('print' as const), which: fc.nat(20), tokens: fc.nat(1000) }),
  fc.record({ kind: fc.constant('end' as const), which: fc.nat(20), fails: fc.boolean() }),
  fc.record({ kind: fc.constant('stop' as const), which: fc.nat(20), force: fc.boolean() }),
  fc.record({ kind: fc.constant('restart' as const), which: fc.nat(20) }),
  fc.record({ kind: fc.constant('time' as const), ms: fc.nat(3000) }),
  fc.record({ kind: fc.constant('kill engine' as const) }),
);

const usageOf = (tokens: number) => ({
  basis: 'exact' as const,
  byModel: {
    opus: {
      inputTokens: tokens,
      outputTokens: 0,
      cacheWriteTokens: 0,
      cacheReadTokens: 0,
      costMicroUsd: tokens * 2,
    },
  },
});

const transitionsOf = (
  events: readonly OrchestrationEvent[],
): readonly (readonly [InstanceState, InstanceState])[] =>
  events.flatMap(({ body }) => (body.type === 'instance.state' ? [[body.from, body.to] as const] : []));

describe('whatever people, processes and kills do', () => {
  it('slots are kept, numbers have no gap, every change is allowed, and totals add up', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 3 }),
        fc.array(step, { maxLength: 25 }),
        async (count, concurrency, steps) => {
          let bench = await openBench();
          const { store, clock } = bench;
          const plan = planOf(count, { concurrency, startupDelayMs: 100 });
          const { orchestration, instances } = await bench.engine.start(
            { plan, planText: '' },
            { by: 'mia', planFile: null },
          );
          const id = orchestration.id;
          const live = () => bench.driver.attempts;
          const errors: string[] = [];

          for (const one of steps) {
            await settled();
            expect(bench.driver.running()).toBeLessThanOrEqual(concurrency);
            if (one.kind === 'time') await clock.advance(one.ms);
            else if (one.kind === 'kill engine') {
              errors.push(...bench.errors);
              bench.kill();
              bench = await openBench({ store, clock });
            } else if (one.kind === 'stop' || one.kind === 'restart') {
              const target = instances[one.which % count];
              if (target === undefined) continue;
              if (one.kind === 'stop') await bench.engine.stopInstance(target.id, 'mia', one.force);
              else await bench.engine.restartInstance(target.id, 'mia');
            } else if (live().length > 0) {
              const attempt = live()[one.which % live().length];
              if (one.kind === 'print') await attempt?.print([], { usage: usageOf(one.tokens) });
              else attempt?.end(one.fails ? { failure: { code: 'claude.crashed', message: 'x' } } : {});
            }
          }
          for (let round = 0; round < 40 && bench.engine.unfinished().length > 0; round++) {
            for (const attempt of live()) attempt.end();
            await clock.advance(200);
          }
          await bench.engine.idle();
          const detail = await bench.engine.detail(id);
          expect(detail.instances.every(({ state }) => isFinal(state))).toBe(true);
          expect(detail.orchestration).toMatchObject(totalsOf(detail.instances));
          expect([...errors, ...bench.errors]).toEqual([]);
          expect(store.events.map(({ seq }) => seq)).toEqual(store.events.map((_, index) => index + 1));
          for (const [from, to] of transitionsOf(store.events)) expect(canTransition(from, to)).toBe(true);
          for (const { id: instanceId, eventCount } of detail.instances) {
            const numbers = store.events.filter((event) => event.instanceId === instanceId).map(({ n }) => n);
            expect(numbers).toEqual(Array.from({ length: eventCount }, (_, index) => index));
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('a stream', () => {
  it('gives every event once and in order, whenever it begins and wherever it resumes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 12 }),
        fc.nat(12),
        fc.nat(40),
        async (prints, begin, resumeAfter) => {
          const bench = await openBench();
          const { orchestration } = await bench.engine.start(
            { plan: planOf(1), planText: '' },
            { by: 'mia', planFile: null },
          );
          await settled();
          const got: number[] = [];
          let reading: Promise<void> | null = null;
          const read = async (afterSeq: number): Promise<void> => {
            for await (const batch of bench.engine.stream({
              orchestrationId: orchestration.id,
              instanceId: null,
              afterSeq,
            })) {
              if (batch.kind === 'batch') got.push(...batch.events.map(({ seq }) => seq));
            }
          };
          for (const [index, size] of prints.entries()) {
            if (index === begin) reading = read(resumeAfter);
            const notice = { type: 'notice', subtype: 'x', text: 'y' } as const;
            await bench.attempt(0).print(Array.from({ length: size }, () => notice));
            await bench.clock.advance(index % 3 === 0 ? 40 : 5);
          }
          reading ??= read(resumeAfter);
          bench.attempt(0).end();
          await bench.clock.advance(200);
          await reading;
          const expected = bench.store.events.map(({ seq }) => seq).filter((seq) => seq > resumeAfter);
          expect(got).toEqual(expected);
        },
      ),
      { numRuns: 60 },
    );
  });
});
