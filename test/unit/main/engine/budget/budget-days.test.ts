import { describe, expect, it } from 'vitest';
import type { Spent } from '../../../../../src/main/engine/store-ports.ts';
import {
  costing,
  createKept,
  dollar,
  openLedger,
  pauseAt,
  stopAt,
  weekly,
} from '../../../../support/engine/budgets.ts';
import { openBench, planOf } from '../../../../support/engine/engine.ts';
import { createManualClock, settled } from '../../../../support/engine/manual-clock.ts';

const hour = 3_600_000;

describe('days and months', () => {
  const midnight = Date.parse('2026-11-24T00:00:00Z');
  const spentBefore =
    (byDay: Readonly<Record<string, number>>) =>
    (from: number, before: number): Spent => {
      const costs = Object.entries(byDay).map(([day, usd]) => {
        const at = Date.parse(`${day}T12:00:00Z`);
        return at >= from && at < before ? usd * dollar : 0;
      });
      return {
        tokens: 0,
        costMicroUsd: costs.reduce((sum, cost) => sum + cost, 0),
        basis: 'exact',
        atLeast: false,
      };
    };

  it('count over all orchestrations, on top of what earlier engines spent', async () => {
    const { ledger, instance, use } = await openLedger({
      spent: spentBefore({ '2026-11-22': 4, '2026-11-23': 1, '2026-10-30': 50 }),
    });
    ledger.count(instance(1), null, costing(1));
    use(instance(2), costing(2));
    use(instance(3, { orchestrationId: weekly }), costing(3));
    expect(ledger.list(null)).toMatchObject([
      { account: 'day:2026-11-23', spent: { costMicroUsd: 6 * dollar }, limit: null, share: null },
      { account: 'month:2026-11', spent: { costMicroUsd: 10 * dollar } },
    ]);
  });

  it('have nothing of a demo, and hold none up; the budget of its own plan does', async () => {
    const bench = await openBench({ standingBudgets: new Map([['day', stopAt(1)]]) });
    const start = (isDemo: boolean) =>
      bench.engine.start(
        { plan: planOf(1, { budget: stopAt(3) }), planText: '' },
        { by: 'mia', planFile: null, isDemo },
      );
    const { orchestration } = await start(true);
    await settled();
    await bench.attempt(0).print([], { usage: costing(2) });
    await settled();
    expect(orchestration.origin).toBe('demo');
    expect(await bench.engine.budgets.budgets(null)).toMatchObject([
      { account: 'day:2026-11-23', spent: { costMicroUsd: 0 } },
      { account: 'month:2026-11', spent: { costMicroUsd: 0 } },
      { spent: { costMicroUsd: 2 * dollar } },
    ]);
    await start(false);
    await settled();
    await bench.attempt(1).print([], { usage: costing(2) });
    await settled();
    expect(bench.attempt(1).signals).toEqual(['interrupt']);
    expect(bench.attempt(0).signals).toEqual([]);
    await bench.attempt(0).print([], { usage: costing(4) });
    await settled();
    expect(bench.attempt(0).signals).toEqual(['interrupt']);
  });

  it('say so when what earlier engines spent was estimated, or a lower bound', async () => {
    const { ledger } = await openLedger({
      spent: () => ({ tokens: 5, costMicroUsd: 0, basis: 'estimated', atLeast: true }),
    });
    expect(ledger.list(null)).toMatchObject([
      { spent: { tokens: 5 }, basis: 'estimated', atLeast: true },
      { spent: { tokens: 5 }, basis: 'estimated', atLeast: true },
    ]);
  });

  it('have a standing limit, kept for later engines, and taken away with null', async () => {
    const { ledger, instance, use, kept } = await openLedger();
    use(instance(1), costing(15));
    expect(await ledger.setStanding('day', pauseAt(20))).toMatchObject({ share: 0.75, threshold: 50 });
    const { crossed, exceeded } = use(instance(2), costing(5.5));
    expect(crossed[0]?.message).toBe('The budget of the day is used up: $20.50 of $20.00.');
    expect(exceeded).toMatchObject([{ onExceed: 'pause', account: { scope: 'day', name: '2026-11-23' } }]);
    expect(ledger.mayStart(instance(3)).ok).toBe(false);
    expect(ledger.concerns('day:2026-11-23', instance(9, { orchestrationId: weekly }))).toBe(true);

    const later = await openLedger({ kept });
    expect(later.ledger.list(null)).toMatchObject([
      { limit: { costMicroUsd: 20 * dollar } },
      { limit: null },
    ]);
    await later.ledger.setStanding('day', null);
    expect((await openLedger({ kept })).ledger.list(null)).toMatchObject([{ limit: null }, { limit: null }]);
  });

  it('have the limit of the settings until a person sets another one, or none', async () => {
    const standing = new Map([['month', pauseAt(300)]] as const);
    const { ledger, kept } = await openLedger({ standing });
    expect(ledger.list(null)).toMatchObject([{ limit: null }, { limit: { costMicroUsd: 300 * dollar } }]);
    await ledger.setStanding('month', pauseAt(100));
    const second = await openLedger({ standing, kept });
    expect(second.ledger.list(null)[1]?.limit).toEqual({ costMicroUsd: 100 * dollar });
    await second.ledger.setStanding('month', null);
    expect((await openLedger({ standing, kept })).ledger.list(null)[1]?.limit).toBeNull();
  });

  it('raised, are so for the present one only', async () => {
    const { ledger, instance, use, kept, clock } = await openLedger();
    await ledger.setStanding('day', pauseAt(20));
    use(instance(1), costing(21));
    expect(await ledger.raise('day', { costMicroUsd: 30 * dollar })).toMatchObject({
      account: 'day:2026-11-23',
    });
    expect(ledger.mayStart(instance(2))).toEqual({ ok: true });
    const later = await openLedger({ kept, clock });
    expect(later.ledger.list(null)[0]?.limit).toEqual({ costMicroUsd: 30 * dollar });
    await clock.advance(24 * hour);
    expect(later.ledger.list(null)[0]).toMatchObject({
      name: '2026-11-24',
      limit: { costMicroUsd: 20 * dollar },
    });
  });

  it('that are used up let work go on at midnight, and wake who waits', async () => {
    const clock = createManualClock(midnight - 8 * hour);
    const { ledger, instance, use, wakes } = await openLedger({ clock });
    await ledger.setStanding('day', pauseAt(20));
    use(instance(1), costing(21));
    let refusals = 0;
    ledger.subscribe(() => {
      if (!ledger.mayStart(instance(2)).ok) refusals += 1;
    });
    expect(ledger.mayStart(instance(2)).ok).toBe(false);
    await clock.advance(8 * hour - 1);
    expect(refusals).toBe(wakes());
    await clock.advance(1);
    expect(refusals).toBe(wakes() - 1);
    expect(ledger.mayStart(instance(2))).toEqual({ ok: true });
    const before = wakes();
    await clock.advance(8 * hour);
    expect(wakes()).toBe(before);
  });

  it('hold nothing up after their end, and wake who asked', async () => {
    const clock = createManualClock(midnight - 8 * hour);
    const { ledger, wakes, instance, use } = await openLedger({ clock });
    await ledger.setStanding('day', pauseAt(1));
    expect(ledger.isFree('day:2026-11-23')).toBe(true);
    use(instance(1), costing(2));
    expect(ledger.isFree('day:2026-11-23')).toBe(false);
    expect(ledger.isFree('day:2026-11-22')).toBe(true);
    expect(ledger.isFree('orchestration:x')).toBe(false);
    let isFree = false;
    ledger.subscribe(() => {
      isFree = ledger.isFree('day:2026-11-23');
    });
    await clock.advance(8 * hour - 1);
    expect(isFree).toBe(false);
    await clock.advance(1);
    expect(isFree).toBe(true);
    const before = wakes();
    await clock.advance(hour);
    expect(wakes()).toBe(before);
  });

  it('count an attempt on the day it started, also after midnight and in a later engine', async () => {
    const clock = createManualClock(midnight - 1000);
    const { ledger, instance, use } = await openLedger({ clock });
    await ledger.setStanding('day', pauseAt(20));
    const late = instance(1);
    await clock.advance(2000);
    const early = instance(2);
    use(early, costing(3));
    const { exceeded } = use(late, costing(21));
    expect(exceeded).toMatchObject([{ account: { account: 'day:2026-11-23' } }]);
    expect(ledger.concerns('day:2026-11-23', late)).toBe(true);
    expect(ledger.concerns('day:2026-11-23', early)).toBe(false);
    expect(ledger.list(null)[0]).toMatchObject({
      account: 'day:2026-11-24',
      spent: { costMicroUsd: 3 * dollar },
    });
    expect(ledger.mayStart(instance(3))).toEqual({ ok: true });

    const later = await openLedger({ clock, kept: createKept(), spent: spentBefore({ '2026-11-23': 19 }) });
    await later.ledger.setStanding('day', pauseAt(20));
    expect(later.ledger.count(late, costing(19), costing(20.5)).exceeded).toMatchObject([
      { reason: 'The budget of the day is used up: $20.50 of $20.00.' },
    ]);
  });

  it('are those of the machine’s time zone', async () => {
    const clock = createManualClock(Date.parse('2026-11-23T23:30:00Z'));
    const { ledger } = await openLedger({ clock, timeZone: 'Europe/Berlin' });
    expect(ledger.list(null).map(({ name, period }) => [name, period?.from])).toEqual([
      ['2026-11-24', '2026-11-23T23:00:00.000Z'],
      ['2026-11', '2026-10-31T23:00:00.000Z'],
    ]);
  });
});
