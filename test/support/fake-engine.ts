import { implement } from '@orpc/server';
import { contract, type OverviewUpdate, type StreamBatch } from '../../src/shared/contract/contract.ts';
import type { DoctorReport } from '../../src/shared/contract/doctor.ts';
import type { PlanCheck } from '../../src/shared/contract/plan-check.ts';
import {
  letterOf,
  type EventBody,
  type OrchestrationEvent,
  type TextDelta,
} from '../../src/shared/domain/event.ts';
import { failureError, FailureError } from '../../src/shared/domain/failure.ts';
import { instantOf, type InstanceId, type OrchestrationId } from '../../src/shared/domain/ids.ts';
import { isFinal, type InstanceView } from '../../src/shared/domain/instance.ts';
import { totalsOf, type OrchestrationView } from '../../src/shared/domain/orchestration.ts';
import { fakeEvent, fakeInstance, fakeOrchestration, orchestrationId, usageOf } from './fake-data.ts';
import { createFeed } from './fake-feed.ts';
import type { Scenario } from './fake-scenarios.ts';

export type FakeEngine = {
  readonly router: ReturnType<typeof routerOf>;
  readonly instance: (id: InstanceId) => InstanceView;
  readonly instances: () => readonly InstanceView[];
  /** Changes an instance and tells everybody. */
  readonly change: (id: InstanceId, change: Partial<InstanceView>) => InstanceView;
  /** Adds events to an instance, and pieces of text, and tells everybody. */
  readonly happen: (id: InstanceId, bodies: readonly EventBody[], deltas?: readonly TextDelta[]) => void;
  /** Lets the next request of this procedure (`orchestrations.list`) fail with a failure of this code. */
  readonly failNext: (procedure: string, code: string, message: string) => void;
  /** What clients asked for, as procedure names with inputs. */
  readonly asked: { readonly procedure: string; readonly input: unknown }[];
  readonly doctor: (report: DoctorReport) => void;
};

const healthy: DoctorReport = {
  failure: null,
  claude: {
    path: '/usr/local/bin/claude',
    version: '2.1.330',
    features: { 'stream-json': true },
    signedIn: true,
    signInMethod: 'claude.ai',
  },
  checks: [
    { id: 'claude', title: 'Claude Code', status: 'ok', detail: 'Found at /usr/local/bin/claude', fix: null },
    { id: 'claude_version', title: 'Version', status: 'ok', detail: '2.1.330', fix: null },
    {
      id: 'sign_in',
      title: 'Signed in',
      status: 'failed',
      detail: 'Claude Code is not signed in.',
      fix: 'Run `claude` in a terminal and type /login.',
    },
    {
      id: 'data_dir',
      title: 'Data directory',
      status: 'ok',
      detail: '/home/ada/.local/share/netra, 41 GB free',
      fix: null,
    },
    {
      id: 'git',
      title: 'Git',
      status: 'warning',
      detail: 'Git was not found.',
      fix: 'Install it from git-scm.com to let Claude see changes.',
    },
  ],
};

const okCheck: PlanCheck = {
  problems: [],
  warnings: [],
  summary: {
    name: 'sample',
    concurrency: 5,
    instances: [
      {
        name: 'docs',
        model: null,
        mode: 'live',
        workspace: '/home/ada/src/shop',
        prompt: 'Bring the docs up to date.',
      },
    ],
  },
};

type World = {
  readonly orchestrations: Map<OrchestrationId, OrchestrationView>;
  readonly instances: Map<InstanceId, InstanceView>;
  readonly extra: Map<InstanceId, { readonly base: number; readonly events: OrchestrationEvent[] }>;
  readonly overview: ReturnType<typeof createFeed<OverviewUpdate>>;
  readonly streams: ReturnType<
    typeof createFeed<{ readonly instance: InstanceId; readonly batch: StreamBatch }>
  >;
  readonly failures: Map<string, { readonly code: string; readonly message: string }>;
  readonly asked: { readonly procedure: string; readonly input: unknown }[];
  readonly now: number;
  readonly firstRun: boolean;
  doctor: DoctorReport;
};

const notFound = (what: string): FailureError =>
  failureError(`${what}.not_found`, `There is no such ${what}.`);

const instanceOf = (world: World, id: InstanceId): InstanceView => {
  const found = world.instances.get(id);
  if (found === undefined) throw notFound('instance');
  return found;
};

const ownInstances = (world: World, id: OrchestrationId): readonly InstanceView[] =>
  [...world.instances.values()].filter((one) => one.orchestrationId === id);

const detailOf = (world: World, id: OrchestrationId) => {
  const orchestration = world.orchestrations.get(id);
  if (orchestration === undefined) throw notFound('orchestration');
  return { orchestration, instances: ownInstances(world, id), planText: planText(orchestration) };
};

const planText = ({ name }: OrchestrationView): string =>
  `name: ${name}\nworkspace: ~/src/shop\nconcurrency: 5\ninstances:\n  - name: security-review\n    prompt: Review the dependencies.\n`;

const eventsOf = (
  world: World,
  instance: InstanceView,
  from: number,
  limit: number,
): readonly OrchestrationEvent[] => {
  const extra = world.extra.get(instance.id) ?? { base: instance.eventCount, events: [] };
  const count = extra.base + extra.events.length;
  return Array.from({ length: Math.max(0, Math.min(limit, count - from)) }, (_, at) => {
    const n = from + at;
    return n < extra.base
      ? fakeEvent(instance, n, world.now)
      : (extra.events[n - extra.base] ?? fakeEvent(instance, n, world.now));
  });
};

const change = (world: World, id: InstanceId, changed: Partial<InstanceView>): InstanceView => {
  const next = { ...instanceOf(world, id), ...changed };
  world.instances.set(id, next);
  const old = world.orchestrations.get(next.orchestrationId);
  if (old === undefined) return next;
  const own = ownInstances(world, old.id);
  const running = own.some((one) => !isFinal(one.state));
  const ended = running
    ? ({ state: 'running', endedAt: null } as const)
    : ({
        state: own.some((one) => one.state === 'failed') ? 'failed' : 'succeeded',
        endedAt: old.endedAt ?? instantOf(Date.now()),
      } as const);
  const orchestration = { ...old, ...totalsOf(own), ...ended };
  world.orchestrations.set(old.id, orchestration);
  world.overview.push({ kind: 'changed', orchestrations: [orchestration], instances: [next] });
  return next;
};

const happen = (
  world: World,
  id: InstanceId,
  bodies: readonly EventBody[],
  deltas: readonly TextDelta[] = [],
): void => {
  const instance = instanceOf(world, id);
  const extra = world.extra.get(id) ?? { base: instance.eventCount, events: [] };
  world.extra.set(id, extra);
  const events = bodies.map((body, at) =>
    fakeEvent(instance, extra.base + extra.events.length + at, world.now, body),
  );
  extra.events.push(...events);
  const changed =
    events.length === 0 ? instance : change(world, id, { eventCount: extra.base + extra.events.length });
  world.streams.push({
    instance: id,
    batch: { kind: 'batch', events, deltas, orchestration: null, instances: [changed], caughtUp: true },
  });
};

const stop = (world: World, id: InstanceId): InstanceView => {
  const one = instanceOf(world, id);
  if (isFinal(one.state)) return one;
  return change(world, id, {
    state: 'stopped',
    endedAt: instantOf(Date.now()),
    pid: null,
    questions: [],
    activity: null,
  });
};

const startSample = (world: World, name: string) => {
  const number = 5000 + world.orchestrations.size;
  const own = ['read', 'edit', 'subagent', 'limit', 'fail'].map((one, at) =>
    fakeInstance(
      {
        number: number * 10 + at,
        name: one,
        state: 'running',
        orchestrationId: orchestrationId(number),
        position: at,
        usage: usageOf(0),
      },
      Date.now(),
    ),
  );
  for (const one of own) world.instances.set(one.id, one);
  const orchestration = {
    ...fakeOrchestration(number, name, 'running', own, Date.now()),
    startedAt: instantOf(Date.now()),
  };
  world.orchestrations.set(orchestration.id, orchestration);
  world.overview.push({ kind: 'changed', orchestrations: [orchestration], instances: own });
  return detailOf(world, orchestration.id);
};

const routerOf = (world: World) => {
  const os = implement(contract).use(async ({ next, path, errors }, input: unknown) => {
    const procedure = path.join('.');
    world.asked.push({ procedure, input });
    const planned = world.failures.get(procedure);
    world.failures.delete(procedure);
    try {
      if (planned !== undefined) throw failureError(planned.code, planned.message);
      return await next();
    } catch (error) {
      if (error instanceof FailureError)
        throw errors.FAILURE({ data: { ...error.failure }, message: error.message });
      throw error;
    }
  });
  return os.router({
    system: {
      info: os.system.info.handler(() => ({
        version: '0.1.0',
        dataDir: '/home/ada/.local/share/netra',
        platform: 'linux',
        host: 'web' as const,
        pid: 4711,
        claude: { path: '/usr/local/bin/claude', version: '2.1.330' },
        firstRun: world.firstRun,
      })),
      doctor: os.system.doctor.handler(() => world.doctor),
    },
    plans: {
      check: os.plans.check.handler(({ input }) => checkText(input.text)),
      schema: os.plans.schema.handler(() => ({
        type: 'object',
        properties: {
          name: { type: 'string', description: 'What the run is called.' },
          instances: { type: 'array' },
        },
      })),
      read: os.plans.read.handler(({ input }) => ({
        file: input.file,
        text: 'name: sample\ninstances: []\n',
      })),
    },
    orchestrations: {
      start: os.orchestrations.start.handler(() => startSample(world, 'sample')),
      startDemo: os.orchestrations.startDemo.handler(() => startSample(world, 'demo')),
      list: os.orchestrations.list.handler(({ input }) => {
        const search = input.search?.toLowerCase() ?? '';
        const fitting = [...world.orchestrations.values()]
          .filter(
            (one) => one.name.toLowerCase().includes(search) && (input.states?.includes(one.state) ?? true),
          )
          .sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
        const from = Number(input.cursor ?? 0);
        const end = from + input.limit;
        return {
          items: fitting.slice(from, end),
          total: fitting.length,
          nextCursor: end < fitting.length ? String(end) : null,
        };
      }),
      get: os.orchestrations.get.handler(({ input }) => detailOf(world, input.id)),
      stop: os.orchestrations.stop.handler(({ input }) => {
        for (const one of ownInstances(world, input.id)) stop(world, one.id);
        return detailOf(world, input.id).orchestration;
      }),
      stopAll: os.orchestrations.stopAll.handler(() => {
        for (const one of world.instances.values()) stop(world, one.id);
        return [...world.orchestrations.values()];
      }),
    },
    instances: {
      get: os.instances.get.handler(({ input }) => instanceOf(world, input.id)),
      stop: os.instances.stop.handler(({ input }) => stop(world, input.id)),
      restart: os.instances.restart.handler(({ input }) =>
        change(world, input.id, {
          state: 'running',
          endedAt: null,
          failure: null,
          result: null,
          attempts: instanceOf(world, input.id).attempts + 1,
        }),
      ),
      answer: os.instances.answer.handler(({ input }) => {
        const one = instanceOf(world, input.id);
        if (!one.questions.some((question) => question.requestId === input.requestId)) {
          throw failureError('permission.answered', 'Somebody has answered this already.');
        }
        return change(world, input.id, { state: 'running', questions: [] });
      }),
    },
    events: {
      index: os.events.index.handler(({ input }) => ({
        letters: eventsOf(world, instanceOf(world, input.id), 0, Infinity)
          .map((event) => letterOf(event.body.type))
          .join(''),
      })),
      page: os.events.page.handler(({ input }) => ({
        events: eventsOf(world, instanceOf(world, input.id), input.from, input.limit),
      })),
      after: os.events.after.handler(({ input }) => ({
        events: ownInstances(world, input.id)
          .flatMap((one) => eventsOf(world, one, input.afterSeq, input.limit))
          .slice(0, input.limit),
      })),
      raw: os.events.raw.handler(({ input }) => {
        const [event] = eventsOf(world, instanceOf(world, input.id), input.n, 1);
        const text = JSON.stringify(event?.body ?? null);
        return { text, bytes: text.length, cut: false };
      }),
    },
    live: {
      overview: os.live.overview.handler(async function* ({ signal }) {
        const feed = world.overview.follow(signal);
        const recent = [...world.orchestrations.values()].filter(
          (one) => one.endedAt === null || Date.parse(one.endedAt) > Date.now() - 3_600_000,
        );
        yield {
          kind: 'snapshot' as const,
          orchestrations: recent,
          instances: recent.flatMap((one) => ownInstances(world, one.id)),
        };
        for await (const updates of feed) yield mergedUpdates(updates);
      }),
      stream: os.live.stream.handler(async function* ({ input, signal }) {
        const feed = world.streams.follow(signal);
        const id = input.instanceId;
        const events = id === null ? [] : eventsOf(world, instanceOf(world, id), input.afterSeq, Infinity);
        yield {
          kind: 'batch' as const,
          events,
          deltas: [],
          orchestration: detailOf(world, input.id).orchestration,
          instances: [],
          caughtUp: true,
        };
        if (detailOf(world, input.id).orchestration.state !== 'running') return;
        for await (const told of feed)
          for (const { instance, batch } of told) if (instance === id) yield batch;
      }),
    },
  });
};

/** A plan with the word `problem` in it has one, at that word. */
const checkText = (text: string): PlanCheck => {
  const lines = text.split('\n');
  const line = lines.findIndex((one) => one.includes('problem'));
  if (line === -1) return okCheck;
  const column = (lines[line] ?? '').indexOf('problem') + 1;
  const problem = {
    code: 'plan.unknown_key',
    message: 'problem is not a key of a plan.',
    line: line + 1,
    column,
    path: ['problem'],
    field: 'problem',
    expected: 'a known key',
    suggestion: 'prompt',
  };
  return { problems: [problem], warnings: [], summary: null };
};

const mergedUpdates = (updates: readonly OverviewUpdate[]): OverviewUpdate => ({
  kind: 'changed',
  orchestrations: [
    ...new Map(updates.flatMap((one) => one.orchestrations).map((one) => [one.id, one])).values(),
  ],
  instances: [...new Map(updates.flatMap((one) => one.instances).map((one) => [one.id, one])).values()],
});

/** An engine that runs nothing: it holds what a test puts into it, and tells clients of each change. */
export const createFakeEngine = (scenario: Scenario, now = Date.now()): FakeEngine => {
  const world: World = {
    orchestrations: new Map(scenario.orchestrations.map((one) => [one.id, one])),
    instances: new Map(scenario.instances.map((one) => [one.id, one])),
    extra: new Map(),
    overview: createFeed<OverviewUpdate>(),
    streams: createFeed<{ readonly instance: InstanceId; readonly batch: StreamBatch }>(),
    failures: new Map(),
    asked: [],
    now,
    firstRun: scenario.firstRun,
    doctor: healthy,
  };
  return {
    router: routerOf(world),
    instance: (id) => instanceOf(world, id),
    instances: () => [...world.instances.values()],
    change: (id, changed) => change(world, id, changed),
    happen: (id, bodies, deltas) => {
      happen(world, id, bodies, deltas);
    },
    failNext: (procedure, code, message) => world.failures.set(procedure, { code, message }),
    asked: world.asked,
    doctor: (report) => {
      world.doctor = report;
    },
  };
};
