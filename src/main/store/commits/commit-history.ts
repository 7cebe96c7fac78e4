import type { Database } from 'better-sqlite3';
import { noMarks, type OrchestrationView } from '../../../shared/domain/orchestration.ts';
import type { HistoryBatch, HistoryFileRow } from './history-rows.ts';
import { nextKey } from './commit.ts';
import type { Keys } from './keys.ts';
import { createPacker } from './pack.ts';
import { createPutBlock } from './put-block.ts';
import { removeLedger } from '../ledger/ledger-files.ts';
import type { PackedBatch } from '../protocol.ts';
import { upgradeOrchestration } from './view-defaults.ts';

type Session = NonNullable<HistoryBatch['session']>;

/** The `claude_sessions` that this program ran itself. */
export const oursOnly = `
  SELECT c.session_id FROM claude_sessions c
    JOIN instances i ON i.key = c.instance_key
    JOIN facets f ON f.orchestration_key = i.orchestration_key
  WHERE f.origin <> 'claude'`;

const statementsOf = (db: Database) => ({
  isOurs: db.prepare<[string], number>(`SELECT 1 FROM (${oursOnly} AND c.session_id = ?)`).pluck(),
  stored: db.prepare<[string], { readonly key: number; readonly view: string }>(
    'SELECT key, view FROM orchestrations WHERE id = ?',
  ),
  forgetEvents: db.prepare('DELETE FROM events WHERE key >= ? AND key < ?'),
  forgetBlocks: db.prepare('DELETE FROM event_blocks WHERE orchestration_key = ?'),
  putBlock: createPutBlock(db),
  // What says that there is something to be indexed and counted.
  lastSeq: db.prepare('UPDATE facets SET last_seq = ? WHERE orchestration_key = ?'),
  /** Until the end of the transaction. It works when it is prepared, so it must be that each time. */
  deferReferences: () => db.pragma('defer_foreign_keys = ON'),
  nextKey: db.prepare<[], number>(`SELECT ${nextKey}`).pluck(),
  move: [
    'UPDATE orchestrations SET key = @to WHERE key = @from',
    ...['orchestration_sources', 'facets', 'labels', 'used', 'instances', 'history_files'].map(
      (table) => `UPDATE ${table} SET orchestration_key = @to WHERE orchestration_key = @from`,
    ),
  ].map((sql) => db.prepare<[{ from: number; to: number }]>(sql)),
  event: db.prepare(
    `INSERT INTO events (key, instance_key, n, attempt_key, at, type, stream, source_offset, source_length, body)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ),
  session: db.prepare(
    `INSERT INTO history_sessions (session_id, project, orchestration_id, state) VALUES (?, ?, ?, ?)
     ON CONFLICT (session_id) DO UPDATE SET project = excluded.project,
       orchestration_id = excluded.orchestration_id, state = excluded.state`,
  ),
  messages: db.prepare('INSERT INTO history_messages (project, session_id, keys) VALUES (?, ?, ?)'),
  forgetMessages: db.prepare('DELETE FROM history_messages WHERE session_id = ?'),
  file: db.prepare(
    `INSERT INTO history_files (path, session_id, orchestration_key, size, modified_at, read_to, head, state)
     VALUES (@path, @sessionId, @orchestrationKey, @size, @modifiedAt, @readTo, @head, @state)
     ON CONFLICT (path) DO UPDATE SET session_id = excluded.session_id, orchestration_key = excluded.orchestration_key,
       size = excluded.size, modified_at = excluded.modified_at, read_to = excluded.read_to, head = excluded.head,
       state = excluded.state`,
  ),
});
type Statements = ReturnType<typeof statementsOf>;

const keySpan = 2 ** 32;

/** What people put on it stays, and a name that they gave. */
const withMarks = (
  view: OrchestrationView,
  before: string | undefined,
  nameBefore: string | null,
): OrchestrationView => {
  if (before === undefined) return view;
  const stored = upgradeOrchestration(JSON.parse(before) as OrchestrationView);
  const { labels, note, pinned, deletedAt } = { ...noMarks, ...stored };
  const isNamed = nameBefore === null || stored.name !== nameBefore;
  return { ...view, name: isNamed ? stored.name : view.name, labels, note, pinned, deletedAt };
};

const putEvents = (statements: Statements, keys: Keys, session: Session): number => {
  const orchestration = keys.orchestration(session.orchestration.id);
  const instance = keys.instance(session.instance.id);
  const attempt = keys.attempt(session.attempt.id);
  for (const block of session.blocks) statements.putBlock({ orchestration, instance }, block);
  session.events.forEach(({ at, letter, source, body }, i) => {
    const n = session.eventsFrom + i;
    const key = orchestration * keySpan + n + 1;
    statements.event.run(key, instance, n, attempt, at, letter, 0, source.offset, source.length, body);
  });
  statements.lastSeq.run(session.orchestration.lastSeq, orchestration);
  return orchestration;
};

type Tools = {
  /** Stores a batch. */
  readonly commit: (batch: PackedBatch) => void;
  readonly keys: Keys;
  readonly spoolFolder: string;
};

/**
 * Forgets what was read of a session before. It goes on under a key of its own, so that nothing that was made of those events
 * (the index of words, decoded blocks, its ledger) is taken for what comes now.
 */
const beginAnew = (
  statements: Statements,
  { keys, spoolFolder }: Tools,
  { id, key: from }: { readonly id: string; readonly key: number },
): void => {
  statements.deferReferences();
  statements.forgetEvents.run(from * keySpan, (from + 1) * keySpan);
  statements.forgetBlocks.run(from);
  const to = statements.nextKey.get() ?? Number.NaN;
  for (const statement of statements.move) statement.run({ from, to });
  keys.forget();
  // Should this not be committed, it is written again.
  removeLedger(spoolFolder, id);
};

const putSession = (statements: Statements, tools: Tools, session: Session): number => {
  const { orchestration, instance, attempt, source, isAnew, nameBefore } = session;
  const stored = statements.stored.get(orchestration.id);
  if (stored !== undefined && isAnew) beginAnew(statements, tools, { id: orchestration.id, key: stored.key });
  const view = withMarks(orchestration, stored?.view, nameBefore);
  tools.commit(
    createPacker()({
      events: [],
      created: stored === undefined ? [{ id: view.id, source }] : [],
      orchestrations: [view],
      instances: [instance],
      attempts: [attempt],
      specs: [],
      records: [],
    }),
  );
  return putEvents(statements, tools.keys, session);
};

const putFile = (statements: Statements, file: HistoryFileRow, orchestrationKey: number | null): void => {
  statements.file.run({ ...file, orchestrationKey });
};

/**
 * Takes a database open for writing, and what belongs to it; gives the function that stores a part of a session of Claude
 * Code's history, in one transaction. It gives false, and stores nothing, for one that this program ran itself.
 */
export const createHistoryCommit = (db: Database, tools: Tools): ((batch: HistoryBatch) => boolean) => {
  const statements = statementsOf(db);
  const apply = db.transaction((batch: HistoryBatch): boolean => {
    const { session, sessionId, project, files, messages } = batch;
    if (session !== null && statements.isOurs.get(sessionId) !== undefined) return false;
    const key = session === null ? null : putSession(statements, tools, session);
    if (session?.isAnew === true) statements.forgetMessages.run(sessionId);
    if (session !== null) statements.session.run(sessionId, project, session.orchestration.id, session.state);
    if (messages.length > 0) statements.messages.run(project, sessionId, messages);
    for (const file of files) putFile(statements, file, key);
    return true;
  });
  return (batch) => {
    try {
      return apply.immediate(batch);
    } catch (error) {
      // Keys given in what was rolled back are of no row, or soon of another.
      tools.keys.forget();
      throw error;
    }
  };
};
