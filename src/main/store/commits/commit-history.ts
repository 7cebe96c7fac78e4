import type { Database } from 'better-sqlite3';
import { noMarks, type OrchestrationView } from '../../../shared/domain/orchestration.ts';
import type { HistoryBatch, HistoryFileRow } from './history-rows.ts';
import { createPacker } from './pack.ts';
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
  keys: db.prepare<
    [string],
    { readonly orchestration: number; readonly instance: number; readonly attempt: number }
  >(
    `SELECT i.orchestration_key AS orchestration, i.key AS instance, a.key AS attempt
     FROM instances i JOIN attempts a ON a.instance_key = i.key WHERE i.id = ?`,
  ),
  // What says that there is something to be indexed and counted.
  lastSeq: db.prepare('UPDATE facets SET last_seq = ? WHERE orchestration_key = ?'),
  forgetEvents: db.prepare('DELETE FROM events WHERE key >= ? AND key < ?'),
  forgetBlocks: db.prepare('DELETE FROM event_blocks WHERE orchestration_key = ?'),
  block: db.prepare(
    `INSERT INTO event_blocks (orchestration_key, instance_key, first_n, count, first_seq, last_seq, letters, data)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  ),
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

const putEvents = (statements: Statements, session: Session): number => {
  const keys = statements.keys.get(session.instance.id);
  if (keys === undefined) throw new Error('a session that was stored is not there');
  for (const { firstN, count, firstSeq, lastSeq, letters, data } of session.blocks) {
    statements.block.run(keys.orchestration, keys.instance, firstN, count, firstSeq, lastSeq, letters, data);
  }
  session.events.forEach(({ at, letter, source, body }, i) => {
    const n = session.eventsFrom + i;
    const key = keys.orchestration * keySpan + n + 1;
    statements.event.run(
      key,
      keys.instance,
      n,
      keys.attempt,
      at,
      letter,
      0,
      source.offset,
      source.length,
      body,
    );
  });
  statements.lastSeq.run(session.orchestration.lastSeq, keys.orchestration);
  return keys.orchestration;
};

const putSession = (
  statements: Statements,
  commit: (batch: PackedBatch) => void,
  session: Session,
): number => {
  const stored = statements.stored.get(session.orchestration.id);
  if (stored !== undefined && session.isAnew) {
    statements.forgetEvents.run(stored.key * keySpan, (stored.key + 1) * keySpan);
    statements.forgetBlocks.run(stored.key);
  }
  const { orchestration, instance, attempt, source } = session;
  const view = withMarks(orchestration, stored?.view, session.nameBefore);
  commit(
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
  return putEvents(statements, session);
};

const putFile = (statements: Statements, file: HistoryFileRow, orchestrationKey: number | null): void => {
  statements.file.run({ ...file, orchestrationKey });
};

/**
 * Takes a database open for writing, and what stores a batch in it; gives the function that stores a part of a session of Claude
 * Code's history, in one transaction. It gives false, and stores nothing, for one that this program ran itself.
 */
export const createHistoryCommit = (
  db: Database,
  commit: (batch: PackedBatch) => void,
): ((batch: HistoryBatch) => boolean) => {
  const statements = statementsOf(db);
  const apply = db.transaction((batch: HistoryBatch): boolean => {
    const { session, sessionId, project, files, messages } = batch;
    if (session !== null && statements.isOurs.get(sessionId) !== undefined) return false;
    const key = session === null ? null : putSession(statements, commit, session);
    if (session?.isAnew === true) statements.forgetMessages.run(sessionId);
    if (session !== null) statements.session.run(sessionId, project, session.orchestration.id, session.state);
    if (messages.length > 0) statements.messages.run(project, sessionId, messages);
    for (const file of files) putFile(statements, file, key);
    return true;
  });
  return (batch) => apply.immediate(batch);
};
