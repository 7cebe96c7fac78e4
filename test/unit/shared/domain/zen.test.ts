import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parsePlan } from '../../../../src/shared/domain/plan/plan-parse.ts';
import { resolvePlan } from '../../../../src/shared/domain/plan/plan-resolve.ts';
import { ZEN_KEYS } from '../../../../src/shared/domain/zen/zen-config.ts';
import { isZenText, planTextOfZen } from '../../../../src/shared/domain/zen/zen-text.ts';
import { renderSpec } from '../../../../src/shared/domain/plan/render-spec.ts';
import { buildScope } from '../../../../src/shared/domain/expression/scope.ts';

const written = (config: unknown): string => JSON.stringify(config, null, 2);

const readingOf = (config: unknown) => {
  const reading = parsePlan(written(config));
  if (!reading.ok) throw new Error(reading.problems.map(({ message }) => message).join('\n'));
  return reading;
};

const planOf = (config: unknown) => readingOf(config).plan;
const warningsOf = (config: unknown) =>
  readingOf(config).warnings.map(({ code, line }) => `${String(line)} ${code}`);
const problemsOf = (config: unknown) => {
  const reading = parsePlan(written(config));
  return reading.ok ? [] : reading.problems.map(({ message, line }) => `${String(line)} ${message}`);
};

/** As zen's own examples have it. */
const whole = {
  '//': 'the nightly round',
  budget: {
    overall_budget: 50_000,
    enforcement_mode: 'block',
    command_budgets: { '/review': 10_000 },
    command_cost_budgets: { '/review': 0.5, '/test': 1 },
  },
  instances: [
    {
      command: '/review src',
      name: 'review',
      description: 'Reviews the sources',
      permission_mode: 'acceptEdits',
      allowed_tools: ['Read', 'Edit'],
      session_id: '0198c5f0-7d4e-7a52-9a57-2f1d6c1f0c11',
      clear_history: true,
      compact_history: true,
      pre_commands: ['/setup'],
    },
    { prompt: 'Say hello.', permission_mode: 'plan', output_format: 'json', max_tokens_per_command: 500 },
  ],
};

describe('a config of zen', () => {
  it('is the plan that does the same', () => {
    expect(planOf(whole)).toEqual({
      name: 'review and Say hello.',
      concurrency: 2,
      budget: { tokens: 50_000, onExceed: 'stop' },
      commandBudgets: {
        '/review': { usd: 0.5, tokens: 10_000, onExceed: 'stop' },
        '/test': { usd: 1, onExceed: 'stop' },
      },
      defaults: { timeout: '10000s' },
      instances: [
        {
          name: 'review',
          command: '/review src',
          before: ['/clear', '/compact', '/setup'],
          permissionMode: 'acceptEdits',
          allowedTools: ['Read', 'Edit'],
          session: { new: '0198c5f0-7d4e-7a52-9a57-2f1d6c1f0c11' },
        },
        {
          name: 'Say hello.',
          prompt: 'Say hello.',
          permissionMode: 'plan',
          outputFormat: 'json',
          budget: { tokens: 500, onExceed: 'stop' },
        },
      ],
    });
    expect(warningsOf(whole)).toEqual([]);
  });

  it('is written as a plan that is read as the same, with descriptions as comments', () => {
    const text = planTextOfZen(written(whole));
    expect(text).toContain('# Reviews the sources');
    expect(isZenText(text ?? '')).toBe(false);
    expect(parsePlan(text ?? '')).toMatchObject({ ok: true, plan: planOf(whole) });
  });

  it('gives nothing a permission that is not written, and says so', () => {
    const config = {
      instances: [{ command: '/a' }, { command: '/b', permission_mode: 'bypassPermissions' }],
    };
    expect(planOf(config).instances.map(({ permissionMode }) => permissionMode)).toEqual([
      undefined,
      'bypassPermissions',
    ]);
    expect(warningsOf(config)).toEqual(['2 plan.zen_permissions', '8 plan.bypass_permissions']);
  });

  it('tells at its place what it leaves out or means otherwise than zen', () => {
    expect(
      warningsOf({
        nightly: true,
        budget: { overall_budget: 1000, overall_cost_budget: 1, enforcment_mode: 'warn' },
        instances: [
          {
            command: '/a',
            prompt: 'b',
            permission_mode: 'plan',
            clear_history: 'yes',
            output_format: 'text',
            colour: 'red',
          },
          { command: '/a', permission_mode: 'plan' },
        ],
      }),
    ).toEqual([
      '2 plan.zen_unknown_key',
      '4 plan.zen_both_limits',
      '6 plan.zen_unknown_key',
      '11 plan.zen_prompt_unused',
      '13 plan.zen_wrong_type',
      '14 plan.zen_output_format',
      '15 plan.zen_unknown_key',
      '17 plan.zen_same_name',
    ]);
  });

  it('tells mistakes at their places in it', () => {
    expect(
      problemsOf({
        budget: { overall_budget: 0, command_budgets: { '/a': 'many' } },
        instances: [
          { command: '/a', session_id: 'mine', permission_mode: 'bypass', pre_commands: ['/x', ''] },
          { name: 'nothing' },
        ],
      }).map((line) => line.replace(/ (must|has|with|is).*/s, '')),
    ).toEqual([
      '3 budget.tokens',
      '5 commandBudgets["/a"].tokens',
      '11 instances[0].session.new',
      '12 instances[0].permissionMode',
      '15 instances[0].before[1]',
      '18 instances[1]',
    ]);
  });

  it('runs every instance, also those of one name', () => {
    const config = { instances: [{ command: '/a' }, { command: '/a' }, { command: '/a', name: '/a' }] };
    expect(planOf(config).instances.map(({ name }) => name)).toEqual(['a', 'a 2', 'a 3']);
  });

  it('keeps a limit by command as zen does, and one of an instance that zen passed over', () => {
    const limited = { command: '/a x', max_tokens_per_command: 5, permission_mode: 'plan' };
    const config = { budget: { command_budgets: { '/a': 9 } }, instances: [limited] };
    expect(planOf(config).instances[0]).not.toHaveProperty('budget');
    expect(warningsOf(config)).toEqual(['10 plan.zen_limit_unused']);
    expect(planOf({ instances: [limited] }).instances[0]?.budget).toEqual({ tokens: 5, onExceed: 'warn' });
    expect(warningsOf({ instances: [limited] })).toEqual(['5 plan.zen_limit_holds']);
  });

  it('has text with {{ in it, which is no template there, reach Claude as it is', () => {
    const prompt = 'Explain {{ inputs.n }} and }} and {{{.';
    const [spec] = resolvePlan(planOf({ instances: [{ prompt, permission_mode: 'plan' }] }), {
      baseDir: '/repo',
      inputs: {},
      now: 0,
    }).instances;
    if (spec === undefined) throw new Error('There is no instance.');
    const rendered = renderSpec(spec, buildScope({}), { shell: 'posix', longValue: 1000 });
    expect(rendered.withFiles([]).prompt).toBe(prompt);
  });

  it('has several turns in stream-json only', () => {
    const config = { instances: [{ command: '/a', clear_history: true, output_format: 'json' }] };
    expect(planOf(config).instances[0]).not.toHaveProperty('outputFormat');
    expect(warningsOf(config)).toContain('6 plan.zen_output_format');
  });
});

describe('isZenText', () => {
  it.each([
    ['{"instances": [{"command": "/a"}]}', true],
    ['{"budget": {"overall_budget": 5}, "instances": []}', true],
    ['{"//": "a comment", "instances": [{"command": "/a"}]}', true],
    ['{"name": "x", "instances": [{"name": "a", "command": "/a", "allowed_tools": []}]}', false],
    ['{"instances": [{"name": "a", "prompt": "b", "model": "opus"}]}', false],
    ['{"instances": [{"command": "/a", "colour": "red"}]}', true],
    ['{"instances": [{"colour": "red"}]}', false],
    ['{"instances": []}', false],
    ['instances:\n  - name: a\n    prompt: b\n', false],
    ['instances:\n  - command: /a\n    clear_history: true\n', true],
    ['{"instances": "none"}', false],
    ['[1', false],
    ['', false],
  ])('tells a config of zen from a plan: %s', (text, isZen) => {
    expect(isZenText(text)).toBe(isZen);
  });
});

describe('docs/zen.md', () => {
  it('says of every key of zen what becomes of it', async () => {
    const page = await readFile(join(import.meta.dirname, '../../../../docs/zen.md'), 'utf8');
    for (const key of ZEN_KEYS.instance) expect(page).toContain(`\`${key}\``);
    for (const key of ZEN_KEYS.budget) expect(page).toContain(`\`budget.${key}\``);
  });
});
