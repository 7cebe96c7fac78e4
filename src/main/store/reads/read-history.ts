import type { Database } from 'better-sqlite3';
import type { Answers } from './answers.ts';
import { oursOnly } from '../commits/commit-history.ts';

/** Reads what is kept of Claude Code's own history beside its sessions. */
export const readHistory = (
  db: Database,
): Pick<Answers, 'historyRows' | 'historySession' | 'historyMessages'> => {
  const files = db.prepare(
    `SELECT path, session_id AS sessionId, size, modified_at AS modifiedAt, read_to AS readTo, head, state
     FROM history_files`,
  );
  type Row = {
    readonly sessionId: string;
    readonly project: string;
    readonly orchestrationId: string | null;
    readonly isGone: number;
  };
  const sessions = db.prepare<[], Row>(
    `SELECT h.session_id AS sessionId, h.project, h.orchestration_id AS orchestrationId,
       o.key IS NULL OR r.orchestration_key IS NOT NULL AS isGone
     FROM history_sessions h LEFT JOIN orchestrations o ON o.id = h.orchestration_id
       LEFT JOIN removals r ON r.orchestration_key = o.key`,
  );
  const ours = db.prepare<[], string>(oursOnly).pluck();
  const session = db
    .prepare<[string], string>(
      `SELECT h.state FROM history_sessions h JOIN orchestrations o ON o.id = h.orchestration_id
         JOIN facets f ON f.orchestration_key = o.key
       WHERE h.session_id = ? AND f.last_seq = iif(json_valid(h.state), h.state ->> 'events', NULL)`,
    )
    .pluck();
  const messages = db
    .prepare<[string, string], Buffer>(
      'SELECT keys FROM history_messages WHERE project = ? AND session_id <> ?',
    )
    .pluck();
  return {
    historyRows: () =>
      JSON.stringify({
        files: files.all(),
        sessions: sessions.all().map((row) => ({ ...row, isGone: row.isGone === 1 })),
        ours: ours.all(),
      }),
    historySession: (id) => session.get(id) ?? 'null',
    historyMessages: (project, except) =>
      JSON.stringify(Buffer.concat(messages.all(project, except ?? '')).toString('base64')),
  };
};
