import { failureError, FailureError } from '../../shared/domain/failure.ts';
import { instantOf, type Instant, type OrchestrationId } from '../../shared/domain/ids.ts';
import type { MarkedChanges } from '../../shared/domain/event.ts';
import { labelKey, MARK_LIMITS, uniqueLabels, type MarkChange } from '../../shared/domain/marks.ts';
import { isRunHere, type OrchestrationView, type Remarked } from '../../shared/domain/orchestration.ts';
import { createInTurns } from './in-turns.ts';
import type { Journal } from './journal.ts';
import type { Clock } from './ports.ts';
import type { Store } from './store-ports.ts';
import type { Publications } from './streams/publications.ts';
import { unknownOrchestration, type Runs } from './orchestration/runs.ts';

/** What people put on orchestrations, running or ended. `by` is who asked. All may be asked twice. */
export interface MarksOf {
  /** @throws FailureError `orchestration.unknown`, `orchestration.deleted`, `orchestration.too_many_labels` */
  mark(id: OrchestrationId, change: MarkChange, by: string): Promise<OrchestrationView>;
  /**
   * Gives those that are deleted then. None is when one of them runs.
   * @throws FailureError `orchestration.running`, `orchestration.unknown` when none of them is known
   */
  delete(ids: readonly OrchestrationId[], by: string): Promise<readonly OrchestrationId[]>;
  /** Gives those that are there again. @throws FailureError `orchestration.unknown` when none of them is known */
  restore(ids: readonly OrchestrationId[], by: string): Promise<readonly OrchestrationId[]>;
}

/** @throws FailureError `orchestration.deleted` */
export const refuseDeleted = ({ name, deletedAt }: Pick<OrchestrationView, 'name' | 'deletedAt'>): void => {
  if (deletedAt === null) return;
  throw failureError('orchestration.deleted', `${name} was deleted. Restore it first.`);
};

const stillRuns = ({ name }: OrchestrationView): FailureError =>
  failureError('orchestration.running', `${name} has not ended. Stop it before you delete it.`);

const labelsAfter = (present: readonly string[], change: MarkChange): readonly string[] => {
  const { labels = present, addLabels = [], removeLabels = [] } = change;
  const removed = new Set(removeLabels.map(labelKey));
  // Those that stay first: the spelling that is there is kept, and so is the order.
  const kept = labels.filter((label) => !removed.has(labelKey(label)));
  const after = uniqueLabels([...kept, ...addLabels]);
  if (after.length <= MARK_LIMITS.labels) return after;
  throw failureError(
    'orchestration.too_many_labels',
    `An orchestration has at most ${String(MARK_LIMITS.labels)} labels; it would have ${String(after.length)}.`,
  );
};

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((one, index) => one === b[index]);

/** What is new in a change. */
const newsOf = (view: OrchestrationView, change: MarkChange): MarkedChanges => {
  const { name, note, pinned } = change;
  const labels = labelsAfter(view.labels, change);
  return {
    ...(name !== undefined && name !== view.name && { name }),
    ...(!isSame(labels, view.labels) && { labels }),
    ...(note !== undefined && note !== view.note && { note }),
    ...(pinned !== undefined && pinned !== view.pinned && { pinned }),
  };
};

/** What a mark comes to: null when it is so already. @throws FailureError as `mark` and `delete` do */
type Decide = (view: OrchestrationView, isOver: boolean) => MarkedChanges | null;

const marking =
  (change: MarkChange): Decide =>
  (view) => {
    refuseDeleted(view);
    const changes = newsOf(view, change);
    return Object.keys(changes).length === 0 ? null : changes;
  };

const deleting =
  (deleted: boolean): Decide =>
  (view, isOver) => {
    if ((view.deletedAt !== null) === deleted) return null;
    if (deleted && !isOver) throw stillRuns(view);
    return { deleted };
  };

/** The part of a view that changes. */
const remarkedBy = ({ deleted, ...marks }: MarkedChanges, now: Instant): Partial<Remarked> => ({
  ...marks,
  ...(deleted !== undefined && { deletedAt: deleted ? now : null }),
});

type MarksContext = {
  readonly runs: Runs;
  readonly store: Pick<Store, 'orchestration'>;
  readonly clock: Clock;
  readonly journal: Pick<Journal, 'append'>;
  readonly publications: Pick<Publications, 'publish'>;
};

const nothingNew = { events: [], deltas: [], instances: [] };

type Put = (id: OrchestrationId, decide: Decide, by: string) => Promise<OrchestrationView>;

/** Gives what puts marks on an orchestration, wherever it was run. */
const createPut = ({ runs, store, clock, journal, publications }: MarksContext): Put => {
  const inTurns = createInTurns<OrchestrationId>();
  const now = (): Instant => instantOf(clock.now());

  const ofRun = (id: OrchestrationId, decide: Decide, by: string): Promise<OrchestrationView> =>
    runs.borrow(id, async (run) => {
      // Nothing is awaited between the look and the change, so two who ask at once do not undo each other.
      const changes = decide(run.view, run.isOver);
      if (changes !== null) {
        await run.remark(remarkedBy(changes, now()), { type: 'orchestration.marked', changes, by });
      }
      return run.view;
    });

  /** An archive's sessions are as they are, and nobody else writes to them. */
  const ofArchive = async (view: OrchestrationView, changes: MarkedChanges, by: string): Promise<void> => {
    const seq = view.lastSeq + 1;
    const marked = { ...view, ...remarkedBy(changes, now()), lastSeq: seq };
    const body = { type: 'orchestration.marked', changes, by } as const;
    const event = { orchestrationId: view.id, seq, instanceId: null, n: null, attemptId: null };
    await journal.append({
      events: [{ ...event, at: now(), source: null, body }],
      orchestrations: [marked],
    });
  };

  /** Claude Code's own sessions may be read on meanwhile, and all their numbers of events are taken by their lines. */
  const ofHistory = async (view: OrchestrationView, changes: MarkedChanges): Promise<void> => {
    await journal.append({ remarks: [{ id: view.id, change: remarkedBy(changes, now()) }] });
    const marked = (await store.orchestration(view.id))?.orchestration;
    if (marked !== undefined) publications.publish({ ...nothingNew, orchestrations: [marked] });
  };

  /** What was run elsewhere has no run here. */
  const ofStored = (id: OrchestrationId, decide: Decide, by: string): Promise<OrchestrationView> =>
    inTurns(id, async () => {
      const view = await storedView(id);
      const changes = decide(view, view.state !== 'running');
      if (changes === null) return view;
      await (view.origin === 'claude' ? ofHistory(view, changes) : ofArchive(view, changes, by));
      return storedView(id);
    });

  const storedView = async (id: OrchestrationId): Promise<OrchestrationView> => {
    const view = (await store.orchestration(id))?.orchestration;
    if (view === undefined) throw unknownOrchestration(id);
    return view;
  };

  return async (id, decide, by) => {
    const origin = runs.get(id)?.view.origin ?? (await storedView(id)).origin;
    return isRunHere(origin) ? ofRun(id, decide, by) : ofStored(id, decide, by);
  };
};

/** What is put on orchestrations, over the runs of an engine. */
export const createMarks = (context: MarksContext): MarksOf => {
  const { runs } = context;
  const put = createPut(context);

  const each = async (
    ids: readonly OrchestrationId[],
    deleted: boolean,
    by: string,
  ): Promise<readonly OrchestrationId[]> => {
    const done: OrchestrationId[] = [];
    for (const id of new Set(ids)) {
      try {
        await put(id, deleting(deleted), by);
        done.push(id);
      } catch (error) {
        // Retention may have taken it away meanwhile.
        if (!isUnknown(error)) throw error;
      }
    }
    const [first] = ids;
    if (done.length === 0 && first !== undefined) throw unknownOrchestration(first);
    return done;
  };

  return {
    mark: (id, marks, by) => put(id, marking(marks), by),
    delete: async (ids, by) => {
      // What runs is always in memory.
      const running = ids.map((id) => runs.get(id)).find((run) => run?.isOver === false);
      if (running !== undefined) throw stillRuns(running.view);
      return each(ids, true, by);
    },
    restore: (ids, by) => each(ids, false, by),
  };
};

const isUnknown = (error: unknown): boolean =>
  error instanceof FailureError && error.failure.code === 'orchestration.unknown';
