import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openEngineHost } from '../../src/main/hosts/engine-host.ts';
import { openScriptedApi, type ScriptedApi } from '../../src/main/demo/scripted-api.ts';
import type { InstanceView } from '../../src/shared/domain/instance.ts';
import type { OrchestrationId } from '../../src/shared/domain/ids.ts';
import { isRunning } from '../support/attempts.ts';
import { judgeFile, judgeLines, readAll } from '../support/chaos-judge.ts';
import { claudeBinary, openClaudePlace, type ClaudePlace } from '../support/claude.ts';
import { eventually } from '../support/eventually.ts';
import { eventsUntil, openDataDir, openTestHost, startPlan, type TestHost } from '../support/host.ts';
import { mountSmallDisk, type SmallDisk } from '../support/small-disk.ts';
import { trustAll } from '../support/trust.ts';

let api: ScriptedApi;
let place: ClaudePlace;

beforeEach(async () => {
  api = await openScriptedApi({ pace: 1 });
  place = await openClaudePlace(api.url);
});

afterEach(async () => {
  await api.close();
  await place.remove();
});

const planOf = (prompts: readonly string[], mode: 'live' | 'oneshot' = 'live'): object => ({
  ...{ name: 'trouble', workspace: place.workspace, startupDelay: '0s', defaults: { env: place.env } },
  instances: prompts.map((prompt, index) => ({ name: `worker-${String(index)}`, prompt, mode })),
});

/** Some seconds of text. */
const talking = 'SLOW=40 WORDS=80';

/** An engine whose processes are gone when the test ends, however it ends. */
const engineOn = async (dataDir: string): Promise<TestHost> => {
  const host = await openTestHost(dataDir, claudeBinary());
  let isClosed = false;
  const close = async (): Promise<void> => {
    if (isClosed) return;
    isClosed = true;
    await host.close();
  };
  onTestFinished(async () => {
    if (!isClosed) {
      let isStopped = false;
      void host.engine.stopAll('test', true).then(() => (isStopped = true));
      // Where nothing can be stored, nobody is told that they have stopped.
      await eventually(() => expect(isStopped || host.engine.storeTrouble() !== null).toBe(true));
    }
    await close();
  });
  return { ...host, close };
};

/** The views of an orchestration as the engine has them, stored or not. */
const viewsOf = async ({ client }: TestHost, id: OrchestrationId): Promise<readonly InstanceView[]> =>
  (await client.orchestrations.get({ id })).instances;

const untilTalking = (host: TestHost, id: OrchestrationId) =>
  eventsUntil(host, id, ({ body }) => body.type === 'prompt.sent');

/** Every line that a process printed is stored once and in order, and the database is sound; gives the instances. */
const judged = async (dataDir: string): Promise<readonly string[]> => {
  expect(judgeFile(dataDir)).toEqual([]);
  const all = await readAll(dataDir);
  const { told, wrong } = await judgeLines(dataDir, all);
  expect(wrong).toEqual([]);
  expect(told).toBeGreaterThan(0);
  return all.flatMap(({ stored }) =>
    stored.instances.map(({ name, state, failure }) => [name, state, failure?.code ?? 'well'].join(' ')),
  );
};

const never = (): never => {
  throw new Error('there is none');
};

/** So little that the database can be opened, and not be written to. */
const roomToOpen = 48 * 1024;

const servedAll = (): number => Object.values(api.totals().byPrompt).reduce((sum, one) => sum + one, 0);

const smallDisk = (skip: (why: string) => never, megabytes = 8): SmallDisk => {
  const disk = mountSmallDisk(megabytes);
  if (disk === null) return skip('a small disk can be mounted by root on Linux only');
  onTestFinished(disk.remove);
  return disk;
};

const dataDirOn = async ({ path }: SmallDisk): Promise<string> => {
  const dataDir = join(path, 'data');
  await mkdir(dataDir);
  await trustAll(dataDir);
  return dataDir;
};

/** Puts the spool on the large disk. */
const spoolElsewhere = async (dataDir: string): Promise<void> => {
  const spool = join(place.root, 'spool');
  await mkdir(spool);
  await symlink(spool, join(dataDir, 'spool'));
};

describe('running instances whose disk gets full', { timeout: 120_000 }, () => {
  it('go on where their spool has room, and all of it is stored once there is room for the database', async ({
    skip,
  }) => {
    const disk = smallDisk(skip);
    const dataDir = await dataDirOn(disk);
    await spoolElsewhere(dataDir);
    const host = await engineOn(dataDir);
    const { orchestration } = await startPlan(host, planOf([talking, talking]));
    await untilTalking(host, orchestration.id);
    await disk.fill(0);
    // They are at their end before anything of it can be stored.
    await eventually(() => expect(servedAll()).toBe(2));
    await eventually(() => expect(host.engine.storeTrouble()?.code).toBe('store.disk_full'));
    await disk.makeRoom();
    await host.engine.idle();
    expect(host.engine.storeTrouble()).toBeNull();
    await host.close();
    expect(await judged(dataDir)).toEqual(['worker-0 succeeded well', 'worker-1 succeeded well']);
  });

  it('fail with a reason where their spool has none, and can be run again', async ({ skip }) => {
    const disk = smallDisk(skip);
    const dataDir = await dataDirOn(disk);
    const host = await engineOn(dataDir);
    const { orchestration } = await startPlan(host, planOf([talking]));
    await untilTalking(host, orchestration.id);
    await disk.fill(0);
    await eventually(async () => {
      const [view] = await viewsOf(host, orchestration.id);
      expect(view).toMatchObject({ state: 'failed', failure: { code: 'spool.disk_full' } });
    });
    await disk.makeRoom();
    await host.engine.idle();
    const [view] = await viewsOf(host, orchestration.id);
    if (view === undefined) throw new Error('there is none');
    await host.client.instances.restart({ id: view.id });
    await host.engine.idle();
    await host.close();
    expect(await judged(dataDir)).toEqual(['worker-0 succeeded well']);
  });
});

describe('an engine that starts on a disk', { timeout: 120_000 }, () => {
  it('that is full says so, and goes on with what an earlier one left when there is room', async ({
    skip,
  }) => {
    const disk = smallDisk(skip);
    const dataDir = await dataDirOn(disk);
    await spoolElsewhere(dataDir);
    const earlier = await engineOn(dataDir);
    // Its input does not end with the engine, for that is in this process.
    const { orchestration } = await startPlan(earlier, planOf([talking], 'oneshot'));
    await untilTalking(earlier, orchestration.id);
    await earlier.close();
    await eventually(() => expect(servedAll()).toBe(1));
    await disk.fill(0);
    await expect(engineOn(dataDir)).rejects.toMatchObject({ failure: { code: 'store.disk_full' } });
    // Room to open everything, and none to store anything.
    await disk.makeRoom();
    await disk.fill(roomToOpen);
    const said: unknown[] = [];
    const opening = openEngineHost({
      ...{ dataDir, claude: claudeBinary(), host: 'cli', purpose: 'work', startedInTerminal: true },
      log: { warn: (_, details) => said.push(details), error: () => undefined },
    });
    await eventually(() => expect(said).toContainEqual(expect.objectContaining({ code: 'store.disk_full' })));
    await disk.makeRoom();
    const later = await opening;
    await later.engine.idle();
    await later.close();
    expect(await judged(dataDir)).toEqual(['worker-0 succeeded well']);
  });

  it('that can only be read says so, and opens when it can be written', async ({ skip }) => {
    const disk = smallDisk(skip);
    const dataDir = await dataDirOn(disk);
    disk.remount('ro');
    await expect(engineOn(dataDir)).rejects.toMatchObject({ failure: { code: 'data_dir.not_writable' } });
    disk.remount('rw');
    const host = await engineOn(dataDir);
    expect(host.errors).toEqual([]);
    await host.close();
    disk.remount('ro');
    await expect(engineOn(dataDir)).rejects.toMatchObject({ failure: { code: 'data_dir.not_writable' } });
  });
});

describe('running instances whose database', { timeout: 120_000 }, () => {
  it('is held by somebody else for longer than a commit waits are stopped at once, and stored once', async () => {
    const data = await openDataDir();
    onTestFinished(data.remove);
    const host = await engineOn(data.path);
    const { orchestration } = await startPlan(host, planOf([talking, 'SLOW=60 WORDS=400']));
    await untilTalking(host, orchestration.id);
    const [, long] = await eventually(async () => {
      const views = await viewsOf(host, orchestration.id);
      expect(views.map(({ state }) => state)).toEqual(['running', 'running']);
      return views;
    });
    const other = new SqliteDatabase(join(data.path, 'netra.db'));
    onTestFinished(() => void other.close());
    other.exec('BEGIN IMMEDIATE');
    const stopping = host.engine.stopInstance(long?.id ?? never(), 'test', false);
    await eventually(async () => expect(await isRunning(long?.pid ?? never())).toBe(false));
    await eventually(() => expect(host.engine.storeTrouble()?.code).toBe('store.failed'));
    other.exec('COMMIT');
    await stopping;
    await host.engine.idle();
    expect(host.engine.storeTrouble()).toBeNull();
    await host.close();
    expect(await judged(data.path)).toEqual(['worker-0 succeeded well', 'worker-1 stopped well']);
  });

  it('is taken away with its data directory go on, nothing is made in its place, and all is stored when it is back', async () => {
    const data = await openDataDir();
    onTestFinished(data.remove);
    const away = `${data.path}-away`;
    const host = await engineOn(data.path);
    const { orchestration } = await startPlan(host, planOf([talking]));
    await untilTalking(host, orchestration.id);
    await rename(data.path, away);
    onTestFinished(() => rm(away, { recursive: true, force: true }));
    await eventually(() => expect(host.engine.storeTrouble()?.code).toBe('store.gone'));
    const late = startPlan(host, { ...planOf(['SAY=late']), name: 'late' });
    await eventually(() => expect(servedAll()).toBe(1));
    expect(existsSync(data.path)).toBe(false);
    await rename(away, data.path);
    await late;
    await host.engine.idle();
    await host.close();
    expect(await readdir(data.path)).toContain('netra.db');
    expect(await judged(data.path)).toEqual(['worker-0 succeeded well', 'worker-0 succeeded well']);
  });
});
