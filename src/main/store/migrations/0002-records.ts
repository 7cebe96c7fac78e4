import type { Migration } from './migration.ts';

/**
 * - `records` holds what is kept beyond orchestrations: schedules, permission rules, trusted folders, raised budgets.
 * - `instance_specs` holds the specs of instances that run with one of their own instead of the plan's.
 * - The index serves the sum of what was spent in a day or month.
 */
export const records: Migration = {
  version: 2,
  name: 'records',
  sql: `
    CREATE TABLE records (
      kind TEXT NOT NULL,
      id TEXT NOT NULL,
      value TEXT NOT NULL,
      PRIMARY KEY (kind, id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE instance_specs (
      instance_key INTEGER PRIMARY KEY REFERENCES instances (key),
      spec TEXT NOT NULL
    ) STRICT;

    CREATE INDEX attempts_by_start ON attempts (started_at);
  `,
};
