import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { claudeArguments, needsFeatures } from '../../../../../src/main/claude/process/arguments.ts';
import {
  assumedFeatures,
  flagRecord,
  type ClaudeFeatures,
  type Flag,
} from '../../../../../src/main/claude/installation/features.ts';
import { FailureError } from '../../../../../src/shared/domain/failure.ts';
import type { InstanceSpec } from '../../../../../src/shared/domain/plan/plan-spec.ts';

const instance = (more: Partial<InstanceSpec> = {}): InstanceSpec => ({
  name: 'one',
  workspace: '.',
  allowedTools: [],
  disallowedTools: [],
  addDirs: [],
  env: {},
  mode: 'live',
  outputFormat: 'stream-json',
  ...more,
});

const without = (...missing: readonly Flag[]): ClaudeFeatures => ({
  ...assumedFeatures,
  flags: flagRecord((flag) => !missing.includes(flag)),
});

const build = (more: Partial<InstanceSpec> = {}, features = assumedFeatures) =>
  claudeArguments(instance(more), features, (name) => `/spool/ID.${name}.json`);

const codeOf = (run: () => unknown): string | null => {
  try {
    run();
    return null;
  } catch (error) {
    return error instanceof FailureError ? error.failure.code : 'other';
  }
};

describe('commands before the prompt', () => {
  it('need a conversation also in oneshot mode, in which nobody is asked', () => {
    const { args } = build({ mode: 'oneshot', outputFormat: 'json', before: ['/clear'] });
    expect(args).toContain('--input-format=stream-json');
    expect(args).toContain('--output-format=stream-json');
    expect(args).not.toContain('--permission-prompt-tool=stdio');
    expect(build({ mode: 'oneshot', before: [] }).args).not.toContain('--input-format=stream-json');
  });
});

describe('a result schema', () => {
  it('is passed on, and needs a version that knows it', () => {
    const resultSchema = { type: 'object' };
    expect(build({ resultSchema }).args).toContain('--json-schema={"type":"object"}');
    expect(needsFeatures(instance({ resultSchema }))).toBe(true);
    expect(codeOf(() => build({ resultSchema }, without('json-schema')))).toBe('claude.flag_unsupported');
  });
});

describe('the command line of an instance', () => {
  it('opens a conversation over stdin in live mode', () => {
    expect(build().args).toEqual([
      '-p',
      '--input-format=stream-json',
      '--output-format=stream-json',
      '--verbose',
      '--include-partial-messages',
      '--permission-prompt-tool=stdio',
    ]);
  });

  it('asks for the stream of one answer in oneshot mode', () => {
    expect(build({ mode: 'oneshot' }).args).toEqual([
      '-p',
      '--output-format=stream-json',
      '--verbose',
      '--include-partial-messages',
    ]);
  });

  it('asks for one result alone in format json', () => {
    expect(build({ mode: 'oneshot', outputFormat: 'json' }).args).toEqual(['-p', '--output-format=json']);
  });

  it('holds no prompt and no command', () => {
    const { args } = build({ prompt: 'SECRET', command: '/SECRET' });
    expect(args.join(' ')).not.toContain('SECRET');
  });

  it.each<[string, Partial<InstanceSpec>, readonly string[]]>([
    ['a new session', { session: { new: 'ID' } }, ['--session-id=ID']],
    ['an old session', { session: { resume: 'ID' } }, ['--resume=ID']],
    ['the model', { model: 'opus', fallbackModel: 'haiku' }, ['--model=opus', '--fallback-model=haiku']],
    ['the permission mode', { permissionMode: 'acceptEdits' }, ['--permission-mode=acceptEdits']],
    [
      'each tool rule by itself',
      { allowedTools: ['Read', 'Bash(git log:*, --x)'], disallowedTools: ['Web'] },
      ['--allowedTools=Read', '--allowedTools=Bash(git log:*, --x)', '--disallowedTools=Web'],
    ],
    ['each folder by itself', { addDirs: ['/a', '/b'] }, ['--add-dir=/a', '--add-dir=/b']],
    ['more system prompt', { appendSystemPrompt: 'Be\nkind.' }, ['--append-system-prompt=Be\nkind.']],
    ['limits', { maxTurns: 3, maxBudgetMicroUsd: 2_500_000 }, ['--max-turns=3', '--max-budget-usd=2.5']],
    ['a tiny limit without an exponent', { maxBudgetMicroUsd: 1 }, ['--max-budget-usd=0.000001']],
    ['a round limit', { maxBudgetMicroUsd: 100_000_000 }, ['--max-budget-usd=100']],
    ['files', { mcpConfig: '/m.json', settings: '/s.json' }, ['--mcp-config=/m.json', '--settings=/s.json']],
  ])('passes %s', (_what, more, expected) => {
    expect(build(more).args.slice(6)).toEqual(expected);
  });

  it('keeps written-out settings, which may hold secrets, in private files', () => {
    const { args, files } = build({ settings: { env: { TOKEN: 'secret' } }, mcpConfig: { mcpServers: {} } });
    expect(args.join(' ')).not.toContain('secret');
    expect(args.slice(6)).toEqual([
      '--mcp-config=/spool/ID.mcp-config.json',
      '--settings=/spool/ID.settings.json',
    ]);
    expect(files).toEqual([
      { path: '/spool/ID.mcp-config.json', text: '{"mcpServers":{}}' },
      { path: '/spool/ID.settings.json', text: '{"env":{"TOKEN":"secret"}}' },
    ]);
  });

  it('never lets a value become a flag or swallow another, whatever it is', () => {
    const hostile = fc.oneof(
      fc.string(),
      fc.constantFrom('--dangerously-skip-permissions', '-p', '--', '-c x', '\n--x'),
    );
    const some = fc.record({
      model: hostile,
      fallbackModel: hostile,
      appendSystemPrompt: hostile,
      allowedTools: fc.array(hostile),
      disallowedTools: fc.array(hostile),
      addDirs: fc.array(hostile),
      mcpConfig: hostile,
      settings: hostile,
    });
    fc.assert(
      fc.property(some, (values) => {
        const given = [...Object.values(values)].flat();
        const { args } = build(values);
        expect(args.slice(6)).toHaveLength(given.length);
        for (const arg of args.slice(6)) {
          const [, flag, value] = /^--([\w-]+)=([\s\S]*)$/.exec(arg) ?? [];
          expect(Object.keys(assumedFeatures.flags)).toContain(flag);
          expect(given).toContain(value);
        }
      }),
    );
  });
});

describe('a CLI that lacks a flag', () => {
  it('goes without what we only add, and says what that costs', () => {
    const { args, warnings } = build({}, without('include-partial-messages', 'permission-prompt-tool'));
    expect(args.join(' ')).not.toMatch(/partial|permission/);
    expect(warnings.map(({ code }) => code)).toEqual(['claude.flag_missing', 'claude.flag_missing']);
    expect(warnings[1]?.message).toContain('denied');
  });

  it.each<[Flag, Partial<InstanceSpec>]>([
    ['max-budget-usd', { maxBudgetMicroUsd: 1 }],
    ['fallback-model', { fallbackModel: 'haiku' }],
    ['max-turns', { maxTurns: 1 }],
    ['session-id', { session: { new: 'ID' } }],
    ['input-format', {}],
  ])('fails the instance for --%s, which the person asked for', (flag, more) => {
    expect(codeOf(() => build(more, without(flag)))).toBe('claude.flag_unsupported');
  });

  it('has its own word for a permission mode', () => {
    const old = { ...assumedFeatures, permissionModes: ['acceptEdits', 'default', 'plan'] };
    const young = { ...assumedFeatures, permissionModes: ['acceptEdits', 'manual', 'plan'] };
    expect(build({ permissionMode: 'manual' }, old).args.at(-1)).toBe('--permission-mode=default');
    expect(build({ permissionMode: 'default' }, young).args.at(-1)).toBe('--permission-mode=manual');
    expect(build({ permissionMode: 'plan' }, old).args.at(-1)).toBe('--permission-mode=plan');
    expect(codeOf(() => build({ permissionMode: 'auto' }, old))).toBe('claude.flag_unsupported');
  });
});

describe('waiting to know what a CLI can do', () => {
  it('is needed only where the instance asks for what older ones lack', () => {
    expect(needsFeatures(instance({ model: 'opus', allowedTools: ['Read'] }))).toBe(false);
    expect(needsFeatures(instance({ maxBudgetMicroUsd: 1 }))).toBe(true);
    expect(needsFeatures(instance({ permissionMode: 'manual' }))).toBe(true);
    expect(needsFeatures(instance({ settings: {} }))).toBe(true);
  });
});
