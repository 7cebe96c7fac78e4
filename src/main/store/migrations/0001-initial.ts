import type { Migration } from './migration.ts';

/**
 * Ids are text outside and integer keys inside, so that an event row is small.
 *
 * - `view`, `record` and `body` are the values as JSON and what is given back; the columns beside them are copies to
 *   filter, sort and report by. Names are folded (composed, lower case). Times are milliseconds since the epoch.
 * - What is written once and may be large (a plan, an attempt's spec) stands apart from what changes with each batch.
 * - An event's key is its orchestration's key times 2^32 plus its seq: events of an orchestration lie together in
 *   order without an index of their own. This stored 15 % more events a second than a table WITHOUT ROWID keyed by
 *   the pair, which moreover puts every body above 1,000 bytes on overflow pages.
 * - `type` is the letter of the event's type; it is in the index so that an instance's letters come from there alone.
 */
export const initial: Migration = {
  version: 1,
  name: 'initial',
  sql: `
    CREATE TABLE orchestrations (
      key INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      name TEXT NOT NULL,
      state TEXT NOT NULL,
      started_at INTEGER NOT NULL,
      ended_at INTEGER,
      view TEXT NOT NULL
    ) STRICT;
    CREATE INDEX orchestrations_by_state ON orchestrations (state, key);
    CREATE INDEX orchestrations_by_name ON orchestrations (name);

    CREATE TABLE orchestration_sources (
      orchestration_key INTEGER PRIMARY KEY REFERENCES orchestrations (key),
      source TEXT NOT NULL
    ) STRICT;

    CREATE TABLE instances (
      key INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      orchestration_key INTEGER NOT NULL REFERENCES orchestrations (key),
      position INTEGER NOT NULL,
      name TEXT NOT NULL,
      state TEXT NOT NULL,
      view TEXT NOT NULL
    ) STRICT;
    CREATE INDEX instances_by_orchestration ON instances (orchestration_key, position);
    CREATE INDEX instances_by_name ON instances (name, orchestration_key);

    CREATE TABLE attempts (
      key INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      instance_key INTEGER NOT NULL REFERENCES instances (key),
      number INTEGER NOT NULL,
      pid INTEGER,
      start_token TEXT,
      stdout_offset INTEGER NOT NULL,
      stderr_offset INTEGER NOT NULL,
      started_at INTEGER NOT NULL,
      ended_at INTEGER,
      record TEXT NOT NULL
    ) STRICT;
    CREATE INDEX attempts_by_instance ON attempts (instance_key, number);

    CREATE TABLE attempt_specs (
      attempt_key INTEGER PRIMARY KEY REFERENCES attempts (key),
      spec TEXT NOT NULL
    ) STRICT;

    CREATE TABLE usage (
      attempt_key INTEGER NOT NULL REFERENCES attempts (key),
      model TEXT NOT NULL,
      basis TEXT NOT NULL,
      input_tokens INTEGER NOT NULL,
      output_tokens INTEGER NOT NULL,
      cache_write_tokens INTEGER NOT NULL,
      cache_read_tokens INTEGER NOT NULL,
      cost_micro_usd INTEGER NOT NULL,
      PRIMARY KEY (attempt_key, model)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE events (
      key INTEGER PRIMARY KEY,
      orchestration_key INTEGER NOT NULL AS (key >> 32),
      seq INTEGER NOT NULL AS (key & 4294967295),
      instance_key INTEGER,
      n INTEGER,
      attempt_key INTEGER,
      at INTEGER NOT NULL,
      type TEXT NOT NULL,
      stream INTEGER CHECK (stream IN (0, 1)),
      source_offset INTEGER,
      source_length INTEGER,
      body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX events_by_instance ON events (instance_key, n, type) WHERE instance_key IS NOT NULL;
  `,
};
