import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createSpoolStreams } from '../../src/main/exports/archive/spool-streams.ts';
import { createExports } from '../../src/main/exports/exports.ts';
import { parseQuery } from '../../src/shared/domain/search/search-parse.ts';
import {
  archiveOf,
  everything,
  figures,
  newMachine,
  outcomes,
  refusal,
  some,
  takeIn,
  type Machine,
} from '../support/machines.ts';
import { keep, withSecret } from '../support/sessions.ts';

type Line = { kind?: string; [field: string]: unknown };

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Writes an archive anew with its lines changed, and all of its checksums right. */
const forge = async (file: string, change: (line: Line) => readonly Line[]): Promise<void> => {
  const lines = zstdDecompressSync(await readFile(file))
    .toString('utf8')
    .trimEnd()
    .split('\n')
    .flatMap((text) => change(JSON.parse(text) as Line));
  let all = '';
  let part = '';
  for (const line of lines) {
    const isDone = line.kind === 'done';
    const sums = {
      ...(isDone && { sha256: sha256(part) }),
      ...(line.kind === 'end' && { sha256: sha256(all) }),
    };
    const text = `${JSON.stringify({ ...line, ...sums })}\n`;
    all += text;
    part = isDone || line.kind === undefined ? '' : part + text;
  }
  await writeFile(file, zstdCompressSync(all));
};

const archived = async (from: Machine, seed: number): Promise<string> => {
  await keep(some(seed, { mostEvents: 20 }), from.store, join(from.dataDir, 'spool'));
  return archiveOf(from);
};

const expectNothingIn = async ({ store, dataDir }: Machine): Promise<void> => {
  expect((await store.orchestrations({ limit: 1 })).total).toBe(0);
  const spool = await readdir(join(dataDir, 'spool')).catch(() => []);
  expect(spool.filter((name) => name !== 'records.ledger.ndjson')).toEqual([]);
};

describe('a forged archive', () => {
  it('whose checksums are right is taken in: what follows is refused for what it says', async () => {
    const [from, to] = [await newMachine(), await newMachine()];
    const file = await archived(from, 41);
    await forge(file, (line) => [line]);
    expect(outcomes(await takeIn(to, file))).toEqual(['imported']);
  });

  it.each(['../../outside', '/etc/outside', 'a/../../outside', '..\\outside', 'outside\0'])(
    'writes no file of the name %j, wherever that leads',
    async (name) => {
      const [from, to] = [await newMachine(), await newMachine()];
      const file = await archived(from, 42);
      const renamed = (value: unknown, id: unknown): unknown =>
        JSON.parse(JSON.stringify(value).replaceAll(String(id), JSON.stringify(name).slice(1, -1)));
      let id: unknown;
      await forge(file, (line) => {
        const record = line['record'] as { id?: string } | undefined;
        id ??= record?.id;
        return [id === undefined ? line : (renamed(line, id) as Line)];
      });
      expect(await refusal(to, file)).toBe('archive.damaged');
      await expectNothingIn(to);
      expect((await readdir(to.dataDir)).filter((one) => one.includes('outside'))).toEqual([]);
    },
  );

  it('brings no raw lines for attempts that are not its own', async () => {
    const [from, to] = [await newMachine(), await newMachine()];
    const [own, other] = [some(43), some(44)];
    await keep(own, to.store, join(to.dataDir, 'spool'));
    const victim = own.stored.attempts[0]?.id;
    await keep(other, from.store, join(from.dataDir, 'spool'));
    const file = await archiveOf(from);
    const before = await everything(to, own);
    await forge(file, (line) =>
      line.kind === 'done'
        ? [{ kind: 'raw', attemptId: victim, stream: 'stdout', text: 'forged' }, line]
        : [line],
    );
    expect(outcomes(await takeIn(to, file))).toEqual(['imported']);
    expect(await everything(to, own)).toEqual(before);
  });

  it('that claims more events than it has, or others, leaves nothing', async () => {
    const claims: readonly ((line: Line) => Line)[] = [
      ({ view, ...line }) => ({
        ...line,
        ...(view !== undefined && { view: { ...(view as Line), lastSeq: 9e15 } }),
      }),
      (line) => (line.kind === 'event' ? { ...line, seq: 2 ** 52 } : line),
      (line) => (line.kind === 'event' ? { ...line, body: { type: 'stderr', text: 'another' } } : line),
      (line) =>
        line.kind === 'event' ? { ...line, instanceId: '00000000-0000-4000-8000-000000000000' } : line,
    ];
    const from = await newMachine();
    const file = await archived(from, 45);
    const whole = await readFile(file);
    const to = await newMachine();
    for (const claim of claims) {
      await writeFile(file, whole);
      await forge(file, (line) => [claim(line)]);
      expect(await refusal(to, file)).toBe('archive.damaged');
      await expectNothingIn(to);
    }
    await to.store.keeper.idle();
    const { instances, attempts } = await to.store.census();
    expect({ instances, attempts }).toEqual({ instances: 0, attempts: 0 });
  });

  it('that unpacks to one endless line, or to more than there is room for, is refused before any of it is written', async () => {
    const [from, to] = [await newMachine(), await newMachine()];
    const file = await archived(from, 46);
    const whole = await readFile(file);
    const bomb = zstdCompressSync(Buffer.alloc(200 * 1024 * 1024, 'a'));
    expect(bomb.length).toBeLessThan(100_000);
    await writeFile(file, bomb);
    expect(await refusal(to, file)).toBe('archive.damaged');
    await writeFile(file, whole);
    const raw = { ...createSpoolStreams(join(to.dataDir, 'spool')), room: () => Promise.resolve(1000) };
    const exports = createExports({ store: to.store, raw, clock: { now: () => 0 }, version: '1' });
    expect(await refusal({ ...to, exports }, file)).toBe('archive.too_large');
    await expectNothingIn(to);
  });
});

describe('a machine that has some of what an archive brings', () => {
  it('takes in the rest, and then has the same figures, lists and hits', async () => {
    const [from, to] = [await newMachine(), await newMachine()];
    const keepThere = (seed: number) =>
      keep(withSecret(some(seed), 'zanzibar', 'x'), from.store, join(from.dataDir, 'spool'));
    for (const seed of [51, 52, 53]) await keepThere(seed);
    const first = await archiveOf(from);
    await takeIn(to, first);
    for (const seed of [54, 55]) await keepThere(seed);
    const all = await archiveOf(from);
    expect(outcomes(await takeIn(to, all))).toEqual([
      'present',
      'present',
      'present',
      'imported',
      'imported',
    ]);
    const listOf = async ({ store }: Machine) =>
      (await store.orchestrations({ limit: 100 })).items.map(({ origin: _origin, ...view }) => view);
    expect(await listOf(to)).toEqual(await listOf(from));
    expect(await figures(to)).toEqual(await figures(from));
    expect(await to.store.labels()).toEqual(await from.store.labels());
    const hitsOf = async ({ store }: Machine) => {
      await store.keeper.idle();
      return (
        await store.search({ query: parseQuery('zanzibar', { now: 0, timeZone: 'UTC' }).query, limit: 200 })
      ).hits;
    };
    expect((await hitsOf(from)).length).toBeGreaterThan(0);
    expect(await hitsOf(to)).toEqual(await hitsOf(from));
  });
});
