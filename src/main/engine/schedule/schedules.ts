import type { ScheduleView } from '../../../shared/contract/schedules.ts';
import { failureError, failureOf } from '../../../shared/domain/failure.ts';
import { instantOf, type OrchestrationId } from '../../../shared/domain/ids.ts';
import type { ScheduledStart } from '../engine.ts';
import type { Clock, Log } from '../ports.ts';
import type { OrchestrationSource, RecordChange, Store } from '../store-ports.ts';
import {
  decide,
  nextOf,
  readScheduleRecord,
  scheduleView,
  withFailedStart,
  type Decision,
  type ScheduleRecord,
} from './schedule-record.ts';

export type SchedulesOptions = {
  readonly clock: Clock;
  readonly store: Pick<Store, 'records'>;
  readonly log: Log;
  /** A fresh id. */
  readonly newId: () => string;
  /** Makes records durable. */
  readonly keep: (records: readonly RecordChange[]) => Promise<void>;
  /** Starts an orchestration, durable together with what `scheduled` says. */
  readonly start: (
    source: OrchestrationSource,
    origin: { readonly by: string; readonly planFile: string | null },
    scheduled: ScheduledStart,
  ) => Promise<unknown>;
  readonly isUnfinished: (id: OrchestrationId) => boolean;
};

/** Plans that are started by themselves. */
export interface Schedules {
  list(): Promise<readonly ScheduleView[]>;
  /**
   * Adds a plan's schedule, in the place of the earlier one when a plan file is added again.
   * @throws FailureError `plan.not_scheduled`, `schedule.past`
   */
  add(
    source: OrchestrationSource,
    origin: { readonly by: string; readonly planFile: string | null },
  ): Promise<{ readonly schedule: ScheduleView; readonly replaced: boolean }>;
  /** @throws FailureError `schedule.unknown` */
  remove(id: string): Promise<ScheduleView>;
  /** From now on starts what is due, beginning with what was missed. */
  begin(): Promise<void>;
  /** Starts nothing any more; resolves when nothing is under way. */
  close(): Promise<void>;
}

/** Timers stand still while the machine sleeps, and clocks are set: the time is looked at this often, in milliseconds. */
const lookEveryMs = 30_000;

/** How long ago a single start may be due and still be added, in milliseconds: reading the plan takes a moment. */
const justNowMs = 60_000;

const newRecord = (
  source: OrchestrationSource,
  origin: { readonly by: string; readonly planFile: string | null },
  nowMs: number,
): ScheduleRecord => {
  const { schedule, ...plan } = source.plan;
  if (schedule === undefined) {
    throw failureError('plan.not_scheduled', 'This plan has no schedule. Give it one, or run it without.');
  }
  const { when } = schedule;
  const dueAt = when.kind === 'once' ? Date.parse(when.at) : nowMs;
  if (dueAt < nowMs - justNowMs) {
    throw failureError(
      'schedule.past',
      `The plan's start at ${instantOf(dueAt)} is in the past. Give it a later one.`,
    );
  }
  return {
    ...origin,
    plan: { ...plan, schedule },
    planText: source.planText,
    addedAt: instantOf(nowMs),
    settledTo: instantOf(when.kind === 'once' ? dueAt - 1 : nowMs),
    lastStart: null,
    lastMissed: null,
  };
};

/** The records in memory, as they are in the store. */
const createShelf = ({ store, keep, log }: SchedulesOptions) => {
  const records = new Map<string, ScheduleRecord>();
  const change = (id: string, value: ScheduleRecord | null): RecordChange => ({
    kind: 'schedule',
    id,
    value,
  });
  /** Takes what has been made durable in the place of the record before; null for none. */
  const put = (id: string, record: ScheduleRecord | null): void => {
    if (record === null) records.delete(id);
    else records.set(id, record);
  };
  return {
    records: records as ReadonlyMap<string, ScheduleRecord>,
    change,
    put,
    /** Makes it durable and puts it. */
    keep: async (id: string, record: ScheduleRecord | null): Promise<void> => {
      await keep([change(id, record)]);
      put(id, record);
    },
    load: async (): Promise<void> => {
      for (const { id, value } of await store.records('schedule')) {
        const record = readScheduleRecord(value);
        if (record === null) log.error(`The schedule ${id} cannot be read and is left out`, value);
        else records.set(id, record);
      }
    },
  };
};
type Shelf = ReturnType<typeof createShelf>;

/** Starts what is due; the orchestration and the settled record are one commit. */
const startDue = async (
  { clock, start, log }: SchedulesOptions,
  shelf: Shelf,
  id: string,
  { occurrence, settled }: Extract<Decision, { readonly kind: 'start' }>,
): Promise<void> => {
  const { plan, planText, by, planFile } = settled;
  const due = instantOf(occurrence);
  let kept: ScheduleRecord | null = null;
  const records = (orchestrationId: OrchestrationId): readonly RecordChange[] => {
    const lastStart = { occurrence: due, startedAt: instantOf(clock.now()), orchestrationId };
    // What never comes again has done its work: its run is among the runs.
    kept = nextOf(settled) === null ? null : { ...settled, lastStart };
    return [shelf.change(id, kept)];
  };
  try {
    await start({ plan, planText }, { by, planFile }, { schedule: { id, occurrence: due }, records });
    shelf.put(id, kept);
  } catch (error) {
    log.error(`The schedule "${plan.name}" could not start what was due at ${due}`, error);
    await shelf.keep(id, withFailedStart(settled, occurrence, failureOf(error, 'schedule.failed').message));
  }
};

/** Does what is due for one schedule; true when it did something, so that there may be more. */
const settle = async (
  options: SchedulesOptions,
  shelf: Shelf,
  id: string,
  record: ScheduleRecord,
): Promise<boolean> => {
  const { clock, log, isUnfinished } = options;
  const isBusy = record.lastStart !== null && isUnfinished(record.lastStart.orchestrationId);
  const decision = decide(record, clock.now(), isBusy);
  if (decision.kind === 'wait') return false;
  const noticed = decision.settled.lastMissed;
  if (noticed !== null && noticed !== record.lastMissed) {
    log.warn(
      `The schedule "${record.plan.name}" missed its start of ${noticed.occurrence}: ${noticed.message}`,
    );
  }
  if (decision.kind === 'start') await startDue(options, shelf, id, decision);
  else await shelf.keep(id, decision.settled);
  return true;
};

/** Starts what is due at its time, while it is live. `look` says what is due now. */
const createAlarm = ({ clock, log }: SchedulesOptions, { records }: Shelf, look: () => Promise<void>) => {
  let cancel: (() => void) | null = null;
  let hasFailed = false;
  const ring = (): void => {
    look().then(
      () => {
        hasFailed = false;
      },
      (error: unknown) => {
        hasFailed = true;
        log.error('What is due by the schedules cannot be settled; it is tried again', error);
      },
    );
  };
  const stop = (): void => {
    cancel?.();
    cancel = null;
  };
  return {
    stop,
    set: (): void => {
      stop();
      const due = [...records.values()].flatMap((record) => nextOf(record) ?? []);
      if (due.length === 0) return;
      const wait = hasFailed ? lookEveryMs : Math.min(...due) - clock.now();
      cancel = clock.after(Math.max(0, Math.min(wait, lookEveryMs)), ring);
    },
  };
};

/** True for a plan file that is added again: with the same inputs, and repeating, or for the same single start. */
const isSameAgain = (kept: ScheduleRecord, fresh: ScheduleRecord): boolean => {
  const whatOf = ({ plan: { name, inputs = {}, schedule }, planFile }: ScheduleRecord): string =>
    JSON.stringify([planFile, name, inputs, schedule.when.kind === 'once' ? schedule.when.at : null]);
  return fresh.planFile !== null && whatOf(kept) === whatOf(fresh);
};

const unknownSchedule = (id: string): Error =>
  failureError(
    'schedule.unknown',
    `There is no schedule ${id}. \`netra schedule list\` names those that there are.`,
  );

/**
 * The schedules of a data directory. Each is a record that says up to when it is settled. A start and its record are one
 * commit, so that however an engine ends, no occurrence is started twice, and none that was due is lost unseen.
 */
export const createSchedules = (options: SchedulesOptions): Schedules => {
  const { clock, newId } = options;
  const shelf = createShelf(options);
  let isLive = false;
  let loading: Promise<void> | null = null;
  let last: Promise<unknown> = Promise.resolve();

  /** Does one thing after the other, each on what the one before it left. */
  const inTurn = <T>(work: () => T | Promise<T>): Promise<T> => {
    const result = last.then(() => (loading ??= shelf.load())).then(work);
    // Whoever asked for it hears of its failure.
    last = Promise.allSettled([result]).then(() => {
      if (isLive) alarm.set();
    });
    return result;
  };
  const look = (): Promise<void> =>
    inTurn(async () => {
      for (const id of [...shelf.records.keys()]) {
        for (let more = isLive; more;) {
          const record = shelf.records.get(id);
          more = record !== undefined && (await settle(options, shelf, id, record));
        }
      }
    });
  const alarm = createAlarm(options, shelf, look);

  return {
    list: () =>
      inTurn(() =>
        [...shelf.records]
          .map(([id, record]) => scheduleView(id, record))
          .sort((a, b) => (a.next ?? '~').localeCompare(b.next ?? '~')),
      ),
    add: (source, origin) =>
      inTurn(async () => {
        const fresh = newRecord(source, origin, clock.now());
        const [id, before] = [...shelf.records].find(([, kept]) => isSameAgain(kept, fresh)) ?? [
          newId(),
          null,
        ];
        const record = { ...fresh, lastStart: before?.lastStart ?? null };
        await shelf.keep(id, record);
        return { schedule: scheduleView(id, record), replaced: before !== null };
      }),
    remove: (id) =>
      inTurn(async () => {
        const record = shelf.records.get(id);
        if (record === undefined) throw unknownSchedule(id);
        await shelf.keep(id, null);
        return scheduleView(id, record);
      }),
    begin: () => {
      isLive = true;
      return look();
    },
    close: async () => {
      isLive = false;
      alarm.stop();
      await last;
    },
  };
};
