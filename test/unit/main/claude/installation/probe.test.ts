import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProgramAnswer } from '../../../../../src/main/claude/process/ask-program.ts';
import {
  flagRecord,
  flagsInHelp,
  permissionModesInHelp,
} from '../../../../../src/main/claude/installation/features.ts';
import {
  createFeatureCache,
  probeClaude,
  type AskClaude,
} from '../../../../../src/main/claude/installation/probe.ts';

/** As 2.1.330 prints it, shortened. */
const help = `Usage: claude [options] [command] [prompt]

Options:
  --add-dir <directories...>            More directories Claude can access
  --allowedTools, --allowed-tools <tools...>
      Comma or space-separated list of tool names to allow (e.g. "Bash(git *)
      Edit")
  --bare                                Minimal mode. Explicitly
                                        provide context via:
                                        --append-system-prompt[-file],
                                        --settings, --agents, --plugin-dir.
  --input-format <format>               Input format (only works with --print):
                                        "text" (default), or "stream-json"
  --output-format <format>              Output format (only works with --print)
  --permission-mode <mode>              Permission mode to use for the session
                                        (choices: "acceptEdits", "auto",
                                        "manual", "plan")
  --permission-prompts <target>         Who answers permission prompts with
                                        --print: "host" (the SDK host or
                                        --permission-prompt-tool) or "none"
                                        (choices: "host", "none")
  -r, --resume [value]                  Resume a conversation by session ID
  --verbose                             Override the verbose setting
`;

const answer = (more: Partial<ProgramAnswer>): ProgramAnswer => ({
  stdout: '',
  stderr: '',
  exitCode: 0,
  trouble: null,
  ...more,
});

/** A CLI with a help text and, beside what it lists, some flags that it hides. */
const cli =
  (hidden: readonly string[], asked: (readonly string[])[] = []): AskClaude =>
  (args) => {
    asked.push(args);
    if (args[0] === '--version') return Promise.resolve(answer({ stdout: '2.1.330 (Claude Code)\n' }));
    if (args[0] === '--help') return Promise.resolve(answer({ stdout: help }));
    const unknown = args.slice(1).find((arg) => !hidden.includes(arg.replace(/^--|=.*/g, '')));
    return Promise.resolve(
      answer({ exitCode: 1, stderr: `error: unknown option '${String(unknown).replace(/=.*/, '')}'\n` }),
    );
  };

describe('the flags in a help text', () => {
  it('are those it lists, not those it only mentions', () => {
    expect([...flagsInHelp(help)].toSorted()).toEqual(
      [
        'add-dir',
        'allowedTools',
        'input-format',
        'output-format',
        'permission-mode',
        'resume',
        'verbose',
      ].toSorted(),
    );
  });

  it('come with the choices of the permission mode, and not those of another flag', () => {
    expect(permissionModesInHelp(help)).toEqual(['acceptEdits', 'auto', 'manual', 'plan']);
    expect(permissionModesInHelp('Options:\n  --verbose  x\n')).toEqual([]);
  });
});

describe('asking a Claude what it can do', () => {
  it('takes what the help lists, and tries what it hides', async () => {
    const features = await probeClaude(cli(['max-turns', 'permission-prompt-tool']));
    expect(features.version).toBe('2.1.330');
    expect(
      Object.entries(features.flags)
        .flatMap(([flag, has]) => (has ? [flag] : []))
        .toSorted(),
    ).toEqual([...flagsInHelp(help), 'max-turns', 'permission-prompt-tool'].toSorted());
  });

  it('tries only flags that the help does not list, and does nothing by it', async () => {
    const asked: (readonly string[])[] = [];
    await probeClaude(cli([], asked));
    const trials = asked.filter(([first]) => first === '-p');
    expect(trials.length).toBeGreaterThan(0);
    for (const trial of trials) {
      expect(trial.at(-1)).toMatch(/^--netra-/);
      expect(trial.join(' ')).not.toMatch(/--verbose|--input-format/);
    }
  });

  it('counts hidden flags as missing when the trial says nothing', async () => {
    const silent: AskClaude = (args) => (args[0] === '-p' ? Promise.resolve(answer({})) : cli([])(args));
    expect((await probeClaude(silent)).flags['max-turns']).toBe(false);
  });

  it('says so when it is no Claude that answers', async () => {
    const other: AskClaude = () => Promise.resolve(answer({ stdout: 'Usage: something else' }));
    const hung: AskClaude = () =>
      Promise.resolve(answer({ exitCode: null, trouble: 'no answer within 20 s' }));
    await expect(probeClaude(other)).rejects.toThrow(
      /does not answer "--help" as Claude Code does.*something else/,
    );
    await expect(probeClaude(hung)).rejects.toThrow(/no answer within 20 s/);
  });
});

describe('what is known of a Claude', () => {
  let folder: string;
  let program: string;
  const features = {
    version: '2.1.330',
    flags: flagRecord((flag) => flag !== 'settings'),
    permissionModes: ['plan'],
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'netra-probe-'));
    program = join(folder, 'claude');
    await writeFile(program, 'one');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is kept for the next time', async () => {
    await createFeatureCache(folder).write(program, features);
    expect(await createFeatureCache(folder).read(program)).toEqual(features);
  });

  it('is not taken for another program, nor for a later one in its place', async () => {
    const cache = createFeatureCache(folder);
    expect(await cache.read(program)).toBeNull();
    await cache.write(program, features);
    const other = join(folder, 'other');
    await writeFile(other, 'one');
    expect(await cache.read(other)).toBeNull();
    await utimes(program, new Date(0), new Date(0));
    expect(await cache.read(program)).toBeNull();
  });

  it('is asked again when what was kept cannot be read', async () => {
    const cache = createFeatureCache(folder);
    for (const text of ['', '{', '{"format":0}', '[]']) {
      await writeFile(join(folder, 'claude-features.json'), text);
      expect(await cache.read(program)).toBeNull();
    }
  });
});
