import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { join, resolve } from 'node:path';
import { _electron, type ElectronApplication, expect, type Page } from '@playwright/test';
import type { EngineClient } from '../../src/shared/contract/contract.ts';
import type { OrchestrationId } from '../../src/shared/domain/ids.ts';
import { type AttachedEngine, attachEngine } from '../../src/main/hosts/connect.ts';
import { claudeBinary } from './claude.ts';
import { trustAll } from './trust.ts';

export const projectDir = resolve(import.meta.dirname, '../..');

/** A data directory and home of its own for the desktop app, and the environment that keeps to them. */
export interface DesktopPlace {
  /** Holds all of them. */
  readonly root: string;
  readonly dataDir: string;
  readonly workspace: string;
  readonly env: Record<string, string>;
  /** Ends what a failed test has left running there, and removes it. */
  remove(): Promise<void>;
}

export const openDesktopPlace = async (): Promise<DesktopPlace> => {
  const root = await mkdtemp(join(tmpdir(), 'netra-desktop-'));
  const [dataDir, home, workspace] = [join(root, 'data'), join(root, 'home'), join(root, 'workspace')];
  await Promise.all([dataDir, home, workspace].map((folder) => mkdir(folder)));
  await trustAll(dataDir);
  const inherited = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !/^(ANTHROPIC|CLAUDE|NETRA)/.test(entry[0]),
  );
  const env = {
    ...Object.fromEntries(inherited),
    HOME: home,
    NETRA_HOME: dataDir,
    NETRA_CLAUDE: claudeBinary(),
  };
  const remove = async (): Promise<void> => {
    for (const pid of await attemptProcesses({ root })) process.kill(pid, 'SIGKILL');
    await rm(root, { recursive: true, force: true, maxRetries: 10 });
  };
  return { root, dataDir, workspace, env, remove };
};

/** The built app, running: real Electron, or the stand-in where ELECTRON_OVERRIDE_DIST_PATH says so. */
export interface Desktop {
  readonly app: ElectronApplication;
  readonly page: Page;
  /** A client of its engine, by the address in the data directory. */
  readonly client: () => Promise<EngineClient>;
  /** Chooses a command of the application menu. */
  choose(command: string): Promise<void>;
  enginePid(): Promise<number>;
  /** Resolves when the app has ended. */
  readonly ended: Promise<void>;
  /** Ends the app as a person who has decided already. */
  readonly close: () => Promise<void>;
}

export const launchDesktop = async ({ dataDir, env }: DesktopPlace): Promise<Desktop> => {
  const app = await _electron.launch({ args: [projectDir], env });
  const main = app.process();
  const attached: AttachedEngine[] = [];
  const ended = new Promise<void>((settle) => main.once('exit', () => settle()));
  const close = async (): Promise<void> => {
    await Promise.all(attached.map((engine) => engine.close()));
    main.kill('SIGTERM');
    if (main.exitCode === null) await ended;
  };
  const page = await app.firstWindow();
  try {
    await expectConnected(page);
  } catch (error) {
    await close();
    throw error;
  }

  /** Waits for an engine that may just be starting again. */
  const client = async (): Promise<EngineClient> => {
    for (const deadline = Date.now() + 15_000; ;) {
      const engine = await attachEngine(dataDir);
      if (engine !== null) {
        attached.push(engine);
        return engine.client;
      }
      if (main.exitCode !== null || Date.now() > deadline)
        throw new Error('The engine of the desktop app cannot be reached.');
      await delay(50);
    }
  };

  const choose = (command: string): Promise<void> =>
    app.evaluate(({ Menu }, id) => {
      Menu.getApplicationMenu()?.getMenuItemById(id)?.click();
    }, command);

  const enginePid = async (): Promise<number> => {
    const metrics = await app.evaluate(({ app: main }) => main.getAppMetrics());
    const engine = metrics.find(({ name }) => name === 'Netra engine');
    if (engine === undefined) throw new Error('There is no engine process.');
    return engine.pid;
  };

  return { app, page, client, choose, enginePid, ended, close };
};

/** Waits until the page says that it reaches the engine. */
export const expectConnected = (page: Page): Promise<void> =>
  expect(page.getByText('Engine connected')).toBeVisible({ timeout: 20_000 });

/** The processes on this machine that belong to attempts of a place ; none where there is no /proc. */
export const attemptProcesses = async ({ root }: Pick<DesktopPlace, 'root'>): Promise<readonly number[]> => {
  if (process.platform !== 'linux') return [];
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const isOurs = async (pid: string): Promise<boolean> => {
    try {
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8');
      return environment.includes('NETRA_ATTEMPT_ID=') && environment.includes(root);
    } catch {
      return false; // gone meanwhile, or another person's
    }
  };
  const ours = await Promise.all(pids.map(isOurs));
  return pids.filter((_, index) => ours[index] === true).map(Number);
};

/** Starts an orchestration of one instance on a scripted API, in whose words `prompt` is; gives its id. */
export const runPlan = async (
  client: EngineClient,
  { workspace, env }: DesktopPlace,
  { apiUrl, prompt }: { readonly apiUrl: string; readonly prompt: string },
): Promise<OrchestrationId> => {
  const claudeEnv = {
    HOME: env['HOME'],
    ANTHROPIC_BASE_URL: apiUrl,
    ANTHROPIC_API_KEY: 'test-key',
    DISABLE_TELEMETRY: '1',
    DISABLE_ERROR_REPORTING: '1',
    DISABLE_AUTOUPDATER: '1',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  };
  const plan = { name: 'Desktop run', workspace, instances: [{ name: 'writer', prompt, env: claudeEnv }] };
  const text = JSON.stringify(plan);
  const { orchestration } = await client.orchestrations.start({ text, file: null, baseDir: null });
  return orchestration.id;
};
