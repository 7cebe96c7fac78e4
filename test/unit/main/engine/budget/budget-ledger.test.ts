import { describe, expect, it } from 'vitest';
import type { OrchestrationId } from '../../../../../src/shared/domain/ids.ts';
import {
  costing,
  dollar,
  idOf,
  nightly,
  openLedger,
  pauseAt,
  stopAt,
  weekly,
} from '../../../../support/engine/budgets.ts';
import { settled } from '../../../../support/engine/manual-clock.ts';

describe('the budget of an orchestration', () => {
  it('says each threshold once, with figures, the highest of several', async () => {
    const { ledger, instance, use } = await openLedger();
    ledger.open({ id: nightly, name: 'nightly', budget: stopAt(5) });
    const said = [2.4, 2.5, 2.6, 4.8, 4.7, 4.8, 5].map((usd) => use(instance(1), costing(usd)).crossed);
    expect(said.map((crossed) => crossed.map(({ threshold }) => threshold))).toEqual([
      [],
      [50],
      [],
      [95],
      [],
      [],
      [100],
    ]);
    expect(said[1]?.[0]?.message).toBe('50 % of the budget of the orchestration is used: $2.50 of $5.00.');
  });

  it('is exceeded above its limit, said once, and starts nothing from the limit on', async () => {
    const { ledger, instance, use } = await openLedger();
    ledger.open({ id: nightly, name: 'nightly', budget: stopAt(5) });
    expect(ledger.mayStart(instance(2))).toEqual({ ok: true });
    expect(use(instance(1), costing(5)).exceeded).toEqual([]);
    expect(ledger.holdOn(instance(1))).toBeNull();
    expect(ledger.mayStart(instance(2))).toMatchObject({
      ok: false,
      kind: 'used_up',
      onExceed: 'stop',
      reason: 'The budget of the orchestration is used up: $5.00 of $5.00.',
    });
    const [hold] = use(instance(1), costing(5.02)).exceeded;
    expect(hold?.reason).toBe('The budget of the orchestration is used up: $5.02 of $5.00.');
    expect(hold?.account).toMatchObject({
      account: `orchestration:${nightly}`,
      name: 'nightly',
      usedUp: true,
    });
    expect(use(instance(1), costing(5.03)).exceeded).toEqual([]);
    expect(ledger.holdOn(instance(1))?.reason).toMatch(/5\.03 of \$5\.00/);
  });

  it('that only warns holds nothing up', async () => {
    const { ledger, instance, use } = await openLedger();
    ledger.open({ id: nightly, name: 'nightly', budget: { ...stopAt(5), onExceed: 'warn' } });
    const { crossed, exceeded } = use(instance(1), costing(6));
    expect(crossed.map(({ threshold }) => threshold)).toEqual([100]);
    expect(exceeded).toEqual([]);
    expect(ledger.mayStart(instance(2))).toEqual({ ok: true });
    expect(ledger.left(instance(2))).toBeNull();
  });

  it('goes down when an exact figure is less than the estimate, wakes who waits, and is exceeded anew', async () => {
    const { ledger, instance, use, wakes } = await openLedger();
    ledger.open({ id: nightly, name: 'nightly', budget: pauseAt(5) });
    const { exceeded } = use(instance(1), costing(5.5, 'estimated'));
    expect(exceeded[0]?.reason).toBe('The budget of the orchestration is used up: ≈$5.50 of $5.00.');
    expect(ledger.mayStart(instance(2)).ok).toBe(false);
    expect(use(instance(1), costing(4.9)).exceeded).toEqual([]);
    await settled();
    expect(wakes()).toBe(1);
    expect(ledger.mayStart(instance(2))).toEqual({ ok: true });
    expect(ledger.list(nightly)).toMatchObject([{ basis: 'exact', spent: { costMicroUsd: 4.9 * dollar } }]);
    expect(use(instance(2), costing(0.2)).exceeded).toHaveLength(1);
  });

  it('counts tokens of a model whose cost is not known, and says that the cost is a lower bound', async () => {
    const { ledger, instance, use } = await openLedger();
    ledger.open({ id: nightly, name: 'nightly', budget: { ...stopAt(5), tokens: 1000 } });
    const { crossed } = use(instance(1), {
      basis: 'estimated',
      byModel: {
        new: { inputTokens: 800, outputTokens: 0, cacheWriteTokens: 0, cacheReadTokens: 0, costMicroUsd: 0 },
      },
    });
    expect(crossed[0]?.message).toBe(
      '80 % of the budget of the orchestration is used: at least ≈$0.00 of $5.00 (the cost of a model is not known), ' +
        '≈800 of 1,000 tokens.',
    );
  });

  it('knows what was spent before this engine, and says it again only when more is', async () => {
    const { ledger, instance } = await openLedger();
    ledger.open({ id: nightly, name: 'nightly', budget: stopAt(5) });
    expect(ledger.count(instance(1), null, costing(3))).toEqual({ crossed: [], exceeded: [] });
    expect(ledger.count(instance(2), null, costing(3))).toEqual({ crossed: [], exceeded: [] });
    expect(ledger.holdOn(instance(1))?.reason).toMatch(/\$6\.00 of \$5\.00/);
    const { crossed, exceeded } = ledger.count(instance(1), costing(3), costing(3.1));
    expect(crossed).toEqual([]);
    expect(exceeded).toHaveLength(1);
  });

  it('is forgotten with its orchestration', async () => {
    const { ledger, instance, use } = await openLedger();
    ledger.open({ id: nightly, name: 'nightly', budget: stopAt(5) });
    use(instance(1), costing(6));
    ledger.forget(nightly);
    expect(ledger.list(nightly)).toEqual([]);
    expect(ledger.mayStart(instance(2))).toEqual({ ok: true });
  });
});

describe('the budget of an instance and of a command', () => {
  it('holds only that instance', async () => {
    const { ledger, instance, use } = await openLedger();
    ledger.open({ id: nightly, name: 'nightly' });
    ledger.openInstance(instance(1), 'lint', pauseAt(1));
    const [hold] = use(instance(1), costing(1.5)).exceeded;
    expect(hold?.reason).toBe('The budget of the instance is used up: $1.50 of $1.00.');
    expect(hold?.account).toMatchObject({ name: 'lint', instanceId: idOf(1) });
    expect(ledger.concerns(hold?.account.account ?? '', instance(1))).toBe(true);
    expect(ledger.concerns(hold?.account.account ?? '', instance(2))).toBe(false);
    expect(ledger.mayStart(instance(2))).toEqual({ ok: true });
  });

  it('is shared by the instances of an orchestration with that command, by its first word or the whole prompt', async () => {
    const { ledger, instance, use } = await openLedger();
    const commandBudgets = { '/review': stopAt(1), 'say hello': stopAt(2), '/deploy now': stopAt(3) };
    ledger.open({ id: nightly, name: 'nightly', commandBudgets });
    ledger.open({ id: weekly, name: 'weekly', commandBudgets });
    use(instance(1, { prompt: '/review src' }), costing(0.6));
    use(instance(2, { prompt: '/review test ' }), costing(0.5));
    use(instance(3, { prompt: ' say hello ' }), costing(0.4));
    use(instance(4, { prompt: '/deploy now' }), costing(0.3));
    use(instance(5, { prompt: '/deploy later' }), costing(0.2));
    use(instance(6, { prompt: '/review src', orchestrationId: weekly }), costing(0.1));
    const spent = (id: OrchestrationId) =>
      ledger.list(id).map(({ name, spent: { tokens } }) => [name, tokens]);
    expect(spent(nightly)).toEqual([
      ['/review', 11_000],
      ['say hello', 4000],
      ['/deploy now', 3000],
    ]);
    expect(spent(weekly)).toEqual([
      ['/review', 1000],
      ['say hello', 0],
      ['/deploy now', 0],
    ]);
    expect(ledger.mayStart(instance(7, { prompt: '/review docs' }))).toMatchObject({
      reason: 'The budget of the command /review is used up: $1.10 of $1.00.',
    });
    expect(ledger.mayStart(instance(7, { prompt: '/review docs', orchestrationId: weekly }))).toEqual({
      ok: true,
    });
  });

  it('of several that are used up, one that stops goes before one that pauses', async () => {
    const { ledger, instance, use } = await openLedger();
    ledger.open({ id: nightly, name: 'nightly', budget: stopAt(1) });
    ledger.openInstance(instance(1), 'lint', pauseAt(1));
    expect(use(instance(1), costing(2)).exceeded).toHaveLength(2);
    expect(ledger.holdOn(instance(1))).toMatchObject({
      onExceed: 'stop',
      account: { scope: 'orchestration' },
    });
  });

  it('what is left of all of them is for the CLI', async () => {
    const { ledger, instance, use } = await openLedger();
    ledger.open({ id: nightly, name: 'nightly', budget: stopAt(5) });
    ledger.openInstance(instance(1), 'lint', pauseAt(2));
    use(instance(1), costing(0.5));
    expect(ledger.left(instance(1))).toBe(1.5 * dollar);
    use(instance(2), costing(4));
    expect(ledger.left(instance(1))).toBe(0.5 * dollar);
    use(instance(2), costing(6));
    expect(ledger.left(instance(1))).toBe(0);
  });
});

describe('near the end of a budget', () => {
  it('instances start one by one: the next when the one before shows what it takes, or ends', async () => {
    const { ledger, instance, use, wakes } = await openLedger();
    ledger.open({ id: nightly, name: 'nightly', budget: stopAt(5) });
    use(instance(1), costing(4.95));
    expect(ledger.mayStart(instance(2))).toEqual({ ok: true });
    ledger.started(instance(2));
    expect(ledger.mayStart(instance(3))).toMatchObject({
      kind: 'wait',
      reason:
        'The budget of the orchestration is nearly used up ($4.95 of $5.00): waits for what has just started to show ' +
        'what it takes.',
    });
    use(instance(2), costing(0.01));
    await settled();
    expect(wakes()).toBe(1);
    expect(ledger.mayStart(instance(3))).toEqual({ ok: true });
    ledger.started(instance(3));
    expect(ledger.mayStart(instance(4)).ok).toBe(false);
    ledger.ended(instance(3));
    await settled();
    expect(wakes()).toBe(2);
    expect(ledger.mayStart(instance(4))).toEqual({ ok: true });
  });

  it('a small budget lets one start, a large one many', async () => {
    const { ledger, instance } = await openLedger();
    ledger.open({ id: nightly, name: 'nightly', budget: stopAt(0.05) });
    ledger.open({ id: weekly, name: 'weekly', budget: stopAt(5) });
    const started = (orchestrationId: OrchestrationId, first: number) =>
      Array.from({ length: 60 }, (_, index) => instance(first + index, { orchestrationId })).filter((one) => {
        const { ok } = ledger.mayStart(one);
        if (ok) ledger.started(one);
        return ok;
      }).length;
    expect(started(nightly, 0)).toBe(1);
    expect(started(weekly, 100)).toBe(50);
  });
});

describe('a limit that is raised', () => {
  it('lets work go on, warns anew, and holds for later engines', async () => {
    const { ledger, instance, use, wakes, kept } = await openLedger();
    ledger.open({ id: nightly, name: 'nightly', budget: pauseAt(5) });
    use(instance(1), costing(6));
    expect(ledger.mayStart(instance(2)).ok).toBe(false);
    const account = `orchestration:${nightly}`;
    expect(await ledger.raise(account, { costMicroUsd: 10 * dollar })).toMatchObject({
      limit: { costMicroUsd: 10 * dollar },
      onExceed: 'pause',
      usedUp: false,
      share: 0.6,
    });
    await settled();
    expect(wakes()).toBe(1);
    expect(ledger.mayStart(instance(2))).toEqual({ ok: true });
    expect(use(instance(1), costing(8)).crossed.map(({ threshold }) => threshold)).toEqual([80]);
    expect(use(instance(1), costing(11)).exceeded).toHaveLength(1);

    const later = await openLedger({ kept });
    later.ledger.open({ id: nightly, name: 'nightly', budget: pauseAt(5) });
    expect(later.ledger.list(nightly)).toMatchObject([{ account, limit: { costMicroUsd: 10 * dollar } }]);
  });

  it('is refused when it is lower, of another kind, or of no budget', async () => {
    const { ledger, kept } = await openLedger();
    ledger.open({ id: nightly, name: 'nightly', budget: pauseAt(5) });
    const account = `orchestration:${nightly}`;
    const codeOf = (name: string, limit: { tokens?: number; costMicroUsd?: number }) =>
      ledger.raise(name, limit).then(
        () => null,
        (error: unknown) => (error as { failure: { code: string } }).failure.code,
      );
    expect(await codeOf(account, { costMicroUsd: 4 * dollar })).toBe('budget.lower');
    expect(await codeOf(account, { tokens: 4 })).toBe('budget.lower');
    expect(await codeOf('orchestration:nobody', { costMicroUsd: 1 })).toBe('budget.unknown');
    expect(await codeOf('day', { costMicroUsd: 1 })).toBe('budget.unknown');
    expect(await codeOf(account, { costMicroUsd: 5 * dollar })).toBeNull();
    expect([...kept.values.keys()]).toEqual([account]);
  });
});
