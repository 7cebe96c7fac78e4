import { FailureError } from '../../shared/domain/failure.ts';
import type { Hold } from '../../shared/domain/hold.ts';
import { isFinal } from '../../shared/domain/instance.ts';
import type { PathRules } from '../../shared/domain/permission/trust.ts';
import type { BudgetLedger } from './budget/budget-ledger.ts';
import { createDataFlow, type DataFlowContext } from './instance/data-flow.ts';
import { createFleetGate, type FleetGate, type MachineLimits } from './fleet-gate.ts';
import { resumeInstance } from './instance/instance-controls.ts';
import type { InstanceRun } from './instance/instance-run.ts';
import type { Journal } from './journal.ts';
import { openBudgetLedger, type BudgetLedgerOptions } from './budget/open-budget-ledger.ts';
import type { OrchestrationContext } from './orchestration/orchestration-context.ts';
import type { AttemptDriver, AttemptItem, Chance, Clock, IdSource, Log } from './ports.ts';
import type { RecordChange, Store } from './store-ports.ts';
import type { Publications } from './streams/publications.ts';
import { openPermissionRules, type PermissionRules } from './asking/permission-rules.ts';
import { createQuestionDesk, type QuestionDesk } from './asking/question-desk.ts';
import { createRunningTimers, type RunningTimers } from './running-timers.ts';
import { Runs } from './orchestration/runs.ts';
import { openTrust, type Trust, type TrustOptions } from './asking/trust.ts';
import { defaultStopTimes, type StopTimes } from './instance/stop-ladder.ts';
import type { Machine } from './workspace-ports.ts';

export type FleetOptions = Omit<DataFlowContext, 'isTrusted'> & {
  readonly store: Store;
  readonly driver: AttemptDriver;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly ids: IdSource;
  readonly log: Log;
  readonly machine: Machine;
  readonly limits: MachineLimits;
  /** Limits of every day and month. */
  readonly standingBudgets: BudgetLedgerOptions['standing'];
  /** The time zone (IANA) whose days and months budgets count. */
  readonly timeZone: string;
  /** `always`: every folder is worked in without asking. */
  readonly trustMode: TrustOptions['mode'];
  /** Folders of our own making, which need no trust; real paths. */
  readonly ours: readonly string[];
  readonly pathRules: PathRules;
  /**
   * `work` takes over what an earlier engine left and starts what waits. `stop` takes it over too, so that it can be
   * stopped, and starts nothing. `settle` only reads what has ended since, for a short command: it starts nothing and
   * leaves what is alive alone.
   */
  readonly purpose: 'work' | 'stop' | 'settle';
  readonly stopTimes?: StopTimes;
  readonly journal: Journal;
  readonly publications: Publications;
};

/** All that runs, and what holds over all of it: slots of the machine, budgets, the state of the API, questions. */
export type Fleet = {
  readonly runs: Runs;
  readonly ledger: BudgetLedger;
  readonly desk: QuestionDesk;
  readonly trust: Trust;
  readonly rules: PermissionRules;
  close(): void;
};

/** Tells the gate how the API serves an instance. */
const noteProgress = (gate: FleetGate, { view }: InstanceRun, items: readonly AttemptItem[]): void => {
  for (const item of items) {
    if (item.kind === 'event') {
      if (item.body.type === 'message.text' || item.body.type === 'tool.called') gate.onWorking(view.id);
    } else if (item.phase.kind === 'limited' && item.phase.cause === 'overloaded') gate.onOverloaded(view.id);
  }
};

/** What all orchestrations share, beside themselves. */
type Shared = Omit<Fleet, 'runs' | 'close'> & { readonly gate: FleetGate; readonly timers: RunningTimers };

const openShared = async (options: FleetOptions): Promise<Shared> => {
  const { store, clock, chance, log, machine, limits, journal, timeZone, ids } = options;
  const append: Journal['append'] = (change) => journal.append(change);
  const keep = (records: readonly RecordChange[]): Promise<void> => journal.append({ records });
  const [ledger, trust, rules] = await Promise.all([
    openBudgetLedger({ store, clock, append, timeZone, standing: options.standingBudgets }),
    openTrust({ ...options, mode: options.trustMode, rules: options.pathRules, append }),
    openPermissionRules({ store, clock, log, newId: () => ids.orchestrationId(), keep }),
  ]);
  const desk = createQuestionDesk({
    ...{ clock, log, isTrusted: (folder: string) => trust.isTrusted(folder) },
    rulesFor: (workspace) => rules.forWorkspace(workspace),
  });
  const gate = createFleetGate({ clock, chance, machine, limits });
  return { ledger, trust, rules, desk, gate, timers: createRunningTimers(clock) };
};

/** What an orchestration sees of what is shared. */
const contextFor = (options: FleetOptions, shared: Shared, runs: () => Runs): OrchestrationContext => {
  const { publications, purpose, journal, keeper, stopTimes = defaultStopTimes } = options;
  const { trust, gate, desk } = shared;
  return {
    ...options,
    ...shared,
    stopTimes,
    append: (change) => journal.append(change),
    startsWork: purpose === 'work',
    followsWork: purpose !== 'settle',
    show: (orchestration, instance, deltas) => {
      publications.publish({ events: [], deltas, orchestrations: [orchestration], instances: [instance] });
    },
    dataFlow: (source) =>
      createDataFlow({ ...options, isTrusted: (folder) => trust.isTrusted(folder) }, source),
    watch: (dependency, dependent, tell) => {
      runs().watch({ dependency, dependent: dependent.id, tell });
    },
    tidy: ({ id }, outcome) => keeper.finish(id, outcome),
    onProgress: (run, items) => {
      noteProgress(gate, run, items);
      desk.look(run);
    },
    onFailure: (run, { code }, resetsAt) => {
      if (code === 'claude.overloaded') gate.onOverloaded(run.view.id);
      if (code === 'claude.usage_limit' && resetsAt !== null) gate.onUsageLimit(Date.parse(resetsAt));
    },
    onExceeded: (hold) => {
      for (const run of runs().all()) void run.controls.holdFor(hold);
    },
    onStateChange: () => {
      runs().changed();
    },
  };
};

/** What was held by something goes on when that lets go of it. */
const letGo = (runs: Runs, by: string, isFree: (hold: Hold) => boolean): void => {
  for (const run of runs.instances()) {
    const { state, course } = run.view;
    // Also of one that is still being interrupted; a stop is not taken back.
    const hold = course.ending?.kind === 'hold' ? course.ending.hold : course.hold;
    if (hold !== null && !isFinal(state) && isFree(hold)) void resumeInstance(run, by);
  }
};

/** Looks again at what waits whenever something lets go of it; the answer ends that. */
const watchShared = (
  { gate, ledger, trust, rules, timers, desk }: Shared,
  runs: Runs,
  log: Log,
): (() => void) => {
  const lookAgain = (): void => {
    for (const run of runs.all()) run.schedule();
  };
  const ends = [
    gate.subscribe(lookAgain),
    ledger.subscribe(() => {
      letGo(runs, 'budget', (hold) => hold.kind === 'budget' && ledger.isFree(hold.account));
      lookAgain();
    }),
    trust.subscribe(() => {
      letGo(runs, 'trust', (hold) => hold.kind === 'trust' && trust.isTrusted(hold.folder));
    }),
    rules.subscribe(() => {
      for (const run of runs.instances()) if (run.view.questions.length > 0) desk.look(run);
    }),
    timers.onJump(({ kind, ms }) => {
      log.warn('The clock jumped', { kind, ms });
      for (const run of runs.all()) run.lookAtTime();
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
};

/** While nothing can be stored nobody is kept waiting. @throws FailureError the journal's trouble */
const flushedNow = async (journal: Journal): Promise<void> => {
  const trouble = journal.trouble();
  if (trouble !== null) throw new FailureError(trouble);
  await journal.flushed();
};

/** Opens what all orchestrations share. */
export const openFleet = async (options: FleetOptions): Promise<Fleet> => {
  const { store, clock, log, journal } = options;
  const shared = await openShared(options);
  const context = contextFor(options, shared, () => runs);
  const runs: Runs = new Runs({
    ...{ store, clock, log },
    flushed: () => flushedNow(journal),
    context: () => context,
  });
  const unwatch = watchShared(shared, runs, log);
  return {
    ...shared,
    runs,
    close: () => {
      unwatch();
      shared.desk.close();
      shared.timers.close();
      shared.gate.close();
      shared.ledger.close();
    },
  };
};
