import type { Router } from '@orpc/server';
import type { contract, EngineInfo } from '../../shared/contract/contract.ts';
import type { DoctorReport } from '../../shared/contract/doctor.ts';
import type { DryRun } from '../../shared/contract/dry-run.ts';
import type { PlanTemplate } from '../../shared/contract/templates.ts';
import { failureError } from '../../shared/domain/failure.ts';
import { planJsonSchema } from '../../shared/domain/plan/plan-schema.ts';
import type { Detail, Engine } from '../engine/engine.ts';
import { base, type Caller } from './base.ts';
import { budgetRoutes } from './budget-routes.ts';
import { commandsRoutes, type SlashCommandSource } from './commands-routes.ts';
import { databaseRoutes, type DatabaseSource } from './database-routes.ts';
import { exportRoutes, type ExportSource } from './export-routes.ts';
import { inboxRoutes, rulesRoutes } from './inbox-routes.ts';
import { instanceControlRoutes, orchestrationControlRoutes } from './control-routes.ts';
import { historyRoutes, type HistorySource } from './history-routes.ts';
import { labelRoutes, orchestrationMarkRoutes, usageRoutes } from './marks-routes.ts';
import { checkPlan, readPlan, readPlanFile, type PlanInput } from './plans.ts';
import { scheduleRoutes, type ScheduleSource } from './schedule-routes.ts';
import { trustRoutes, type TrustSource } from './trust-routes.ts';

/** What the contract needs beside the engine; hosts bring it. */
export type Services = {
  readonly engine: Engine;
  readonly schedules: ScheduleSource;
  readonly folders: TrustSource['folders'];
  readonly exports: ExportSource;
  readonly database: DatabaseSource;
  readonly info: () => Promise<EngineInfo>;
  readonly doctor: () => Promise<DoctorReport>;
  readonly commands: SlashCommandSource;
  readonly history: HistorySource;
  readonly dryRun: (input: PlanInput) => Promise<DryRun>;
  readonly templates: (workspace: string) => Promise<readonly PlanTemplate[]>;
  /** Lays out the demo and answers with its plan. */
  readonly prepareDemo: () => Promise<{ readonly planText: string }>;
};

const systemRoutes = ({ info, doctor }: Services) => ({
  info: base.system.info.handler(() => info()),
  doctor: base.system.doctor.handler(() => doctor()),
});

const planRoutes = ({ dryRun, templates }: Services) => ({
  check: base.plans.check.handler(({ input }) => checkPlan(input)),
  schema: base.plans.schema.handler(() => planJsonSchema()),
  read: base.plans.read.handler(({ input }) => readPlanFile(input.file)),
  dryRun: base.plans.dryRun.handler(({ input }) => dryRun(input)),
  templates: base.plans.templates.handler(({ input }) => templates(input.workspace)),
});

const hasSchedule = (name: string) =>
  failureError(
    'plan.scheduled',
    `The plan "${name}" has a schedule. Add it to the schedules, or run it now.`,
  );

const orchestrationRoutes = ({ engine, prepareDemo }: Services) => ({
  ...orchestrationControlRoutes(engine.controls),
  ...orchestrationMarkRoutes(engine),
  start: base.orchestrations.start.handler(({ input, context }): Promise<Detail> => {
    const source = { plan: readPlan(input), planText: input.text };
    if (source.plan.schedule !== undefined && input.now !== true) throw hasSchedule(source.plan.name);
    return engine.start(source, { by: context.by, planFile: input.file });
  }),
  startDemo: base.orchestrations.startDemo.handler(async ({ context }) => {
    const { planText } = await prepareDemo();
    const source = { plan: readPlan({ text: planText, file: null, baseDir: null }), planText };
    return engine.start(source, { by: context.by, planFile: null, isDemo: true });
  }),
  list: base.orchestrations.list.handler(({ input }) => engine.list(input)),
  get: base.orchestrations.get.handler(({ input }) => engine.detail(input.id)),
  stop: base.orchestrations.stop.handler(({ input, context }) =>
    engine.stop(input.id, context.by, input.force),
  ),
  stopAll: base.orchestrations.stopAll.handler(({ input, context }) =>
    engine.stopAll(context.by, input.force),
  ),
});

const instanceRoutes = ({ engine }: Services) => ({
  ...instanceControlRoutes(engine.controls),
  get: base.instances.get.handler(({ input }) => engine.instance(input.id)),
  stop: base.instances.stop.handler(({ input, context }) =>
    engine.stopInstance(input.id, context.by, input.force),
  ),
  restart: base.instances.restart.handler(({ input, context }) =>
    engine.restartInstance(input.id, context.by),
  ),
  answer: base.instances.answer.handler(({ input, context }) => {
    const { id, requestId, decision, message } = input;
    const answer =
      decision === 'allow'
        ? ({ decision, message: null } as const)
        : ({ decision, message: message ?? 'Denied by the operator.' } as const);
    return engine.answer(id, requestId, answer, context);
  }),
});

const eventRoutes = ({ engine }: Services) => ({
  index: base.events.index.handler(async ({ input }) => ({ letters: await engine.eventIndex(input.id) })),
  page: base.events.page.handler(async ({ input }) => ({
    events: await engine.instanceEvents(input.id, input.from, input.limit),
  })),
  after: base.events.after.handler(async ({ input }) => ({
    events: await engine.eventsAfter(input.id, input.afterSeq, input.limit),
  })),
  raw: base.events.raw.handler(({ input }) => engine.rawLine(input.id, input.n)),
});

const searchRoutes = ({ engine }: Services) => ({
  events: base.search.events.handler(({ input }) => engine.search(input)),
});

const liveRoutes = ({ engine }: Services) => ({
  overview: base.live.overview.handler(({ signal }) => engine.overview(signal)),
  stream: base.live.stream.handler(({ input, signal }) => {
    const { id, instanceId, afterSeq } = input;
    return engine.stream({ orchestrationId: id, instanceId, afterSeq }, signal);
  }),
});

export type EngineRouter = Router<typeof contract, Caller>;

/** The contract over an engine, for any transport. The caller is given per connection, as the oRPC context. */
export const createRouter = (services: Services): EngineRouter =>
  base.router({
    inbox: inboxRoutes(services.engine.inbox),
    rules: rulesRoutes(services.engine.rules),
    commands: commandsRoutes(services.commands),
    schedules: scheduleRoutes(services.schedules),
    budgets: budgetRoutes(services.engine.budgets),
    database: databaseRoutes(services.database),
    labels: labelRoutes(services.engine),
    usage: usageRoutes(services.engine),
    exports: exportRoutes(services.exports),
    history: historyRoutes(services.history),
    trust: trustRoutes({ trust: services.engine.trust, folders: services.folders }),
    system: systemRoutes(services),
    plans: planRoutes(services),
    orchestrations: orchestrationRoutes(services),
    instances: instanceRoutes(services),
    events: eventRoutes(services),
    live: liveRoutes(services),
    search: searchRoutes(services),
  });
