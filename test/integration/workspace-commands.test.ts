import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommandResult, CommandRunner } from '../../src/main/engine/workspace-ports.ts';
import { eventually } from '../support/eventually.ts';
import { isRunning, openTestPlace, type TestPlace } from '../support/workspaces/places.ts';

let place: TestPlace;
let commands: CommandRunner;

beforeEach(async () => {
  place = await openTestPlace();
  ({ commands } = await place.open());
});
afterEach(() => place.remove());

const run = (
  command: string,
  more: {
    readonly timeoutMs?: number;
    readonly env?: Record<string, string>;
    readonly signal?: AbortSignal;
  } = {},
): Promise<CommandResult> => {
  const { timeoutMs = 30_000, env = {}, signal = new AbortController().signal } = more;
  return commands.run({ command, cwd: place.root, env, timeoutMs }, signal);
};

const pidIn = (name: string): Promise<number> =>
  eventually(async () => {
    const pid = Number(/^\d+\n/.exec(await readFile(join(place.root, name), 'utf8'))?.[0]);
    expect(pid).toBeGreaterThan(0);
    return pid;
  });

describe('a command', () => {
  it('gives its exit code and what it printed, both kinds in order', async () => {
    const said = await run('for n in 1 2 3; do echo out$n; echo err$n >&2; done; exit 7');
    expect(said).toEqual({
      ...{ exitCode: 7, timedOut: false },
      output: 'out1\nerr1\nout2\nerr2\nout3\nerr3\n',
    });
  });

  it('says when it cannot be read', async () => {
    const { exitCode, output } = await run('if then fi (');
    expect(exitCode).not.toBe(0);
    expect(output).toMatch(/syntax error/i);
  });

  it('has the variables of the person and of the caller, and nothing of ours', async () => {
    process.env['NETRA_TEST_SECRET'] = 'x';
    const { output } = await run('echo "$HOME|$MINE|$NETRA_TEST_SECRET"; pwd', { env: { MINE: 'ü' } });
    delete process.env['NETRA_TEST_SECRET'];
    expect(output).toBe(`${place.root}|ü|\n${place.root}\n`);
  });

  it('has no input to wait for', async () => {
    expect(await run('cat; echo done')).toMatchObject({ exitCode: 0, output: 'done\n' });
  });

  it('keeps the end of a long output, in whole characters', async () => {
    const { output } = await run(
      `node -e "for (let n = 0; n < 50000; n += 1) process.stdout.write('ä€😀')"; echo; echo end`,
    );
    expect(output.endsWith('ä€😀\nend\n')).toBe(true);
    expect(output).not.toContain('\uFFFD');
    expect(Buffer.byteLength(output)).toBeGreaterThan(65_530);
    expect(Buffer.byteLength(output)).toBeLessThanOrEqual(65_536);
  });

  it('is ended at its timeout with all that it started, also what does not want to', async () => {
    const started = Date.now();
    const said = await run(
      `trap '' TERM; (trap '' TERM; echo $$ > leader; sh -c 'echo $$ > child; exec sleep 600' & wait); sleep 600`,
      { timeoutMs: 1000 },
    );
    expect(said).toMatchObject({ exitCode: null, timedOut: true });
    expect(Date.now() - started).toBeLessThan(15_000);
    expect(await isRunning(await pidIn('leader'))).toBe(false);
    expect(await isRunning(await pidIn('child'))).toBe(false);
  });

  it('is ended when it is no longer wanted', async () => {
    const ending = new AbortController();
    const said = run('echo $$ > leader; echo so far; sleep 600', { signal: ending.signal });
    const pid = await pidIn('leader');
    ending.abort();
    expect(await said).toMatchObject({ exitCode: null, timedOut: false, output: 'so far\n' });
    expect(await isRunning(pid)).toBe(false);
  });

  it.each([
    ['stays in its group', `sh -c 'echo $$ > child; exec sleep 600' &`],
    ['leaves its group', `setsid sh -c 'echo $$ > child; exec sleep 600' &`],
    [
      'leaves its group and does not want to end',
      `setsid sh -c 'trap "" TERM; echo $$ > child; while :; do sleep 1; done' &`,
    ],
    ['closes its output', `sh -c 'echo $$ > child; exec sleep 600' >/dev/null 2>&1 &`],
  ])('leaves nothing behind that %s', async (_, command) => {
    const said = await run(`${command} while [ ! -s child ]; do sleep 0.05; done; echo done`);
    expect(said).toMatchObject({ exitCode: 0, timedOut: false });
    expect(said.output).toContain('done\n');
    expect(await isRunning(await pidIn('child'))).toBe(false);
  });

  it('that cannot be started is a failure', async () => {
    const ask = { command: 'true', cwd: join(place.root, 'nowhere'), env: {}, timeoutMs: 1000 };
    await expect(commands.run(ask, new AbortController().signal)).rejects.toMatchObject({
      failure: { code: 'command.spawn_failed' },
    });
  });
});
