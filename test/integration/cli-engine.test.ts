import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { acquireDataDir } from '../../src/main/store/data-dir-lock.ts';
import { instantOf } from '../../src/shared/domain/ids.ts';
import { containing, matching } from '../support/matching.ts';
import { openNetraPlace, type NetraPlace } from '../support/netra.ts';

let place: NetraPlace;

beforeEach(async () => {
  place = await openNetraPlace();
});

afterEach(async () => {
  await place.close();
});

const reportSchema = z.object({
  orchestration: z.object({ id: z.string(), name: z.string(), state: z.string() }),
  instances: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      state: z.string(),
      attempts: z.int(),
      result: z.string().nullable(),
    }),
  ),
  totals: z.object({ usage: z.record(z.string(), z.int()), costUsd: z.number(), costBasis: z.string() }),
});

const show = async (name: string): Promise<z.infer<typeof reportSchema>> => {
  const { stdout } = await place.run(['sessions', 'show', name, '--format', 'json']);
  return reportSchema.parse(JSON.parse(stdout));
};

const eventCount = async (name: string): Promise<number> => {
  const { stdout } = await place.run(['sessions', 'show', name, '--format', 'ndjson']);
  return stdout.trim().split('\n').length;
};

const running = async (): Promise<readonly string[]> => {
  const { stdout } = await place.run(['ps', '--format', 'json']);
  return z
    .array(reportSchema)
    .parse(JSON.parse(stdout))
    .map(({ orchestration }) => orchestration.name);
};

const slow = { name: 'slow', prompt: 'WORDS=600 SLOW=50' };

describe('a run in the background', () => {
  it('is started by --detach, seen by ps and stopped by stop', async () => {
    const file = await place.plan('background', [slow]);
    const started = await place.run(['run', file, '--detach']);
    expect(started.code).toBe(0);
    const id = z.uuid().parse(started.stdout.trim());
    expect(await running()).toEqual(['background']);
    const stopped = await place.run(['stop', id.slice(0, 13)]);
    expect(stopped).toMatchObject({ code: 0, stdout: matching(/■ stopped .*background/) });
    expect(await running()).toEqual([]);
    expect((await place.run(['stop', '--all'])).stderr).toContain('nothing runs');
  });

  it('can be followed to its end, and left without being stopped', async () => {
    const file = await place.plan('followed', [{ name: 'a', prompt: 'WORDS=60 SLOW=50' }]);
    await place.run(['run', file, '--detach']);
    const visitor = place.start(['attach']);
    await visitor.shows(/a {2}● running/);
    visitor.kill('SIGINT');
    expect((await visitor.exited).code).toBe(130);
    expect(await running()).toEqual(['followed']);
    const { code, stdout } = await place.run(['attach', 'followed', '--format', 'json']);
    expect(code).toBe(0);
    expect(reportSchema.parse(JSON.parse(stdout)).instances[0]?.state).toBe('succeeded');
  });

  it('ends its engine when there is nothing more to do', async () => {
    const engine = place.start(['engine', '--idle', '200ms']);
    expect(await engine.exited).toMatchObject({ code: 0, stderr: '' });
    expect(await running()).toEqual([]);
  });
});

describe('an engine in another terminal', () => {
  it('takes the plans of a second netra, and waits for them', async () => {
    const first = place.start([
      'run',
      await place.plan('first', [{ name: 'a', prompt: 'WORDS=40 SLOW=50' }]),
    ]);
    await first.shows(/a {2}● running/);
    const second = place.start([
      'run',
      await place.plan('second', [{ name: 'b', prompt: 'WORDS=120 SLOW=50' }]),
    ]);
    await second.shows(/runs in the engine of cli \(process \d+\)/);
    await second.shows(/b {2}● running/);
    await first.shows(/waiting for what else runs in this engine: "second"/);
    expect((await second.exited).code).toBe(0);
    expect((await first.exited).code).toBe(0);
  });

  it('is stopped from elsewhere by name, one instance or all', async () => {
    const run = place.start(['run', await place.plan('pair', [slow, { ...slow, name: 'other' }])]);
    await run.shows(/other {2}● running/);
    const one = await place.run(['stop', 'pair/slow']);
    expect(one.stdout).toMatch(/■ stopped .*slow/);
    expect((await place.run(['stop', '--all', '--force'])).stdout).toMatch(/■ stopped .*pair/);
    expect((await run.exited).code).toBe(1);
  });

  it('runs an instance again that is named from elsewhere', async () => {
    await place.run(['run', await place.plan('again', [{ name: 'a', prompt: 'WORDS=2' }])]);
    const { code } = await place.run(['restart', 'again/a', '--format', 'json']);
    expect(code).toBe(0);
    expect((await show('again')).instances[0]).toMatchObject({ state: 'succeeded', attempts: 2 });
  });
});

describe('a run whose engine is killed', () => {
  it('comes to the same totals and events as one that was left alone', async () => {
    const plan = (name: string) =>
      place.plan(name, [{ name: 'a', prompt: 'STEPS=2 WORDS=150 SLOW=40', permissionMode: 'acceptEdits' }]);
    await place.run(['run', await plan('undisturbed')]);
    const run = place.start(['run', await plan('killed'), '--format', 'ndjson']);
    await run.shows(/tool\.finished/);
    run.kill('SIGKILL');
    await run.exited;
    const { code } = await place.run(['attach', 'killed']);
    expect(code).toBe(0);
    const [one, other] = [await show('undisturbed'), await show('killed')];
    expect(other.totals).toEqual(one.totals);
    expect(other.instances[0]?.result).toBe(one.instances[0]?.result);
    expect(await eventCount('killed')).toBe(await eventCount('undisturbed'));
  });

  it('is settled by the next command that looks at it', async () => {
    const run = place.start(['run', await place.plan('killed', [{ name: 'a', prompt: 'WORDS=30 SLOW=30' }])]);
    await run.shows(/a {2}● running/);
    await expect.poll(() => place.api.requests().messages, { timeout: 20_000 }).toBeGreaterThan(0);
    run.kill('SIGKILL');
    await run.exited;
    await expect
      .poll(async () => (await show('killed')).orchestration.state, { timeout: 30_000 })
      .toBe('succeeded');
  });

  it('is stopped without an engine', async () => {
    const run = place.start(['run', await place.plan('orphan', [slow])]);
    await run.shows(/slow {2}● running/);
    run.kill('SIGKILL');
    await run.exited;
    expect((await place.run(['ps'])).stderr).toContain('no engine watches this any more');
    const { code, stdout } = await place.run(['stop', 'orphan']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/■ stopped .*orphan/);
  });

  it('goes on in the engine of a visitor', async () => {
    const file = await place.plan('handed-on', [{ name: 'a', prompt: 'WORDS=120 SLOW=40' }]);
    const run = place.start(['run', file]);
    await run.shows(/a {2}● running/);
    const visitor = place.start(['attach', 'handed-on']);
    await visitor.shows(/a {2}● running/);
    run.kill('SIGKILL');
    await visitor.shows(/its work is being taken over/);
    expect((await visitor.exited).code).toBe(0);
    expect((await show('handed-on')).instances[0]?.state).toBe('succeeded');
  });
});

describe('netra serve', () => {
  it('serves the console, gives a new link when asked again, and lets others attach', async () => {
    const server = place.start(['serve']);
    const [link] = await server.shows(/http:\/\/127\.0\.0\.1:\d+\/\?code=\S+/);
    expect((await fetch(new URL('/', link))).status).toBe(401);
    const entered = await fetch(link);
    expect(entered.headers.getSetCookie()[0]).toContain('HttpOnly');
    const again = await place.run(['serve']);
    expect(again.code).toBe(0);
    expect(new URL(again.stdout.trim()).origin).toBe(new URL(link).origin);
    expect(again.stdout.trim()).not.toBe(link);
    const run = await place.run(['run', await place.plan('served', [{ name: 'a', prompt: 'WORDS=2' }])]);
    expect(run.stderr).toContain('runs in the engine of web');
    server.kill('SIGINT');
    expect((await server.exited).code).toBe(0);
  });

  it('hands what still runs to a background engine when it ends without a terminal', async () => {
    const server = place.start(['serve']);
    await server.shows(/code=/);
    const run = place.start(['run', await place.plan('kept', [slow])]);
    await run.shows(/slow {2}● running/);
    server.kill('SIGTERM');
    expect((await server.exited).stderr).toContain('goes on in the background');
    await run.shows(/being taken over|running/);
    expect(await running()).toEqual(['kept']);
    await place.run(['stop', '--all', '--force']);
    expect((await run.exited).code).toBe(1);
  });

  it('says that a port is taken', async () => {
    const { port } = new URL(place.api.url);
    expect(await place.run(['serve', '--port', port])).toMatchObject({
      code: 1,
      stderr: containing('web.port_taken'),
    });
  });
});

describe('the data directory', () => {
  it('is kept from other people, with the address of its engine', async () => {
    const server = place.start(['serve']);
    await server.shows(/code=/);
    const modes = await Promise.all(
      ['', 'engine.json', 'netra.db'].map(
        async (name) => (await stat(join(place.dataDir, name))).mode & 0o077,
      ),
    );
    expect(modes).toEqual([0, 0, 0]);
    server.kill('SIGTERM');
    await server.exited;
  });

  it('names who holds it and does not answer', async () => {
    const holder = { pid: process.pid, host: 'desktop', startedAt: instantOf(Date.now()), endpoint: null };
    const held = await acquireDataDir(place.dataDir, holder);
    try {
      const { code, stderr } = await place.run(['ps']);
      expect(code).toBe(1);
      expect(stderr).toContain(`desktop (process ${String(process.pid)}`);
      expect(stderr).toContain('engine.unreachable');
    } finally {
      await held.release();
    }
  });

  it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
    'says when it cannot be written',
    async () => {
      const folder = join(place.dataDir, 'locked');
      await mkdir(folder, { mode: 0o500 });
      expect(await place.run(['--data-dir', join(folder, 'data'), 'ps'])).toMatchObject({
        code: 1,
        stderr: containing('data_dir.not_writable'),
      });
      await chmod(folder, 0o700);
    },
  );

  it('says when a file stands in its place', async () => {
    const file = join(place.dataDir, 'file');
    await writeFile(file, '');
    expect(await place.run(['--data-dir', join(file, 'data'), 'ps'])).toMatchObject({
      code: 1,
      stderr: containing('data_dir.not_writable'),
    });
  });

  it('has a damaged database moved aside, and says where to', async () => {
    await writeFile(join(place.dataDir, 'netra.db'), 'x'.repeat(8192));
    const { code, stderr } = await place.run(['sessions']);
    expect(code).toBe(0);
    expect(stderr).toMatch(/damaged.*moved to .*netra\.db\.corrupt-/);
  });
});

describe('what is asked for wrongly', () => {
  it('ends with 2 and a near miss', async () => {
    const unknown = await place.run(['rnu', 'x']);
    expect(unknown).toMatchObject({ code: 2, stderr: containing('Did you mean run?') });
    const option = await place.run(['run', '--formt', 'json', 'x']);
    expect(option).toMatchObject({ code: 2, stderr: containing('Did you mean --format?') });
    expect((await place.run(['run', 'x', '--format', 'xml'])).code).toBe(2);
    expect((await place.run(['serve', '--port', '70000'])).code).toBe(2);
    expect((await place.run(['stop'])).code).toBe(2);
    expect((await place.run(['run'])).code).toBe(2);
    expect((await place.run([])).code).toBe(2);
  });

  it('names the orchestrations and instances that are not there', async () => {
    for (const [args, said] of [
      [['sessions', 'show', 'nothing'], 'instance.unknown'],
      [['sessions', 'show', '00000000-0000-7000-8000-000000000000'], 'unknown'],
      [['attach', '0000'], 'orchestration.unknown'],
    ] as const) {
      const { code, stderr } = await place.run(args);
      expect({ code, stderr }, args.join(' ')).toMatchObject({ code: 2, stderr: containing(said) });
    }
    expect(await place.run(['stop', 'nothing'])).toMatchObject({
      code: 2,
      stderr: containing('instance.unknown'),
    });
    expect((await place.run(['restart', 'nothing'])).code).toBe(2);
    expect(await place.run(['attach'])).toMatchObject({
      code: 1,
      stderr: containing('Nothing runs'),
    });
  });
});

describe('what needs no run', () => {
  it('prints the version at once', async () => {
    const { version } = z
      .object({ version: z.string() })
      .parse(JSON.parse(await readFile(join(import.meta.dirname, '../../package.json'), 'utf8')));
    expect(await place.run(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n` });
  });

  it('checks plans', async () => {
    const good = await place.plan('good', [{ name: 'a', prompt: 'x' }]);
    const bad = await place.plan('bad', [{ name: 'a' }]);
    const checked = await place.run(['plan', 'check', good, bad, 'missing.yaml']);
    expect(checked.code).toBe(2);
    expect(checked.stdout).toMatch(/✓ .*good\.yaml: 1 instance/);
    expect(checked.stdout).toMatch(/bad\.yaml:1:\d+: /);
    expect(checked.stderr).toContain('missing.yaml');
    expect((await place.run(['plan', 'check', good])).code).toBe(0);
    const schema = await place.run(['plan', 'schema']);
    expect(JSON.parse(schema.stdout)).toHaveProperty('$schema');
  });

  it('looks at the machine', async () => {
    const { code, stdout } = await place.run(['doctor']);
    expect(stdout).toMatch(/✓ Claude Code: .*claude/);
    expect(stdout).toMatch(/✓ Sign-in to Claude/);
    expect(code).toBe(0);
    const missing = await place.run(['--claude', '/nowhere', 'doctor', '--format', 'json']);
    expect(missing.code).toBe(1);
    expect(JSON.parse(missing.stdout)).toMatchObject({ failure: { code: 'claude.not_found' } });
  });

  it('lists and finds past runs', async () => {
    await place.run(['run', await place.plan('alpha', [{ name: 'a', prompt: 'WORDS=2' }])]);
    await place.run(['run', await place.plan('beta', [{ name: 'b', prompt: 'FAIL400=9' }])]);
    const names = async (...args: readonly string[]): Promise<readonly string[]> => {
      const { stdout } = await place.run(['sessions', 'list', '--format', 'json', ...args]);
      return z
        .array(z.object({ name: z.string() }))
        .parse(JSON.parse(stdout))
        .map(({ name }) => name);
    };
    expect(await names()).toEqual(['beta', 'alpha']);
    expect(await names('--search', 'ALP')).toEqual(['alpha']);
    expect(await names('--state', 'failed')).toEqual(['beta']);
    expect(await names('--limit', '1')).toEqual(['beta']);
    const { stdout } = await place.run(['sessions']);
    expect(stdout).toMatch(/✓ succeeded .*alpha/);
    const report = await place.run(['sessions', 'show', 'ALPHA']);
    expect(report).toMatchObject({ code: 0, stdout: matching(/Total/) });
    expect(report.stdout).not.toContain('\u001b');
    const coloured = await place.run(['sessions', 'show', 'alpha'], { env: { FORCE_COLOR: '1' } });
    expect(coloured.stdout).toContain('\u001b');
    const plain = await place.run(['sessions', 'show', 'alpha'], {
      env: { FORCE_COLOR: '1', NO_COLOR: '1' },
    });
    expect(plain.stdout).not.toContain('\u001b');
  });
});

describe('netra demo', () => {
  it('runs the sample plan without an account; one instance fails, as written', async () => {
    const { code, stdout } = await place.run(['demo', '--format', 'json'], {
      env: { ANTHROPIC_API_KEY: '' },
    });
    expect(code).toBe(0);
    const { instances } = reportSchema.parse(JSON.parse(stdout));
    expect(instances.map(({ state }) => state)).toEqual([
      'succeeded',
      'succeeded',
      'succeeded',
      'succeeded',
      'failed',
    ]);
  });
});
