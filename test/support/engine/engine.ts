import { openEngine, type Engine, type EngineOptions } from '../../../src/main/engine/engine.ts';
import type { Clock, Log } from '../../../src/main/engine/ports.ts';
import type { Store } from '../../../src/main/engine/store-ports.ts';
import { attemptIdSchema, instanceIdSchema, orchestrationIdSchema } from '../../../src/shared/domain/ids.ts';
import type { InstanceSpec, ResolvedPlan } from '../../../src/shared/domain/plan/plan-spec.ts';
import { createFakeWorkspaces, type FakeDisk } from './fake-workspaces.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';
import { createMemoryStore, type MemoryStore } from './memory-store.ts';
import {
  createScriptedDriver,
  type ScriptedAttempt,
  type ScriptedDriver,
  type ScriptedProcesses,
} from './scripted-driver.ts';

export type EngineBench = {
  readonly engine: Engine;
  readonly clock: ManualClock;
  readonly store: MemoryStore;
  readonly driver: ScriptedDriver;
  readonly processes: ScriptedProcesses;
  readonly disk: FakeDisk;
  /** What the engine said to its log as an error. */
  readonly errors: readonly string[];
  /** Cuts the engine off from the store, as `kill -9` would: what it does from now on has no effect. */
  kill(): void;
  /** The attempt of that number, in the order of their starts; throws when there is none. */
  attempt(index: number): ScriptedAttempt;
};

const noDisk = (): FakeDisk => new Map();
const noProcesses = (): ScriptedProcesses => new Map();

let lastId = 0;
/** Ids that are in order, unique over all tests of a file. */
const nextUuid = (): string => {
  lastId += 1;
  return `00000000-0000-7000-8000-${String(lastId).padStart(12, '0')}`;
};

/** An engine over fakes; give the store of another bench to open it as a later engine on the same data. */
export const openBench = async (
  options: Partial<Omit<EngineOptions, 'store' | 'clock'>> & {
    readonly store?: MemoryStore;
    readonly clock?: ManualClock;
    /** The processes that an earlier engine left. */
    readonly processes?: ScriptedProcesses;
    /** The worktrees and copies that it left. */
    readonly disk?: FakeDisk;
  } = {},
): Promise<EngineBench> => {
  const { store = createMemoryStore(), clock = createManualClock(), purpose = 'work', ...rest } = options;
  const { processes = noProcesses(), disk = noDisk(), ...world } = rest;
  const driver = createScriptedDriver(() => clock.now(), processes);
  const errors: string[] = [];
  const log: Log = {
    warn: () => undefined,
    error: (message) => errors.push(message),
  };
  const ids = {
    orchestrationId: () => orchestrationIdSchema.parse(nextUuid()),
    instanceId: () => instanceIdSchema.parse(nextUuid()),
    attemptId: () => attemptIdSchema.parse(nextUuid()),
  };
  let isDead = false;
  const ownStore: Store = {
    ...store,
    commit: (batch) => (isDead ? Promise.race([]) : store.commit(batch)),
  };
  const ownClock: Clock = {
    ...clock,
    after: (delayMs, run) =>
      clock.after(delayMs, () => {
        if (!isDead) run();
      }),
  };
  const kill = (): void => {
    isDead = true;
  };
  const engine = await openEngine({
    ...{ store: ownStore, driver, clock: ownClock, ids, log, owner: 'mia', purpose },
    ...{
      chance: { next: () => 0 },
      timeZone: 'UTC',
      standingBudgets: new Map(),
      shell: 'posix',
      trustMode: 'always',
    },
    ...{ limits: { maxInstances: null, maxInstancesPerUser: null, memoryFloorBytes: null } },
    ...{ ours: [], pathRules: { separator: '/', ignoresCase: false } },
    absolute: (baseDir, path) => (path.startsWith('/') ? path : `${baseDir}/${path}`),
    ...createFakeWorkspaces({}, disk, () => isDead),
    ...world,
  });
  const attempt = (index: number): ScriptedAttempt => {
    const found = driver.attempts[index];
    if (found === undefined) throw new Error(`no attempt ${String(index)} was started`);
    return found;
  };
  return { engine, clock, store, driver, processes, disk, errors, kill, attempt };
};

/** A resolved plan of so many instances, named a, b, c …; `change` goes into each. */
export const planOf = (
  count: number,
  plan: Partial<ResolvedPlan> = {},
  change: Partial<InstanceSpec> = {},
): ResolvedPlan => ({
  name: 'nightly',
  workspace: '/src/app',
  baseDir: '/src/app',
  concurrency: 5,
  startupDelayMs: 0,
  instances: Array.from({ length: count }, (_, index) => ({
    name: String.fromCodePoint(97 + index),
    prompt: `do ${String(index)}`,
    workspace: '/src/app',
    allowedTools: [],
    disallowedTools: [],
    addDirs: [],
    env: {},
    mode: 'live',
    outputFormat: 'stream-json',
    ...change,
  })),
  ...plan,
});
