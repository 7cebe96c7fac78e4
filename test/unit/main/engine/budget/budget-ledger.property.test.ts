import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BudgetedInstance } from '../../../../../src/main/engine/budget/budget-ledger.ts';
import { spentOf, type Spending } from '../../../../../src/shared/domain/budget.ts';
import { noUsage, type Usage } from '../../../../../src/shared/domain/usage.ts';
import { costing, dollar, nightly, openLedger, weekly } from '../../../../support/engine/budgets.ts';

const day = 86_400_000;
const prompts = ['/review src', '/review test', 'say hello'] as const;

const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('use' as const),
      which: fc.nat(7),
      cents: fc.integer({ min: -50, max: 300 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('time' as const), ms: fc.nat(day) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('again' as const), which: fc.nat(7) }) },
);

/** An instance as the model keeps it: what its earlier attempts and its present one used, in cents, and when that started. */
type Worker = { readonly who: BudgetedInstance; readonly before: number; readonly now: number };

const total = (costs: readonly number[]): Spending => {
  const cents = costs.reduce((sum, cost) => sum + cost, 0);
  return { tokens: cents * 100, costMicroUsd: (cents / 100) * dollar };
};

const rounded = ({ tokens, costMicroUsd }: Spending): Spending => ({
  tokens: Math.round(tokens),
  costMicroUsd: Math.round(costMicroUsd),
});

const usageOf = ({ before, now }: Worker): Usage => costing((before + now) / 100);

describe('whatever is spent, by whom and when', () => {
  it('each account holds what a plain sum over its instances gives', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { ledger, clock, instance } = await openLedger();
        const budget = { costMicroUsd: 5 * dollar, onExceed: 'stop' as const };
        for (const id of [nightly, weekly]) {
          ledger.open({ id, name: id, budget, commandBudgets: { '/review': budget } });
        }
        const ended: { readonly startedAt: number; readonly cents: number }[] = [];
        const workers: Worker[] = Array.from({ length: 8 }, (_, index) => {
          const orchestrationId = index % 2 === 0 ? nightly : weekly;
          const prompt = prompts[index % 3] ?? '';
          return { who: instance(index, { orchestrationId, prompt }), before: 0, now: 0 };
        });
        for (const { who } of workers) ledger.count(who, null, noUsage);
        for (const one of steps) {
          if (one.kind === 'time') {
            await clock.advance(one.ms);
            continue;
          }
          const worker = workers[one.which];
          if (worker === undefined) continue;
          if (one.kind === 'again') {
            ended.push({ startedAt: worker.who.startedAt ?? 0, cents: worker.now });
            const who = { ...worker.who, startedAt: clock.now() };
            workers[one.which] = { who, before: worker.before + worker.now, now: 0 };
            continue;
          }
          const next = { ...worker, now: Math.max(0, worker.now + one.cents) };
          workers[one.which] = next;
          ledger.count(next.who, usageOf(worker), usageOf(next));
        }
        const centsOf = ({ before, now }: Worker): number => before + now;
        for (const { scope, orchestrationId, spent } of ledger.list(null).slice(2)) {
          const own = workers.filter(
            ({ who }) =>
              who.orchestrationId === orchestrationId &&
              (scope === 'orchestration' || who.prompt.startsWith('/review')),
          );
          expect(spent).toEqual(rounded(total(own.map(centsOf))));
        }
        const attempts = [
          ...ended,
          ...workers.map(({ who, now }) => ({ startedAt: who.startedAt ?? 0, cents: now })),
        ];
        for (const { period, spent } of ledger.list(null).slice(0, 2)) {
          const [from, before] = [Date.parse(period?.from ?? ''), Date.parse(period?.before ?? '')];
          const own = attempts.filter(({ startedAt }) => startedAt >= from && startedAt < before);
          expect(spent).toEqual(rounded(total(own.map(({ cents }) => cents))));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('no more is spent than the limit and the message in hand of each that runs', async () => {
    const message = fc.integer({ min: 1, max: 40 });
    const limits = fc.integer({ min: 1, max: 500 });
    await fc.assert(
      fc.asyncProperty(
        limits,
        fc.integer({ min: 1, max: 10 }),
        fc.array(message, { minLength: 1, maxLength: 200 }),
        async (limit, concurrency, messages) => {
          const { ledger, instance, use } = await openLedger();
          const budget = { costMicroUsd: (limit / 100) * dollar, onExceed: 'stop' as const };
          ledger.open({ id: nightly, name: 'nightly', budget });
          // Each instance writes its messages one after the other until it is stopped; many run at the same time.
          const running = new Map<number, number>();
          let next = 0;
          let overshoot = 0;
          for (const [index, cents] of messages.entries()) {
            while (running.size < concurrency && ledger.mayStart(instance(next)).ok) {
              ledger.started(instance(next));
              running.set(next, 0);
              next += 1;
              const unheard = [...running.values()].filter((cents) => cents === 0).length;
              const left = limit - [...running.values()].reduce((sum, cents) => sum + cents, 0);
              expect(unheard).toBeLessThanOrEqual(Math.ceil(left / 10));
            }
            const numbers = [...running.keys()];
            const number = numbers[index % numbers.length];
            if (number === undefined) break;
            const spent = (running.get(number) ?? 0) + cents;
            running.set(number, spent);
            const { exceeded } = use(instance(number), costing(spent / 100));
            if (exceeded.length === 0) continue;
            // All are stopped; the messages that the others have in hand still come.
            for (const other of running.keys()) {
              if (other === number) continue;
              overshoot += 40;
              use(instance(other), costing(((running.get(other) ?? 0) + 40) / 100));
            }
            overshoot += cents;
            break;
          }
          const [{ spent } = { spent: spentOf(noUsage) }] = ledger.list(nightly);
          expect(Math.round(spent.costMicroUsd)).toBeLessThanOrEqual(
            Math.round(((limit + overshoot) / 100) * dollar),
          );
          if (ledger.list(nightly)[0]?.usedUp === true) expect(ledger.mayStart(instance(999)).ok).toBe(false);
        },
      ),
      { numRuns: 100 },
    );
  });
});
