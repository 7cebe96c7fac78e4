import { rm } from 'node:fs/promises';
import {
  countUsage,
  newHistoryAccount,
  usageOfAccount,
  type HistoryAccount,
} from '../../claude/history/history-usage.ts';
import type { HistoryFacts } from '../../claude/history/history-fold.ts';
import { historyIds, historyViews, type HistoryIds } from '../../claude/history/history-session.ts';
import type { PriceTable } from '../../claude/stream/price-table.ts';
import type { HistoryBatch, HistoryFileRow, HistoryStore } from '../../store/commits/history-rows.ts';
import { jobFiles, type KnownHistory, type PlannedSession } from './import-plan.ts';
import type { ReadingThreads } from './reading-threads.ts';
import { copyOf, type SessionJob, type SessionRead } from './session-reading.ts';
import type { SeenMessages } from './seen-messages.ts';

/** What it takes to read a session on. Written and read by this program only. */
type SessionState = {
  readonly version: 1;
  readonly facts: HistoryFacts;
  readonly account: HistoryAccount;
  readonly ids: HistoryIds;
  readonly spoolBytes: number;
  readonly events: number;
  readonly name: string;
  /** Its last events are rows of their own: no block may come after them. */
  readonly isHot: boolean;
};

export type ImportTools = {
  readonly store: HistoryStore;
  readonly threads: ReadingThreads;
  readonly prices: PriceTable;
  readonly seen: SeenMessages;
  readonly owner: string;
  readonly spoolFolder: string;
  readonly now: () => number;
};

/** What became of a part of a session. */
export type PartDone = {
  readonly bytes: number;
  readonly brokenLines: number;
  readonly outcome: 'added' | 'grown' | 'ours' | 'empty' | 'nothing';
};

/** At most so much of a session is read, held and lost at once. */
const partBytes = 32 * 1024 * 1024;
/** A session that has grown by less gets rows for its events; they are packed when it is quiet. */
const packsFrom = 1024 * 1024;

const isState = (value: unknown): value is SessionState =>
  typeof value === 'object' && value !== null && 'version' in value && value.version === 1;

const rowsOf = (
  { found }: PlannedSession,
  read: Pick<SessionRead, 'files'>,
  state: HistoryFileRow['state'],
): readonly HistoryFileRow[] =>
  read.files.flatMap(({ path, readTo, head }) => {
    const file = found.files.find((one) => one.path === path);
    if (file === undefined) return [];
    const { size, modifiedAt } = file;
    return [{ path, sessionId: found.sessionId, size, modifiedAt, readTo, head, state }];
  });

const keysOf = (added: readonly number[]): Uint8Array => new Uint8Array(Float64Array.from(added).buffer);

/** A set that also says what was added to it. */
const noting = (seen: Set<number>) => {
  const added: number[] = [];
  return {
    added,
    has: (key: number): boolean => seen.has(key),
    add: (key: number): void => {
      if (!seen.has(key)) added.push(key);
      seen.add(key);
    },
  };
};

/** `last` is what it was when it was kept last; `before` the same, unless it is read anew. */
type Part = {
  readonly planned: PlannedSession;
  readonly before: SessionState | null;
  readonly last: SessionState | null;
  readonly read: SessionRead;
};

const sessionOf = (
  { planned, before, last, read }: Part,
  account: HistoryAccount,
  { owner }: ImportTools,
): HistoryBatch['session'] => {
  const { sessionId } = planned.found;
  const { facts, spoolBytes, eventCount: events } = read;
  const { firstAt, lastAt } = facts;
  if (firstAt === null || lastAt === null) return null;
  const ids = last?.ids ?? historyIds(sessionId, firstAt);
  const usage = usageOfAccount(account);
  const views = historyViews({
    sessionId,
    ids,
    facts: { ...facts, firstAt, lastAt },
    usage,
    events,
    spoolBytes,
    owner,
  });
  const { name } = views.orchestration;
  const isHot = before?.isHot === true || read.events.length > 0;
  const state: SessionState = { version: 1, facts, account, ids, spoolBytes, events, name, isHot };
  return {
    ...views,
    state: JSON.stringify(state),
    isAnew: before === null,
    nameBefore: last?.name ?? null,
    blocks: read.blocks,
    events: read.events,
    eventsFrom: events - read.events.length,
  };
};

const stateOf = (isOurs: boolean, session: HistoryBatch['session']): HistoryFileRow['state'] => {
  if (isOurs) return 'ours';
  return session === null ? 'empty' : 'read';
};

/** Counts and stores what a part came to. */
const keepPart = async (part: Part, tools: ImportTools): Promise<PartDone['outcome']> => {
  const { planned, before, read } = part;
  const { project, sessionId } = planned.found;
  const isAnew = (planned.mode === 'grown' || planned.mode === 'moved') && before === null;
  const seen = noting(await (isAnew ? tools.seen.without(project, sessionId) : tools.seen.of(project)));
  try {
    const account = countUsage(before?.account ?? newHistoryAccount, read.usage, {
      seen,
      prices: tools.prices,
    });
    const isOurs = planned.mode === 'ours';
    const session = isOurs ? null : sessionOf(part, account, tools);
    const state = stateOf(isOurs, session);
    const files = rowsOf(planned, read, state);
    const isTaken = await tools.store.take({
      sessionId,
      project,
      files,
      messages: keysOf(seen.added),
      session,
    });
    if (!isTaken) {
      tools.seen.forget(project);
      if (session !== null) await rm(copyOf(tools.spoolFolder, session.attempt.id), { force: true });
      return 'ours';
    }
    if (state !== 'read') return state;
    return planned.mode === 'first' ? 'added' : 'grown';
  } catch (error) {
    // What was noted in memory may not be on the disk.
    tools.seen.forget(project);
    throw error;
  }
};

/** One that is no session: its files are noted, so that they are not read again before they change. */
const noteEmpty = async ({ found }: PlannedSession, tools: ImportTools): Promise<PartDone> => {
  const files = found.files.map(({ path, size, modifiedAt }) => ({
    ...{ path, size, modifiedAt, sessionId: found.sessionId },
    ...{ readTo: 0, head: '', state: 'empty' as const },
  }));
  const { sessionId, project } = found;
  await tools.store.take({ sessionId, project, files, messages: new Uint8Array(), session: null });
  return { bytes: found.files.reduce((sum, { size }) => sum + size, 0), brokenLines: 0, outcome: 'empty' };
};

const jobOf = (
  { planned, before, last }: Omit<Part, 'read'>,
  known: KnownHistory['files'],
  { owner, spoolFolder, now }: ImportTools,
): SessionJob => ({
  attempt: last?.ids.attempt ?? null,
  sessionId: planned.found.sessionId,
  by: owner,
  spoolFolder,
  files: jobFiles(planned.found, known, {
    isAnew: before === null && planned.mode !== 'ours',
    now: now(),
  }),
  before:
    before === null
      ? null
      : {
          facts: before.facts,
          spoolBytes: before.spoolBytes,
          events: before.events,
        },
  packs: before === null || (!before.isHot && planned.newBytes >= packsFrom),
  maxBytes: partBytes,
});

/** A session that is read part by part: the first part may be read before it is its turn to be kept. */
export type SessionImport = {
  /** Reads the first part. */
  readonly begin: () => Promise<void>;
  /** Keeps what was read, and reads and keeps the rest; `report` is told of each part. */
  readonly finish: (report: (done: PartDone) => void, isCancelled: () => boolean) => Promise<void>;
};

/** Takes in what is new of a session. */
export const importSession = (
  planned: PlannedSession,
  known: KnownHistory['files'],
  tools: ImportTools,
): SessionImport => {
  const files = new Map(known);
  let before: SessionState | null = null;
  let last: SessionState | null = null;
  let pending: SessionRead | 'empty' | 'replaced' = 'empty';
  let isBegun = false;

  const readPart = async (): Promise<void> => {
    const job = jobOf({ planned, before, last }, files, tools);
    pending = await tools.threads.ask({ kind: planned.mode === 'ours' ? 'keys' : 'read', job });
  };
  const readState = async (): Promise<void> => {
    const state = planned.mode === 'ours' ? null : await tools.store.session(planned.found.sessionId);
    last = isState(state) ? state : null;
    before = isBegun || planned.mode !== 'moved' ? last : null;
  };
  const keep = async (report: (done: PartDone) => void): Promise<boolean> => {
    if (pending === 'empty' || pending === 'replaced') {
      report(await noteEmpty(planned, tools));
      return true;
    }
    const read = pending;
    const brokenLines = read.facts.brokenLines - (before?.facts.brokenLines ?? 0);
    const outcome = await keepPart({ planned, before, last, read }, tools);
    report({ bytes: read.bytes, brokenLines, outcome });
    for (const row of rowsOf(planned, read, 'read')) files.set(row.path, row);
    return read.isAll || (outcome === 'ours' && planned.mode !== 'ours');
  };
  return {
    begin: async () => {
      await readState();
      isBegun = true;
      await readPart();
      if (pending !== 'replaced') return;
      before = null;
      files.clear();
      await readPart();
    },
    finish: async (report, isCancelled) => {
      while (!(await keep(report)) && !isCancelled()) {
        await readState();
        await readPart();
      }
    },
  };
};
