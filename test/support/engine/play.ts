import type { Engine } from '../../../src/main/engine/engine.ts';
import type { AttemptEnd, AttemptProgress } from '../../../src/main/engine/ports.ts';
import type { EventBody, EventType } from '../../../src/shared/domain/event.ts';
import { instantOf, type InstanceId, type OrchestrationId } from '../../../src/shared/domain/ids.ts';
import type { InstanceView, PermissionQuestion } from '../../../src/shared/domain/instance.ts';
import type {
  Dependency,
  FanOut,
  FanOutSource,
  InstanceSpec,
  ResolvedPlan,
  RetryPolicy,
} from '../../../src/shared/domain/plan/plan-spec.ts';
import { openBench, planOf, type EngineBench } from './engine.ts';
import { settled, type ManualClock } from './manual-clock.ts';
import type { ScriptedAttempt } from './scripted-driver.ts';

export type World = NonNullable<Parameters<typeof openBench>[0]>;

/** An instance of a plan. */
export const inst = (name: string, change: Partial<InstanceSpec> = {}): InstanceSpec => ({
  ...{ name, prompt: `do ${name}`, workspace: '/src/app', allowedTools: [], disallowedTools: [] },
  ...{ addDirs: [], env: {}, mode: 'live', outputFormat: 'stream-json' },
  ...change,
});

export const on = (
  name: string,
  need: Dependency['need'] = 'succeeded',
  join: 'all' | number = 'all',
): Dependency => ({ kind: 'instance', name, need, join });

export const over = (source: FanOutSource | readonly string[], change: Partial<FanOut> = {}): FanOut => ({
  source: 'kind' in source ? source : { kind: 'list', items: source },
  ...{ as: 'item', max: 100, concurrency: null },
  ...change,
});

export const retrying = (change: Partial<RetryPolicy> = {}): RetryPolicy => ({
  ...{ attempts: 3, backoffMs: 10_000, factor: 2, maxBackoffMs: 60_000, jitter: 0 },
  on: ['any'],
  ...change,
});

export const crashed = { code: 'claude.crashed', message: 'It crashed.' } as const;
export const interrupted = { code: 'claude.interrupted', message: 'It was interrupted.' } as const;

/** One orchestration on a bench, spoken of by the names of its instances. */
export type Play = {
  readonly id: OrchestrationId;
  readonly clock: ManualClock;
  bench(): EngineBench;
  engine(): Engine;
  view(name: string): Promise<InstanceView>;
  idOf(name: string): Promise<InstanceId>;
  /** `a:running b:pending`, in plan order. */
  states(): Promise<string>;
  /** `running`, `succeeded` … of the orchestration. */
  state(): Promise<string>;
  /** The names of those whose process runs, in the order of their starts. */
  running(): readonly string[];
  /** The last attempt of an instance in this engine. */
  at(name: string): ScriptedAttempt;
  attemptsOf(name: string): readonly ScriptedAttempt[];
  /** It begins its session and prints; gives it a session id of its own unless said. */
  say(name: string, progress?: Partial<AttemptProgress>, items?: readonly EventBody[]): Promise<void>;
  /** It ends well, with a result. */
  succeed(name: string, result?: string): Promise<void>;
  fail(name: string, failure?: AttemptEnd['failure'], more?: Partial<AttemptEnd>): Promise<void>;
  /** All that were interrupted end so. */
  obey(): Promise<void>;
  /** A prompt of Claude comes up. */
  ask(name: string, requestId: string, toolName?: string): Promise<PermissionQuestion>;
  events<T extends EventType>(type: T): readonly Extract<EventBody, { readonly type: T }>[];
  /** Ends this engine as `kill -9` would, and opens another one on what it left. */
  kill(world?: World): Promise<void>;
};

const by = { by: 'mia', planFile: null };

/** Starts a plan of these instances on a bench of its own. */
export const play = async (
  instances: readonly InstanceSpec[],
  plan: Partial<ResolvedPlan> = {},
  world: World = {},
): Promise<Play> => {
  const bench = await openBench(world);
  return playOn(bench, instances, plan, world);
};

/** Starts a plan of these instances on a bench that is there. */
export const playOn = async (
  first: EngineBench,
  instances: readonly InstanceSpec[],
  plan: Partial<ResolvedPlan> = {},
  world: World = {},
): Promise<Play> => {
  let bench = first;
  const { clock } = bench;
  const resolved = planOf(0, { instances, ...plan });
  const { orchestration } = await bench.engine.start({ plan: resolved, planText: 'name: x' }, by);
  const { id } = orchestration;
  await settled();
  const views = async () => (await bench.engine.detail(id)).instances;
  const view = async (name: string): Promise<InstanceView> => {
    const found = (await views()).find((one) => one.name === name);
    if (found === undefined) throw new Error(`no instance ${name}`);
    return found;
  };
  const attemptsOf = (name: string) =>
    bench.driver.attempts.filter(({ spec }) => spec.instance.name === name);
  const at = (name: string): ScriptedAttempt => {
    const found = attemptsOf(name).at(-1);
    if (found === undefined) throw new Error(`no attempt of ${name}`);
    return found;
  };
  return {
    ...{ id, clock, view, at, attemptsOf },
    bench: () => bench,
    engine: () => bench.engine,
    idOf: async (name) => (await view(name)).id,
    states: async () => (await views()).map(({ name, state }) => `${name}:${state}`).join(' '),
    state: async () => (await bench.engine.detail(id)).orchestration.state,
    running: () =>
      bench.driver.attempts.filter((one) => !one.hasEnded()).map(({ spec }) => spec.instance.name),
    say: async (name, progress = {}, items = []) => {
      const sessionId = `session of ${name} ${String(bench.driver.attempts.indexOf(at(name)))}`;
      await at(name).print(items, { sessionId, ...progress });
      await settled();
    },
    succeed: async (name, result = 'done') => {
      await at(name).print([], { result, results: 1, turns: 1, questions: [] });
      at(name).end();
      await settled();
    },
    fail: async (name, failure = crashed, more = {}) => {
      at(name).end({ exitCode: 1, ...more, failure });
      await settled();
    },
    obey: async () => {
      for (const one of bench.driver.attempts)
        if (one.signals.length > 0) one.end({ exitCode: 1, failure: interrupted });
      await settled();
    },
    ask: async (name, requestId, toolName = 'Bash') => {
      const question: PermissionQuestion = {
        ...{ requestId, toolName, toolUseId: null, description: null, input: { command: 'touch x' } },
        askedAt: instantOf(clock.now()),
      };
      const phase = { kind: 'waiting', reason: `${toolName} asks` } as const;
      const { questions } = await view(name);
      await at(name).print([{ kind: 'phase', at: instantOf(clock.now()), phase }], {
        questions: [...questions, question],
        sessionId: `session of ${name}`,
      });
      await settled();
      return question;
    },
    events: (type) =>
      bench.store.events.flatMap(({ orchestrationId, body }) =>
        orchestrationId === id && body.type === type ? [body as never] : [],
      ),
    kill: async (more = {}) => {
      bench.kill();
      const { store, processes, disk } = bench;
      bench = await openBench({ ...world, ...more, store, clock, processes, disk });
      await settled();
    },
  };
};
