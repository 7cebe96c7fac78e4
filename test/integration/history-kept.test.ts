import { appendFile, cp, mkdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StoreBatch } from '../../src/main/engine/store-ports.ts';
import { rebuildDatabase } from '../../src/main/store/rebuild/rebuild.ts';
import { instantOf } from '../../src/shared/domain/ids.ts';
import type { OrchestrationView } from '../../src/shared/domain/orchestration.ts';
import { totalOf } from '../../src/shared/domain/usage.ts';
import { fixtureSessions, openHistoryBench, type HistoryBench } from '../support/history.ts';
import { emptyBatch, sampleOf, seenOf } from '../support/store/samples.ts';

let bench: HistoryBench;
const version = '2.1.330';
const sessions = (await fixtureSessions())[version] ?? {};
const idOf = (name: string): string => sessions[name] ?? '';
const project = (): string => join(bench.folder, `-home-ada-${version}`);
const transcript = (name: string): string => join(project(), `${idOf(name)}.jsonl`);

const commit = (batch: Partial<StoreBatch>): Promise<void> =>
  bench.store().commit({ ...emptyBatch, ...batch });

const listed = async (): Promise<readonly OrchestrationView[]> =>
  (await bench.store().orchestrations({ limit: 200 })).items;

const ofSession = async (name: string): Promise<OrchestrationView> => {
  for (const view of await listed()) {
    const stored = await bench.store().orchestration(view.id);
    if (view.origin === 'claude' && stored?.instances[0]?.sessionId === idOf(name)) return view;
  }
  throw new Error(`The session ${name} is not there.`);
};
const isThere = async (name: string): Promise<boolean> =>
  ofSession(name).then(
    () => true,
    () => false,
  );

/** All that there is of each session, in the order of ids. */
const library = async () => {
  const all = await Promise.all(
    (await listed()).map(async (view) => {
      const { id, name, state, lastSeq, labels, note, pinned, usage } = view;
      const events = await bench.store().eventsAfter(id, 0, 1000);
      const bodies = events.map(({ seq, n, source, body }) => ({ seq, n, source, body }));
      return { id, name, state, lastSeq, labels, note, pinned, usage: totalOf(usage), bodies };
    }),
  );
  return all.toSorted((a, b) => (a.id < b.id ? -1 : 1));
};
const saidIn = async (name: string): Promise<readonly string[]> => {
  const { id } = await ofSession(name);
  return (await bench.store().eventsAfter(id, 0, 1000)).flatMap(({ body }) =>
    'text' in body ? [body.text] : [],
  );
};

/** A run of ours in which Claude Code had a session. */
const runOfOurs = async (sessionId: string): Promise<void> => {
  const { orchestration, instances, attempts, source } = sampleOf('ours', ['one']);
  const ended = { state: 'succeeded', endedAt: instantOf(Date.UTC(2026, 0, 3)) } as const;
  await commit({
    created: [{ id: orchestration.id, source }],
    orchestrations: [{ ...orchestration, ...ended }],
    instances: instances.map((view) => ({ ...view, ...ended, sessionId })),
    attempts: attempts.map((record) => ({ ...record, sessionId, endedAt: ended.endedAt })),
  });
};

const ledger = (): string => join(bench.dataDir, 'spool/records.ledger.ndjson');

/** The database is lost, and made anew from what lies beside the spools. */
const rebuild = async (meanwhile: () => Promise<void> = () => Promise.resolve()): Promise<void> => {
  await bench.close();
  await meanwhile();
  await rename(join(bench.dataDir, 'netra.db'), join(bench.dataDir, 'lost.db'));
  for (const suffix of ['-wal', '-shm']) await rm(join(bench.dataDir, `netra.db${suffix}`), { force: true });
  await rebuildDatabase({ dataDir: bench.dataDir, salvage: false });
  await bench.reopen();
};

const line = (fields: object): string => `${JSON.stringify(fields)}\n`;
const prompt = (text: string, at: number): string =>
  line({
    ...{ parentUuid: null, isSidechain: false, type: 'user', message: { role: 'user', content: text } },
    ...{ uuid: crypto.randomUUID(), timestamp: new Date(at).toISOString(), cwd: '/home/ada/shop', version },
  });
const later = Date.UTC(2026, 10, 24);

beforeEach(async () => {
  bench = await openHistoryBench(version);
});
afterEach(() => bench.remove());

describe('a session that was run from here', () => {
  it('is not taken in a second time', async () => {
    await runOfOurs(idOf('tools'));
    expect(await bench.importAll()).toMatchObject({ sessionsAdded: 9, sessionsOurs: 1, problems: [] });
    expect(await isThere('tools')).toBe(false);
    await appendFile(transcript('tools'), prompt('And on', later));
    expect(await bench.importAll()).toMatchObject({ sessionsAdded: 0, sessionsGrown: 0 });
    expect(await isThere('tools')).toBe(false);
  });

  it('goes out of the lists when it was taken in before its run was on record, and stays out', async () => {
    await bench.importAll();
    expect(await isThere('tools')).toBe(true);
    await runOfOurs(idOf('tools'));
    await bench.importAll();
    expect(await isThere('tools')).toBe(false);
    await appendFile(transcript('tools'), prompt('And on', later));
    await bench.importAll();
    await bench.reopen();
    await bench.importAll();
    expect(await isThere('tools')).toBe(false);
    expect((await listed()).length).toBe(10);
  });
});

describe('a session that was deleted here', () => {
  const remove = async (name: string): Promise<void> => {
    const view = await ofSession(name);
    await commit({ orchestrations: [{ ...view, deletedAt: view.startedAt }] });
    const deleted = { ...view, deletedAt: view.startedAt };
    expect(await bench.store().remove([seenOf(deleted)])).toEqual([view.id]);
  };

  it('does not come back, neither when it grows nor with a database made anew', async () => {
    await bench.importAll();
    await remove('text');
    await appendFile(transcript('text'), prompt('And on', later));
    expect(await bench.importAll()).toMatchObject({ sessionsAdded: 0, sessionsLeftOut: 1 });
    await rebuild();
    expect(await bench.importAll()).toMatchObject({ sessionsAdded: 0, sessionsGrown: 0, sessionsLeftOut: 1 });
    expect(await isThere('text')).toBe(false);
    expect(await listed()).toHaveLength(9);
  });

  it('stays deleted while it can still be restored, though it grows', async () => {
    await bench.importAll();
    const view = await ofSession('text');
    await commit({ orchestrations: [{ ...view, deletedAt: view.startedAt }] });
    await appendFile(transcript('text'), prompt('And on', later));
    await bench.importAll();
    expect(await isThere('text')).toBe(false);
    await rebuild();
    await bench.importAll();
    expect(await isThere('text')).toBe(false);
  });
});

describe('a database that is made anew', () => {
  it('has all sessions with their marks, and knows how far each file was read', async () => {
    await bench.importAll();
    const view = await ofSession('tools');
    const marks = { name: 'Mine', labels: ['kept'], note: 'a note', pinned: true };
    await commit({ orchestrations: [{ ...view, ...marks }] });
    const before = await library();
    await rebuild();
    expect(await library()).toEqual(before);
    expect(await bench.importAll()).toMatchObject({ newFiles: 0, readBytes: 0, sessionsAdded: 0 });
    await appendFile(transcript('tools'), prompt('And on', later));
    expect(await bench.importAll()).toMatchObject({ newFiles: 1, sessionsGrown: 1, problems: [] });
    expect(await ofSession('tools')).toMatchObject({ ...marks, lastSeq: view.lastSeq + 1 });
    expect(await saidIn('tools')).toContain('And on');
  });

  it('has also the sessions whose transcripts Claude Code has deleted', async () => {
    await bench.importAll();
    const before = await library();
    await rm(project(), { recursive: true });
    await bench.importAll();
    await rebuild();
    await bench.importAll();
    expect(await library()).toEqual(before);
  });

  it('takes a session in again of which nothing was written down yet', async () => {
    await bench.importAll();
    const before = await library();
    const { id } = await ofSession('tools');
    await rebuild(() => rm(join(bench.dataDir, 'spool', `${id}.ledger.ndjson`), { force: true }));
    expect(await bench.importAll()).toMatchObject({ sessionsAdded: 1, problems: [] });
    expect(await library()).toEqual(before);
  });

  it('neither lacks nor repeats anything when it knows less of a file than of its session', async () => {
    await bench.importAll();
    await bench.reopen();
    const old = await readFile(ledger());
    await appendFile(transcript('tools'), prompt('And on', later));
    await bench.importAll();
    const before = await library();
    await rebuild(() => writeFile(ledger(), old));
    await bench.importAll();
    expect(await library()).toEqual(before);
    await appendFile(transcript('tools'), prompt('And further', later + 1));
    expect(await bench.importAll()).toMatchObject({ problems: [] });
    expect((await saidIn('tools')).slice(-2)).toEqual(['And on', 'And further']);
  });

  it('neither lacks nor repeats anything when it knows more of a file than of its session', async () => {
    await bench.importAll();
    await bench.reopen();
    const { id } = await ofSession('tools');
    const path = join(bench.dataDir, 'spool', `${id}.ledger.ndjson`);
    const old = await readFile(path);
    await appendFile(transcript('tools'), prompt('And on', later));
    await bench.importAll();
    const before = await library();
    await rebuild(() => writeFile(path, old));
    expect(await bench.importAll()).toMatchObject({ problems: [] });
    expect(await library()).toEqual(before);
  });
});

describe('a transcript', () => {
  it('that ends with half a line is read on when the rest has come', async () => {
    const text = await readFile(transcript('tools'));
    await bench.importAll();
    const before = await library();
    const end = Buffer.from(prompt('Grüße an 😀', later));
    for (const cut of [1, 60, end.indexOf('ü') + 1, end.length - 1, end.length]) {
      await writeFile(transcript('tools'), Buffer.concat([text, end.subarray(0, cut)]));
      expect(await bench.importAll()).toMatchObject({ problems: [], brokenLines: 0 });
    }
    expect((await saidIn('tools')).filter((said) => said === 'Grüße an 😀')).toHaveLength(1);
    expect((await library()).length).toBe(before.length);
  });

  it('that was cut short is read anew, and what is written after that is not lost', async () => {
    await bench.importAll();
    const size = (await readFile(transcript('tools'), 'utf8')).length;
    const text = await readFile(transcript('tools'), 'utf8');
    const half = text.slice(0, text.indexOf('\n', size / 2) + 1);
    await truncate(transcript('tools'), Buffer.byteLength(half));
    await appendFile(transcript('tools'), prompt('And on', later));
    expect(await bench.importAll()).toMatchObject({ problems: [], brokenLines: 0 });
    expect((await saidIn('tools')).at(-1)).toBe('And on');
    const { id, lastSeq } = await ofSession('tools');
    expect((await bench.store().eventsAfter(id, 0, 1000)).map(({ seq }) => seq)).toEqual(
      Array.from({ length: lastSeq }, (_, i) => i + 1),
    );
  });

  it('that is empty now takes nothing away', async () => {
    await bench.importAll();
    const before = await library();
    await truncate(transcript('tools'), 0);
    expect(await bench.importAll()).toMatchObject({ problems: [] });
    expect(await library()).toEqual(before);
  });

  it('that was written anew from its middle on, and is longer now, is read anew', async () => {
    await bench.importAll();
    const lines = (await readFile(transcript('tools'), 'utf8')).trimEnd().split('\n');
    const kept = lines.slice(0, lines.length / 2).join('\n');
    const other = Array.from({ length: 60 }, (_, i) =>
      prompt(`Other ${String(i)} ${'x'.repeat(600)}`, later + i),
    );
    await writeFile(transcript('tools'), `${kept}\n${other.join('')}`);
    expect(await bench.importAll()).toMatchObject({ problems: [], brokenLines: 0 });
    expect((await saidIn('tools')).filter((said) => said.startsWith('Other '))).toHaveLength(60);
  });

  it('of the same session in another folder is neither a second session nor read a second time', async () => {
    await bench.importAll();
    const before = await library();
    for (const name of ['-a-copy', '-z-copy']) {
      await mkdir(join(bench.folder, name));
      await cp(transcript('tools'), join(bench.folder, name, `${idOf('tools')}.jsonl`));
      expect(await bench.importAll()).toMatchObject({ sessionsAdded: 0, sessionsGrown: 0, problems: [] });
      expect(await library()).toEqual(before);
    }
    await appendFile(transcript('tools'), prompt('And on', later));
    expect(await bench.importAll()).toMatchObject({ sessionsGrown: 1 });
    expect((await saidIn('tools')).at(-1)).toBe('And on');
  });

  it('that was moved to another folder goes on there', async () => {
    await bench.importAll();
    const before = await library();
    await mkdir(join(bench.folder, '-a-moved'));
    await rename(transcript('tools'), join(bench.folder, '-a-moved', `${idOf('tools')}.jsonl`));
    await bench.importAll();
    expect(await library()).toEqual(before);
    await appendFile(join(bench.folder, '-a-moved', `${idOf('tools')}.jsonl`), prompt('And on', later));
    await bench.importAll();
    expect((await saidIn('tools')).filter((said) => said === 'And on')).toHaveLength(1);
  });
});
