import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listOf } from '../../../../../src/main/hosts/cli/option-readers.ts';
import {
  planOfPrompt,
  withPlanFlags,
  type PlanFlags,
  type PromptFlags,
} from '../../../../../src/main/hosts/cli/written-plan.ts';
import { parsePlan } from '../../../../../src/shared/domain/plan/plan-parse.ts';
import type { Plan } from '../../../../../src/shared/domain/plan/plan-schema.ts';

const planIn = (text: string): Plan => {
  const reading = parsePlan(text);
  if (!reading.ok) throw new Error(reading.problems.map(({ message }) => message).join('\n'));
  return reading.plan;
};

const written = (prompt: string, plan: PlanFlags = {}, flags: PromptFlags = {}): Plan =>
  planIn(planOfPrompt(prompt, { workspace: '/home/mia/shop', ...plan }, flags));

describe('A prompt from the command line', () => {
  it('becomes a plan with one instance that is called after it', () => {
    expect(written('Fix the build!\nQuickly.')).toEqual({
      name: 'Fix the build!',
      workspace: '/home/mia/shop',
      instances: [{ name: 'Fix the build', prompt: 'Fix the build!\nQuickly.' }],
    });
  });

  it('is a command when it begins with a slash', () => {
    expect(written(' /review src ').instances).toEqual([{ name: 'review src', command: '/review src' }]);
  });

  it('takes the options of a plan as flags', () => {
    const flags: PromptFlags = {
      ...{ model: 'haiku', permissionMode: 'acceptEdits', allowedTools: ['Read', 'Bash(git log:*)'] },
      ...{ maxTurns: 7, idleTimeout: '5m', retry: 3, check: 'npm test', loop: 4, worktree: 'main' },
      ...{ session: '0198c5f0-7d4e-7a52-9a57-2f1d6c1f0c11', resultSchema: { type: 'object' } },
    };
    const plan: PlanFlags = {
      ...{ name: 'Repair', concurrency: 2, budget: 5, budgetTokens: 1000, onExceed: 'pause' },
      ...{ timeout: '30m', cron: '0 2 * * *', timeZone: 'Europe/Berlin' },
    };
    expect(written('Fix it.', plan, flags)).toEqual({
      name: 'Repair',
      workspace: { worktree: '/home/mia/shop', base: 'main' },
      concurrency: 2,
      timeout: '30m',
      budget: { usd: 5, tokens: 1000, onExceed: 'pause' },
      schedule: { cron: '0 2 * * *', timeZone: 'Europe/Berlin' },
      instances: [
        {
          ...{ name: 'Repair', prompt: 'Fix it.', model: 'haiku', permissionMode: 'acceptEdits' },
          ...{ allowedTools: ['Read', 'Bash(git log:*)'], maxTurns: 7, idleTimeout: '5m', retry: 3 },
          ...{ check: 'npm test', loop: 4, result: { schema: { type: 'object' } } },
          session: { resume: '0198c5f0-7d4e-7a52-9a57-2f1d6c1f0c11' },
        },
      ],
    });
  });

  it('runs so many alike as a fan-out, also more than a fan-out has otherwise', () => {
    const [instance] = written('Guess.', {}, { count: 120 }).instances;
    expect(instance?.forEach).toMatchObject({ as: 'number', max: 120 });
    expect(written('Guess.', {}, { count: 1 }).instances[0]).not.toHaveProperty('forEach');
  });

  it('is a plan that passes the check, whatever it says', () => {
    const anything = fc
      .string({ unit: 'grapheme' })
      .filter((text) => text.trim() !== '' && !/\{\{|\uFFFD/.test(text));
    fc.assert(
      fc.property(anything, (prompt) => {
        const [instance] = written(prompt, { concurrency: 3 }).instances;
        expect(instance?.prompt ?? instance?.command).toBe(prompt.trim());
      }),
    );
  });

  it('must say something', () => {
    expect(() => planOfPrompt(' \n', {}, {})).toThrow('The prompt is empty');
  });
});

describe('Flags for a plan in a file', () => {
  const text =
    '# ours\nname: Nightly # keep\nbudget: { usd: 2, onExceed: warn }\ninstances:\n  - name: a\n    prompt: A\n';

  it('stand in it afterwards, its comments with them', () => {
    const changed = withPlanFlags(text, { concurrency: 2, budget: 9 });
    expect(changed).toContain('# ours');
    expect(changed).toContain('# keep');
    expect(planIn(changed)).toMatchObject({ concurrency: 2, budget: { usd: 9, onExceed: 'warn' } });
  });

  it('leave it as it is when there are none, or it has mistakes that are to be told where they are', () => {
    expect(withPlanFlags(text, {})).toBe(text);
    const wrong = text.replace('prompt:', 'promt:');
    expect(withPlanFlags(wrong, { concurrency: 2 })).toBe(wrong);
  });

  it('work for JSON, and for the time zone of a schedule that is there', () => {
    const json = JSON.stringify({
      name: 'n',
      schedule: { cron: '0 2 * * *' },
      instances: [{ name: 'a', prompt: 'A' }],
    });
    expect(planIn(withPlanFlags(json, { timeZone: 'UTC' })).schedule).toEqual({
      cron: '0 2 * * *',
      timeZone: 'UTC',
    });
  });
});

describe('A list of tools', () => {
  it('is split at commas that are not in brackets', () => {
    expect(listOf('Read, Bash(git log:*, x),Edit', ['Grep'])).toEqual([
      'Grep',
      'Read',
      'Bash(git log:*, x)',
      'Edit',
    ]);
  });
});
