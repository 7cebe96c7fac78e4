import { implement } from '@orpc/server';
import { contract } from '../../src/shared/contract/contract.ts';
import { compareOrchestrations } from '../../src/shared/domain/comparison.ts';
import { instantOf } from '../../src/shared/domain/ids.ts';
import { planJsonSchema } from '../../src/shared/domain/plan/plan-schema.ts';
import { letterOf } from '../../src/shared/domain/event.ts';
import { failureError, FailureError } from '../../src/shared/domain/failure.ts';
import {
  answer,
  inboxItems,
  pause,
  pauseAll,
  raiseBudget,
  resume,
  resumeAll,
  skip,
} from './fake-controls.ts';
import { fakeDatabaseStats } from './fake-database.ts';
import { fakeHistoryProgress, fakeHistoryStatus } from './fake-history.ts';
import { listSessions, searchEvents, usageOfWorld } from './fake-library.ts';
import { labelCounts, mark, markDeleted } from './fake-marks.ts';
import {
  addSchedule,
  change,
  checkText,
  detailOf,
  eventsOf,
  instanceOf,
  mergedUpdates,
  ownInstances,
  startSample,
  stop,
  type World,
} from './fake-world.ts';

/** The contract over a fake world. */
export const routerOf = (world: World) => {
  const os = implement(contract).use(async ({ next, path, errors }, input: unknown) => {
    const procedure = path.join('.');
    world.asked.push({ procedure, input });
    const planned = world.failures.get(procedure);
    if (planned?.isLasting === false) world.failures.delete(procedure);
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
    inbox: {
      list: os.inbox.list.handler(() => inboxItems(world)),
      follow: os.inbox.follow.handler(async function* ({ signal }) {
        const feed = world.overview.follow(signal);
        yield { kind: 'snapshot' as const, items: inboxItems(world) };
        for await (const _updates of feed) yield { kind: 'changed' as const, items: inboxItems(world) };
      }),
      answer: os.inbox.answer.handler(({ input }) => answer(world, input.itemId, input.answer)),
    },
    rules: {
      list: os.rules.list.handler(() => []),
      add: os.rules.add.handler(() => {
        throw failureError('rule.invalid', 'There are no rules in this world.');
      }),
      revoke: os.rules.revoke.handler(({ input }) => {
        throw failureError('rule.unknown', `There is no permission rule ${input.id}.`);
      }),
    },
    commands: {
      list: os.commands.list.handler(() => []),
      show: os.commands.show.handler(({ input }) => {
        throw failureError('command.unknown', `There is no slash command ${input.name}.`);
      }),
    },
    schedules: {
      list: os.schedules.list.handler(() => []),
      add: os.schedules.add.handler(({ input }) => addSchedule(input, world.now)),
      remove: os.schedules.remove.handler(({ input }) => {
        throw failureError('schedule.unknown', `There is no schedule ${input.id}.`);
      }),
    },
    budgets: {
      list: os.budgets.list.handler(() => []),
      raise: os.budgets.raise.handler(({ input }) => raiseBudget(world, input)),
      setStanding: os.budgets.setStanding.handler(({ input }) => {
        throw failureError('budget.unknown', `There is no budget of the ${input.period}.`);
      }),
    },
    database: {
      stats: os.database.stats.handler(() => fakeDatabaseStats),
      prune: os.database.prune.handler(({ input }) => ({ ...input, removed: [], bytes: 0, bytesOver: 0 })),
      vacuum: os.database.vacuum.handler(() => ({ before: 2_000_000, after: 1_000_000 })),
    },
    exports: {
      run: os.exports.run.handler(async function* ({ input }) {
        yield { kind: 'start' as const, fileName: `sample.${input.format}`, mediaType: 'text/plain' };
        yield { kind: 'text' as const, text: 'A sample of an export.\n' };
        yield { kind: 'end' as const, orchestrations: 1, events: 0, redacted: null, notes: [] };
      }),
      importArchive: os.exports.importArchive.handler(({ input }) => {
        throw failureError('archive.unreadable', `There is no file ${input.file} in this world.`);
      }),
    },
    history: {
      status: os.history.status.handler(() => fakeHistoryStatus),
      import: os.history.import.handler(async function* ({ input }) {
        yield { ...fakeHistoryProgress, folder: input.folder ?? fakeHistoryStatus.folder };
      }),
      follow: os.history.follow.handler(({ input }) => ({ ...fakeHistoryStatus, following: input.on })),
    },
    labels: { list: os.labels.list.handler(() => labelCounts(world)) },
    usage: { report: os.usage.report.handler(({ input }) => usageOfWorld(world, input)) },
    trust: {
      list: os.trust.list.handler(() => []),
      look: os.trust.look.handler(({ input }) => ({ ...input, isTrusted: true, record: null, runs: [] })),
      add: os.trust.add.handler(({ input }) => ({ ...input, isTrusted: true, record: null, runs: [] })),
      remove: os.trust.remove.handler(({ input }) => {
        throw failureError('trust.unknown', `${input.folder} is not among the trusted folders.`);
      }),
    },
    system: {
      info: os.system.info.handler(() => ({
        version: '0.1.0',
        dataDir: '/home/ada/.local/share/netra',
        platform: 'linux',
        host: 'web' as const,
        pid: 4711,
        claude: { path: '/usr/local/bin/claude', version: '2.1.330' },
        firstRun: world.firstRun,
        storeTrouble: world.storeTrouble,
      })),
      doctor: os.system.doctor.handler(() => world.doctor),
    },
    plans: {
      check: os.plans.check.handler(({ input }) => checkText(input)),
      dryRun: os.plans.dryRun.handler(() => {
        throw failureError('claude.not_found', 'There is no Claude Code in this world.');
      }),
      templates: os.plans.templates.handler(() => []),
      schema: os.plans.schema.handler(() => planJsonSchema()),
      read: os.plans.read.handler(({ input }) => ({
        file: input.file,
        text: 'name: sample\ninstances: []\n',
      })),
    },
    orchestrations: {
      pause: os.orchestrations.pause.handler(({ input }) => pauseAll(world, input.id)),
      mark: os.orchestrations.mark.handler(({ input: { id, ...marks } }) => mark(world, id, marks)),
      delete: os.orchestrations.delete.handler(({ input }) => ({
        deleted: markDeleted(world, input.ids, true),
      })),
      restore: os.orchestrations.restore.handler(({ input }) => ({
        restored: markDeleted(world, input.ids, false),
      })),
      compare: os.orchestrations.compare.handler(({ input }) =>
        compareOrchestrations(
          detailOf(world, input.left),
          detailOf(world, input.right),
          instantOf(world.now),
        ),
      ),
      resume: os.orchestrations.resume.handler(({ input }) => resumeAll(world, input.id)),
      scale: os.orchestrations.scale.handler(({ input }) => detailOf(world, input.id).orchestration),
      start: os.orchestrations.start.handler(() => startSample(world, 'sample')),
      startDemo: os.orchestrations.startDemo.handler(() => startSample(world, 'demo')),
      list: os.orchestrations.list.handler(({ input }) => listSessions(world, input)),
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
      pause: os.instances.pause.handler(({ input }) => pause(world, input.id)),
      resume: os.instances.resume.handler(({ input }) => resume(world, input.id)),
      skip: os.instances.skip.handler(({ input }) => skip(world, input.id)),
      send: os.instances.send.handler(({ input }) => instanceOf(world, input.id)),
      configure: os.instances.configure.handler(({ input }) => instanceOf(world, input.id)),
      edit: os.instances.edit.handler(({ input }) => instanceOf(world, input.id)),
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
    search: {
      events: os.search.events.handler(({ input }) => searchEvents(world, input)),
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
          storeTrouble: world.storeTrouble,
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
