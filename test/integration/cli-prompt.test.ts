import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openNetraPlace, type NetraPlace } from '../support/netra.ts';

const execute = promisify(execFile);

let place: NetraPlace;

beforeEach(async () => {
  place = await openNetraPlace();
});

afterEach(async () => {
  await place.close();
});

const reportSchema = z.object({
  orchestration: z.object({ id: z.uuid(), name: z.string(), state: z.string() }),
  instances: z.array(z.object({ name: z.string(), state: z.string(), result: z.string().nullable() })),
});

const reportIn = (stdout: string): z.infer<typeof reportSchema> => reportSchema.parse(JSON.parse(stdout));

const dryRunSchema = z.object({
  levels: z.array(z.array(z.string())),
  instances: z.array(
    z.object({
      name: z.string(),
      run: z.object({ command: z.array(z.string()), env: z.record(z.string(), z.string()) }),
    }),
  ),
});

describe('A prompt on the command line', () => {
  it('runs as a plan of its own, with the flags in it, and can be made a template', async () => {
    const run = await place.run([
      'run',
      '-p',
      'WORDS=7',
      '--name',
      'Seven',
      '-n',
      '2',
      '--budget',
      '3',
      '--trust',
      '--format',
      'json',
    ]);
    expect(run.stderr).not.toContain('netra: something');
    const { orchestration, instances } = reportIn(run.stdout);
    expect([orchestration.name, orchestration.state, instances.length, run.code]).toEqual([
      'Seven',
      'succeeded',
      2,
      0,
    ]);
    const made = await place.run(['plan', 'new', 'again', '--from-run', 'Seven']);
    expect(await readFile(made.stdout.trim(), 'utf8')).toMatch(/name: again\n(?:.*\n)*budget:\n {2}usd: 3/);
    const again = await place.run(['run', 'again', '--trust', '--format', 'json', '--concurrency', '1']);
    expect(reportIn(again.stdout).instances.map(({ state }) => state)).toEqual(['succeeded', 'succeeded']);
  });

  it('comes from stdin for -', async () => {
    const run = place.start(['run', '-p', '-', '--trust', '--format', 'json']);
    run.endInput('WORDS=3\n');
    const { stdout, code } = await run.exited;
    expect([reportIn(stdout).orchestration.state, code]).toEqual(['succeeded', 0]);
  });

  it('is answered whole in the report; of several instances one is shown by its name', async () => {
    const said = Array.from({ length: 60 }, (_, index) => `word${String(index)}`).join(' ');
    const run = await place.run(['run', '-p', 'WORDS=60', '--trust']);
    expect(run.stdout.trimEnd().split('\n').at(-1)).toBe(said);
    const plan = await place.plan('two', [
      { name: 'first', prompt: 'WORDS=2' },
      { name: 'second', prompt: 'WORDS=60' },
    ]);
    const both = await place.run(['run', plan]);
    expect(both.stdout).not.toContain(said);
    const shown = await place.run(['sessions', 'show', 'two/second']);
    expect(shown.stdout).toContain(said);
    expect(shown.stdout).not.toContain('first');
    const id = /two {2}✓ succeeded {2}\S+ {2}(\S+)/.exec(both.stdout)?.[1] ?? '';
    const data = await place.run(['sessions', 'show', `${id.slice(0, 13)}/second`, '--format', 'json']);
    expect(JSON.parse(data.stdout)).toMatchObject({ name: 'second', result: said });
  });

  it('names a wrong flag as it was typed, once', async () => {
    const plan = await place.plan('flags', [{ name: 'a', prompt: 'WORDS=1' }]);
    for (const what of [['-p', 'Hi'], [plan]]) {
      const { stderr, code } = await place.run(['run', ...what, '--timeout', '90', '--dry-run']);
      expect([stderr.split('\n')[0], code]).toEqual([
        'netra: --timeout must be a duration such as 30m or 4h, at most 24d, but is "90". (arguments.run)',
        2,
      ]);
    }
    const loop = await place.run(['run', '-p', 'Hi', '--loop', '3']);
    expect(loop.stderr).toMatch(/^netra: --loop goes on until a check passes/);
  });

  it('is noted when it names a slash command that nobody has written', async () => {
    const commands = join(place.claude.workspace, '.claude', 'commands');
    await mkdir(commands, { recursive: true });
    await writeFile(join(commands, 'words.md'), 'WORDS=2 $ARGUMENTS');
    const known = await place.run(['run', '-p', '/words please', '--dry-run']);
    expect(known).toMatchObject({ code: 0, stderr: '' });
    const unknown = await place.run(['run', '-p', '/sentences', '--dry-run']);
    expect(unknown.stderr).toContain('there is no slash command /sentences');
  });

  it('is not run beside a plan, nor are its flags taken with one', async () => {
    const plan = await place.plan('p', [{ name: 'a', prompt: 'WORDS=1' }]);
    const both = await place.run(['run', plan, '-p', 'x']);
    expect([both.code, both.stderr]).toEqual([2, expect.stringContaining('not both')]);
    const flags = await place.run(['run', plan, '--model', 'haiku']);
    expect([flags.code, flags.stderr]).toEqual([2, expect.stringContaining('--model goes with a prompt')]);
    const none = await place.run(['run', 'no-such-plan']);
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('There is no template')]);
  });
});

describe('The template fix-until-tests-pass', () => {
  it('takes a test and a setup of several words, and works on a branch until the test succeeds', async () => {
    const repository = place.claude.workspace;
    const git = ['-c', 'user.name=Mia', '-c', 'user.email=mia@example.org'];
    await execute('git', ['init', '-q', repository]);
    await execute('git', ['-C', repository, ...git, 'commit', '-q', '--allow-empty', '-m', 'Begin']);
    const inputs = ['--input', 'setup=touch made', '--input', 'test=test -f made && exit 0'];
    const run = await place.run(['run', 'fix-until-tests-pass', ...inputs, '--trust']);
    expect([run.code, run.stdout]).toEqual([0, expect.stringContaining('its check passed')]);
  });
});

describe('A dry run', () => {
  it('shows levels and command lines with secrets masked, while another engine works, and starts nothing', async () => {
    const busy = await place.plan('busy', [{ name: 'long', prompt: 'WORDS=2000' }]);
    const other = place.start(['run', busy, '--trust', '--format', 'ndjson']);
    await other.shows(/"running"/);
    const file = await place.plan('dry', [
      { name: 'a', prompt: 'WORDS=1', model: 'haiku', env: { MY_API_KEY: 'sk-very-secret' } },
      { name: 'b', prompt: '{{ instances.a.result }}', dependsOn: ['a'] },
    ]);
    const run = await place.run(['run', file, '--dry-run', '--format', 'json']);
    const { levels, instances } = dryRunSchema.parse(JSON.parse(run.stdout));
    expect(levels).toEqual([['a'], ['b']]);
    expect(instances[0]?.run.command).toContain('--model=haiku');
    expect(run.stdout).not.toContain('sk-very-secret');
    expect(Object.keys(instances[0]?.run.env ?? {})).toContain('MY_API_KEY');
    expect(run.code).toBe(0);
    const listed = await place.run(['sessions', '--format', 'json']);
    expect(listed.stdout).not.toContain('"dry"');
    other.kill('SIGINT');
    await other.exited;
  });
});
