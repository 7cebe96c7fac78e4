import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openNetraPlace, type NetraPlace } from '../support/netra.ts';
import { writeTranscripts } from '../support/transcripts.ts';

let place: NetraPlace;
const escape = '\u001b';

const listed = z.array(z.object({ id: z.string(), name: z.string() }));

const list = async (...args: readonly string[]) => {
  const { stdout } = await place.run(['sessions', ...args, '--format', 'json']);
  return listed.parse(JSON.parse(stdout));
};

/** What a command that is refused says, once it is sure that it did nothing else. */
const refused = async (...args: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await place.run(args);
  expect({ args, code, stdout }).toEqual({ args, code: 2, stdout: '' });
  expect(stderr).not.toMatch(/unforeseen|^ +at /m);
  return stderr;
};

beforeAll(async () => {
  place = await openNetraPlace();
  const folder = join(place.claude.root, 'history');
  const said = { prompt: 'Look', answer: 'Seen', at: '2026-03-01T10:00:00.000Z' };
  await writeTranscripts(folder, [
    { ...said, id: '11111111-1111-4111-8111-111111111111', title: `${escape}[2Jcleared ${escape}[31mred` },
    { ...said, id: '22222222-2222-4222-8222-222222222222', title: 'Nightly review, the first' },
    { ...said, id: '33333333-3333-4333-8333-333333333333', title: '\u200b', prompt: 'What nobody named' },
  ]);
  expect((await place.run(['import', 'claude', '--from', folder])).code).toBe(0);
}, 60_000);

afterAll(() => place.close());

describe('a name', { timeout: 120_000 }, () => {
  it('of somebody else shows as what it is', async () => {
    const names = (await list()).map(({ name }) => name).toSorted();
    expect(names).toEqual(['Nightly review, the first', 'What nobody named', 'cleared red']);
  });

  it('that none has gets a hint: what it is a part of, or that it was deleted', async () => {
    expect(await refused('pin', 'nightly')).toMatch(
      /no orchestration "nightly"\. Did you mean \S+ \(Nightly review, the first\)\?/,
    );
    expect(await refused('pin', 'nothing like it')).toContain('`netra sessions` lists them');
    const [{ id } = { id: '' }] = await list('--search', 'name:cleared');
    await place.run(['delete', id]);
    for (const named of [id, id.slice(0, 13), 'cleared red']) {
      expect(await refused('sessions', 'show', named)).toMatch(
        /was deleted: `netra restore \S+` has it back|may be any of/,
      );
    }
    expect((await place.run(['restore', id])).code).toBe(0);
  });

  it('that may be any of several is not guessed', async () => {
    const [{ id } = { id: '' }] = await list();
    expect(await refused('sessions', 'show', id.slice(0, 6))).toMatch(
      /may be any of: .*\(cleared red\).*Say more/,
    );
  });

  it('never controls the terminal', async () => {
    const said = await refused('sessions', 'show', `x${escape}[2J\u009b31m\u202ey`);
    expect(said.replace(/\n$/, '')).not.toMatch(/[\p{Cc}\u202e]/u);
    expect((await refused('pin', 'x'.repeat(10_000))).length).toBeLessThan(300);
  });

  it('that nobody could see is none', async () => {
    expect(await refused('rename', 'cleared red', '\u200b')).toContain('can be seen');
    expect(await refused('pin', '')).toContain('no orchestration ""');
  });
});

describe('what cannot be', { timeout: 120_000 }, () => {
  it.each([
    [['search', ''], 'Say what to look for'],
    [['search', '"'], 'The quotation mark is not closed'],
    [['search', 'a'.repeat(1001)], 'at most 1,000 characters'],
    [['sessions', '--search', 'state:odd'], 'running, succeeded'],
    [['usage', '--search', 'state:odd', '--format', 'json'], 'running, succeeded'],
    [['usage', '--from', '2026-02-30'], '"2026-02-30" is no time'],
    [['usage', '--from', '2026-05', '--to', '2026-04'], 'is not before'],
    [['export', 'all', '-o', ''], '--output: It needs the name of a file.'],
    [['note', 'cleared red', 'text', '--clear'], 'not both'],
  ] as const)('is refused with a sentence: %j', async (args, sentence) => {
    expect(await refused(...args)).toContain(sentence);
  });

  it('is said once', async () => {
    const said = await refused('search', 'tool:');
    expect(said.trim().split('\n')).toHaveLength(1);
  });
});

it(
  'what is taken in is taken in whole, also when nobody reads on what was',
  { timeout: 120_000 },
  async () => {
    const folder = join(place.claude.root, 'much');
    const ids = Array.from({ length: 60 }, (_, i) => `44444444-4444-4444-8444-4444444444${String(10 + i)}`);
    const said = { prompt: 'Look', answer: 'Seen', at: '2026-04-01T10:00:00.000Z', title: 'One of many' };
    await writeTranscripts(
      folder,
      ids.map((id, i) => ({
        ...said,
        id,
        ...(i === 0 && { title: 'Old one', at: '2025-04-01T10:00:00.000Z' }),
      })),
    );
    const elsewhere = (name: string): readonly string[] => ['--data-dir', join(place.claude.root, name)];
    const archive = join(place.claude.root, 'many.netra.zst');
    expect((await place.run(['import', 'claude', '--from', folder, ...elsewhere('from')])).code).toBe(0);
    expect((await place.run(['export', 'all', archive, ...elsewhere('from')])).code).toBe(0);
    const run = place.start(['import', 'archive', archive, ...elsewhere('to')]);
    run.stopReading();
    expect((await run.exited).code).toBe(0);
    expect(await list('-n', '100', ...elsewhere('to'))).toHaveLength(60);

    // Also of the oldest an instance is named by its session and its name.
    const shown = await place.run(['sessions', 'show', 'old one/session', ...elsewhere('to')]);
    expect(shown).toMatchObject({ code: 0, stdout: expect.stringContaining('Seen') as string });
  },
);

it('a label with a comma in it is taken away as it was given', { timeout: 60_000 }, async () => {
  const target = 'Nightly review, the first';
  const labelled = async (...args: readonly string[]): Promise<string> =>
    (await place.run(['label', target, ...args])).stdout;
  expect(await labelled('a,b', 'c', 'd')).toContain('[a,b, c, d]');
  expect(await labelled('--remove', 'a,b')).toContain('[c, d]');
  expect(await labelled('--remove', 'c,d')).not.toContain('[');
});

it.each(['prices.json', 'workspaces'])(
  'an engine that cannot be opened for its %s ends, and lets go of what it had opened',
  { timeout: 40_000 },
  async (name) => {
    const dataDir = join(place.claude.root, `blocked-${name}`);
    await mkdir(dataDir);
    const blocked = join(dataDir, name);
    // Each where the other is wanted.
    await (name.endsWith('.json') ? mkdir(blocked) : writeFile(blocked, 'no folder'));
    const { code, stderr } = await place.run(['inbox', '--data-dir', dataDir]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('unforeseen') as string });
    await rm(blocked, { recursive: true });
    expect((await place.run(['inbox', '--data-dir', dataDir])).code).toBe(0);
  },
);
