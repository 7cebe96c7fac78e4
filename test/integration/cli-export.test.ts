import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../src/main/store/store.ts';
import { openNetraPlace, type NetraExit, type NetraPlace } from '../support/netra.ts';
import { keep, type SampleSession } from '../support/sessions.ts';
import { sampleOf } from '../support/store/samples.ts';

let place: NetraPlace;
let folder: string;

const ended = (name: string): SampleSession => {
  const { orchestration, instances, attempts, source } = sampleOf(name, ['first']);
  const endedAt = orchestration.startedAt;
  const usage = {
    basis: 'exact' as const,
    byModel: {
      'claude-opus-5-5': {
        ...{ inputTokens: 1, outputTokens: 2, cacheWriteTokens: 3, cacheReadTokens: 4 },
        costMicroUsd: 1_234_567,
      },
    },
  };
  return {
    events: [],
    stored: {
      orchestration: {
        ...orchestration,
        ...{ state: 'succeeded', endedAt, usage, counts: { succeeded: 1 } },
        note: 'token sk-ant-api03-0123456789abcdefghijklmnop',
      },
      instances: instances.map((view) => ({
        ...view,
        state: 'succeeded' as const,
        pid: null,
        endedAt,
        usage,
      })),
      attempts: attempts.map((record) => ({ ...record, process: null, endedAt, exitCode: 0, usage })),
      source,
      specs: {},
    },
    raw: attempts.map((attempt) => ({ attempt, stdout: Buffer.from('{}\n'), stderr: Buffer.alloc(0) })),
  };
};

beforeEach(async () => {
  place = await openNetraPlace();
  folder = join(place.dataDir, 'files');
  await mkdir(folder, { recursive: true });
  const store = await openStore({ dataDir: place.dataDir });
  for (const name of ['Fix: the "build"?', 'second']) {
    await keep(ended(name), store, join(place.dataDir, 'spool'));
  }
  await store.close();
});

afterEach(() => place.close());

const netra = (...args: readonly string[]): Promise<NetraExit> => place.run(args);

describe('netra export', () => {
  it('writes what the name of the file says, and prints its path', async () => {
    const file = join(folder, 'report.html');
    const { code, stdout, stderr } = await netra('export', 'second', '-o', file);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${file}\n` });
    expect(stderr).toContain('1 session, 0 events.');
    expect(await readFile(file, 'utf8')).toMatch(/^<!doctype html>[^]*\$1\.234567[^]*<\/html>\n$/);
    expect(await readdir(folder)).toEqual(['report.html']);
  });

  it('writes to stdout nothing but the export', async () => {
    const { code, stdout } = await netra('export', 'all', '-f', 'csv', '-o', '-');
    expect(code).toBe(0);
    expect(stdout.split('\r\n').filter((line) => line.endsWith(',1234567,1.234567')).length).toBe(2);
  });

  it('leaves a file that is there alone, unless it is told otherwise', async () => {
    const file = join(folder, 'x.md');
    await writeFile(file, 'mine');
    const refused = await netra('export', 'second', '-o', file);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('--force');
    expect(await readFile(file, 'utf8')).toBe('mine');
    expect((await netra('export', 'second', '-o', file, '--force')).code).toBe(0);
    expect(await readFile(file, 'utf8')).toMatch(/^# second\n/);
  });

  it('gives a file in a folder a name that every system takes', async () => {
    expect((await netra('export', 'Fix: the "build"?', '-o', folder)).code).toBe(0);
    expect((await readdir(folder))[0]).toMatch(/^Fix- the -build [0-9a-f-]{13}\.md$/);
  });

  it('says what is right when it is asked for what cannot be', async () => {
    const unknown = await netra('export', 'nothing', '-o', '-');
    expect(unknown).toMatchObject({ code: 2, stdout: '' });
    expect(unknown.stderr).toContain('netra sessions');
    const format = await netra('export', 'second', '-o', join(folder, 'x.pdf'));
    expect(format.code).toBe(2);
    expect(format.stderr).toMatch(/"\.pdf" says no format[^]*markdown, html, json/);
    expect((await netra('export', 'all', 'a', 'b')).stderr).toContain('nothing but one file');
    expect((await netra('export', 'second', '-f', 'pdf')).code).toBe(2);
    expect(await readdir(folder)).toEqual([]);
  });

  it('takes secrets out where it is told to, and says how many', async () => {
    const file = join(folder, 'x.json');
    const { stderr } = await netra('export', 'second', '-o', file, '--redact');
    expect(stderr).toMatch(/secrets? (was|were) taken out: .*1 × Anthropic key/);
    expect(await readFile(file, 'utf8')).not.toContain('sk-ant');
  });
});

describe('netra import archive', () => {
  it('takes in what was exported, once, and restarts nothing of it', async () => {
    const file = join(folder, 'all.netra.zst');
    expect((await netra('export', 'all', file)).stdout).toBe(`${file}\n`);
    const other = join(place.dataDir, 'other');
    const there = (...args: readonly string[]) => netra('--data-dir', other, ...args);
    const first = await there('import', 'archive', file);
    expect(first.code).toBe(0);
    expect(first.stdout.match(/^taken in/gm)).toHaveLength(2);
    for (const same of [
      ['usage', '--by', 'model', '--format', 'json'],
      ['compare', 'second', 'Fix: the "build"?'],
    ]) {
      const [before, after] = [await netra(...same), await there(...same)];
      expect(after).toEqual(before);
      expect(after.code).toBe(0);
    }
    const restart = await there('restart', 'second/first');
    expect(restart.code).toBe(1);
    expect(restart.stderr).toContain('orchestration.not_ours');
    const titles = (await there('sessions', 'list', '--format', 'ndjson')).stdout.match(/"name":"[^,]*"/g);
    expect(titles).toEqual(['"name":"second"', String.raw`"name":"Fix: the \"build\"?"`]);
    await writeFile(file, (await readFile(file)).subarray(0, 100));
    const cut = await there('import', 'archive', file);
    expect(cut).toMatchObject({ code: 1, stdout: '' });
    expect(cut.stderr).toContain('archive.damaged');
  });
});
