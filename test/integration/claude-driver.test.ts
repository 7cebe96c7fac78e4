import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { identify, isAlive, untilGone } from '../../src/main/claude/process/process-identity.ts';
import type { AttemptSpec } from '../../src/main/engine/ports.ts';
import {
  fakeLaunch,
  followed,
  installationOf,
  isRunning,
  openAttemptPlace,
  type AttemptPlace,
} from '../support/attempts.ts';
import { mountSmallDisk } from '../support/small-disk.ts';

let place: AttemptPlace;
beforeEach(async () => {
  place = await openAttemptPlace({ installation: installationOf(fakeLaunch), env: {} });
});
afterEach(() => place.close());

const fake = (behaviour: string, more: Partial<AttemptSpec['instance']> = {}): AttemptSpec =>
  place.spec({ ...more, env: { FAKE_CLAUDE: behaviour } });

const start = async (spec: AttemptSpec) => {
  const { attempt } = await place.driver.start(spec);
  return { attempt, seen: followed(attempt) };
};

const run = async (behaviour: string) => {
  const { attempt, seen } = await start(fake(behaviour));
  attempt.prompt('go');
  attempt.endInput();
  return { end: await seen.end, events: seen.events(), items: seen.items() };
};

const never = new AbortController().signal;

describe('a program that prints what it should not', () => {
  it('and is Claude-like otherwise, succeeds', async () => {
    const { end } = await run('good');
    expect(end).toMatchObject({ exitCode: 0, signal: null, failure: null, worked: true });
  });

  it('such as nothing, fails with a code and a sentence', async () => {
    const { end } = await run('nothing');
    expect(end?.failure).toMatchObject({ code: 'claude.no_output' });
  });

  it('such as garbage, fails, and every line is kept', async () => {
    const { end, events } = await run('garbage');
    expect(end?.failure?.code).toBe('claude.garbage');
    expect(events.filter(({ type }) => type === 'raw')).toHaveLength(3);
  });

  it('such as a line of 20 MiB, goes on after it', async () => {
    const { end, events } = await run('long-line');
    expect(end?.failure).toBeNull();
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'raw', reason: 'overlong', bytes: 20 * 1024 * 1024 }),
    );
  });

  it('such as bytes that are no UTF-8, shows them as such', async () => {
    const { end, events } = await run('invalid-utf8');
    expect(end?.failure).toBeNull();
    expect(events.flatMap((event) => (event.type === 'raw' ? [event.text] : []))).toEqual([
      '{\uFFFD\uFFFD\uFFFD',
    ]);
  });

  it('such as half a line before it dies, keeps the half', async () => {
    const { end, events } = await run('half-line');
    expect(end).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
    expect(end?.failure).not.toBeNull();
    expect(events).toContainEqual({ type: 'raw', reason: 'unfinished', text: '{"type":"assist', bytes: 15 });
  });

  it('can be looked up in the spool by the place of its line', async () => {
    const { attempt, seen } = await start(fake('garbage'));
    await seen.end;
    const [first] = seen.items();
    if (first?.kind !== 'event') throw new Error('no event');
    const id = (await readdir(place.spoolFolder))[0]?.split('.')[0];
    expect(id).toBeDefined();
    expect(attempt.process.pid).toBeGreaterThan(0);
    const spool = await readFile(join(place.spoolFolder, `${String(id)}.ndjson`), 'utf8');
    expect(spool.slice(first.source.offset, first.source.offset + first.source.length)).toBe(
      'Segmentation fault',
    );
  });
});

describe('what cannot be started', () => {
  const codeOf = async (spec: AttemptSpec): Promise<unknown> =>
    place.driver.start(spec).then(
      () => null,
      (error: unknown) => error,
    );

  it('for its workspace is missing, or is a file', async () => {
    const file = join(place.workspace, 'file');
    await writeFile(file, '');
    const missing = { ...fake('good'), workspace: join(place.root, 'gone') };
    expect(await codeOf(missing)).toMatchObject({ failure: { code: 'workspace.missing' } });
    expect(await codeOf({ ...fake('good'), workspace: join(file, 'x') })).toMatchObject({
      failure: { code: 'workspace.missing' },
    });
    expect(await codeOf({ ...fake('good'), workspace: file })).toMatchObject({
      failure: { code: 'workspace.unreadable' },
    });
  });

  it.skipIf(process.getuid?.() === 0)('for its workspace may not be read', async () => {
    await chmod(place.workspace, 0o000);
    const error = await codeOf(fake('good'));
    await chmod(place.workspace, 0o700);
    expect(error).toMatchObject({ failure: { code: 'workspace.unreadable' } });
  });

  it('for the program is gone, or is none, and leaves nothing in the spool', async () => {
    for (const [file, code] of [
      [join(place.root, 'gone'), 'claude.not_found'],
      [place.root, 'claude.not_executable'],
    ] as const) {
      const other = await openAttemptPlace({ installation: installationOf({ file, prefix: [] }), env: {} });
      const error = await other.driver.start(other.spec()).catch((thrown: unknown) => thrown);
      const left = await readdir(other.spoolFolder);
      await other.close();
      expect(error).toMatchObject({ failure: { code } });
      expect(left).toEqual([]);
    }
  });

  it('for an argument is too long for the system', async () => {
    const appendSystemPrompt = 'x'.repeat(4 * 1024 * 1024);
    expect(await codeOf(fake('good', { appendSystemPrompt }))).toMatchObject({
      failure: { code: 'claude.arguments_too_long' },
    });
  });
});

describe('the spool', () => {
  it('is readable by this person only, as are settings that may hold secrets', async () => {
    const { attempt, seen } = await start(fake('good', { settings: { env: { TOKEN: 'secret' } } }));
    const names = await readdir(place.spoolFolder);
    const modes = await Promise.all(
      names.map(async (name) => (await stat(join(place.spoolFolder, name))).mode & 0o777),
    );
    expect(names.map((name) => name.replace(/^[^.]+/, '')).toSorted()).toEqual([
      '.ndjson',
      '.settings.json',
      '.stderr',
    ]);
    if (process.platform !== 'win32') expect(new Set(modes)).toEqual(new Set([0o600]));
    attempt.endInput();
    await seen.end;
    expect((await readdir(place.spoolFolder)).join()).not.toContain('settings');
  });

  it('on a full disk fails the instance and ends what hangs', async ({ skip }) => {
    const disk = mountSmallDisk(1);
    if (disk === null) return skip('a small disk can be mounted by root on Linux only');
    onTestFinished(disk.remove);
    const spoolFolder = join(disk.path, 'spool');
    const tight = await openAttemptPlace({ installation: installationOf(fakeLaunch), env: {}, spoolFolder });
    onTestFinished(() => tight.close());
    const { attempt } = await tight.driver.start(tight.spec({ env: { FAKE_CLAUDE: 'flood' } }));
    const end = await followed(attempt).end;
    expect(end?.failure?.code).toBe('spool.disk_full');
    expect(await isRunning(attempt.process.pid)).toBe(false);
  });
});

const childrenSchema = z.object({ pids: z.array(z.int()) });

describe.skipIf(process.platform === 'win32')('ending an attempt', () => {
  /** The pids that the program says it started; they are in a raw line or notice of its spool. */
  const childrenOf = async (spec: AttemptSpec): Promise<readonly number[]> => {
    const spool = await readFile(join(place.spoolFolder, `${spec.attemptId}.ndjson`), 'utf8');
    const line = spool.split('\n').find((each) => each.includes('"pids"'));
    return childrenSchema.parse(JSON.parse(line ?? '{}')).pids;
  };
  const running = async (pids: readonly number[]): Promise<readonly number[]> => {
    const alive = await Promise.all(pids.map(async (pid) => ((await isRunning(pid)) ? [pid] : [])));
    return alive.flat();
  };
  const untilInit = (seen: ReturnType<typeof followed>) =>
    seen.event(({ body }) => body.type === 'session.started');

  it('that ignores SIGTERM takes a kill', async () => {
    const { attempt, seen } = await start(fake('stubborn'));
    await untilInit(seen);
    await attempt.signal('interrupt');
    await attempt.signal('terminate');
    expect(await isRunning(attempt.process.pid)).toBe(true);
    await attempt.signal('kill');
    expect(await isRunning(attempt.process.pid)).toBe(false);
    expect(await seen.end).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
  });

  it('by a kill leaves no child, in its group or in another', async () => {
    const spec = fake('parent');
    const { attempt, seen } = await start(spec);
    await untilInit(seen);
    await expect.poll(() => childrenOf(spec)).toHaveLength(2);
    const children = await childrenOf(spec);
    expect(await running(children)).toEqual(children);
    await attempt.signal('kill');
    expect(await running([attempt.process.pid, ...children])).toEqual([]);
    await seen.end;
  });

  it('by a SIGTERM that only Claude itself heeds leaves no child either', async () => {
    const spec = fake('parent');
    const { attempt, seen } = await start(spec);
    await expect.poll(() => childrenOf(spec).catch(() => [])).toHaveLength(2);
    await attempt.signal('terminate');
    expect(await seen.end).toMatchObject({ signal: 'SIGTERM' });
    expect(await running(await childrenOf(spec))).toEqual([]);
  });

  it('that dies by itself leaves no child', async () => {
    const spec = fake('dying-parent');
    const { seen } = await start(spec);
    expect(await seen.end).toMatchObject({ exitCode: 3 });
    const children = await childrenOf(spec);
    expect(children).toHaveLength(2);
    expect(await running(children)).toEqual([]);
  });

  it('that another engine started, and that ended meanwhile, leaves no child', async () => {
    const spec = fake('dying-parent');
    const { attempt } = await place.driver.start(spec);
    await untilGone(attempt.process, never, 10);
    attempt.release();
    const later = await place.openDriver();
    const taken = await later.takeOver(spec, attempt.process, { stdout: 0, stderr: 0 });
    const end = await taken.catchUp(() => Promise.resolve());
    expect(end).toMatchObject({ exitCode: null, signal: null });
    expect(end?.failure).not.toBeNull();
    expect(await running(await childrenOf(spec))).toEqual([]);
  });
});

describe('an attempt that another engine left', () => {
  it('is followed on from the stored place, with the same events as if nothing had happened', async () => {
    const spec = fake('good');
    const { attempt } = await place.driver.start(spec);
    const first = followed(attempt);
    await first.event(({ body }) => body.type === 'session.started');
    attempt.release();
    expect(await first.end).toBeNull();
    const stored = first.outputs.at(-1)?.offsets ?? { stdout: 0, stderr: 0 };

    const taken = await (await place.openDriver()).takeOver(spec, attempt.process, stored);
    const rest = followed(taken);
    expect(taken.prompt('again')).toBe(false);
    // The pipe of the engine before, which in life closes with its process.
    attempt.endInput();
    expect(await rest.end).toMatchObject({ failure: null, worked: true });
    expect(rest.events().map(({ type }) => type)).toEqual(['turn.ended']);
  });

  it('is read without waiting while it lives', async () => {
    const spec = fake('stubborn');
    const { attempt, seen } = await start(spec);
    await seen.event(({ body }) => body.type === 'session.started');
    const taken = await (await place.openDriver()).takeOver(spec, attempt.process, { stdout: 0, stderr: 0 });
    expect(await taken.catchUp(() => Promise.resolve())).toBeNull();
    taken.release();
    await attempt.signal('kill');
    await seen.end;
  });

  it('is known not to have worked when it ended without a byte', async () => {
    const spec = fake('nothing');
    const { attempt } = await place.driver.start(spec);
    await untilGone(attempt.process, never, 10);
    attempt.release();
    const taken = await (await place.openDriver()).takeOver(spec, attempt.process, { stdout: 0, stderr: 0 });
    expect(await followed(taken).end).toMatchObject({ worked: false });
  });

  it('is ended when its spool is gone, for nobody can hear it any more', async () => {
    const spec = fake('stubborn');
    const { attempt } = await place.driver.start(spec);
    attempt.release();
    await rm(join(place.spoolFolder, `${spec.attemptId}.ndjson`));
    const taken = await place.driver.takeOver(spec, attempt.process, { stdout: 0, stderr: 0 });
    await expect(followed(taken).end).rejects.toMatchObject({ failure: { code: 'spool.missing' } });
    expect(await isRunning(attempt.process.pid)).toBe(false);
  });
});

describe('telling processes apart', () => {
  it('knows a living one, and not another with the same pid', async () => {
    const own = await identify(process.pid);
    expect(await isAlive(own)).toBe(true);
    expect(await isAlive({ ...own, startToken: `${own.startToken}1` })).toBe(false);
  });

  it('counts a dead one as gone, even before anybody has collected it', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    await once(child, 'spawn');
    const identity = await identify(child.pid ?? 0);
    expect(await isAlive(identity)).toBe(true);
    const gone = untilGone(identity, never, 10);
    child.kill('SIGKILL');
    await gone;
    expect(await isAlive(identity)).toBe(false);
  });
});

describe('our own process', () => {
  const script = (last: string): string => `
    import { followed, installationOf, fakeLaunch, openAttemptPlace } from ${JSON.stringify(
      fileURLToPath(new URL('../support/attempts.ts', import.meta.url)),
    )};
    const place = await openAttemptPlace({ installation: installationOf(fakeLaunch), env: {}, spoolFolder: process.env.SPOOL });
    const { attempt } = await place.driver.start(place.spec({ env: { FAKE_CLAUDE: 'good' } }));
    console.log(attempt.process.pid);
    ${last}
    await place.close();`;

  const runScript = async (last: string) => {
    const spool = join(place.root, 'other-spool');
    await mkdir(spool);
    const child = spawn(process.execPath, ['--input-type=module', '-e', script(last)], {
      env: { ...process.env, SPOOL: spool },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pieces: Buffer[] = [];
    child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
    const [code] = (await once(child, 'close')) as readonly unknown[];
    const spools = await readdir(spool);
    const ndjson = spools.find((name) => name.endsWith('.ndjson')) ?? '';
    return { code, output: Buffer.concat(pieces).toString(), spool: join(spool, ndjson) };
  };

  it('stays for an attempt that it follows', async () => {
    const { code, output } = await runScript(
      `const seen = followed(attempt); attempt.prompt('x'); setTimeout(() => attempt.endInput(), 300).unref();
       console.log((await seen.end).exitCode);`,
    );
    expect(code).toBe(0);
    expect(output).toMatch(/^\d+\n0\n$/);
  });

  it('may leave one running, which then ends by itself with its whole output kept', async () => {
    const { code, output, spool } = await runScript(
      `const seen = followed(attempt); await seen.event(({ body }) => body.type === 'session.started');
       attempt.prompt('x'); attempt.release();`,
    );
    expect(code).toBe(0);
    const pid = Number(output.trim());
    await expect.poll(() => isRunning(pid), { timeout: 10_000 }).toBe(false);
    expect(await readFile(spool, 'utf8')).toContain('"subtype":"success"');
  });
});
