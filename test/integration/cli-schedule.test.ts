import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openStore } from '../../src/main/store/store.ts';
import type { OrchestrationView } from '../../src/shared/domain/orchestration.ts';
import { eventually } from '../support/eventually.ts';
import { containing } from '../support/matching.ts';
import { openNetraPlace, type NetraPlace, type NetraRun } from '../support/netra.ts';

let place: NetraPlace;

beforeEach(async () => {
  place = await openNetraPlace();
});

afterEach(async () => {
  await place.run(['daemon', 'stop']);
  await place.close();
});

const quick = { name: 'quick', prompt: 'WORDS=2' };
const slow = { name: 'slow', prompt: 'WORDS=600 SLOW=50' };

const listSchema = z.array(
  z.object({
    id: z.string(),
    name: z.string(),
    next: z.string().nullable(),
    lastStart: z.object({ orchestrationId: z.string() }).nullable(),
  }),
);

const schedules = async (): Promise<z.infer<typeof listSchema>> => {
  const { stdout } = await place.run(['schedule', 'list', '--format', 'json']);
  return listSchema.parse(JSON.parse(stdout));
};

const runs = async (): Promise<readonly string[]> => {
  const { stdout } = await place.run(['sessions', 'list', '--format', 'json']);
  return z
    .array(z.object({ name: z.string(), state: z.string() }))
    .parse(JSON.parse(stdout))
    .map(({ name, state }) => `${name} ${state}`);
};

/** A daemon whose process is at hand. */
const daemon = async (): Promise<NetraRun> => {
  const run = place.start(['daemon', 'run']);
  await run.shows(/the daemon runs/);
  return run;
};

/** All orchestrations as they are stored, once no engine runs. */
const stored = async (): Promise<readonly OrchestrationView[]> => {
  const store = await openStore({ dataDir: place.dataDir });
  try {
    return (await store.orchestrations({ limit: 200 })).items;
  } finally {
    await store.close();
  }
};

const killed = async (run: NetraRun): Promise<void> => {
  run.kill('SIGKILL');
  await run.exited;
};

describe('a plan with a schedule', () => {
  it('is added by run, shown, and removed by its name', async () => {
    const file = await place.plan('hourly', [quick], { schedule: { every: '1h' } });
    const added = await place.run(['run', file]);
    expect(added.code).toBe(0);
    expect(added.stderr).toMatch(/"hourly" is scheduled: next at .+ in (1h|59m)/);
    expect(added.stderr).toMatch(/lives as long as an engine runs.*netra serve.*netra daemon/);
    const id = z.uuid().parse(added.stdout.trim());
    expect(await schedules()).toMatchObject([{ id, name: 'hourly', lastStart: null }]);
    const shown = await place.run(['schedule']);
    expect(shown.stdout).toMatch(/hourly/);
    expect(shown.stderr).toContain('None runs now');
    expect(await place.run(['schedule', 'add', file])).toMatchObject({
      code: 0,
      stdout: containing(id),
      stderr: containing('anew'),
    });
    expect(await place.run(['schedule', 'remove', 'HOURLY'])).toMatchObject({ code: 0 });
    expect(await schedules()).toEqual([]);
    expect(await place.run(['schedule', 'remove', id])).toMatchObject({
      code: 2,
      stderr: containing('schedule.unknown'),
    });
    expect(await runs()).toEqual([]);
  });

  it('runs at once with --now', async () => {
    const file = await place.plan('hourly', [quick], { schedule: { every: '1h' } });
    const { code } = await place.run(['run', file, '--now']);
    expect(code).toBe(0);
    expect(await schedules()).toEqual([]);
    expect(await runs()).toEqual(['hourly succeeded']);
  });

  it('is refused by schedule add when it has none', async () => {
    const file = await place.plan('plain', [quick]);
    expect(await place.run(['schedule', 'add', file])).toMatchObject({
      code: 2,
      stderr: containing('plan.not_scheduled'),
    });
  });
});

describe('the daemon', () => {
  it('starts what is due, once, and tells of it', async () => {
    expect((await place.run(['daemon', 'start'])).code).toBe(0);
    expect((await place.run(['daemon', 'start'])).stderr).toContain('runs already');
    const file = await place.plan('soon', [quick], { schedule: { startAt: '2s' } });
    const added = await place.run(['run', file]);
    expect(added.stderr).toMatch(/Now that is the engine of daemon/);
    expect(await place.run(['daemon', 'status'])).toMatchObject({ code: 0, stdout: containing('soon') });
    await eventually(async () => expect(await runs()).toEqual(['soon succeeded']));
    expect(await schedules()).toEqual([]);
    expect((await place.run(['daemon', 'stop'])).code).toBe(0);
    expect(await place.run(['daemon', 'status'])).toMatchObject({
      code: 1,
      stdout: containing('No daemon runs.'),
    });
  });

  it('killed before a start leaves it to the next; killed after it, the next only goes on with it', async () => {
    const first = await daemon();
    const file = await place.plan('soon', [slow], { schedule: { startAt: '4s' } });
    await place.run(['run', file]);
    await killed(first);
    const second = await daemon();
    await eventually(async () => expect(await runs()).toEqual(['soon running']));
    await killed(second);
    await daemon();
    expect(await runs()).toEqual(['soon running']);
    expect(await schedules()).toEqual([]);
  });

  it('killed again and again starts no occurrence twice', async () => {
    const file = await place.plan('often', [quick], { schedule: { every: '1s' } });
    await place.run(['run', file]);
    for (let kills = 1; kills <= 3; kills++) {
      const run = await daemon();
      await eventually(async () => expect((await runs()).length).toBeGreaterThanOrEqual(2 * kills));
      await killed(run);
    }
    const [schedule] = await schedules();
    await place.run(['stop', '--all']);
    const views = await stored();
    const due = views.map((view) => view.schedule?.occurrence);
    expect(new Set(due).size).toBe(due.length);
    expect(due).not.toContain(undefined);
    expect(schedule?.lastStart?.orchestrationId).toBe(views[0]?.id);
  });

  it('hands what still runs to a background engine when it is stopped', async () => {
    await place.run(['daemon', 'start']);
    await place.run(['run', await place.plan('kept', [slow]), '--detach']);
    await eventually(async () => expect(await runs()).toEqual(['kept running']));
    expect((await place.run(['daemon', 'stop'])).stderr).toContain('has ended');
    await eventually(async () => expect((await place.run(['ps'])).stderr).toContain('engine of background'));
    await place.run(['daemon', 'start']);
    expect((await place.run(['ps'])).stderr).toContain('engine of daemon');
    expect(await runs()).toEqual(['kept running']);
  });

  it('does not start beside another engine that stays', async () => {
    const server = place.start(['serve']);
    await server.shows(/code=/);
    expect(await place.run(['daemon', 'start'])).toMatchObject({
      code: 1,
      stderr: containing('daemon.occupied'),
    });
    server.kill('SIGINT');
    await server.exited;
  });
});
