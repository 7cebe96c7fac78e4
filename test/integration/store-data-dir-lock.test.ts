import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  acquireDataDir,
  readHolder,
  type DataDirHolder,
  type HeldDataDir,
} from '../../src/main/store/data-dir-lock.ts';
import { FailureError } from '../../src/shared/domain/failure.ts';
import { instantOf } from '../../src/shared/domain/ids.ts';
import { startProgram } from '../support/store/programs.ts';
import { temporaryDirectory } from '../support/store/temporary-directory.ts';

const holder: DataDirHolder = {
  pid: process.pid,
  host: 'desktop',
  startedAt: instantOf(1_700_000_000_000),
  endpoint: null,
};
const reachable: DataDirHolder = { ...holder, endpoint: { url: 'http://127.0.0.1:7777', token: 'secret' } };

const acquire = async (dataDir: string): Promise<HeldDataDir> => {
  const held = await acquireDataDir(dataDir, holder);
  onTestFinished(() => held.release());
  return held;
};

const messageOfHeld = async (dataDir: string): Promise<string> => {
  try {
    await acquire(dataDir);
  } catch (error) {
    if (error instanceof FailureError && error.failure.code === 'data_dir.held') return error.failure.message;
    throw error;
  }
  throw new Error('it was free');
};

describe('a data directory', () => {
  it('is made when it is taken for the first time', async () => {
    const dataDir = join(await temporaryDirectory(), 'data');
    await acquire(dataDir);
    expect((await readdir(dataDir)).toSorted()).toEqual(['engine.json', 'engine.lock']);
  });

  it('is held by one only, and the second hears by whom', async () => {
    const dataDir = await temporaryDirectory();
    await acquire(dataDir);
    const message = await messageOfHeld(dataDir);
    expect(message).toContain(dataDir);
    expect(message).toContain(`desktop (process ${String(process.pid)}, since ${holder.startedAt})`);
  });

  it('says who holds it and how to reach it, to its owner only', async () => {
    const dataDir = await temporaryDirectory();
    const held = await acquire(dataDir);
    expect(await readHolder(dataDir)).toEqual(holder);
    await held.publish(reachable);
    expect(await readHolder(dataDir)).toEqual(reachable);
    if (process.platform !== 'win32') {
      expect((await stat(join(dataDir, 'engine.json'))).mode & 0o777).toBe(0o600);
    }
  });

  it('is free again when it is released', async () => {
    const dataDir = await temporaryDirectory();
    const held = await acquireDataDir(dataDir, holder);
    await held.release();
    expect(await readHolder(dataDir)).toBeNull();
    expect(await readdir(dataDir)).toEqual(['engine.lock']);
    await acquire(dataDir);
  });

  it('is held by nobody before anybody took it, and asking makes nothing', async () => {
    const dataDir = await temporaryDirectory();
    expect(await readHolder(dataDir)).toBeNull();
    expect(await readdir(dataDir)).toEqual([]);
  });

  it('is still held when others looked who holds it', async () => {
    const dataDir = await temporaryDirectory();
    await acquire(dataDir);
    for (let looks = 0; looks < 3; looks++) await readHolder(dataDir);
    expect(await startProgram('hold-data-dir', dataDir).line()).toBe('data_dir.held');
  });

  it('is held even if what is written about it cannot be read', async () => {
    const dataDir = await temporaryDirectory();
    await acquire(dataDir);
    await writeFile(join(dataDir, 'engine.json'), '{"pid": ');
    expect(await messageOfHeld(dataDir)).toContain('has not said yet who it is');
  });

  it('cannot be taken where nothing can be written', async () => {
    const file = join(await temporaryDirectory(), 'file');
    await writeFile(file, '');
    await expect(acquire(join(file, 'data'))).rejects.toMatchObject({
      failure: { code: 'data_dir.not_writable' },
    });
  });
});

describe('a data directory whose holder is another process', () => {
  it('names that process', async () => {
    const dataDir = await temporaryDirectory();
    const program = startProgram('hold-data-dir', dataDir);
    expect(await program.line()).toBe('held');
    expect((await readHolder(dataDir))?.pid).toBe(program.pid);
    expect(await messageOfHeld(dataDir)).toContain(`process ${String(program.pid)}`);
  });

  it('is free at once when that process is killed', async () => {
    const dataDir = await temporaryDirectory();
    const program = startProgram('hold-data-dir', dataDir);
    expect(await program.line()).toBe('held');
    await program.kill();
    expect(await readFile(join(dataDir, 'engine.json'), 'utf8')).toContain(String(program.pid));
    expect(await readHolder(dataDir)).toBeNull();
    await acquire(dataDir);
    expect((await readHolder(dataDir))?.pid).toBe(process.pid);
  });

  it('is taken by exactly one of twenty that try at once', async () => {
    const dataDir = await temporaryDirectory();
    const programs = Array.from({ length: 20 }, () => startProgram('hold-data-dir', dataDir));
    const answers = await Promise.all(programs.map((program) => program.line()));
    const winners = programs.filter((_, i) => answers[i] === 'held');
    expect(winners).toHaveLength(1);
    expect(answers.filter((answer) => answer === 'data_dir.held')).toHaveLength(19);
    expect((await readHolder(dataDir))?.pid).toBe(winners[0]?.pid);
  });

  it('is taken by exactly one of twenty that try at once in one process', async () => {
    const dataDir = await temporaryDirectory();
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => acquire(dataDir)));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});
