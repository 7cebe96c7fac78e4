import type { Database } from 'better-sqlite3';
import type { Kept } from './read-records-ledger.ts';

/**
 * The sessions of Claude Code's history that are to be read anew: what is known of how far they were read does not agree with the
 * events that are there. A session without an orchestration is one that was deleted, or of which nothing was written down yet.
 */
const sessionsToReadAnew = (db: Database, { sessions }: Kept): ReadonlySet<string> => {
  const isInStep = db
    .prepare<[string, string], number | null>(
      `SELECT f.last_seq IS (SELECT iif(json_valid(s), s ->> 'events', NULL) FROM (SELECT ? AS s))
       FROM orchestrations o JOIN facets f ON f.orchestration_key = o.key WHERE o.id = ?`,
    )
    .pluck();
  const isWhole = ({ orchestration, state, gone }: Kept['sessions'][number]): boolean =>
    (isInStep.get(state, orchestration) ?? gone) === 1;
  return new Set(sessions.filter((one) => !isWhole(one)).map(({ session }) => session));
};

/** Puts back how far Claude Code's history was read. Call it when all orchestrations are there. */
export const putHistory = (db: Database, kept: Kept): void => {
  const anew = sessionsToReadAnew(db, kept);
  const file = db.prepare(
    `INSERT OR REPLACE INTO history_files (path, session_id, orchestration_key, size, modified_at, read_to, head, state)
     VALUES (@path, @sessionId, (SELECT key FROM orchestrations WHERE id = @orchestration), @size, @modifiedAt, @readTo,
       @head, @state)`,
  );
  for (const one of kept.history) if (!anew.has(one.sessionId ?? '')) file.run(one);
  const session = db.prepare(
    'INSERT OR REPLACE INTO history_sessions VALUES (@session, @project, @orchestration, @state)',
  );
  for (const { gone: _, ...one } of kept.sessions) if (!anew.has(one.session)) session.run(one);
  const messages = db.prepare('INSERT INTO history_messages VALUES (?, ?, ?)');
  for (const one of kept.messages) {
    if (!anew.has(one.session)) messages.run(one.project, one.session, Buffer.from(one.keys, 'base64'));
  }
};
