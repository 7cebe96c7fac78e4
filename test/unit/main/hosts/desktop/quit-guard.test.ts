import { describe, expect, it } from 'vitest';
import { createQuitGuard } from '../../../../../src/main/hosts/desktop/quit-guard.ts';
import type { QuitChoice } from '../../../../../src/main/hosts/desktop/quit-dialog.ts';
import { eventually } from '../../../../support/eventually.ts';

const guarded = ({ unfinished = 0, choices = [] as QuitChoice[], leave = () => Promise.resolve() } = {}) => {
  const told: string[] = [];
  const guard = createQuitGuard({
    unfinishedInstances: () => unfinished,
    ask: (count) => {
      told.push(`asked about ${String(count)}`);
      const choice = choices.shift();
      return choice === undefined ? new Promise(() => undefined) : Promise.resolve(choice);
    },
    leave: (stopWork) => {
      told.push(stopWork ? 'left with stopping' : 'left');
      return leave();
    },
    quit: () => told.push('quit'),
    report: (message) => told.push(message),
  });
  const isHeldBack = (): boolean => {
    let isPrevented = false;
    guard.check({ preventDefault: () => (isPrevented = true) });
    return isPrevented;
  };
  return { guard, told, isHeldBack };
};

describe('quitting', () => {
  it('without work in hand asks nothing, closes the engine, then ends', async () => {
    const { told, isHeldBack } = guarded();
    expect(isHeldBack()).toBe(true);
    await eventually(() => expect(told).toEqual(['left', 'quit']));
    expect(isHeldBack()).toBe(false);
  });

  it.each([
    ['keep', 'left'],
    ['stop', 'left with stopping'],
  ] as const)('with work in hand does as the person says: %s', async (choice, how) => {
    const { told, isHeldBack } = guarded({ unfinished: 2, choices: [choice] });
    isHeldBack();
    await eventually(() => expect(told).toEqual(['asked about 2', how, 'quit']));
  });

  it('can be called off, and asked for again', async () => {
    const { told, isHeldBack } = guarded({ unfinished: 1, choices: ['cancel', 'keep'] });
    isHeldBack();
    await eventually(() => expect(told).toEqual(['asked about 1']));
    await Promise.resolve();
    expect(isHeldBack()).toBe(true);
    await eventually(() => expect(told).toEqual(['asked about 1', 'asked about 1', 'left', 'quit']));
  });

  it('asks once, however often it is tried', () => {
    const { told, isHeldBack } = guarded({ unfinished: 1 });
    expect([isHeldBack(), isHeldBack(), isHeldBack()]).toEqual([true, true, true]);
    expect(told).toEqual(['asked about 1']);
  });

  it('by a signal does not ask, even while a question is open', async () => {
    const { guard, told, isHeldBack } = guarded({ unfinished: 1 });
    isHeldBack();
    guard.quitQuietly();
    guard.quitQuietly();
    await eventually(() => expect(told).toEqual(['asked about 1', 'left', 'quit']));
  });

  it('ends although the engine could not be closed, and says so', async () => {
    const { told, isHeldBack } = guarded({ leave: () => Promise.reject(new Error('no answer')) });
    isHeldBack();
    await eventually(() =>
      expect(told).toEqual(['left', 'Quitting did not go as it should: Error: no answer', 'quit']),
    );
  });
});
