import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openEngine } from '../../src/main/engine/engine.ts';
import type { Attempt, AttemptDriver, AttemptEnd } from '../../src/main/engine/ports.ts';
import type { Store } from '../../src/main/engine/store-ports.ts';
import { systemClock, systemIds } from '../../src/main/hosts/system-clock.ts';
import { noUsage } from '../../src/shared/domain/usage.ts';
import type { Dependency, ResolvedPlan } from '../../src/shared/domain/plan/plan-spec.ts';
import { createFakeWorkspaces } from '../support/engine/fake-workspaces.ts';

/**
 * Runs a plan of so many instances, each after up to five earlier ones, in an engine whose attempts succeed at once and
 * whose store forgets. Prints the milliseconds from the start to the end, and the bytes that the engine then holds.
 * Argument: how many instances.
 */
const count = Number(process.argv[2] ?? 10_000);
const mostDependencies = 5;
const concurrency = 100;

/** Chance that is the same each time (mulberry32). */
const createDice = (seed: number) => {
  let state = seed;
  return (sides: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  };
};

const planOf = (size: number): ResolvedPlan => {
  const roll = createDice(size);
  const dependenciesOf = (position: number): readonly Dependency[] => {
    const wanted = position === 0 ? 0 : roll(mostDependencies + 1);
    const names = new Set(Array.from({ length: wanted }, () => `i${String(roll(position))}`));
    return [...names].map((name) => ({ kind: 'instance', name, need: 'succeeded', join: 'all' }));
  };
  return {
    ...{ name: 'scheduling', workspace: '/src', baseDir: '/src', concurrency, startupDelayMs: 0 },
    instances: Array.from({ length: size }, (_, position) => ({
      ...{ name: `i${String(position)}`, prompt: `do ${String(position)}`, workspace: '/src' },
      ...{ allowedTools: [], disallowedTools: [], addDirs: [], env: {} },
      ...{ mode: 'live', outputFormat: 'stream-json', dependsOn: dependenciesOf(position) },
    })),
  };
};

const end: AttemptEnd = {
  ...{ exitCode: 0, signal: null, failure: null, worked: true, told: true, limitResetsAt: null },
  progress: {
    ...{ sessionId: null, model: null, usage: noUsage, turns: 1, retries: 0, toolCalls: 0, tools: {} },
    ...{ ttftMs: null, activity: null, said: null, questions: [], result: 'done', structured: null },
    ...{ results: 1, openTools: 0 },
  },
};

const attempt: Attempt = {
  process: { pid: 1, startToken: '1' },
  follow: () => Promise.resolve(end),
  catchUp: () => Promise.resolve(end),
  prompt: () => true,
  send: () => false,
  configure: () => false,
  answer: () => false,
  endInput: () => undefined,
  signal: () => Promise.resolve(),
  release: () => undefined,
};

const driver: AttemptDriver = {
  start: () => Promise.resolve({ attempt, command: ['claude'], claudeVersion: null, warnings: [] }),
  preview: () => Promise.resolve({ command: [], env: {}, prompt: '' }),
  takeOver: () => Promise.resolve(attempt),
  readRaw: () => Promise.resolve(''),
};

let succeeded = 0;
const store: Store = {
  commit: ({ events }) => {
    for (const { body } of events)
      succeeded += Number(body.type === 'instance.state' && body.to === 'succeeded');
    return Promise.resolve();
  },
  importOrchestration: () => Promise.resolve(),
  remove: () => Promise.resolve([]),
  unfinished: () => Promise.resolve([]),
  orchestration: () => Promise.resolve(null),
  orchestrations: () => Promise.resolve({ items: [], nextCursor: null, total: 0 }),
  search: () => Promise.resolve({ hits: [], nextCursor: null, pending: 0 }),
  instance: () => Promise.resolve(null),
  eventIndex: () => Promise.resolve(''),
  instanceEvents: () => Promise.resolve([]),
  eventsAfter: () => Promise.resolve([]),
  records: () => Promise.resolve([]),
  spent: () => Promise.resolve({ tokens: 0, costMicroUsd: 0, basis: 'exact', atLeast: false }),
  labels: () => Promise.resolve([]),
  usage: () => Promise.reject(new Error('nothing is used here')),
  close: () => Promise.resolve(),
};

setFlagsFromString('--expose-gc');
const heapBytes = (): number => {
  runInNewContext('gc()');
  return process.memoryUsage().heapUsed;
};

const engine = await openEngine({
  ...{ store, driver, clock: systemClock, ids: systemIds, chance: { next: () => 0 } },
  log: { warn: () => undefined, error: (message, error) => console.error(message, error) },
  ...{ owner: 'bench', purpose: 'work', timeZone: 'UTC', standingBudgets: new Map(), shell: 'posix' },
  ...{ trustMode: 'always', ours: [], pathRules: { separator: '/', ignoresCase: false } },
  limits: { maxInstances: null, maxInstancesPerUser: null, memoryFloorBytes: null },
  absolute: (baseDir, path) => (path.startsWith('/') ? path : `${baseDir}/${path}`),
  ...createFakeWorkspaces(),
});
const plan = planOf(count);
const before = heapBytes();
const cpuBefore = process.cpuUsage();
const start = performance.now();
await engine.start({ plan, planText: '' }, { by: 'bench', planFile: null });
await engine.idle();
const ms = performance.now() - start;
const { user, system } = process.cpuUsage(cpuBefore);
const heap = heapBytes() - before;
console.log(JSON.stringify({ ms, cpuMs: (user + system) / 1000, heap, succeeded }));
await engine.close();
