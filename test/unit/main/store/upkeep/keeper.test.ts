import { describe, expect, it } from 'vitest';
import { createKeeper, type KeeperTask } from '../../../../../src/main/store/upkeep/keeper.ts';
import { createManualClock, settled } from '../../../../support/engine/manual-clock.ts';

/** How long after a start the keeper rests. */
const rest = 5_000;

/** A task with `slices` slices of work, and how long each was allowed to be. */
const worker = (name: string, slices: number, ran: string[] = []) => {
  let left = slices;
  const lengths: number[] = [];
  const task: KeeperTask = {
    name,
    run: (ms) => {
      lengths.push(ms);
      ran.push(name);
      left -= 1;
      return Promise.resolve(left > 0);
    },
  };
  return { task, lengths, more: (count: number) => (left = count) };
};

const open = () => {
  const clock = createManualClock();
  const errors: string[] = [];
  const log = { warn: () => undefined, error: (message: string) => void errors.push(message) };
  return { clock, errors, keeper: createKeeper({ clock, log }) };
};

describe('the keeper', () => {
  it('does nothing at a start, whatever is stored then', async () => {
    const { clock, keeper } = open();
    const { task, lengths } = worker('a', 1);
    keeper.add(task);
    keeper.committed();
    await clock.advance(rest - 100);
    expect(lengths).toHaveLength(0);
    await clock.advance(200);
    expect(lengths).toHaveLength(1);
  });

  it('waits for a quiet moment after a commit, then does all there is, task by task', async () => {
    const { clock, keeper } = open();
    const ran: string[] = [];
    keeper.add(worker('a', 3, ran).task);
    keeper.add(worker('b', 2, ran).task);
    for (let i = 0; i < 20; i++) {
      await clock.advance(400);
      keeper.committed();
    }
    expect(ran).toEqual([]);
    await clock.advance(499);
    expect(ran).toEqual([]);
    await clock.advance(1);
    expect(ran).toHaveLength(5);
    expect(new Set(ran.slice(0, 2))).toEqual(new Set(['a', 'b']));
  });

  it('has no more work until the next commit', async () => {
    const { clock, keeper } = open();
    const { task, lengths } = worker('a', 1);
    keeper.add(task);
    await clock.advance(60_000);
    expect(lengths).toHaveLength(1);
    keeper.committed();
    await clock.advance(500);
    expect(lengths).toHaveLength(2);
  });

  it('gives some tasks a short slice each two seconds while commits come without a pause', async () => {
    const { clock, keeper } = open();
    const busy = [worker('a', 1_000), worker('b', 1_000)];
    const quiet = worker('c', 1_000);
    for (const { task } of busy) keeper.add(task, { whileBusy: true });
    keeper.add(quiet.task);
    for (let ms = 0; ms < rest + 20_000; ms += 100) {
      keeper.committed();
      await clock.advance(100);
    }
    expect(quiet.lengths).toEqual([]);
    for (const { lengths } of busy) {
      expect(lengths.length).toBeGreaterThanOrEqual(9);
      expect(lengths.length).toBeLessThanOrEqual(11);
      expect(new Set(lengths)).toEqual(new Set([20]));
    }
  });

  it('does what comes round at its time, also without commits, and at once when told', async () => {
    const { clock, keeper } = open();
    const { task, lengths } = worker('a', 1);
    const wake = keeper.add(task, { everyMs: 60_000, sliceMs: 7 });
    await clock.advance(rest + 3 * 60_000);
    expect(lengths).toEqual([7, 7, 7, 7]);
    wake();
    await clock.advance(1);
    expect(lengths).toHaveLength(5);
  });

  it('tells of a failure once, tries again ever later, and lets the others go on', async () => {
    const { clock, keeper, errors } = open();
    const tried: number[] = [];
    let isBroken = true;
    keeper.add({
      name: 'broken',
      run: () => {
        tried.push(clock.monotonic());
        return isBroken ? Promise.reject(new Error('no')) : Promise.resolve(false);
      },
    });
    const other = worker('other', 5);
    keeper.add(other.task);
    await clock.advance(rest + 8_000);
    expect(other.lengths).toHaveLength(5);
    expect(tried.map((at) => at - rest)).toEqual([0, 1_000, 3_000, 7_000]);
    expect(errors).toHaveLength(1);
    isBroken = false;
    await clock.advance(10_000);
    expect(tried).toHaveLength(5);
    keeper.committed();
    isBroken = true;
    await clock.advance(500);
    expect(errors).toHaveLength(2);
  });

  it('finishes its slice when closed, and begins no other', async () => {
    const { clock, keeper } = open();
    let finish = (): void => undefined;
    let slices = 0;
    keeper.add({
      name: 'a',
      run: () => {
        slices += 1;
        return new Promise((resolve) => {
          finish = () => {
            resolve(true);
          };
        });
      },
    });
    await clock.advance(5_000);
    let isClosed = false;
    const closed = keeper.close().then(() => (isClosed = true));
    await settled();
    expect(isClosed).toBe(false);
    finish();
    await closed;
    keeper.committed();
    await clock.advance(100_000);
    expect(slices).toBe(1);
  });

  it('says when there is nothing left to do', async () => {
    const { clock, keeper } = open();
    const { task, lengths } = worker('a', 4);
    keeper.add(task, { everyMs: 1_000_000 });
    let isIdle = false;
    const idle = keeper.idle().then(() => (isIdle = true));
    await clock.advance(rest - 1);
    expect(isIdle).toBe(false);
    await clock.advance(2_000);
    await idle;
    expect(lengths).toHaveLength(4);
  });
});
