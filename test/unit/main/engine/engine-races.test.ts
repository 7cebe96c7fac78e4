import { describe, expect, it } from 'vitest';
import { costing, pauseAt, stopAt } from '../../../support/engine/budgets.ts';
import { settled } from '../../../support/engine/manual-clock.ts';
import { inst, over, play, playOn, retrying, type Play } from '../../../support/engine/play.ts';

/** The figures with which the process of an instance will end, and which nobody has seen before. */
const endWith = (p: Play, name: string, usd: number): void => {
  const process = p.bench().processes.get(p.at(name).spec.attemptId);
  if (process === undefined) throw new Error(`no process of ${name}`);
  process.progress = { ...process.progress, usage: costing(usd) };
};

describe('an instance that leaves its slot', () => {
  it.each([
    ['stopped', stopAt(1)],
    ['paused', pauseAt(1)],
  ] as const)(
    'is %s by a budget that its last figures use up, and not tried again',
    async (state, budget) => {
      const p = await play([inst('a', { budget, retry: retrying({ backoffMs: 0 }) })]);
      endWith(p, 'a', 2);
      await p.fail('a');
      expect(await p.states()).toBe(`a:${state}`);
      expect(p.running()).toEqual([]);
      await p
        .engine()
        .budgets.raiseBudget(`instance:${await p.idOf('a')}`, { costMicroUsd: 9_000_000 }, 'mia');
      await settled();
      await p.succeed('a');
      expect(await p.state()).toBe('succeeded');
    },
  );

  it('can be started again by what its leaving brings about', async () => {
    const fan = inst('fan', {
      fanOut: over(['x', 'y'], { concurrency: 1 }),
      when: 'item == "x" || instances.b.state != "succeeded"',
      retry: retrying({ backoffMs: 0 }),
    });
    const p = await play([inst('b'), fan]);
    expect(p.running()).toEqual(['b', 'fan.1']);
    await p.succeed('b');
    await p.fail('fan.1');
    expect(p.running()).toEqual(['fan.1']);
    await p.succeed('fan.1');
    expect(await p.states()).toBe('b:succeeded fan.1:succeeded fan.2:skipped');
    expect(await p.state()).toBe('succeeded');
  });
});

describe('a slot of the machine', () => {
  it('is free again when the one it was given to only had to ask', async () => {
    const limits = { maxInstances: 1, maxInstancesPerUser: null, memoryFloorBytes: null };
    const p = await play([inst('a')], {}, { limits });
    await p.ask('a', 'r1');
    await p.kill();
    await p.succeed('a');
    await p.engine().controls.pauseInstance(await p.idOf('a'), 'mia');
    await p.engine().controls.resumeInstance(await p.idOf('a'), 'mia');
    await settled();
    expect(await p.states()).toBe('a:waiting');
    const other = await playOn(p.bench(), [inst('b')]);
    expect(await other.states()).toBe('b:running');
  });
});
