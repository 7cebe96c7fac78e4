import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { FailureError } from '../../shared/domain/failure.ts';
import { migrations as allMigrations } from './migrations/index.ts';
import type { Migration } from './migrations/migration.ts';

const checksumOf = (migration: Migration): string => createHash('sha256').update(migration.sql).digest('hex');

/** The version that a database is at; 0 for one without a schema. */
export const versionOf = (db: Database): number => Number(db.pragma('user_version', { simple: true }));

/** Refuses a database that a newer program has made. @throws FailureError `store.newer`, which names both versions */
export const refuseNewer = (version: number, migrations: readonly Migration[] = allMigrations): void => {
  const known = migrations.length;
  if (version <= known) return;
  throw new FailureError({
    code: 'store.newer',
    message:
      `The database is of version ${String(version)}, and this program knows versions up to ${String(known)}. ` +
      'Update Netra Orchestrator, or choose another data directory.',
  });
};

const verifyApplied = (db: Database, applied: readonly Migration[]): void => {
  const find = db.prepare<[number], string>('SELECT checksum FROM migrations WHERE version = ?').pluck();
  for (const migration of applied) {
    if (find.get(migration.version) === checksumOf(migration)) continue;
    throw new FailureError({
      code: 'store.schema_changed',
      message:
        `Step ${String(migration.version)} (${migration.name}) of the database was made by another build of this ` +
        'program. Use that build, or choose another data directory.',
    });
  }
};

/**
 * Brings a database to the newest schema, each step in a transaction of its own. Steps taken before are compared by
 * checksum. `beforeRewrite` is called before anything is changed, when there is content and a step that rewrites it.
 * @throws FailureError `store.newer`, `store.schema_changed`; SqliteError when a step fails; what `beforeRewrite` throws
 */
export const migrate = (
  db: Database,
  migrations: readonly Migration[] = allMigrations,
  beforeRewrite: (version: number) => void = () => undefined,
): void => {
  const version = versionOf(db);
  refuseNewer(version, migrations);
  if (version > 0) verifyApplied(db, migrations.slice(0, version));
  const missing = migrations.slice(version);
  const rewriting = missing.find(({ rewrites }) => rewrites === true);
  if (version > 0 && rewriting !== undefined) beforeRewrite(rewriting.version);
  const apply = db.transaction((migration: Migration) => {
    db.exec(
      'CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, ' +
        'checksum TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT',
    );
    db.exec(migration.sql);
    db.prepare('INSERT INTO migrations (version, name, checksum, applied_at) VALUES (?, ?, ?, ?)').run(
      migration.version,
      migration.name,
      checksumOf(migration),
      Date.now(),
    );
    db.pragma(`user_version = ${String(migration.version)}`);
  });
  for (const migration of missing) apply.immediate(migration);
};
