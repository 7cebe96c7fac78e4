import { describe, expect, it } from 'vitest';
import { parsePlan } from '../../../../../src/shared/domain/plan/plan-parse.ts';
import { formatProblem, type PlanProblem } from '../../../../../src/shared/domain/plan/plan-problem.ts';

const UUID = '0198c5f0-7d4e-7a52-9a57-2f1d6c1f0c11';
const HEAD = 'name: Demo\ninstances:\n';

function problemsOf(text: string): readonly PlanProblem[] {
  const reading = parsePlan(text);
  return reading.ok ? [] : reading.problems;
}

function onlyProblemOf(text: string): PlanProblem {
  const problems = problemsOf(text);
  const [problem] = problems;
  if (problem === undefined || problems.length > 1) {
    throw new Error(`not one problem: ${problems.map((each) => formatProblem(each)).join('\n')}`);
  }
  return problem;
}

/** A plan of one instance with these lines. */
function withInstance(...lines: readonly string[]): string {
  return `${HEAD}  - name: one\n    prompt: Do it.\n${lines.map((each) => `    ${each}\n`).join('')}`;
}

describe('a text that is no plan', () => {
  const cases = [
    ['an empty file', '', 'plan.empty', 1, 1],
    ['only comments', '# nothing\n', 'plan.empty', 1, 1],
    ['only a document marker', '---\n', 'plan.empty', 1, 1],
    ['a list at the top', '- name: a\n', 'plan.wrong_type', 1, 1],
    ['a word', 'plan', 'plan.wrong_type', 1, 1],
    ['a second colon in a line', 'name: a: b\n', 'plan.syntax', 1, 7],
    ['an open quote', 'name: "a\n', 'plan.syntax', 2, 1],
    ['a tab as indentation', 'name: a\ninstances:\n\t- name: b\n', 'plan.syntax', 3, 1],
    ['a tag', 'name: !secret a\n', 'plan.syntax', 1, 7],
    ['a key that is a list', '? [a]\n: 2\n', 'plan.syntax', 1, 3],
    ['two documents', 'name: a\n---\nname: b\n', 'plan.several_documents', 2, 1],
    ['bytes that are no UTF-8', 'name: M\uFFFDller\n', 'plan.not_text', 1, 8],
    ['a file with NUL bytes', 'n\0a\0', 'plan.not_text', 1, 2],
    ['an alias of nothing', 'name: *x\n', 'plan.unknown_alias', 1, 7],
    ['an alias inside its anchor', 'name: &x [*x]\n', 'plan.unknown_alias', 1, 11],
    ['a merge of a text', 'name: &x a\ndefaults:\n  <<: *x\n', 'plan.merge', 3, 7],
    ['more than 1 MiB', '#'.repeat(1_048_577), 'plan.too_large', 1, 1],
    ['deep nesting', '['.repeat(100_000), 'plan.too_deep', 1, 201],
  ] as const;
  for (const [what, text, code, line, column] of cases) {
    it(`is told: ${what}`, () => {
      expect(onlyProblemOf(text)).toMatchObject({ code, line, column });
    });
  }

  it('does not let aliases grow without bound', () => {
    const laughs = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (const [key, before] of ['ba', 'cb', 'dc', 'ed', 'fe', 'gf', 'hg', 'ih', 'ji'].map((pair) =>
      pair.split(''),
    )) {
      laughs.push(
        `${key ?? ''}: &${key ?? ''} [${Array(9)
          .fill(`*${before ?? ''}`)
          .join(', ')}]`,
      );
    }
    expect(onlyProblemOf(laughs.join('\n')).code).toBe('plan.too_many_values');
  });

  it('does not let merges grow without bound', () => {
    const wide = Array.from({ length: 2000 }, (_, index) => `k${String(index)}: 1`).join(', ');
    const text = `x: &x {${wide}}\ny: [${Array(2000).fill('{<<: *x}').join(', ')}]\n`;
    expect(onlyProblemOf(text).code).toBe('plan.too_many_values');
  });
});

describe('a mistake in a plan', () => {
  const cases = [
    ['a misspelt key', 'permisionMode: plan', 'plan.unknown_key', 'permisionMode', 5, 'permissionMode'],
    ['a key in another style', 'max_turns: 3', 'plan.unknown_key', 'max_turns', 5, 'maxTurns'],
    ['a key of nowhere', 'colour: red', 'plan.unknown_key', 'colour', 5, null],
    ['a key of the plan', 'concurrency: 3', 'plan.misplaced_key', 'concurrency', 5, null],
    [
      'a misspelt value',
      'permissionMode: acceptEdit',
      'plan.wrong_value',
      'permissionMode',
      21,
      'acceptEdits',
    ],
    ['a number for a duration', 'timeout: 90', 'plan.wrong_type', 'timeout', 14, '90s'],
    ['a duration that is none', 'timeout: soon', 'plan.wrong_value', 'timeout', 14, null],
    ['a duration that is too long', 'timeout: 25d', 'plan.wrong_value', 'timeout', 14, null],
    ['a duration of nothing', 'timeout: 0s', 'plan.wrong_value', 'timeout', 14, null],
    ['a number as text', 'maxTurns: "20"', 'plan.wrong_type', 'maxTurns', 15, '20'],
    ['dollars with their sign', 'maxBudgetUsd: $5', 'plan.wrong_type', 'maxBudgetUsd', 19, '5'],
    ['no money at all', 'maxBudgetUsd: 0', 'plan.wrong_value', 'maxBudgetUsd', 19, null],
    ['a broken number of turns', 'maxTurns: 1.5', 'plan.wrong_type', 'maxTurns', 15, null],
    ['an infinite number', 'maxBudgetUsd: .inf', 'plan.inexact_number', '', 19, null],
    ['text for a list', 'allowedTools: Read', 'plan.wrong_type', 'allowedTools', 19, null],
    ['a tool like a flag', 'allowedTools: [--x]', 'plan.wrong_value', 'allowedTools[0]', 20, null],
    ['a model like a flag', 'model: --x', 'plan.wrong_value', 'model', 12, null],
    ['a list for a path or keys', 'settings: []', 'plan.wrong_type', 'settings', 15, null],
    ['a variable that is a number', 'env: { V: 1.10 }', 'plan.wrong_type', 'env.V', 15, '"1.10"'],
    ['a variable that is true', 'env: { V: true }', 'plan.wrong_type', 'env.V', 15, '"true"'],
    ['a variable with a bad name', 'env: { MY-VAR: a }', 'plan.wrong_value', 'env.MY-VAR', 12, null],
    ['a key without a value', 'model:', 'plan.wrong_type', 'model', 11, null],
    ['both prompt and command', 'command: /review', 'plan.conflict', 'command', 14, null],
    [
      'a session with both',
      `session: { new: ${UUID}, resume: ${UUID} }`,
      'plan.conflict',
      'session',
      14,
      null,
    ],
    [
      'a session id that is none',
      'session: { resume: yesterday }',
      'plan.wrong_value',
      'session.resume',
      24,
      null,
    ],
    ['an empty session', 'session: {}', 'plan.missing', 'session', 14, null],
    ['a key that is there twice', 'prompt: Again.', 'plan.duplicate_key', '', 5, null],
    ['a NUL in a text', 'model: "a\\0"', 'plan.not_text', '', 12, null],
    ['the key __proto__', '__proto__: { a: 1 }', 'plan.unknown_key', '', 5, null],
  ] as const;
  for (const [what, line, code, field, column, suggestion] of cases) {
    it(`is told with its place: ${what}`, () => {
      const problem = problemsOf(withInstance(line)).find(
        (each) => each.code === code && each.column === column,
      );
      expect(problem).toMatchObject({ line: 5, field: field && `instances[0].${field}`, suggestion });
    });
  }

  it('is told as a sentence that says what to do', () => {
    expect(onlyProblemOf(withInstance('permisionMode: plan')).message).toBe(
      'instances[0].permisionMode is not a known key: did you mean permissionMode?',
    );
    expect(onlyProblemOf(withInstance('timeout: 90')).message).toBe(
      'instances[0].timeout must be a duration such as 90s, 30m or 1h30m, at most 24d, but is 90: did you mean 90s?',
    );
    expect(onlyProblemOf(withInstance('concurrency: 3')).message).toBe(
      'instances[0].concurrency is not read here: concurrency belongs at the top of the plan.',
    );
    expect(onlyProblemOf('name: Demo\n').message).toBe(
      'The plan has no instances: add instances, which must be a list with at least one instance.',
    );
  });

  it('points at the second of two equal names and tells the line of the first', () => {
    const text = `${HEAD}  - { name: a, prompt: b }\n  - { name: c, prompt: d }\n  - { name: a, prompt: e }\n`;
    const problem = onlyProblemOf(text);
    expect(problem).toMatchObject({
      code: 'plan.duplicate_name',
      line: 5,
      column: 13,
      field: 'instances[2].name',
    });
    expect(problem.message).toContain('line 3');
  });

  it('tells of two new sessions with one id', () => {
    const session = `session: { new: ${UUID} }`;
    const text = `${HEAD}  - { name: a, prompt: b, ${session} }\n  - { name: c, prompt: d, ${session} }\n`;
    expect(onlyProblemOf(text)).toMatchObject({ code: 'plan.duplicate_session', line: 4 });
  });

  it('says where a key of an instance belongs that stands at the top, in defaults, or misspelt at the wrong level', () => {
    const text = `model: opus\ndefaults:\n  prompt: Do it.\npromts: x\n${withInstance()}`;
    expect(problemsOf(text).map(({ code, line, message }) => [code, line, message.split(': ')[1]])).toEqual([
      ['plan.misplaced_key', 1, 'model belongs in defaults or in an instance.'],
      ['plan.misplaced_key', 3, 'prompt belongs in an instance.'],
      ['plan.unknown_key', 4, 'did you mean prompt, which belongs in an instance?'],
    ]);
  });

  it('that makes a required key missing is told once', () => {
    expect(onlyProblemOf(`${HEAD}  - { nmae: a, prompt: b }\n`).suggestion).toBe('name');
    expect(onlyProblemOf(`${HEAD}  - { name: a, promt: b }\n`).suggestion).toBe('prompt');
    expect(onlyProblemOf(`${HEAD}  - { name: a, comand: /b }\n`).suggestion).toBe('command');
  });

  it('that no single key makes is told too: nothing to do, and a live instance with one result', () => {
    expect(onlyProblemOf(`${HEAD}  - name: a\n`)).toMatchObject({ code: 'plan.missing', line: 3, column: 5 });
    expect(onlyProblemOf(withInstance('outputFormat: json', 'mode: live'))).toMatchObject({
      code: 'plan.conflict',
      line: 6,
    });
    const inherited = `defaults: { mode: live }\n${withInstance('outputFormat: json')}`;
    expect(onlyProblemOf(inherited)).toMatchObject({ code: 'plan.conflict', line: 6 });
    const forAll = `defaults: { mode: live, outputFormat: json }\n${withInstance()}  - { name: two, prompt: b }\n`;
    expect(onlyProblemOf(forAll)).toMatchObject({ code: 'plan.conflict', line: 1 });
  });

  it('does not hide another', () => {
    const text =
      'nam: x\nconcurrency: many\ninstances:\n  - { name: a }\n  - { name: a, prompt: 3, modle: opus }\n  -\n';
    expect(problemsOf(text).map(({ line, code }) => `${String(line)} ${code}`)).toEqual([
      '1 plan.unknown_key',
      '2 plan.wrong_type',
      '4 plan.missing',
      '5 plan.duplicate_name',
      '5 plan.wrong_type',
      '5 plan.unknown_key',
      '6 plan.wrong_type',
    ]);
  });

  it('is one of at most a hundred that are told, and the rest is counted', () => {
    const problems = problemsOf(`name: a\ninstances: [${Array(300).fill('1').join(', ')}]\n`);
    expect(problems).toHaveLength(101);
    expect(problems.at(-1)?.message).toContain('200 more');
  });

  it('does not bring control characters of the file to a terminal', () => {
    const [problem] = problemsOf(`name: a\n"\\e[2J\\u009b\\u202e": 1\ninstances: []\n`);
    expect(problem?.message).toMatch(/^\["\\u\{1b\}\[2J\\u\{9b\}\\u\{202e\}"\] is not a known key/);
  });

  it('is formatted as one line that tools turn into a link', () => {
    expect(formatProblem(onlyProblemOf('- a'), 'my plan.yaml')).toMatch(
      /^my plan\.yaml:1:1: A plan must be /,
    );
  });
});

describe('a plan', () => {
  it('may be JSON, also indented with tabs', () => {
    const plan = { name: 'a', instances: [{ name: 'b', prompt: 'c\td', maxBudgetUsd: 0.1 }] };
    expect(parsePlan(JSON.stringify(plan, null, '\t'))).toEqual({ ok: true, plan, warnings: [] });
  });

  it('may have a byte order mark and Windows line ends', () => {
    const text = `\uFEFF${withInstance('foo: 1')}`.replaceAll('\n', '\r\n');
    expect(onlyProblemOf(text)).toMatchObject({ line: 5, column: 5 });
    expect(onlyProblemOf('\uFEFFfoo: 1\nname: a\ninstances: [{ name: b, prompt: c }]\n')).toMatchObject({
      line: 1,
      column: 1,
    });
  });

  it('may use anchors, aliases and merge keys, and keys of its own win', () => {
    const text = `${HEAD}  - &a { name: a, prompt: b, env: &env { A: '1' }, model: opus }
  - { <<: *a, name: c, model: sonnet }
  - { <<: [{ model: haiku }, *a], name: d, env: *env }
`;
    const reading = parsePlan(text);
    expect(reading.ok && reading.plan.instances).toEqual([
      { name: 'a', prompt: 'b', env: { A: '1' }, model: 'opus' },
      { name: 'c', prompt: 'b', env: { A: '1' }, model: 'sonnet' },
      { name: 'd', prompt: 'b', env: { A: '1' }, model: 'haiku' },
    ]);
  });

  it('has its mistakes in a merged mapping told where they are written', () => {
    const text = `${HEAD}  - &a { name: a, prompt: b,\n      modle: opus }\n  - { <<: *a, name: c }\n`;
    expect(problemsOf(text).map(({ line, field }) => [line, field])).toEqual([
      [4, 'instances[0].modle'],
      [4, 'instances[1].modle'],
    ]);
  });

  it('keeps numbers in inline settings exact, or is refused', () => {
    const reading = parsePlan(withInstance('settings: { a: 0.1, b: 9007199254740991 }'));
    expect(reading.ok && reading.plan.instances[0]?.settings).toEqual({ a: 0.1, b: 9_007_199_254_740_991 });
    expect(onlyProblemOf(withInstance('settings: { a: 9007199254740993 }'))).toMatchObject({
      code: 'plan.inexact_number',
      column: 20,
    });
  });

  it('is warned of where nothing is asked any more and where it holds a secret, but not of a shared workspace', () => {
    const text = `${HEAD}  - { name: a, prompt: b, workspace: x, permissionMode: bypassPermissions }
  - { name: c, prompt: d, workspace: x, env: { API_KEY: abc, MAX_THINKING_TOKENS: '9' } }
defaults: { permissionMode: bypassPermissions }
`;
    const reading = parsePlan(text);
    expect(reading.ok && reading.warnings.map(({ code, line, field }) => [code, line, field])).toEqual([
      ['plan.bypass_permissions', 3, 'instances[0].permissionMode'],
      ['plan.secret_in_env', 4, 'instances[1].env.API_KEY'],
      ['plan.bypass_permissions', 5, 'defaults.permissionMode'],
    ]);
  });
});
