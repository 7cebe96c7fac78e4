import type { Migration } from './migration.ts';

/**
 * What makes a library of a log.
 *
 * - `facets` is what lists filter, sort and report by, narrow so that all of them are read in a few milliseconds; the same columns
 *   beside `view` were not. Its keys are those of `orchestrations`; names are folded, labels too.
 * - `used` is which models and tools an orchestration used, for filters; `facets.last_seq` is the number of its last event.
 * - `tool_usage` is what the instances' tools came to; `claude_sessions` says which instance a session of Claude Code is.
 * - `event_blocks` holds events that are older than the newest of their instance: some hundred of them to a row, compressed
 *   (event-block.ts). An event is in a block or in `events`, never in both; of an instance, those in blocks are the older
 *   ones. Blocks of the orchestration's own events have no instance, and 0 as `first_n`. The indexes hold what says which blocks
 *   are needed: to read that from the rows would be a page for each. A key is never used again, so that blocks can be kept in memory.
 * - `removals` says which orchestrations are gone (`ended_at`), or going (in no list any more): what else is kept under their keys
 *   (the search index) can go by it. Its keys are never given again.
 * - `history_files` is how far each file of Claude Code's own history was read; `orchestration_key` is null for what
 *   is of no session of ours, or of one that was deleted. `history_sessions` is what it takes to read a session on;
 *   `history_messages` which messages of a project were counted, for its sessions repeat those of one another.
 */
export const library: Migration = {
  version: 3,
  name: 'library',
  rewrites: true,
  sql: `
    CREATE TABLE facets (
      orchestration_key INTEGER PRIMARY KEY REFERENCES orchestrations (key),
      name TEXT NOT NULL,
      plan TEXT NOT NULL,
      state TEXT NOT NULL,
      workspace TEXT NOT NULL,
      owner TEXT NOT NULL,
      origin TEXT NOT NULL,
      started_at INTEGER NOT NULL,
      ended_at INTEGER,
      instances INTEGER NOT NULL,
      tokens INTEGER NOT NULL,
      cost_micro_usd INTEGER NOT NULL,
      pinned INTEGER NOT NULL,
      deleted_at INTEGER,
      note TEXT,
      last_seq INTEGER NOT NULL
    ) STRICT;
    INSERT INTO facets
      SELECT key, name, name, state, json_extract(view, '$.workspace'), json_extract(view, '$.owner'), 'netra',
        started_at, ended_at, json_extract(view, '$.instanceCount'),
        (SELECT coalesce(sum(json_extract(value, '$.inputTokens') + json_extract(value, '$.outputTokens')
           + json_extract(value, '$.cacheWriteTokens') + json_extract(value, '$.cacheReadTokens')), 0)
         FROM json_each(view, '$.usage.byModel')),
        (SELECT coalesce(sum(json_extract(value, '$.costMicroUsd')), 0) FROM json_each(view, '$.usage.byModel')),
        0, NULL, NULL,
        (SELECT coalesce(max(e.key) & 4294967295, 0) FROM events e
         WHERE e.key >= orchestrations.key << 32 AND e.key < (orchestrations.key + 1) << 32)
      FROM orchestrations;
    CREATE INDEX facets_by_state ON facets (state);
    DROP INDEX orchestrations_by_state;
    DROP INDEX orchestrations_by_name;
    ALTER TABLE orchestrations DROP COLUMN name;
    ALTER TABLE orchestrations DROP COLUMN state;
    ALTER TABLE orchestrations DROP COLUMN started_at;
    ALTER TABLE orchestrations DROP COLUMN ended_at;

    CREATE TABLE labels (
      label TEXT NOT NULL,
      orchestration_key INTEGER NOT NULL REFERENCES orchestrations (key),
      PRIMARY KEY (label, orchestration_key)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX labels_by_orchestration ON labels (orchestration_key);

    CREATE TABLE tool_usage (
      instance_key INTEGER NOT NULL REFERENCES instances (key),
      tool TEXT NOT NULL,
      calls INTEGER NOT NULL,
      errors INTEGER NOT NULL,
      duration_ms INTEGER NOT NULL,
      PRIMARY KEY (instance_key, tool)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO tool_usage
      SELECT i.key, t.key, json_extract(t.value, '$.calls'), json_extract(t.value, '$.errors'),
        CAST(json_extract(t.value, '$.durationMs') AS INTEGER)
      FROM instances i, json_each(i.view, '$.tools') t;

    CREATE TABLE used (
      kind TEXT NOT NULL CHECK (kind IN ('model', 'tool')),
      name TEXT NOT NULL,
      orchestration_key INTEGER NOT NULL REFERENCES orchestrations (key) ON DELETE CASCADE,
      PRIMARY KEY (kind, name, orchestration_key)
    ) STRICT, WITHOUT ROWID;
    INSERT OR IGNORE INTO used
      SELECT 'tool', t.tool, i.orchestration_key FROM tool_usage t JOIN instances i ON i.key = t.instance_key;
    INSERT OR IGNORE INTO used
      SELECT 'model', u.model, i.orchestration_key FROM usage u JOIN attempts a ON a.key = u.attempt_key
        JOIN instances i ON i.key = a.instance_key;
    CREATE INDEX used_by_orchestration ON used (orchestration_key);

    CREATE TABLE claude_sessions (
      session_id TEXT NOT NULL,
      instance_key INTEGER NOT NULL REFERENCES instances (key),
      PRIMARY KEY (session_id, instance_key)
    ) STRICT, WITHOUT ROWID;
    INSERT OR IGNORE INTO claude_sessions
      SELECT json_extract(record, '$.sessionId'), instance_key FROM attempts
      WHERE json_extract(record, '$.sessionId') IS NOT NULL;
    CREATE INDEX claude_sessions_by_instance ON claude_sessions (instance_key);

    CREATE TABLE event_blocks (
      key INTEGER PRIMARY KEY AUTOINCREMENT,
      orchestration_key INTEGER NOT NULL REFERENCES orchestrations (key),
      instance_key INTEGER REFERENCES instances (key),
      first_n INTEGER NOT NULL,
      count INTEGER NOT NULL,
      first_seq INTEGER NOT NULL,
      last_seq INTEGER NOT NULL,
      letters TEXT NOT NULL,
      data BLOB NOT NULL
    ) STRICT;
    CREATE INDEX event_blocks_by_instance ON event_blocks (instance_key, first_n, count, letters)
      WHERE instance_key IS NOT NULL;
    CREATE INDEX event_blocks_by_orchestration ON event_blocks (orchestration_key, last_seq, first_seq);

    CREATE TABLE removals (
      orchestration_key INTEGER PRIMARY KEY,
      id TEXT NOT NULL,
      begun_at INTEGER NOT NULL,
      ended_at INTEGER
    ) STRICT;
    CREATE INDEX removals_open ON removals (orchestration_key) WHERE ended_at IS NULL;

    CREATE TABLE history_files (
      path TEXT PRIMARY KEY,
      session_id TEXT,
      orchestration_key INTEGER,
      size INTEGER NOT NULL,
      modified_at INTEGER NOT NULL,
      read_to INTEGER NOT NULL,
      head TEXT NOT NULL,
      state TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE history_sessions (
      session_id TEXT NOT NULL UNIQUE,
      project TEXT NOT NULL,
      orchestration_id TEXT NOT NULL,
      state TEXT NOT NULL
    ) STRICT;

    CREATE TABLE history_messages (
      project TEXT NOT NULL,
      session_id TEXT NOT NULL,
      keys BLOB NOT NULL
    ) STRICT;
    CREATE INDEX history_messages_by_project ON history_messages (project);
    CREATE INDEX history_messages_by_session ON history_messages (session_id);
  `,
};
