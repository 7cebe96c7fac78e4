import SqliteDatabase from 'better-sqlite3';
import { createEventReading } from '../../../src/main/store/ledger/stored-events.ts';

/** Everything that a database holds, by ids instead of keys, and events whether in rows or blocks. */
export const dumpOf = (file: string): Readonly<Record<string, readonly unknown[]>> => {
  const db = new SqliteDatabase(file, { readonly: true });
  const all = (sql: string): readonly unknown[] => db.prepare(sql).all();
  try {
    const reading = createEventReading(db);
    const keys = db.prepare<[], number>('SELECT key FROM orchestrations ORDER BY key').pluck().all();
    return {
      orchestrations: all('SELECT key, id, view FROM orchestrations ORDER BY key'),
      sources: all('SELECT * FROM orchestration_sources ORDER BY 1'),
      facets: all('SELECT * FROM facets ORDER BY 1'),
      labels: all('SELECT * FROM labels ORDER BY 1, 2'),
      instances: all(
        'SELECT id, orchestration_key, position, name, state, view FROM instances ORDER BY orchestration_key, key',
      ),
      specs: all(
        'SELECT i.id, s.spec FROM instance_specs s JOIN instances i ON i.key = s.instance_key ORDER BY 1',
      ),
      attempts: all(
        `SELECT a.id, i.id AS instance, a.number, a.pid, a.start_token, a.stdout_offset, a.stderr_offset, a.started_at,
           a.ended_at, a.record, s.spec FROM attempts a JOIN instances i ON i.key = a.instance_key
         JOIN attempt_specs s ON s.attempt_key = a.key ORDER BY i.orchestration_key, a.key`,
      ),
      usage: all(
        `SELECT a.id, model, basis, input_tokens, output_tokens, cache_write_tokens, cache_read_tokens, cost_micro_usd
         FROM usage u JOIN attempts a ON a.key = u.attempt_key ORDER BY 1, 2`,
      ),
      tools: all(
        'SELECT i.id, tool, calls, errors, duration_ms FROM tool_usage t JOIN instances i ON i.key = t.instance_key ORDER BY 1, 2',
      ),
      sessions: all(
        'SELECT session_id, i.id FROM claude_sessions c JOIN instances i ON i.key = c.instance_key ORDER BY 1, 2',
      ),
      records: all('SELECT * FROM records ORDER BY 1, 2'),
      history: all('SELECT * FROM history_files ORDER BY 1'),
      events: keys.flatMap((key) => reading.between(key, 1, 2 ** 32 - 1).map((event) => ({ key, ...event }))),
    };
  } finally {
    db.close();
  }
};

/** What SQLite says of a file; `ok` when all is well. */
export const integrityOf = (file: string): unknown => {
  const db = new SqliteDatabase(file, { readonly: true });
  try {
    return db.pragma('integrity_check', { simple: true });
  } finally {
    db.close();
  }
};
