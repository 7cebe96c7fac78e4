import fc from 'fast-check';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../src/main/store/store.ts';
import { noMarks } from '../../src/shared/domain/orchestration.ts';
import {
  archiveOf,
  everything,
  figures,
  newMachine,
  openMachine,
  outcomes,
  refusal,
  some,
  takeIn,
} from '../support/machines.ts';
import { anySession, keep, type SampleSession } from '../support/sessions.ts';
import { temporaryDirectory } from '../support/store/temporary-directory.ts';

const unpacksTo = (bytes: Buffer, text: Buffer): boolean => {
  try {
    return zstdDecompressSync(bytes).equals(text);
  } catch {
    return false;
  }
};

describe('an archive', () => {
  it('brings everything of a session to another machine: views, figures, events, raw lines', async () => {
    const [from, to] = [await newMachine(), await newMachine()];
    await fc.assert(
      fc.asyncProperty(anySession(), async (sample) => {
        await keep(sample, from.store, join(from.dataDir, 'spool'));
        const { id } = sample.stored.orchestration;
        expect(outcomes(await takeIn(to, await archiveOf(from, { ids: [id] })))).toEqual(['imported']);
        const [before, after] = [await everything(from, sample), await everything(to, sample)];
        expect(after.stored).toEqual({
          ...before.stored,
          orchestration: { ...before.stored?.orchestration, origin: 'archive' },
        });
        expect({ ...after, stored: null }).toEqual({ ...before, stored: null });
        expect(await figures(to)).toEqual(await figures(from));
      }),
      { numRuns: 25 },
    );
  });

  it('is there already when it is taken in again, here and where it came from', async () => {
    const [from, to] = [await newMachine(), await newMachine()];
    for (const seed of [1, 2, 3]) await keep(some(seed), from.store, join(from.dataDir, 'spool'));
    const file = await archiveOf(from);
    expect(outcomes(await takeIn(to, file))).toEqual(['imported', 'imported', 'imported']);
    expect(outcomes(await takeIn(to, file))).toEqual(['present', 'present', 'present']);
    expect(outcomes(await takeIn(from, file))).toEqual(['present', 'present', 'present']);
    const second = await archiveOf(to);
    expect(outcomes(await takeIn(from, second))).toEqual(['present', 'present', 'present']);
  });

  it('counts marks and a new name as no other content, and leaves those that are here', async () => {
    const [from, to] = [await newMachine(), await newMachine()];
    const sample = some(4);
    await keep(sample, from.store, join(from.dataDir, 'spool'));
    const file = await archiveOf(from);
    await takeIn(to, file);
    const view = sample.stored.orchestration;
    const renamed = { ...view, ...noMarks, origin: 'archive' as const, name: 'mine', labels: ['kept'] };
    const nothing = { events: [], created: [], instances: [], attempts: [], specs: [], records: [] };
    await to.store.commit({ ...nothing, orchestrations: [renamed] });
    expect(outcomes(await takeIn(to, file))).toEqual(['present']);
    expect((await to.store.orchestration(view.id))?.orchestration).toMatchObject({
      name: 'mine',
      labels: ['kept'],
    });
  });

  it('with another content under an id that is here is refused, and what is here stays', async () => {
    const [from, to] = [await newMachine(), await newMachine()];
    const sample = some(5);
    await keep(sample, from.store, join(from.dataDir, 'spool'));
    const other = {
      ...sample,
      stored: { ...sample.stored, source: { ...sample.stored.source, planText: 'other' } },
    };
    await keep(other, to.store, join(to.dataDir, 'spool'));
    const steps = await takeIn(to, await archiveOf(from));
    expect(outcomes(steps)).toEqual(['refused']);
    expect(JSON.stringify(steps)).toContain('another content');
    expect((await everything(to, sample)).stored?.source.planText).toBe('other');
  });

  it('of one that runs has it stopped, and says so in its events', async () => {
    const [from, to] = [await newMachine(), await newMachine()];
    const sample = some(6, { running: true });
    await keep(sample, from.store, join(from.dataDir, 'spool'));
    expect(outcomes(await takeIn(to, await archiveOf(from)))).toEqual(['imported']);
    const { stored, events } = await everything(to, sample);
    expect(stored?.orchestration).toMatchObject({
      state: 'stopped',
      origin: 'archive',
      lastSeq: events.length,
    });
    expect(await to.store.unfinished()).toEqual([]);
    for (const view of stored?.instances ?? []) {
      expect(view).toMatchObject({ state: 'stopped', pid: null });
      expect(view.reason).toContain('exported');
      const own = events.filter(({ instanceId }) => instanceId === view.id);
      expect(own.length).toBe(view.eventCount);
      expect(own.at(-1)?.body).toMatchObject({ type: 'instance.state', to: 'stopped', reason: view.reason });
    }
    expect(stored?.orchestration.usage).toEqual(sample.stored.orchestration.usage);
    expect((await from.store.unfinished()).length).toBe(1);
  });

  it('that was cut, wherever, is refused, and nothing of it is taken in', async () => {
    const [from, to] = [await newMachine(), await newMachine()];
    for (const seed of [7, 8]) await keep(some(seed), from.store, join(from.dataDir, 'spool'));
    const file = await archiveOf(from);
    const whole = await readFile(file);
    const text = zstdDecompressSync(whole).toString('utf8');
    const lines = text.split('\n');
    const cuts = [0, 1, 10, whole.length >> 1, whole.length - 5, whole.length - 1].map((at) =>
      whole.subarray(0, at),
    );
    const fewer = [1, 2, 5, lines.length - 2].map((count) =>
      zstdCompressSync(`${lines.slice(0, count).join('\n')}\n`),
    );
    for (const bytes of [...cuts, ...fewer]) {
      await writeFile(file, bytes);
      expect(await refusal(to, file)).toBe('archive.damaged');
    }
    expect((await to.store.orchestrations({ limit: 1 })).total).toBe(0);
    expect(await readdir(join(to.dataDir, 'spool')).catch(() => [])).toEqual([]);
  });

  it('with a byte changed is refused, in the file or in what it holds', async () => {
    const [from, to] = [await newMachine(), await newMachine()];
    await keep(some(9), from.store, join(from.dataDir, 'spool'));
    const file = await archiveOf(from);
    const whole = await readFile(file);
    const text = zstdDecompressSync(whole);
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.boolean(), async (place, isInside) => {
        const bytes = Buffer.from(isInside ? text : whole);
        const at = place % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ 1;
        // Of a few bits of zstd's own head nothing depends.
        fc.pre(isInside || !unpacksTo(bytes, text));
        await writeFile(file, isInside ? zstdCompressSync(bytes) : bytes);
        expect(await refusal(to, file)).toMatch(/^archive\.(damaged|newer)$/);
      }),
      { numRuns: 60 },
    );
    expect((await to.store.orchestrations({ limit: 1 })).total).toBe(0);
  });

  it('of a newer program, or no archive at all, is refused with a reason', async () => {
    const to = await newMachine();
    const file = join(to.dataDir, 'x');
    const header = {
      format: 'netra-archive',
      version: 99,
      netra: '9',
      exportedAt: '2026-01-01T00:00:00.000Z',
      redacted: false,
    };
    await writeFile(file, zstdCompressSync(`${JSON.stringify(header)}\n`));
    expect(await refusal(to, file)).toBe('archive.newer');
    await writeFile(file, 'just a text');
    expect(await refusal(to, file)).toBe('archive.damaged');
    expect(await refusal(to, join(to.dataDir, 'nothing'))).toBe('archive.unreadable');
    await mkdir(join(to.dataDir, 'folder'));
    expect(await refusal(to, join(to.dataDir, 'folder'))).toBe('archive.unreadable');
  });

  it('that claims instances of another session takes nothing from it', async () => {
    const [from, to] = [await newMachine(), await newMachine()];
    const sample = some(10);
    await keep(sample, to.store, join(to.dataDir, 'spool'));
    const { stored, events } = some(11);
    const id = stored.orchestration.id;
    const thief: SampleSession = {
      raw: [],
      events: [],
      stored: {
        ...stored,
        orchestration: { ...stored.orchestration, lastSeq: 0 },
        attempts: [],
        instances: sample.stored.instances.map((view) => ({ ...view, orchestrationId: id, eventCount: 0 })),
      },
    };
    expect(events).toBeDefined();
    await keep(thief, from.store, join(from.dataDir, 'spool'));
    const before = await everything(to, sample);
    expect(outcomes(await takeIn(to, await archiveOf(from)))).toEqual(['refused']);
    expect(await everything(to, sample)).toEqual(before);
    expect(await to.store.orchestration(id)).toBeNull();
  });
});

describe('a kill', () => {
  const program = join(import.meta.dirname, '../support/store/export-archive.ts');
  const large = (seed: number): SampleSession => {
    const sample = some(seed, { mostEvents: 30 });
    const stdout = Buffer.from('{"type":"assistant","text":"some words"}\n'.repeat(20_000));
    return { ...sample, raw: sample.raw.map((one) => ({ ...one, stdout })) };
  };

  /** Runs it and kills it so many milliseconds after it began. */
  const killed = async (args: readonly string[], afterMs: number): Promise<boolean> => {
    const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    const exited = once(child, 'exit');
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (more: string) => (text += more));
    while (!text.includes('start') && child.exitCode === null) await delay(2);
    await delay(afterMs);
    child.kill('SIGKILL');
    await exited;
    return text.includes('done');
  };

  it('in the middle of an import leaves whole sessions only, and another import makes it whole', async () => {
    const from = await newMachine();
    const samples = [21, 22, 23, 24, 25].map(large);
    for (const sample of samples) await keep(sample, from.store, join(from.dataDir, 'spool'));
    const file = await archiveOf(from);
    const dataDir = await temporaryDirectory();
    for (const afterMs of [5, 40, 80, 120, 160, 220]) await killed(['import', dataDir, file], afterMs);
    const to = await openMachine(dataDir);
    await takeIn(to, file);
    for (const sample of samples) {
      const [before, after] = [await everything(from, sample), await everything(to, sample)];
      expect({ ...after, stored: after.stored?.instances }).toEqual({
        ...before,
        stored: before.stored?.instances,
      });
    }
    expect((await readdir(join(dataDir, 'spool'))).filter((name) => name.includes('import'))).toEqual([]);
    expect(outcomes(await takeIn(to, file))).toEqual(samples.map(() => 'present'));
  });

  it('in the middle of an export leaves no half file under its name', async () => {
    const dataDir = await temporaryDirectory();
    const store = await openStore({ dataDir });
    for (const seed of [31, 32, 33]) await keep(large(seed), store, join(dataDir, 'spool'));
    await store.close();
    const file = join(dataDir, 'all.netra.zst');
    for (const afterMs of [5, 15, 30, 60]) {
      const isDone = await killed(['export', dataDir, file], afterMs);
      const isThere = await access(file).then(
        () => true,
        () => false,
      );
      if (isThere) {
        const to = await newMachine();
        expect(outcomes(await takeIn(to, file))).toEqual(['imported', 'imported', 'imported']);
      } else expect(isDone).toBe(false);
    }
  });
});
