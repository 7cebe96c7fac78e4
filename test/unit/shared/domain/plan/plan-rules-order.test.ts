import { describe, expect, it } from 'vitest';
import { itTellsEach, planOf, problemsOf } from '../../../../support/plan-problems.ts';

const a = 'name: a, prompt: x';
const b = 'name: b, prompt: x';

describe('a mistake in the order of instances', () => {
  itTellsEach([
    [
      'an unknown dependency',
      planOf('name: build, prompt: x', `${b}, dependsOn: [buidl]`),
      'plan.unknown_instance',
      'buidl] }',
      'did you mean build?',
    ],
    [
      'an unknown dependency as keys and values',
      planOf(a, `${b}, dependsOn: [{ instance: zzz, need: any }]`),
      'plan.unknown_instance',
      'zzz, need: any',
      'instances[1].dependsOn[0].instance names "zzz"',
    ],
    ['a dependency on itself', planOf(`${a}, dependsOn: [a]`), 'plan.self_reference', 'a] }', 'itself'],
    [
      'a cycle',
      planOf(`${a}, dependsOn: [b]`, `${b}, dependsOn: [c]`, 'name: c, prompt: x, dependsOn: [a]'),
      'plan.cycle',
      'a] }',
      'a → b → c → a',
    ],
    [
      'a dependency without a target',
      planOf(`${a}, dependsOn: [{ need: any }]`),
      'plan.missing',
      '{ need: any }]',
      'neither instance nor orchestration',
    ],
    [
      'a dependency with two targets',
      planOf(a, `${b}, dependsOn: [{ instance: a, orchestration: n }]`),
      'plan.conflict',
      'orchestration:',
      'both instance and orchestration',
    ],
    [
      'run beside an instance',
      planOf(a, `${b}, dependsOn: [{ instance: a, run: next }]`),
      'plan.conflict',
      'run: next }] }',
      'beside orchestration only',
    ],
    [
      'join beside an orchestration',
      planOf(`${a}, dependsOn: [{ orchestration: n, join: any }]`),
      'plan.conflict',
      'join: any }] }',
      'beside instance only',
    ],
    [
      'a join of one instance',
      planOf(a, `${b}, dependsOn: [{ instance: a, join: 2 }]`),
      'plan.join',
      '2 }] }',
      'is for fan-outs',
    ],
    [
      'a join of more than there are',
      planOf(`${a}, forEach: [1, 2]`, `${b}, dependsOn: [{ instance: a, join: 3 }]`),
      'plan.join',
      '3 }] }',
      'comes to 2 instances',
    ],
    [
      'a join of none',
      planOf(`${a}, forEach: [1, 2]`, `${b}, dependsOn: [{ instance: a, join: 0 }]`),
      'plan.wrong_value',
      '0 }] }',
      'all, any, or a whole number from 1',
    ],
    [
      'a need of nowhere',
      planOf(a, `${b}, dependsOn: [{ instance: a, need: finish }]`),
      'plan.wrong_value',
      'finish }] }',
      'did you mean finished?',
    ],
    [
      'a key of a dependency, misspelt',
      planOf(a, `${b}, dependsOn: [{ instance: a, nede: any }]`),
      'plan.unknown_key',
      'nede: any }] }',
      'did you mean need?',
    ],
    [
      'a name where a list is wanted',
      planOf(a, `${b}, dependsOn: a`),
      'plan.wrong_type',
      'a }',
      'did you mean [a]?',
    ],
  ]);

  it('tells each cycle of several', () => {
    const problems = problemsOf(
      planOf(
        `${a}, dependsOn: [b]`,
        `${b}, dependsOn: [a]`,
        'name: c, prompt: x, dependsOn: [d]',
        'name: d, prompt: x, dependsOn: [c]',
      ),
    );
    expect(problems.map(({ code, line }) => [code, line])).toEqual([
      ['plan.cycle', 4],
      ['plan.cycle', 6],
    ]);
  });

  it('is found in a chain of thousands without recursion', () => {
    const many = Array.from({ length: 4000 }, (_, index) => {
      const before = index === 0 ? 3999 : index - 1;
      return `name: i${String(index)}, prompt: x, dependsOn: [i${String(before)}]`;
    });
    const problems = problemsOf(planOf(...many));
    expect(problems).toHaveLength(1);
    expect(problems[0]?.message).toMatch(/: i0 → i3999 → .* → … → i0\. Take/);
  });
});

describe('a mistake in a fan-out', () => {
  itTellsEach([
    [
      'both forEach and matrix',
      planOf(`${a}, forEach: [1], matrix: { os: [x] }`),
      'plan.conflict',
      'matrix: { os:',
      'both forEach and matrix',
    ],
    ['an empty list', planOf(`${a}, forEach: []`), 'plan.wrong_value', '[] }', 'but is an empty list'],
    ['an empty axis', planOf(`${a}, matrix: { os: [] }`), 'plan.wrong_value', '[] } }', 'at least one value'],
    ['a matrix without axes', planOf(`${a}, matrix: {}`), 'plan.wrong_value', '{} }', 'names with lists'],
    [
      'an axis with a bad name',
      planOf(`${a}, matrix: { a-b: [1] }`),
      'plan.wrong_value',
      'a-b: [1] } }',
      'is not a name for an axis',
    ],
    [
      'neither in nor glob',
      planOf(`${a}, forEach: { max: 3 }`),
      'plan.missing',
      '{ max: 3 } }',
      'neither in nor glob',
    ],
    [
      'a list that is longer than max',
      planOf(`${a}, forEach: { in: [1, 2, 3], max: 2 }`),
      'plan.too_many_items',
      '{ in: [1, 2, 3',
      'write max: 3',
    ],
    [
      'a matrix without end',
      planOf(`${a}, matrix: { x: &x [1,2,3,4,5,6,7,8,9,0,1], y: *x, z: *x }`),
      'plan.too_many_items',
      '{ x: &x [1,2,3',
      '1331 instances',
    ],
    [
      'a template in a list',
      planOf(`${a}, forEach: [b, '{{ inputs.c }}']`),
      'plan.template',
      "'{{ inputs.c }",
      'is not filled in',
    ],
    [
      'an item that is called like something else',
      planOf(`${a}, forEach: { in: [b], as: inputs }`),
      'plan.wrong_value',
      'inputs } }',
      'means something already',
    ],
    [
      'text that is no template',
      planOf(`${a}, forEach: files`),
      'plan.wrong_value',
      'files }',
      'one template that gives a list',
    ],
    [
      'a new session for many',
      planOf(`${a}, forEach: [1], session: { new: 0198c5f0-7d4e-7a52-9a57-2f1d6c1f0c11 }`),
      'plan.conflict',
      '0198c5f0-7d4e-',
      'runs many times',
    ],
  ]);
});
