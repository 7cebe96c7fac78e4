import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FailureError } from '../../../../../src/shared/domain/failure.ts';
import { instantOf } from '../../../../../src/shared/domain/ids.ts';
import type { ScheduleSpec } from '../../../../../src/shared/domain/plan/plan-spec.ts';
import { openBench, planOf } from '../../../../support/engine/engine.ts';
import {
  newWorld,
  openSchedules,
  scheduled,
  type World,
} from '../../../../support/engine/scheduled-world.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const byMia = { by: 'mia', planFile: null };

const hourly = { kind: 'every', everyMs: hour } as const;
const once = (at: string) => ({ kind: 'once', at }) as const;
const nightly = { kind: 'cron', cron: '0 2 * * *' } as const;

const occurrences = ({ started }: World): readonly string[] => started.map(({ occurrence }) => occurrence);
const at = (time: string): string => `2026-11-${time}:00.000Z`;

/** The instances of what was started end. */
const finishAll = ({ unfinished }: World): void => {
  unfinished.clear();
};

const failureCode = async (promise: Promise<unknown>): Promise<string | undefined> => {
  try {
    await promise;
  } catch (error) {
    if (error instanceof FailureError) return error.failure.code;
    throw error;
  }
  return undefined;
};

describe('a schedule', () => {
  it('starts its plan at the time, as it was added', async () => {
    const world = newWorld();
    const schedules = openSchedules(world);
    await schedules.begin();
    const { schedule } = await schedules.add(scheduled(once(at('23T09:30'))), byMia);
    expect(schedule).toMatchObject({ name: 'nightly', by: 'mia', next: at('23T09:30'), lastStart: null });
    await world.clock.advance(90 * minute - 1);
    expect(world.started).toEqual([]);
    await world.clock.advance(1);
    expect(world.started).toEqual([
      { occurrence: at('23T09:30'), at: Date.parse(at('23T09:30')), name: 'nightly' },
    ]);
  });

  it('of a single start is gone once that was made', async () => {
    const world = newWorld();
    const schedules = openSchedules(world);
    await schedules.begin();
    await schedules.add(scheduled(once(at('23T09:30'))), byMia);
    await world.clock.advance(2 * day);
    expect(await schedules.list()).toEqual([]);
    expect(await world.store.records('schedule')).toEqual([]);
    expect(world.started).toHaveLength(1);
  });

  it('that was due the moment it was added starts at once', async () => {
    const world = newWorld();
    const schedules = openSchedules(world);
    await schedules.begin();
    await schedules.add(scheduled(once('2026-11-23T07:59:59.990Z')), byMia);
    await world.clock.advance(0);
    expect(world.started).toHaveLength(1);
  });

  it('repeats without drifting, however late the timers are', async () => {
    const world = newWorld();
    const schedules = openSchedules(world);
    await schedules.begin();
    await schedules.add(scheduled(hourly), byMia);
    for (let passed = 0; passed < 3; passed++) {
      await world.clock.advance(hour + 7);
      finishAll(world);
    }
    expect(occurrences(world)).toEqual([at('23T09:00'), at('23T10:00'), at('23T11:00')]);
  });

  it('runs by cron in its time zone, over a change of clocks', async () => {
    const world = newWorld('2026-10-23T12:00:00.000Z');
    const schedules = openSchedules(world);
    await schedules.begin();
    await schedules.add(scheduled(nightly, { timeZone: 'Europe/Berlin' }), byMia);
    for (let nights = 0; nights < 3; nights++) {
      await world.clock.advance(day);
      finishAll(world);
    }
    expect(occurrences(world)).toEqual([
      '2026-10-24T00:00:00.000Z',
      '2026-10-25T00:00:00.000Z',
      '2026-10-26T01:00:00.000Z',
    ]);
  });

  it('waits longer than a timer of the system can', async () => {
    const world = newWorld();
    const schedules = openSchedules(world);
    await schedules.begin();
    await schedules.add(scheduled(once('2026-12-20T08:00:00.000Z')), byMia);
    await world.clock.advance(26 * day);
    expect(world.started).toEqual([]);
    await world.clock.advance(day);
    expect(occurrences(world)).toEqual(['2026-12-20T08:00:00.000Z']);
  });

  it('starts nothing in an engine that does not live on', async () => {
    const world = newWorld();
    const schedules = openSchedules(world);
    await schedules.add(scheduled(hourly), byMia);
    await world.clock.advance(3 * hour);
    expect(world.started).toEqual([]);
    expect(await schedules.list()).toMatchObject([{ next: at('23T09:00') }]);
  });

  it('starts nothing after it was removed, nor once the engine closes', async () => {
    const world = newWorld();
    const schedules = openSchedules(world);
    await schedules.begin();
    const { schedule } = await schedules.add(scheduled(hourly), byMia);
    await schedules.add(scheduled(hourly, {}, 'other'), byMia);
    await schedules.remove(schedule.id);
    await world.clock.advance(hour);
    expect(world.started.map(({ name }) => name)).toEqual(['other']);
    await schedules.close();
    await world.clock.advance(5 * hour);
    expect(world.started).toHaveLength(1);
    expect(await failureCode(schedules.remove(schedule.id))).toBe('schedule.unknown');
  });

  it('is added beside the one before it with other inputs, another name, or another single start', async () => {
    const schedules = openSchedules(newWorld());
    const origin = { by: 'mia', planFile: '/plans/nightly.yaml' };
    const about = (ticket: number) => {
      const { plan, planText } = scheduled(hourly);
      return { plan: { ...plan, inputs: { ticket } }, planText };
    };
    const sources = [
      ...[about(1), about(2), scheduled(hourly, {}, 'other')],
      ...[scheduled(once(at('24T02:00'))), scheduled(once(at('25T02:00')))],
    ];
    for (const source of sources) await schedules.add(source, origin);
    for (const source of sources) expect((await schedules.add(source, origin)).replaced).toBe(true);
    expect(await schedules.list()).toHaveLength(5);
  });

  it('takes the place of the one before it of the same plan file', async () => {
    const world = newWorld();
    const schedules = openSchedules(world);
    await schedules.begin();
    const origin = { by: 'mia', planFile: '/plans/nightly.yaml' };
    const first = await schedules.add(scheduled(hourly), origin);
    const second = await schedules.add(scheduled(nightly), origin);
    expect(first.replaced).toBe(false);
    expect(second).toMatchObject({ replaced: true, schedule: { id: first.schedule.id } });
    expect(await schedules.list()).toMatchObject([{ next: at('24T02:00') }]);
  });

  it('is refused without a time, and with one that is past', async () => {
    const schedules = openSchedules(newWorld());
    const plan = { plan: planOf(1), planText: '' };
    expect(await failureCode(schedules.add(plan, byMia))).toBe('plan.not_scheduled');
    expect(await failureCode(schedules.add(scheduled(once(at('23T07:00'))), byMia))).toBe('schedule.past');
  });

  it('passes a time by while the run before is not over, and says so', async () => {
    const world = newWorld();
    const schedules = openSchedules(world);
    await schedules.begin();
    await schedules.add(scheduled(hourly), byMia);
    await world.clock.advance(2 * hour);
    expect(await schedules.list()).toMatchObject([
      {
        next: at('23T11:00'),
        lastStart: { occurrence: at('23T09:00') },
        lastMissed: { occurrence: at('23T10:00'), reason: 'still_running', started: false },
      },
    ]);
    finishAll(world);
    await world.clock.advance(hour);
    expect(occurrences(world)).toEqual([at('23T09:00'), at('23T11:00')]);
  });

  it('that cannot be settled is said to the log, and tried again half a minute later', async () => {
    const world = newWorld();
    const schedules = openSchedules(world);
    await schedules.begin();
    await schedules.add(scheduled(hourly), byMia);
    await world.clock.advance(hour);
    world.store.failNext(1);
    await world.clock.advance(hour);
    expect(world.said).toEqual([
      expect.stringContaining('missed'),
      expect.stringContaining('cannot be settled'),
    ]);
    await world.clock.advance(minute);
    expect(await schedules.list()).toMatchObject([{ lastMissed: { occurrence: at('23T10:00') } }]);
  });

  it('that cannot be started says why, and tries again at the next time only', async () => {
    const world = newWorld();
    const schedules = openSchedules(world, new Error('the plan is broken'));
    await schedules.begin();
    await schedules.add(scheduled(hourly), byMia);
    await world.clock.advance(hour + 10 * minute);
    expect(await schedules.list()).toMatchObject([
      { next: at('23T10:00'), lastMissed: { reason: 'failed', message: 'the plan is broken' } },
    ]);
    expect(world.said).toEqual([expect.stringContaining('could not start')]);
  });
});

it('is started by an engine in one commit with its record', async () => {
  const { engine, store } = await openBench();
  const schedule = { id: 'nightly', occurrence: instantOf(0) };
  const { orchestration } = await engine.start({ plan: planOf(1), planText: '' }, byMia, {
    schedule,
    records: (id) => [{ kind: 'schedule', id: 'nightly', value: { started: id } }],
  });
  expect(orchestration.schedule).toEqual(schedule);
  const commit = store.commits.find(({ created }) => created.length > 0);
  expect(commit?.created[0]?.id).toBe(orchestration.id);
  expect(commit?.records).toEqual([
    { kind: 'schedule', id: 'nightly', value: { started: orchestration.id } },
  ]);
  await engine.keep([{ kind: 'schedule', id: 'nightly', value: null }]);
  expect(await store.records('schedule')).toEqual([]);
});

describe('starts that were missed', () => {
  /** Adds a schedule, lets the machine sleep over several of its times, and wakes it. */
  const sleptThrough = async (
    missed: ScheduleSpec['missed'],
    monotonic: 'stops' | 'goes on',
  ): Promise<World> => {
    const world = newWorld();
    const schedules = openSchedules(world);
    await schedules.begin();
    await schedules.add(scheduled(hourly, { missed }), byMia);
    await world.clock.advance(10 * minute);
    await world.clock.sleep(3 * hour, monotonic);
    await world.clock.advance(minute);
    finishAll(world);
    return world;
  };

  it.each(['stops', 'goes on'] as const)('are one run, with monotonic time that %s asleep', async (how) => {
    const world = await sleptThrough('run', how);
    expect(occurrences(world)).toEqual([at('23T09:00')]);
    await world.clock.advance(hour);
    expect(occurrences(world)).toEqual([at('23T09:00'), at('23T12:00')]);
    expect(world.said).toEqual([expect.stringContaining('missed its start of 2026-11-23T09:00')]);
  });

  it.each(['stops', 'goes on'] as const)('are none where the plan says so (%s)', async (how) => {
    const world = await sleptThrough('skip', how);
    expect(world.started).toEqual([]);
    await world.clock.advance(hour);
    expect(occurrences(world)).toEqual([at('23T12:00')]);
  });

  it('are seen in the list, and once only', async () => {
    const world = newWorld();
    const first = openSchedules(world);
    await first.add(scheduled(once(at('23T09:00')), { missed: 'skip' }), byMia);
    await world.clock.advance(day);
    const second = openSchedules(world);
    await second.begin();
    expect(await second.list()).toMatchObject([
      { next: null, lastMissed: { occurrence: at('23T09:00'), reason: 'not_running', started: false } },
    ]);
    await world.clock.advance(day);
    expect(world.said).toHaveLength(1);
    expect(world.started).toEqual([]);
  });

  it('leave one that is on time its turn', async () => {
    const world = newWorld();
    const first = openSchedules(world);
    await first.add(scheduled(hourly, { missed: 'skip' }), byMia);
    await world.clock.advance(3 * hour + 20_000);
    await openSchedules(world).begin();
    expect(occurrences(world)).toEqual([at('23T11:00')]);
  });

  it('are made up for by the next engine', async () => {
    const world = newWorld();
    await openSchedules(world).add(scheduled(nightly), byMia);
    await world.clock.advance(5 * day);
    const next = openSchedules(world);
    await next.begin();
    expect(occurrences(world)).toEqual([at('24T02:00')]);
    expect(await next.list()).toMatchObject([
      { next: at('29T02:00'), lastMissed: { occurrence: at('24T02:00'), started: true } },
    ]);
  });

  it('are none when the clock is only set back', async () => {
    const world = newWorld();
    const schedules = openSchedules(world);
    await schedules.begin();
    await schedules.add(scheduled(hourly), byMia);
    await world.clock.advance(hour + minute);
    finishAll(world);
    world.clock.setWall(Date.parse(at('23T08:30')));
    await world.clock.advance(hour);
    expect(occurrences(world)).toEqual([at('23T09:00')]);
    await world.clock.advance(hour);
    expect(occurrences(world)).toEqual([at('23T09:00'), at('23T10:00')]);
  });
});

describe('an engine that is killed', () => {
  it('before the commit of a start has not made it; the next engine does', async () => {
    const world = newWorld();
    const first = openSchedules(world);
    await first.begin();
    await first.add(scheduled(once(at('23T09:00'))), byMia);
    first.kill();
    await world.clock.advance(hour);
    expect(world.started).toEqual([]);
    await openSchedules(world).begin();
    expect(occurrences(world)).toEqual([at('23T09:00')]);
  });

  it('at any moments starts no occurrence twice and loses none', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 3 * hour }) }),
      fc.record({ kind: fc.constant('kill' as const), ms: fc.integer({ min: 0, max: 3 * hour }) }),
      fc.record({ kind: fc.constant('sleep' as const), ms: fc.integer({ min: 1, max: 3 * hour }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const world = newWorld();
        let engine = openSchedules(world);
        await engine.begin();
        await engine.add(scheduled(hourly), byMia);
        for (const { kind, ms } of steps) {
          if (kind === 'pass') await world.clock.advance(ms);
          if (kind === 'sleep') await world.clock.sleep(ms, 'stops');
          if (kind === 'kill') {
            engine.kill();
            await world.clock.advance(ms);
            engine = openSchedules(world);
            await engine.begin();
          }
          finishAll(world);
        }
        await world.clock.advance(minute);
        const due = occurrences(world);
        expect(new Set(due).size).toBe(due.length);
        // Whatever happened, the next is ahead, and what is behind it was started or passed over.
        const [view] = await engine.list();
        expect(Date.parse(view?.next ?? '')).toBeGreaterThan(world.clock.now());
        if (world.clock.now() >= Date.parse(at('23T09:00'))) expect(due.length).toBeGreaterThan(0);
        await engine.close();
      }),
      { numRuns: 60 },
    );
  });
});
