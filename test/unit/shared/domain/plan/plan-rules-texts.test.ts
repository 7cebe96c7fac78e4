import { describe, expect, it } from 'vitest';
import { parsePlan } from '../../../../../src/shared/domain/plan/plan-parse.ts';
import { itTellsEach, planOf, problemsOf, restAt } from '../../../../support/plan-problems.ts';

const a = 'name: a, prompt: x';
const b = 'name: b, prompt: x';

describe('a mistake in a template or condition', () => {
  const build = 'name: build, prompt: x';
  const inputs = 'inputs: { env: {}, n: { type: number }, l: { type: list } }\n';
  itTellsEach([
    [
      'one that is not closed',
      planOf("name: a, prompt: 'x {{ 1 '"),
      'plan.expression',
      "{{ 1 ' }",
      'never closed',
    ],
    [
      'one that does not parse',
      planOf(`${a}, when: '1 +'`),
      'plan.expression',
      "'1 +' }",
      'Something is missing',
    ],
    [
      'types that do not go together',
      planOf(`${a}, when: '1 + "a" == 2'`),
      'plan.expression',
      '1 + "a" == 2\'',
      'is not possible',
    ],
    [
      'an unknown input',
      inputs + planOf("name: a, prompt: 'x {{ inputs.evn }}'"),
      'plan.expression',
      "evn }}' }",
      'Did you mean env?',
    ],
    [
      'an unknown instance',
      planOf(build, `${b}, dependsOn: [build], when: instances.biuld.json.ok`),
      'plan.expression',
      'biuld.json.ok',
      'Did you mean build?',
    ],
    [
      'an instance that it does not wait for',
      planOf(build, "name: b, prompt: 'So: {{ instances.build.result }}'"),
      'plan.not_a_dependency',
      'instances.buil',
      'add it to dependsOn of "b"',
    ],
    [
      'itself',
      planOf("name: b, prompt: '{{ instances.b.result }}'"),
      'plan.self_reference',
      'instances.b.result',
      'in a check, write instance',
    ],
    [
      'a condition that gives a number',
      inputs + planOf(`${a}, when: inputs.n`),
      'plan.not_a_condition',
      'inputs.n }',
      'must give true or false, but gives a number',
    ],
    [
      'a fan-out over text',
      inputs + planOf(`${a}, forEach: '{{ inputs.env }}'`),
      'plan.not_a_list',
      "'{{ inputs.env",
      'must give a list, but gives text',
    ],
    [
      'an item where there is none',
      planOf("name: a, prompt: 'x {{ item }}'"),
      'plan.expression',
      "item }}' }",
      'item is there in an instance with forEach only',
    ],
    [
      'an item in its own list',
      planOf(`${a}, forEach: '{{ [item] }}'`),
      'plan.expression',
      "item] }}' }",
      'item is there',
    ],
    [
      'an unknown axis',
      planOf("name: a, matrix: { os: [x] }, prompt: '{{ matrix.so }}'"),
      'plan.expression',
      "so }}' }",
      'Did you mean os?',
    ],
    [
      'the output of a check in the prompt',
      planOf("name: a, check: x, prompt: '{{ check.output }}'"),
      'plan.expression',
      'check.output }',
      'in the prompt of a loop only',
    ],
    [
      'two templates for a list',
      inputs + planOf(`${a}, forEach: '{{ inputs.l }} {{ inputs.l }}'`),
      'plan.expression',
      '{{ inputs.l }}',
      'one template and nothing else',
    ],
    [
      'in a fallback',
      planOf(`${a}, fallback: [{ model: '{{ inputs.m }}' }]`),
      'plan.expression',
      "m }}' }] }",
      'inputs has no m',
    ],
    [
      'in what steps in for an instance that does not wait for it',
      planOf(
        build,
        `${a}, fallback: [{ instance: r }]`,
        "name: r, standby: true, prompt: '{{ instances.build.json }}'",
      ),
      'plan.not_a_dependency',
      'instances.buil',
      '"a" does not wait for',
    ],
    [
      'in defaults, for an instance that does not wait for it',
      `defaults: { env: { A: '{{ instances.build.state }}' } }\n${planOf('name: build, prompt: x, env: { A: y }', a)}`,
      'plan.not_a_dependency',
      'instances.buil',
      '"a" does not wait for',
    ],
  ]);

  it('has its line and column also in a block of text, at the right one of two', () => {
    const text = `inputs: { env: {} }\n${planOf()}  - name: a\n    prompt: |\n      For {{ inputs.env }}:\n      {{ inputs.env + inputs.evn }}\n`;
    expect(problemsOf(text).map((problem) => [problem.line, restAt(text, problem)])).toEqual([[7, 'evn }}']]);
  });

  it('is none where what it names is a dependency through others, and in the quotes of a name with spaces', () => {
    const text = planOf(
      'name: my review, prompt: x',
      `${a}, dependsOn: [my review]`,
      `${b}, dependsOn: [a], when: 'instances["my review"].json.ok == true'`,
    );
    expect(problemsOf(text)).toEqual([]);
  });

  it('is told with advice when YAML takes it for a mapping', () => {
    const [problem] = problemsOf('name: a\ninstances: [{ name: a, prompt: {{ inputs.x }} }]\n');
    expect(problem).toMatchObject({ code: 'plan.syntax', line: 2 });
    expect(problem?.message).toContain('in quotes');
  });
});

describe('a warning', () => {
  it('is there for prompts that are allowed when nobody answers, and for what a fallback may do', () => {
    const reading = parsePlan(
      planOf(`${a}, permissions: { then: allow }`, `${b}, fallback: [{ permissionMode: bypassPermissions }]`),
    );
    expect(reading.ok && reading.warnings.map(({ code, line, field }) => [code, line, field])).toEqual([
      ['plan.allow_unanswered', 3, 'instances[0].permissions.then'],
      ['plan.bypass_permissions', 4, 'instances[1].fallback[0].permissionMode'],
    ]);
  });
});
