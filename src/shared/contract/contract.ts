import { eventIterator, type } from '@orpc/contract';
import type { Failure } from '../domain/failure.ts';
import type { ContractRouterClient } from '@orpc/contract';
import { z } from 'zod';
import type { OrchestrationEvent, TextDelta } from '../domain/event.ts';
import { instanceIdSchema, orchestrationIdSchema, type Instant } from '../domain/ids.ts';
import type { InstanceView } from '../domain/instance.ts';
import { orchestrationStateSchema } from '../domain/orchestration-schema.ts';
import type { OrchestrationView } from '../domain/orchestration.ts';
import { base } from './base.ts';
import { budgetContract } from './budgets.ts';
import { instanceControls, orchestrationControls } from './control.ts';
import { exportsContract } from './exports.ts';
import { inboxContract, rulesContract } from './inbox.ts';
import { labelsContract, orchestrationMarks } from './marks.ts';
import { commandsContract } from './commands.ts';
import { databaseContract } from './database.ts';
import type { DoctorReport } from './doctor.ts';
import type { DryRun } from './dry-run.ts';
import type { PlanCheck } from './plan-check.ts';
import { historyContract } from './history.ts';
import { planInputSchema } from './plan-input.ts';
import { scheduleContract } from './schedules.ts';
import {
  orchestrationSortSchema,
  queryTextSchema,
  queryZoneSchema,
  searchContract,
  type QueryProblem,
} from './search.ts';
import type { PlanTemplate } from './templates.ts';
import { trustContract } from './trust.ts';
import { usageContract } from './usage.ts';

/**
 * What a client may ask of the engine: the same over a MessagePort (desktop), a WebSocket (browser, CLI) and in process
 * (CLI). Inputs are checked; outputs are the engine's own values, typed only, so that a stream of events costs nothing
 * more. Every expected failure is the error `FAILURE` with a `Failure` as its data.
 */

/** Why what happens cannot be stored at the moment (a full disk), and since when. Instances go on, and nothing is lost. */
export type StoreTrouble = Failure & { readonly since: Instant };

export type EngineInfo = {
  readonly version: string;
  readonly dataDir: string;
  readonly platform: string;
  /** `daemon` stays until it is ended; `background` ends when it has nothing more to do. */
  readonly host: 'desktop' | 'web' | 'cli' | 'daemon' | 'background';
  readonly pid: number;
  readonly claude: { readonly path: string; readonly version: string | null } | null;
  /** True when nothing was ever run in this data directory. */
  readonly firstRun: boolean;
  /** Null while what happens can be stored. */
  readonly storeTrouble: StoreTrouble | null;
};

export type OrchestrationDetail = {
  readonly orchestration: OrchestrationView;
  /** In plan order. */
  readonly instances: readonly InstanceView[];
  readonly planText: string;
};

export type OrchestrationList = {
  readonly items: readonly OrchestrationView[];
  readonly nextCursor: string | null;
  /** How many match in all. */
  readonly total: number;
  /** What of `search` was not understood, and so was left out. */
  readonly problems: readonly QueryProblem[];
};

/** First a `snapshot` of all that runs or ended within the last hour, then, at most one a frame, what changed since. */
export type OverviewUpdate = {
  readonly kind: 'snapshot' | 'changed';
  readonly orchestrations: readonly OrchestrationView[];
  readonly instances: readonly InstanceView[];
  /** Null while what happens can be stored. In a snapshot, and where it changed. */
  readonly storeTrouble?: StoreTrouble | null;
};

/**
 * What happened in an orchestration. `deltas` came before the `events` of their batch. `events` follow each other by `seq` without a gap (of one instance: by `n`).
 * `reset` says that the client fell behind: it asks again from the last seq that it has. `caughtUp` is true on the batch
 * that ends the replay of what was stored, and ever after.
 */
export type StreamBatch =
  | {
      readonly kind: 'batch';
      readonly events: readonly OrchestrationEvent[];
      readonly deltas: readonly TextDelta[];
      readonly orchestration: OrchestrationView | null;
      readonly instances: readonly InstanceView[];
      readonly caughtUp: boolean;
    }
  | { readonly kind: 'reset' };

/** The raw line behind an event. */
export type RawLine = { readonly text: string; readonly bytes: number; readonly cut: boolean };

const byOrchestration = z.object({ id: orchestrationIdSchema });
const byInstance = z.object({ id: instanceIdSchema });

export const contract = {
  inbox: inboxContract,
  rules: rulesContract,
  commands: commandsContract,
  schedules: scheduleContract,
  search: searchContract,
  trust: trustContract,
  history: historyContract,
  budgets: budgetContract,
  labels: labelsContract,
  usage: usageContract,
  exports: exportsContract,
  database: databaseContract,
  system: {
    info: base.output(type<EngineInfo>()),
    doctor: base.output(type<DoctorReport>()),
  },
  plans: {
    /** Checks a plan without running it. */
    check: base.input(planInputSchema).output(type<PlanCheck>()),
    /** What it would run, and when, found out without starting anything. Fails as `orchestrations.start` does. */
    dryRun: base.input(planInputSchema).output(type<DryRun>()),
    /** Plans that can be run by name: of the workspace, the person and the program; the nearest of each name. */
    templates: base
      .input(z.object({ workspace: z.string().min(1).max(4096) }))
      .output(type<readonly PlanTemplate[]>()),
    /** The JSON Schema of plans, for editors. */
    schema: base.output(type<Readonly<Record<string, unknown>>>()),
    /** Reads a plan file of this machine. */
    read: base
      .input(z.object({ file: z.string() }))
      .output(type<{ readonly file: string; readonly text: string }>()),
  },
  orchestrations: {
    /** Runs a plan at once. One with a schedule only with `now`: it fails with `plan.scheduled` (see `schedules.add`). */
    start: base
      .input(planInputSchema.extend({ now: z.boolean().optional() }))
      .output(type<OrchestrationDetail>()),
    /** Runs the sample plan on the built-in API: the real Claude CLI, no account. */
    startDemo: base.output(type<OrchestrationDetail>()),
    list: base
      .input(
        z.object({
          /** In the language of queries: words of the name, plan, instances, labels, note or text; filters. */
          search: queryTextSchema.optional(),
          timeZone: queryZoneSchema,
          states: z.array(orchestrationStateSchema).optional(),
          /** The newest first if left out. */
          sort: orchestrationSortSchema.optional(),
          cursor: z.string().max(1000).optional(),
          limit: z.int().min(1).max(200),
        }),
      )
      .output(type<OrchestrationList>()),
    get: base.input(byOrchestration).output(type<OrchestrationDetail>()),
    /** Stops what runs and what waits. `force` kills at once. */
    stop: base.input(byOrchestration.extend({ force: z.boolean() })).output(type<OrchestrationView>()),
    ...orchestrationControls,
    ...orchestrationMarks,
    stopAll: base.input(z.object({ force: z.boolean() })).output(type<readonly OrchestrationView[]>()),
  },
  instances: {
    ...instanceControls,
    get: base.input(byInstance).output(type<InstanceView>()),
    stop: base.input(byInstance.extend({ force: z.boolean() })).output(type<InstanceView>()),
    /** Runs it again from the start, in a new attempt; stops it first if it runs. */
    restart: base.input(byInstance).output(type<InstanceView>()),
    /** Answers a permission prompt. A second answer to the same prompt fails with `permission.answered`. */
    answer: base
      .input(
        byInstance.extend({
          requestId: z.string(),
          decision: z.enum(['allow', 'deny']),
          message: z.string().max(10_000).nullable(),
        }),
      )
      .output(type<InstanceView>()),
  },
  events: {
    /** One letter per event of the instance, by `n` (`typeOfLetter`). */
    index: base.input(byInstance).output(type<{ readonly letters: string }>()),
    page: base
      .input(byInstance.extend({ from: z.int().nonnegative(), limit: z.int().min(1).max(1000) }))
      .output(type<{ readonly events: readonly OrchestrationEvent[] }>()),
    after: base
      .input(byOrchestration.extend({ afterSeq: z.int().nonnegative(), limit: z.int().min(1).max(1000) }))
      .output(type<{ readonly events: readonly OrchestrationEvent[] }>()),
    raw: base.input(byInstance.extend({ n: z.int().nonnegative() })).output(type<RawLine>()),
  },
  live: {
    overview: base.output(eventIterator(type<OverviewUpdate>())),
    /**
     * Follows an orchestration, or with `instanceId` one of its instances, from after a seq. Ends when the orchestration
     * has ended and all of it was given.
     */
    stream: base
      .input(
        byOrchestration.extend({ instanceId: instanceIdSchema.nullable(), afterSeq: z.int().nonnegative() }),
      )
      .output(eventIterator(type<StreamBatch>())),
  },
};

/** A client of the contract, whatever the transport. */
export type EngineClient = ContractRouterClient<typeof contract>;
