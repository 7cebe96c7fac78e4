import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { containing } from '../support/matching.ts';
import { openNetraPlace, type NetraExit, type NetraPlace } from '../support/netra.ts';
import { eachOf, wanted } from '../support/zen-cases.ts';

let place: NetraPlace;

beforeEach(async () => {
  place = await openNetraPlace();
});

afterEach(async () => {
  await place.close();
});

const zenFile = async (instances: readonly object[]): Promise<string> => {
  const file = join(place.claude.root, 'zen.json');
  await writeFile(file, JSON.stringify({ instances }));
  return file;
};

/** A Claude Code that ends at once with this exit code. */
const failingClaude = async (code: number): Promise<string> => {
  const file = join(place.claude.root, 'failing-claude');
  await writeFile(file, `#!/bin/sh\nexit ${String(code)}\n`);
  await chmod(file, 0o755);
  return file;
};

const greet = [{ prompt: 'WORDS=2', permission_mode: 'plan' }];

const run = async (args: readonly string[] = [], globals: readonly string[] = []): Promise<NetraExit> =>
  place.run([
    ...globals,
    'run',
    await zenFile(greet),
    '--workspace',
    place.claude.workspace,
    '--trust',
    ...args,
  ]);

const signalled = async (signal: NodeJS.Signals): Promise<NetraExit> => {
  const file = await zenFile([{ prompt: 'WORDS=4000 SLOW=20', permission_mode: 'plan' }]);
  const running = place.start([
    ...['run', file, '--workspace', place.claude.workspace, '--trust', '--format', 'ndjson'],
  ]);
  await running.shows(/attempt\.started|instance\.state/);
  running.kill(signal);
  return running.exited;
};

const acts: Readonly<Record<string, () => Promise<NetraExit>>> = {
  'exit-01': () => run(),
  'exit-02': async () => run([], ['--claude', await failingClaude(7)]),
  'exit-03': () => run([], ['--claude', '/nowhere/claude']),
  'exit-06': async () => place.run(['run', await zenFile(greet), '--workspace', '/nowhere', '--trust']),
  'exit-07': () => run(['--unknown-flag']),
  'exit-12': () => run(['--dry-run']),
  'exit-17': () => signalled('SIGINT'),
  'exit-18': () => signalled('SIGTERM'),
};

describe("zen's exit codes", () => {
  it.each(eachOf('exit'))('%s', async (id, each) => {
    const act = acts[id];
    if (act === undefined) throw new Error(`Nothing runs ${id}.`);
    const { code, stderr } = await act();
    expect({ code, stderr }).toEqual({ code: wanted(each), stderr: containing('') });
  });
});

describe('netra run zen.json', () => {
  it('gives Claude what comes before as turns of their own, and says what is not taken over', async () => {
    const file = await zenFile([{ prompt: 'WORDS=2', pre_commands: ['WORDS=1'], colour: 'red' }]);
    const { code, stdout, stderr } = await place.run([
      ...['run', file, '--workspace', place.claude.workspace, '--trust', '--format', 'ndjson'],
    ]);
    expect(code).toBe(0);
    expect(stdout.match(/"type":"turn\.ended"/g)).toHaveLength(2);
    expect(stderr).toContain('zen.json:1:');
    expect(stderr).toContain('permission_mode');
  });
});

describe('netra import-zen', () => {
  it('writes the plan, says what is not taken over, and never over a file that is there', async () => {
    const file = await zenFile([{ command: '/review', name: 'review', colour: 'red' }]);
    const output = join(place.claude.root, 'plan.yaml');
    const written = await place.run(['import-zen', file, '-o', output]);
    expect(written).toMatchObject({
      code: 0,
      stdout: `${output}\n`,
      stderr: containing('colour is no key of zen'),
    });
    expect(written.stderr).toContain('permission_mode');
    expect(await readFile(output, 'utf8')).toContain('command: /review');
    expect((await place.run(['plan', 'check', output])).code).toBe(0);
    expect(await place.run(['import-zen', file, '-o', output])).toMatchObject({
      code: 2,
      stderr: containing('--force'),
    });
  });

  it('tells by line and column what cannot be a plan, and refuses what is none of zen', async () => {
    const file = await zenFile([{ command: '/review', session_id: 'mine' }]);
    expect(await place.run(['import-zen', file])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: containing('zen.json:1:'),
    });
    const plan = await place.plan('own', [{ name: 'a', prompt: 'b' }]);
    expect(await place.run(['import-zen', plan])).toMatchObject({
      code: 2,
      stderr: containing('no config of zen'),
    });
  });
});
