import { readFile, realpath } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import type { EngineClient, EngineInfo } from '../../shared/contract/contract.ts';
import type { DoctorReport } from '../../shared/contract/doctor.ts';
import { instantOf } from '../../shared/domain/ids.ts';
import { pathRulesOf } from '../../shared/domain/permission/trust.ts';
import { absolute } from '../api/plans.ts';
import { createRouter, type EngineRouter, type Services } from '../api/router.ts';
import { doctor } from '../claude/installation/doctor.ts';
import { openClaudeDriver, type ClaudeDriver } from '../claude/driver.ts';
import { allowedEnvironment } from '../claude/process/environment.ts';
import type { PriceTable } from '../claude/stream/price-table.ts';
import { createInstallation, type ClaudeInstallation } from '../claude/installation/installation.ts';
import { createFeatureCache } from '../claude/installation/probe.ts';
import { thisMachine } from '../claude/installation/this-machine.ts';
import { createSpoolStreams } from '../exports/archive/spool-streams.ts';
import { createExports } from '../exports/exports.ts';
import { openEngine, type Engine, type EngineOptions } from '../engine/engine.ts';
import { createSchedules, type Schedules } from '../engine/schedule/schedules.ts';
import type { Log } from '../engine/ports.ts';
import { acquireDataDir, type HeldDataDir } from '../store/data-dir-lock.ts';
import { openStore, type OpenedStore } from '../store/store.ts';
import { openWorkspaces, type Workspaces } from '../workspace/workspaces.ts';
import { createDatabaseCare } from './database.ts';
import { createDemo, type Demo } from './demo.ts';
import { createDryRun } from './dry-run.ts';
import { claudeHistoryFolder, createHistory } from './history/history.ts';
import { limitNursery } from './nursery.ts';
import { programDir, resourcesDir } from './places.ts';
import { pricesFor } from './prices.ts';
import {
  machineLimitsOf,
  readSettings,
  retentionTermsOf,
  standingBudgetsOf,
  type Settings,
} from './settings.ts';
import { slashCommandsOf } from './slash-commands.ts';
import { listTemplates } from './templates.ts';
import { systemChance, systemClock, systemIds } from './system-clock.ts';

export type EngineHostOptions = {
  readonly dataDir: string;
  readonly host: EngineInfo['host'];
  readonly purpose: EngineOptions['purpose'];
  readonly log: Log;
  /** Where Claude Code is, as said on the command line or in `NETRA_CLAUDE`. */
  readonly claude: string | undefined;
  /** False for a program started from a desktop, whose environment is not a terminal's. */
  readonly startedInTerminal: boolean;
};

/** An engine with all it needs, in this process. */
export interface EngineHost {
  readonly engine: Engine;
  /** The contract in process, as the person who runs this program. */
  readonly client: EngineClient;
  /** The contract for transports; the context says who asks. */
  readonly router: EngineRouter;
  readonly info: () => Promise<EngineInfo>;
  /** Says in the data directory how this engine can be reached. */
  publishEndpoint(endpoint: { readonly url: string; readonly token: string }): Promise<void>;
  /** Makes all durable, lets go of the processes (they go on), and frees the data directory. */
  close(): Promise<void>;
}

/** The name that this program's person goes by in events. */
export const personName = (): string => userInfo().username;

const programVersion = async (): Promise<string> => {
  const text = await readFile(join(programDir(), 'package.json'), 'utf8');
  const parsed: unknown = JSON.parse(text);
  const version =
    typeof parsed === 'object' && parsed !== null && 'version' in parsed ? parsed.version : null;
  return typeof version === 'string' ? version : 'unknown';
};

/** The Claude Code of this machine, as the command line, the environment and the settings choose it. */
export const installationFor = (
  {
    dataDir,
    claude,
    startedInTerminal,
    log,
  }: Pick<EngineHostOptions, 'dataDir' | 'claude' | 'startedInTerminal' | 'log'>,
  settings: Settings,
): ClaudeInstallation =>
  createInstallation({
    choice: { flag: claude, setting: settings.claude },
    world: thisMachine(startedInTerminal),
    cache: createFeatureCache(dataDir),
    log,
  });

/** What is found out for a client without the engine. */
const lookingAround = (
  dataDir: string,
  installation: ClaudeInstallation,
): Pick<Services, 'commands' | 'dryRun' | 'templates'> => ({
  commands: slashCommandsOf(),
  dryRun: createDryRun(dataDir, installation),
  templates: (workspace) => listTemplates(dataDir, workspace),
});

const lineLimit = ({ maxLineBytes }: Settings) => (maxLineBytes === undefined ? {} : { maxLineBytes });

const infoOf =
  (
    options: EngineHostOptions,
    version: string,
    { store, installation }: Pick<Parts, 'store' | 'installation'>,
    engine: Engine,
  ) =>
  async (): Promise<EngineInfo> => {
    const [found, { total }] = await Promise.all([
      installation.find().catch(() => null),
      store.orchestrations({ limit: 1 }),
    ]);
    const features = found === null ? null : await installation.features(found.launch).catch(() => null);
    return {
      version,
      dataDir: options.dataDir,
      platform: process.platform,
      host: options.host,
      pid: process.pid,
      claude: found === null ? null : { path: found.path, version: features?.version ?? null },
      firstRun: total === 0,
      storeTrouble: engine.storeTrouble(),
    };
  };

/** An engine that stays starts what is due; one of a command that is at its end soon only keeps the list. */
const openSchedules = async (
  { purpose, host, log }: EngineHostOptions,
  store: OpenedStore,
  engine: Engine,
): Promise<Schedules> => {
  const schedules = createSchedules({
    clock: systemClock,
    store,
    log,
    newId: () => systemIds.orchestrationId(),
    keep: (records) => engine.keep(records),
    start: (source, origin, scheduled) => engine.start(source, origin, scheduled),
    isUnfinished: (id) => engine.unfinished().some((one) => one.id === id),
  });
  if (purpose === 'work' && host !== 'cli') await schedules.begin();
  return schedules;
};

type Parts = {
  readonly prices: PriceTable;
  readonly store: OpenedStore;
  readonly installation: ClaudeInstallation;
  readonly demo: Demo;
  readonly workspaces: Workspaces;
  readonly driver: ClaudeDriver;
};

/** What the engine needs of the world. */
const engineOptions = async (
  { dataDir, log, purpose }: EngineHostOptions,
  settings: Settings,
  { store, workspaces, driver }: Pick<Parts, 'store' | 'workspaces' | 'driver'>,
): Promise<EngineOptions> => ({
  ...{ store, driver, log, purpose, clock: systemClock, chance: systemChance, ids: systemIds },
  owner: personName(),
  ...workspaces,
  runner: workspaces.commands,
  absolute,
  shell: process.platform === 'win32' ? 'windows' : 'posix',
  limits: machineLimitsOf(settings),
  standingBudgets: standingBudgetsOf(settings),
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  trustMode: settings.trust,
  // The demo's folders are ours, and worktrees and copies are of folders that are trusted.
  ours: [workspaces.root, join(await realpath(dataDir), 'demo')],
  pathRules: pathRulesOf(process.platform),
});

const spoolFolderOf = (dataDir: string): string => join(dataDir, 'spool');

/** Opens what the engine needs; `opened` closes it. */
const openParts = async (
  options: EngineHostOptions,
  settings: Settings,
  opened: AsyncDisposableStack,
): Promise<Parts> => {
  const { dataDir, log } = options;
  const { compressAfterMs } = retentionTermsOf(settings);
  const prices = await pricesFor(dataDir);
  const store = opened.adopt(await openStore({ dataDir, log, compressAfterMs }), (it) => it.close());
  const demo = opened.adopt(createDemo({ dataDir, resourcesDir: resourcesDir() }), (it) => it.close());
  const installation = installationFor(options, settings);
  const environment = async () => allowedEnvironment(await installation.environment());
  const workspaces = opened.adopt(await openWorkspaces({ dataDir, environment, log }), (it) => {
    it.close();
  });
  const driver = await openClaudeDriver({
    ...{ installation, prices, log, clock: systemClock },
    ...{ spoolFolder: spoolFolderOf(dataDir), ...lineLimit(settings) },
  });
  opened.defer(() => {
    driver.close();
  });
  return { prices, store, demo, installation, workspaces, driver };
};

const openHost = async (
  options: EngineHostOptions,
  held: HeldDataDir,
  opened: AsyncDisposableStack,
): Promise<Omit<EngineHost, 'close'>> => {
  const { dataDir, log } = options;
  const [settings, version] = await Promise.all([readSettings(dataDir), programVersion()]);
  const parts = await openParts(options, settings, opened);
  const { prices, store, demo, installation, workspaces } = parts;
  const spoolFolder = spoolFolderOf(dataDir);
  const engine = opened.adopt(await openEngine(await engineOptions(options, settings, parts)), (it) =>
    it.close(),
  );
  const schedules = opened.adopt(await openSchedules(options, store, engine), (it) => it.close());
  const history = createHistory({
    ...{ store, prices, log, spoolFolder, clock: systemClock, owner: personName() },
    folder: claudeHistoryFolder(),
    follows: settings.history.follow,
  });
  opened.defer(() => history.close());
  if (options.purpose === 'work' && options.host !== 'cli') await history.begin();
  const info = infoOf(options, version, parts, engine);
  const router = createRouter({
    engine,
    schedules,
    folders: workspaces.folders,
    exports: createExports({ store, raw: createSpoolStreams(spoolFolder), clock: systemClock, version }),
    history,
    database: createDatabaseCare({
      ...{ store, engine, clock: systemClock, dataDir, workspaces, terms: retentionTermsOf(settings) },
    }),
    info,
    ...lookingAround(dataDir, installation),
    prepareDemo: () => demo.prepare(engine.unfinished()),
    doctor: (): Promise<DoctorReport> =>
      doctor({ installation, dataDir, home: homedir(), nodeVersion: process.versions.node }),
  });
  const publishEndpoint = (endpoint: { readonly url: string; readonly token: string }): Promise<void> =>
    held.publish({ ...holderOf(options), endpoint });
  const client = createRouterClient(router, { context: { by: personName() } });
  return { engine, client, router, info, publishEndpoint };
};

const holderOf = ({ host }: EngineHostOptions) => ({
  pid: process.pid,
  host,
  startedAt: instantOf(Date.now()),
  endpoint: null,
});

/**
 * Opens an engine on a data directory, which nobody else may hold, and takes up what an earlier one left.
 * @throws FailureError `data_dir.held`, `data_dir.not_writable`, `store.newer` and the like
 */
export const openEngineHost = async (options: EngineHostOptions): Promise<EngineHost> => {
  limitNursery();
  const opening = new AsyncDisposableStack();
  const held = opening.adopt(await acquireDataDir(options.dataDir, holderOf(options)), (it) => it.release());
  try {
    const host = await openHost(options, held, opening);
    const opened = opening.move();
    return { ...host, close: () => opened.disposeAsync() };
  } catch (error) {
    // A thread or a lock that stays would keep the program alive.
    await opening.disposeAsync();
    throw error;
  }
};
