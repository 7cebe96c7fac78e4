import { describe, expect, it } from 'vitest';
import { createTurns, eachOf } from '../../../../src/main/workspace/turns.ts';

describe('turns', () => {
  it('are one after the other for one key, also after a failure, and free for others', async () => {
    const turns = createTurns();
    const seen: string[] = [];
    const first = Promise.withResolvers<undefined>();
    const one = turns.take('a', async () => {
      await first.promise;
      seen.push('one');
      throw new Error('no');
    });
    const two = turns.take('a', async () => seen.push('two'));
    await turns.take('b', async () => seen.push('other'));
    expect(seen).toEqual(['other']);
    first.resolve(undefined);
    await expect(one).rejects.toThrow('no');
    await two;
    expect(seen).toEqual(['other', 'one', 'two']);
  });
});

describe('each of many', () => {
  it('does no more at a time than said, and all of them', async () => {
    let [running, most] = [0, 0];
    const done: number[] = [];
    await eachOf([1, 2, 3, 4, 5, 6, 7], 3, async (n) => {
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
      done.push(n);
    });
    expect(most).toBe(3);
    expect(done.sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('throws the first error when what was begun has ended, and begins nothing more', async () => {
    const done: number[] = [];
    const all = eachOf([1, 2, 3, 4], 2, async (n) => {
      await Promise.resolve();
      if (n === 1) throw new Error('one');
      done.push(n);
    });
    await expect(all).rejects.toThrow('one');
    expect(done).toEqual([2]);
  });
});
