import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createFleetGate,
  type MachineLimits,
  type StartVerdict,
} from '../../../../src/main/engine/fleet-gate.ts';
import { instanceIdSchema, type InstanceId } from '../../../../src/shared/domain/ids.ts';
import { createManualClock, settled } from '../../../support/engine/manual-clock.ts';

const idOf = (number: number): InstanceId =>
  instanceIdSchema.parse(`00000000-0000-7000-8000-${String(number).padStart(12, '0')}`);

const [a, b, c, d] = [idOf(1), idOf(2), idOf(3), idOf(4)];
const noLimits: MachineLimits = { maxInstances: null, maxInstancesPerUser: null, memoryFloorBytes: null };
const gigabyte = 1024 ** 3;
const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** A gate, and starters who ask when woken: whoever is refused asks again in the order in which they came. */
const open = (limits: Partial<MachineLimits> = {}) => {
  const clock = createManualClock();
  let freeBytes = 64 * gigabyte;
  const gate = createFleetGate({
    clock,
    chance: { next: () => 0 },
    machine: { freeMemoryBytes: () => freeBytes },
    limits: { ...noLimits, ...limits },
  });
  const waiting: { readonly id: InstanceId; readonly owner: string }[] = [];
  const started: { readonly id: InstanceId; readonly at: number }[] = [];
  const refusals = new Map<InstanceId, Exclude<StartVerdict, { readonly ok: true }>>();
  const begunAt = clock.now();
  let wakes = 0;
  const ask = (): void => {
    for (const starter of waiting.splice(0)) {
      const verdict = gate.mayStart(starter);
      if (verdict.ok) {
        gate.onStarted(starter);
        started.push({ id: starter.id, at: clock.now() - begunAt });
      } else {
        refusals.set(starter.id, verdict);
        waiting.push(starter);
      }
    }
  };
  gate.subscribe(() => {
    wakes += 1;
    ask();
  });
  return {
    gate,
    clock,
    begunAt,
    wakes: () => wakes,
    want: (id: InstanceId, owner = 'mia') => {
      waiting.push({ id, owner });
      ask();
    },
    reason: (id: InstanceId) => refusals.get(id)?.reason,
    started: () => started.map(({ id }) => id),
    starts: () => started,
    setFree: (bytes: number) => {
      freeBytes = bytes;
    },
  };
};

describe('the limits of the machine', () => {
  it('let so many run over all orchestrations, and the next when one ends', async () => {
    const { gate, want, started, reason } = open({ maxInstances: 2 });
    for (const id of [a, b, c]) want(id);
    expect(started()).toEqual([a, b]);
    expect(reason(c)).toBe('Waits for a slot: 2 of 2 instances run on this machine.');
    gate.onEnded(b);
    gate.onEnded(b);
    await settled();
    expect(started()).toEqual([a, b, c]);
  });

  it('let so many of one owner run, and the others go past them', async () => {
    const { gate, want, started, reason } = open({ maxInstancesPerUser: 1 });
    want(a, 'mia');
    want(b, 'mia');
    want(c, 'ben');
    expect(started()).toEqual([a, c]);
    expect(reason(b)).toBe('Waits for a slot: 1 of 1 instances of mia run.');
    gate.onEnded(a);
    await settled();
    expect(started()).toEqual([a, c, b]);
  });

  it('count one that was taken over once', () => {
    const { gate, want, started } = open({ maxInstances: 2 });
    gate.onStarted({ id: d, owner: 'mia' });
    gate.onStarted({ id: d, owner: 'mia' });
    want(a);
    want(b);
    expect(started()).toEqual([a]);
  });

  it('let nothing start below the memory floor, and look again only while somebody waits', async () => {
    const { clock, want, started, reason, setFree, wakes } = open({ memoryFloorBytes: 2 * gigabyte });
    setFree(1.5 * gigabyte);
    want(a);
    expect(reason(a)).toBe('Waits for memory: 1.5 GB is free, 2.0 GB must be.');
    await clock.advance(minute);
    expect(started()).toEqual([]);
    setFree(3 * gigabyte);
    await clock.advance(5 * second);
    expect(started()).toEqual([a]);
    const before = wakes();
    await clock.advance(hour);
    expect(wakes()).toBe(before);
  });

  it('set memory aside for what has just started', async () => {
    const { clock, want, started, reason, setFree } = open({ memoryFloorBytes: 2 * gigabyte });
    setFree(2.4 * gigabyte);
    for (const id of [a, b, c]) want(id);
    expect(started()).toEqual([a, b]);
    expect(reason(c)).toBe('Waits for memory: 1.9 GB is free after what is starting, 2.0 GB must be.');
    await clock.advance(10 * second);
    expect(started()).toEqual([a, b, c]);
  });
});

describe('an overloaded API', () => {
  it('holds all starts up, lets one probe, and opens with its first success, one after the other', async () => {
    const { gate, clock, want, started, reason, starts } = open();
    gate.onStarted({ id: d, owner: 'mia' });
    gate.onOverloaded(d);
    for (const id of [a, b, c]) want(id);
    expect(started()).toEqual([]);
    expect(reason(a)).toBe('The API is overloaded: starts wait, then one goes first to try it.');
    await clock.advance(5 * second);
    expect(started()).toEqual([a]);
    expect(reason(b)).toMatch(/one instance tries it/);
    await clock.advance(30 * second);
    gate.onWorking(d);
    await settled();
    expect(started()).toEqual([a]);
    gate.onWorking(a);
    await settled();
    expect(started()).toEqual([a, b]);
    await clock.advance(2 * second);
    expect(starts().map(({ at }) => at)).toEqual([5 * second, 35 * second, 37 * second]);
  });

  it('opens at once when the instance that met it goes on by itself', async () => {
    const { gate, want, started } = open();
    gate.onOverloaded(d);
    want(a);
    gate.onWorking(d);
    await settled();
    expect(started()).toEqual([a]);
  });

  it('waits twice as long after each probe that fails, five minutes at most', async () => {
    const { gate, clock, want, starts, started, begunAt } = open();
    gate.onOverloaded(d);
    const waits: number[] = [];
    for (let number = 10; number < 20; number += 1) {
      const from = clock.now() - begunAt;
      want(idOf(number));
      while (!started().includes(idOf(number))) await clock.advance(second);
      waits.push(((starts().at(-1)?.at ?? Number.NaN) - from) / second);
      gate.onOverloaded(idOf(number));
      gate.onEnded(idOf(number));
    }
    expect(waits).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300, 300]);
  });

  it('counts many that say the same at once as one', async () => {
    const { gate, clock, want, started } = open();
    for (const id of [b, c, d]) gate.onOverloaded(id);
    want(a);
    await clock.advance(5 * second);
    expect(started()).toEqual([a]);
    gate.onOverloaded(b);
    gate.onWorking(a);
    want(idOf(9));
    expect(started()).toEqual([a, idOf(9)]);
  });

  it('sends another one when the probe ended without a word, or says nothing for two minutes', async () => {
    const { gate, clock, want, started } = open();
    gate.onOverloaded(d);
    for (const id of [a, b, c]) want(id);
    await clock.advance(5 * second);
    gate.onEnded(a);
    await settled();
    expect(started()).toEqual([a, b]);
    await clock.advance(2 * minute);
    expect(started()).toEqual([a, b, c]);
  });

  it('is forgotten when nobody waits any more', async () => {
    const { gate, clock, want, started } = open();
    gate.onOverloaded(d);
    gate.onWorking(d);
    await clock.advance(10 * second);
    for (const id of [a, b, c]) want(id);
    expect(started()).toEqual([a, b, c]);
  });

  it('does not wait longer because the clock was set back', async () => {
    const { gate, clock, want, started } = open();
    gate.onOverloaded(d);
    want(a);
    clock.setWall(clock.now() - 24 * hour);
    await clock.advance(minute);
    expect(started()).toEqual([a]);
  });
});

describe('a usage limit', () => {
  it('holds starts up until its reset, then lets them go one after the other', async () => {
    const { gate, clock, want, reason, starts, begunAt } = open();
    const resetsAt = begunAt + 40 * minute;
    for (const _ of [1, 2, 3]) gate.onUsageLimit(resetsAt);
    for (const id of [a, b, c]) want(id);
    expect(reason(a)).toBe('The usage limit of the account is reached; it resets at 2026-11-23 08:40 UTC.');
    await clock.advance(40 * minute - 1);
    expect(starts()).toEqual([]);
    await clock.advance(10 * second);
    expect(starts().map(({ id, at }) => [id, at - 40 * minute])).toEqual([
      [a, 0],
      [b, 2000],
      [c, 4000],
    ]);
  });

  it('that resets far off is tried by one instance every hour', async () => {
    const { gate, clock, want, started, begunAt } = open();
    gate.onUsageLimit(begunAt + 48 * hour);
    for (const id of [a, b, c]) want(id);
    await clock.advance(hour);
    expect(started()).toEqual([a]);
    gate.onUsageLimit(begunAt + 48 * hour);
    gate.onEnded(a);
    await clock.advance(hour - second);
    expect(started()).toEqual([a]);
    await clock.advance(second);
    expect(started()).toEqual([a, b]);
    gate.onWorking(b);
    await settled();
    expect(started()).toEqual([a, b, c]);
  });

  it('outlasts overload, and one that has passed is no limit', async () => {
    const { gate, clock, want, started, begunAt } = open();
    gate.onUsageLimit(begunAt - 1);
    want(a);
    expect(started()).toEqual([a]);
    gate.onOverloaded(d);
    gate.onUsageLimit(begunAt + 10 * minute);
    gate.onOverloaded(c);
    want(b);
    await clock.advance(10 * minute - 1);
    expect(started()).toEqual([a]);
    await clock.advance(1);
    expect(started()).toEqual([a, b]);
  });

  it('that passed in a sleep of the machine is noticed within a minute', async () => {
    const { gate, clock, want, started, begunAt } = open();
    gate.onUsageLimit(begunAt + 50 * minute);
    want(a);
    await clock.advance(minute / 2);
    await clock.sleep(8 * hour, 'stops');
    await clock.advance(minute);
    expect(started()).toEqual([a]);
  });
});

const step = fc.oneof(
  fc.record({ kind: fc.constantFrom('want', 'overloaded', 'working', 'ended'), which: fc.nat(30) }),
  fc.record({ kind: fc.constant('limit'), which: fc.nat(7_200_000) }),
  fc.record({ kind: fc.constant('time'), which: fc.nat(400_000) }),
);

describe('whatever happens', () => {
  it('the limit is kept, nobody starts twice, and nobody waits for ever', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { gate, clock, want, started } = open({ maxInstances: 5 });
        const wanted = new Set<InstanceId>();
        const ended = new Set<InstanceId>();
        const running = () => started().filter((id) => !ended.has(id));
        for (const { kind, which } of steps) {
          const id = idOf(which);
          const isRunning = running().includes(id);
          if (kind === 'want' && !wanted.has(id)) {
            wanted.add(id);
            want(id);
          } else if (kind === 'time') await clock.advance(which);
          else if (kind === 'limit') gate.onUsageLimit(clock.now() + which);
          else if (kind === 'ended' && isRunning) {
            ended.add(id);
            gate.onEnded(id);
          } else if (kind === 'overloaded' && isRunning) gate.onOverloaded(id);
          else if (kind === 'working' && isRunning) gate.onWorking(id);
          await settled();
          expect(running().length).toBeLessThanOrEqual(5);
        }
        // From here on the API serves: each that runs works and ends.
        for (let turn = 0; turn < 40; turn += 1) {
          await clock.advance(5 * minute);
          for (const id of running()) {
            gate.onWorking(id);
            ended.add(id);
            gate.onEnded(id);
          }
          await settled();
        }
        expect(new Set(started())).toEqual(wanted);
        expect(started()).toHaveLength(wanted.size);
      }),
      { numRuns: 50 },
    );
  });
});
