import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { migrate, versionOf } from '../../../../src/main/store/migrate.ts';
import { migrations } from '../../../../src/main/store/migrations/index.ts';
import { FailureError } from '../../../../src/shared/domain/failure.ts';

const schemaOf = (db: Database.Database): readonly unknown[] =>
  db.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY name').all();

const codeOf = (run: () => void): string | undefined => {
  try {
    run();
  } catch (error) {
    if (error instanceof FailureError) return error.failure.code;
    throw error;
  }
  return undefined;
};

const grown = [
  ...migrations,
  { version: migrations.length + 1, name: 'more', sql: 'CREATE TABLE more (a) ' },
];

describe('migrating a database', () => {
  it('has steps numbered from 1 without a gap', () => {
    expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, index) => index + 1));
  });

  it.each(migrations)(
    'takes step $version ($name) on its own, to the same schema as all at once',
    ({ version }) => {
      const stepwise = new Database(':memory:');
      for (let last = 1; last <= version; last++) migrate(stepwise, migrations.slice(0, last));
      const atOnce = new Database(':memory:');
      migrate(atOnce, migrations.slice(0, version));
      expect(versionOf(stepwise)).toBe(version);
      expect(schemaOf(stepwise)).toEqual(schemaOf(atOnce));
    },
  );

  it('makes strict tables only', () => {
    const db = new Database(':memory:');
    migrate(db);
    const tables = db.prepare<[], { name: string; strict: number }>('PRAGMA table_list').all();
    const loose = tables.filter(({ name, strict }) => strict === 0 && !name.startsWith('sqlite_'));
    expect(loose).toEqual([]);
  });

  it('does nothing to a database that is at the newest version', () => {
    const db = new Database(':memory:');
    migrate(db);
    const before = db.serialize();
    migrate(db);
    expect(db.serialize().equals(before)).toBe(true);
  });

  it('takes only the steps that are new', () => {
    const db = new Database(':memory:');
    migrate(db);
    migrate(db, grown);
    expect(db.prepare('SELECT version, name FROM migrations ORDER BY version').all().at(-1)).toEqual({
      version: migrations.length + 1,
      name: 'more',
    });
  });

  it('leaves no trace of a step that fails halfway', () => {
    const db = new Database(':memory:');
    migrate(db);
    const before = schemaOf(db);
    const broken = {
      version: migrations.length + 1,
      name: 'broken',
      sql: 'CREATE TABLE half (a); nonsense;',
    };
    expect(() => migrate(db, [...migrations, broken])).toThrow('nonsense');
    expect(schemaOf(db)).toEqual(before);
    expect(versionOf(db)).toBe(migrations.length);
  });

  it('refuses a database that a newer program made', () => {
    const db = new Database(':memory:');
    migrate(db, grown);
    expect(codeOf(() => migrate(db))).toBe('store.newer');
  });

  it('refuses a database whose steps were other ones', () => {
    const db = new Database(':memory:');
    migrate(db);
    const changed = migrations.map((migration) => ({ ...migration, sql: `${migration.sql} -- changed` }));
    expect(codeOf(() => migrate(db, changed))).toBe('store.schema_changed');
  });
});

describe('the first schema', () => {
  const db = new Database(':memory:');
  migrate(db, migrations.slice(0, 1));
  const planOf = (sql: string): string =>
    db
      .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map(({ detail }) => detail)
      .join('\n');

  it('tells the orchestration and the seq of an event from its key', () => {
    db.prepare('INSERT INTO events (key, at, type, body) VALUES (?, 1, ?, ?)').run(
      7 * 2 ** 32 + 42,
      'A',
      '{}',
    );
    expect(db.prepare('SELECT orchestration_key, seq FROM events').get()).toEqual({
      orchestration_key: 7,
      seq: 42,
    });
  });

  it('reads the letters of an instance from an index alone', () => {
    const plan = planOf('SELECT type FROM events WHERE instance_key = 1 ORDER BY n');
    expect(plan).toContain('USING COVERING INDEX events_by_instance');
    expect(plan).not.toContain('TEMP B-TREE');
  });

  it('pages through the orchestrations of a state without sorting', () => {
    const plan = planOf(
      "SELECT key FROM orchestrations WHERE state = 'failed' AND key < 9 ORDER BY key DESC",
    );
    expect(plan).toContain('orchestrations_by_state (state=? AND key<?)');
    expect(plan).not.toContain('TEMP B-TREE');
  });
});
