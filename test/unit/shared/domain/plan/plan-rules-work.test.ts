import { describe, expect, it } from 'vitest';
import { itTellsEach, planOf, planWithTop, problemsOf } from '../../../../support/plan-problems.ts';

const a = 'name: a, prompt: x';
const b = 'name: b, prompt: x';

describe('a mistake in what is done when something fails', () => {
  itTellsEach([
    ['a loop without a check', planOf(`${a}, loop: 3`), 'plan.missing', '3 }', 'add check'],
    [
      'a check with both',
      planOf(`${a}, check: { command: x, when: 'true' }`),
      'plan.conflict',
      "when: 'true' }",
      'both command and when',
    ],
    [
      'a check with nothing',
      planOf(`${a}, check: { timeout: 1m }`),
      'plan.missing',
      '{ timeout: 1m',
      'neither command nor when',
    ],
    [
      'a timeout beside a condition',
      planOf(`${a}, check: { when: 'true', timeout: 1m }`),
      'plan.conflict',
      'timeout: 1m }',
      'beside command only',
    ],
    [
      'an unknown fallback',
      planOf(`${a}, fallback: [{ instance: rescu }]`, 'name: rescue, prompt: x'),
      'plan.unknown_instance',
      'rescu }] }',
      'did you mean rescue?',
    ],
    [
      'a fallback to itself',
      planOf(`${a}, fallback: [{ instance: a }]`),
      'plan.self_reference',
      'a }] }',
      'step in for itself',
    ],
    [
      'a fallback that changes nothing',
      planOf(`${a}, fallback: [{}]`),
      'plan.missing',
      '{}] }',
      'changes nothing',
    ],
    [
      'a fallback with both',
      planOf(`${a}, fallback: [{ instance: b, model: x }]`, b),
      'plan.conflict',
      'model: x }] }',
      'keep one of them',
    ],
    [
      'a fallback with prompt and command',
      planOf(`${a}, fallback: [{ prompt: b, command: /x }]`),
      'plan.conflict',
      '/x }] }',
      'both a prompt and a command',
    ],
    [
      'a misspelt key of a fallback',
      planOf(`${a}, fallback: [{ modle: x }]`),
      'plan.unknown_key',
      'modle: x }] }',
      'did you mean model?',
    ],
    [
      'a fallback with a dependency',
      planOf(`${a}, fallback: [{ dependsOn: [] }]`),
      'plan.misplaced_key',
      'dependsOn: []',
      'belongs in an instance',
    ],
    [
      'a standby that is the fallback of none',
      planOf(a, `${b}, standby: true`),
      'plan.standby',
      'standby: true',
      'would never run',
    ],
    [
      'a standby to wait for',
      planOf(`${a}, dependsOn: [b], fallback: [{ instance: b }]`, `${b}, standby: true`),
      'plan.standby',
      'b], fallback:',
      'never runs by itself',
    ],
    [
      'a standby with a condition',
      planOf(`${a}, fallback: [{ instance: b }]`, `${b}, standby: true, when: 'true'`),
      'plan.conflict',
      "when: 'true' }",
      'is never read',
    ],
    [
      'a misspelt sort of failure',
      planOf(`${a}, retry: { on: [timeuot] }`),
      'plan.wrong_value',
      'timeuot] } }',
      'did you mean timeout?',
    ],
    ['a retry without end', planOf(`${a}, retry: 0`), 'plan.wrong_value', '0 }', 'from 1 to 100'],
    [
      'a key of retry beside it',
      planOf(`${a}, backoff: 3s`),
      'plan.misplaced_key',
      'backoff: 3s }',
      'belongs in retry of an instance',
    ],
    ['a result without a schema', planOf(`${a}, result: {}`), 'plan.missing', '{} }', 'has no schema'],
  ]);

  it('is no mistake where defaults have the check', () => {
    expect(problemsOf(`defaults: { check: make }\n${planOf(`${a}, loop: 3`)}`)).toEqual([]);
  });

  it('is told once where defaults have the loop', () => {
    const problems = problemsOf(`defaults: { loop: 3 }\n${planOf(a, b)}`);
    expect(problems.map(({ code, line, column }) => [code, line, column])).toEqual([['plan.missing', 1, 19]]);
  });
});

describe('a mistake in limits, workspaces and permissions', () => {
  itTellsEach([
    [
      'a budget without a limit',
      planWithTop('budget: { onExceed: stop }'),
      'plan.missing',
      '{ onExceed: st',
      'usd, tokens or both',
    ],
    [
      'a command budget without a limit',
      planWithTop('commandBudgets: { /x: {} }'),
      'plan.missing',
      '{} }',
      'no limit',
    ],
    ['a budget as a number', planWithTop('budget: 5'), 'plan.wrong_type', '5', 'such as { usd: 5 }'],
    [
      'half a token',
      planOf(`${a}, budget: { tokens: 1.5 }`),
      'plan.wrong_type',
      '1.5 } }',
      'whole number of tokens',
    ],
    [
      'two kinds of workspace',
      planOf(`${a}, workspace: { copy: x, folder: y }`),
      'plan.conflict',
      'folder: y',
      'both copy and folder',
    ],
    [
      'no kind of workspace',
      planWithTop('workspace: { keep: never }'),
      'plan.missing',
      '{ keep: never',
      'none of folder, worktree and copy',
    ],
    [
      'a base of a copy',
      planOf(`${a}, workspace: { copy: x, base: main }`),
      'plan.conflict',
      'base: main } }',
      'beside worktree only',
    ],
    [
      'keep of a folder',
      planOf(`${a}, workspace: { folder: x, keep: never }`),
      'plan.conflict',
      'keep: never }',
      'beside worktree or copy only',
    ],
    [
      'a rule that cannot be read',
      planOf(`${a}, permissions: { deny: [Read, "Bash(rm && ls:*)"] }`),
      'plan.wrong_value',
      '"Bash(rm && ls:*)"] } }',
      'first words of one command',
    ],
    [
      'a tool like a flag',
      planOf(`${a}, permissions: { allow: [--x] }`),
      'plan.wrong_value',
      '--x] } }',
      'a tool name or rule',
    ],
  ]);
});
