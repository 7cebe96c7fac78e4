import { copyFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openForWriting } from '../../src/main/store/database.ts';
import { versionOf } from '../../src/main/store/migrate.ts';
import { migrations } from '../../src/main/store/migrations/index.ts';
import { openStore } from '../../src/main/store/store.ts';
import { startProgram } from '../support/store/programs.ts';
import { temporaryDirectory } from '../support/store/temporary-directory.ts';

const fixture = (version: number): URL =>
  new URL(`../fixtures/store/v${String(version)}.sqlite`, import.meta.url);

const oldDirectory = async (version: number): Promise<string> => {
  const dataDir = await temporaryDirectory();
  await copyFile(fixture(version), join(dataDir, 'netra.db'));
  return dataDir;
};

const inspect = <T>(path: string, use: (db: Database.Database) => T): T => {
  const db = new Database(path, { readonly: true });
  try {
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    return use(db);
  } finally {
    db.close();
  }
};

const rowsOf = (db: Database.Database): unknown => ({
  events: db
    .prepare('SELECT key, instance_key, n, attempt_key, at, type, body FROM events ORDER BY key')
    .all(),
  attempts: db.prepare('SELECT id, record FROM attempts ORDER BY key').all(),
  instances: db.prepare('SELECT id, view FROM instances ORDER BY key').all(),
});

const copiesIn = async (dataDir: string): Promise<readonly string[]> =>
  (await readdir(dataDir)).filter((name) => name.includes('.before-'));

describe('a database that a newer program rewrites', () => {
  it.each([1, 2])('is copied first, for its owner only (version %i)', async (version) => {
    const dataDir = await oldDirectory(version);
    const store = await openStore({ dataDir });
    await store.close();
    expect(await copiesIn(dataDir)).toEqual(['netra.db.before-v3']);
    const copy = join(dataDir, 'netra.db.before-v3');
    if (process.platform !== 'win32') expect((await stat(copy)).mode & 0o777).toBe(0o600);
    const before = inspect(copy, (db) => [versionOf(db), rowsOf(db)]);
    const after = inspect(join(dataDir, 'netra.db'), rowsOf);
    expect(before).toEqual([version, after]);
  });

  it('is copied no second time, and a new one never', async () => {
    const dataDir = await temporaryDirectory();
    for (let times = 0; times < 2; times++) await (await openStore({ dataDir })).close();
    expect(await copiesIn(dataDir)).toEqual([]);
  });

  it('keeps the newest copy only, and none that was not finished', async () => {
    const dataDir = await oldDirectory(2);
    for (const name of ['before-v2', 'before-v3', 'before-v2.part', 'before-v3.part']) {
      await writeFile(join(dataDir, `netra.db.${name}`), 'old');
    }
    openForWriting(join(dataDir, 'netra.db')).close();
    expect(await copiesIn(dataDir)).toEqual(['netra.db.before-v3']);
    inspect(join(dataDir, 'netra.db.before-v3'), (db) => {
      expect(versionOf(db)).toBe(2);
    });
  });
});

/** A database of version 2 that takes a while to copy and to rewrite. */
const largeDirectory = async (): Promise<string> => {
  const dataDir = await oldDirectory(2);
  const db = new Database(join(dataDir, 'netra.db'));
  const insert = db.prepare('INSERT INTO events (key, at, type, body) VALUES (?, 1, ?, ?)');
  const orchestration = db.prepare(
    `INSERT INTO orchestrations (id, name, state, started_at, ended_at, view)
     SELECT ?, name, state, started_at, ended_at, view FROM orchestrations WHERE key = 1`,
  );
  db.transaction(() => {
    for (let i = 0; i < 4000; i++) orchestration.run(`copy ${String(i)}`);
    for (let i = 0; i < 20_000; i++) insert.run(2 ** 40 + i, 'g', JSON.stringify({ text: 'x'.repeat(500) }));
  })();
  db.close();
  return dataDir;
};

/** What a database holds, in short. */
const digestOf = (db: Database.Database): unknown =>
  ['events (body)', 'instances (view)', 'orchestrations (view)', 'attempts (record)'].map((one) => {
    const [table, column] = one.split(/[ ()]+/);
    const sql = `SELECT count(*), sum(length(${String(column)})), sum(key) FROM ${String(table)}`;
    return db.prepare(sql).raw().get();
  });

describe('a process that is killed while it brings a database up to date', () => {
  it('leaves it sound, and the next one does it again', async () => {
    const dataDir = await largeDirectory();
    const file = join(dataDir, 'netra.db');
    const whole = inspect(file, digestOf);
    const other = await temporaryDirectory();
    await copyFile(file, join(other, 'netra.db'));
    const untouched = startProgram('bring-up-to-date', other);
    expect(await untouched.line()).toBe('begins');
    const begun = performance.now();
    expect(await untouched.line()).toBe('done');
    const took = performance.now() - begun;
    const kills = 8;
    for (let kill = 0; kill < kills; kill++) {
      const program = startProgram('bring-up-to-date', dataDir);
      expect(await program.line()).toBe('begins');
      await delay((took * kill) / kills);
      await program.kill();
      expect([2, migrations.length]).toContain(inspect(file, versionOf));
      expect(inspect(file, digestOf)).toEqual(whole);
      for (const name of await copiesIn(dataDir)) {
        if (/\.part(-journal)?$/.test(name)) continue;
        expect(inspect(join(dataDir, name), (db) => [versionOf(db), digestOf(db)])).toEqual([2, whole]);
      }
    }
    const program = startProgram('bring-up-to-date', dataDir);
    expect([await program.line(), await program.line()]).toEqual(['begins', 'done']);
    expect(inspect(file, versionOf)).toBe(migrations.length);
    expect(inspect(file, digestOf)).toEqual(whole);
    expect(await copiesIn(dataDir)).toEqual(['netra.db.before-v3']);
  });
});
