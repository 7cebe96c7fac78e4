import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRunningTimers, type ClockJump } from '../../../../src/main/engine/running-timers.ts';
import { createManualClock } from '../../../support/engine/manual-clock.ts';

const minute = 60_000;
const hour = 60 * minute;

const open = () => {
  const clock = createManualClock();
  const timers = createRunningTimers(clock);
  const jumps: ClockJump[] = [];
  timers.onJump((jump) => jumps.push(jump));
  let fired = 0;
  const arm = (ms: number) =>
    timers.after(ms, () => {
      fired += 1;
    });
  return { clock, timers, jumps, arm, fired: () => fired };
};

describe('timers of waking time', () => {
  it('run on time while nothing happens', async () => {
    const { clock, arm, fired, jumps } = open();
    arm(10 * minute);
    await clock.advance(10 * minute - 1);
    expect(fired()).toBe(0);
    await clock.advance(1);
    expect(fired()).toBe(1);
    expect(jumps).toEqual([]);
  });

  it('do not run when cancelled, not even by one that is due at the same time', async () => {
    const { clock, timers, arm, fired } = open();
    let cancel = (): void => undefined;
    timers.after(1000, () => {
      cancel();
    });
    cancel = arm(1000);
    arm(500)();
    await clock.advance(hour);
    expect(fired()).toBe(0);
  });

  it.each(['stops', 'goes on'] as const)(
    'wait on after a sleep, where the monotonic clock %s meanwhile',
    async (monotonic) => {
      const { clock, arm, fired, jumps } = open();
      arm(10 * minute);
      await clock.advance(9 * minute);
      await clock.sleep(8 * hour, monotonic);
      await clock.advance(55_000);
      expect(fired()).toBe(0);
      await clock.advance(10_000);
      expect(fired()).toBe(1);
      expect(jumps).toHaveLength(1);
      expect(jumps[0]?.kind).toBe(monotonic === 'stops' ? 'set_forward' : 'slept');
      expect(jumps[0]?.ms).toBeGreaterThanOrEqual(8 * hour);
      expect(jumps[0]?.ms).toBeLessThan(8 * hour + 10_000);
    },
  );

  it('armed right after waking up, before anything noticed the sleep, run on time', async () => {
    const { clock, timers, fired } = open();
    let woken = 0;
    timers.after(4 * hour, () => (woken += 1));
    // What comes due at waking up arms one of these, as output that waited would.
    clock.after(1000, () => {
      timers.after(minute, () => (woken += 1));
    });
    await clock.sleep(2 * hour, 'goes on');
    await clock.advance(minute - 1);
    expect(woken).toBe(0);
    await clock.advance(1);
    expect(woken).toBe(1);
    expect(fired()).toBe(0);
  });

  it('do not care for a wall clock that is set, and say so', async () => {
    const { clock, arm, fired, jumps } = open();
    arm(10 * minute);
    await clock.advance(minute);
    clock.setWall(clock.now() + 24 * hour);
    await clock.advance(minute);
    clock.setWall(clock.now() - 48 * hour);
    await clock.advance(8 * minute - 1);
    expect(fired()).toBe(0);
    await clock.advance(1);
    expect(fired()).toBe(1);
    expect(jumps).toEqual([
      { kind: 'set_forward', ms: 24 * hour },
      { kind: 'set_back', ms: 48 * hour },
    ]);
  });

  it('look at the clocks only while one is armed', async () => {
    const { clock, arm, jumps } = open();
    const cancel = arm(hour);
    cancel();
    await clock.sleep(hour, 'stops');
    await clock.advance(hour);
    expect(jumps).toEqual([]);
  });

  it('never run before so much waking time has passed, and at most a beat late for each sleep', async () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('arm' as const), ms: fc.nat(600_000) }) },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(120_000) }) },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant('sleep' as const),
          ms: fc.integer({ min: 10_001, max: 9e7 }),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constant('set' as const), ms: fc.integer({ min: -9e7, max: 9e7 }) }),
      },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('stops' as const, 'goes on' as const),
        fc.array(step, { maxLength: 25 }),
        async (monotonic, steps) => {
          const clock = createManualClock();
          const timers = createRunningTimers(clock);
          let sleeps = 0;
          let slept = 0;
          const awake = (): number => clock.monotonic() - (monotonic === 'goes on' ? slept : 0);
          let open = 0;
          for (const { kind, ms } of steps) {
            if (kind === 'arm') {
              const from = { awake: awake(), sleeps };
              open += 1;
              timers.after(ms, () => {
                open -= 1;
                const took = awake() - from.awake;
                expect(took).toBeGreaterThanOrEqual(ms);
                expect(took).toBeLessThanOrEqual(
                  ms + (sleeps - from.sleeps) * (monotonic === 'stops' ? 0 : 5000),
                );
              });
            } else if (kind === 'pass') await clock.advance(ms);
            else if (kind === 'set') clock.setWall(clock.now() + ms);
            else {
              sleeps += 1;
              slept += ms;
              await clock.sleep(ms, monotonic);
            }
          }
          await clock.advance(600_000 + sleeps * 5000);
          expect(open).toBe(0);
        },
      ),
      { numRuns: 100 },
    );
  });
});
