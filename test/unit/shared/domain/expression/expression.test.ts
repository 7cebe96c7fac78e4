import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkExpression,
  evaluate,
  filesOf,
} from '../../../../../src/shared/domain/expression/expression.ts';
import { isItemName } from '../../../../../src/shared/domain/expression/expression-names.ts';
import { FailureError } from '../../../../../src/shared/domain/failure.ts';
import type { JsonValue } from '../../../../../src/shared/domain/plan/plan-spec.ts';
import {
  buildScope,
  type Figures,
  type ScopeShape,
} from '../../../../../src/shared/domain/expression/scope.ts';

const figures: Figures = {
  state: 'succeeded',
  result: 'Found {{ inputs.n }}',
  json: { count: 3, rate: 2.5, files: ['a.ts', 'b.ts'], nothing: null },
  usage: {
    inputTokens: 1,
    outputTokens: 2,
    cacheWriteTokens: 0,
    cacheReadTokens: 0,
    tokens: 3,
    costUsd: 2,
  },
  attempts: 1,
  durationMs: 5,
  sessionId: null,
  workspace: '/shop',
};

const shape: ScopeShape = {
  inputs: { n: 'number', name: 'string', list: 'list', on: 'bool' },
  instances: { lint: { isFanOut: false }, 'my review': { isFanOut: false }, files: { isFanOut: true } },
  variables: ['item', 'index'],
};

const scope = buildScope({
  inputs: { n: 3, name: 'Mia', list: [1, 2, 3], on: true },
  instances: { lint: figures, 'my review': figures, files: { ...figures, results: [figures] } },
  item: { as: 'item', value: { path: 'a.ts' }, index: 1 },
  files: new Map([['notes.md', 'Notes']]),
});

const failureOf = (act: () => unknown): { readonly code: string; readonly message: string } => {
  try {
    act();
  } catch (error) {
    if (error instanceof FailureError) return error.failure;
    throw error;
  }
  throw new Error('It did not fail.');
};

describe('evaluate', () => {
  it.each<[string, JsonValue]>([
    ['inputs.n > 2', true],
    ['inputs.n == 3', true],
    ['3 == inputs.n', true],
    ['1 + inputs.n', 4],
    ['inputs.n / 2', 1.5],
    ['inputs.n % 2', 1],
    ['instances.lint.json.count > 0', true],
    ['instances.lint.json.rate > 2', true],
    ['instances.lint.usage.costUsd / 4', 0.5],
    ['inputs.list[inputs.n - 1]', 3],
    ['inputs.list[index]', 2],
    ['inputs.n in [1, 2, 3]', true],
    ['size(inputs.list) == inputs.n', true],
    ['instances["my review"].state', 'succeeded'],
    ['instances.files.results[0].attempts', 1],
    ['inputs.list.filter(x, x > 1).map(x, x * 2)', [4, 6]],
    ['inputs.list.map(x, inputs.list.map(y, (x) * (y)))[1] // the second', [2, 4, 6]],
    ['inputs.list.map(x, x > 1, x + 1)', [3, 4]],
    ['inputs.list.exists(x, x > 2) && inputs.list.all(x, x > 0)', true],
    ['inputs.list.exists_one(x, x == 2)', true],
    ['inputs.name . matches ("^M.a$")', true],
    ['"name: " + inputs.name + string(inputs.n)', 'name: Mia3'],
    ['inputs.on ? inputs.n : 0', 3],
    ['{"n": inputs.n, "list": [1, "a"]}', { n: 3, list: [1, 'a'] }],
    ['has(instances.lint.json.more)', false],
    ['item.path', 'a.ts'],
    ['file("notes.md")', 'Notes'],
    ['timestamp("2026-01-01T00:00:00Z")', '2026-01-01T00:00:00.000Z'],
    ['2u', 2],
    ['instances.lint.json.nothing', null],
  ])('gives for %s what people expect', (text, value) => {
    expect(evaluate(text, scope)).toEqual(value);
    expect(checkExpression(text, shape)).toMatchObject({ ok: true });
  });

  it.each([
    ['instances.lint.json.cout', 'instances.lint.json has no cout. Did you mean count?'],
    ['instances.lint.json.nothing.more', 'instances.lint.json.nothing is null, so it has no more.'],
    ['inputs.name.length', 'inputs.name has no length: it is no mapping.'],
    ['inputs.name + 1', 'string + number is not possible.'],
    ['1.0 / 0.0', 'divided by zero'],
    ['file("other.md")', 'The file other.md was not read.'],
    ['b"abc"', 'nothing that JSON has'],
    ['inputs.name.matches("(a+)+$")', 'could take for ever'],
    ['inputs.name.matches("(a|a)*$")', 'could take for ever'],
    ['inputs.name.matches("((a)*b)*$")', 'could take for ever'],
    ['inputs.name.matches("[")', 'is no regular expression'],
  ])('says of %s what is wrong with it', (text, message) => {
    const failure = failureOf(() => evaluate(text, scope));
    expect(failure.code).toBe('expression.failed');
    expect(failure.message).toContain(message);
    expect(failure.message).toContain(text);
  });

  it('says where an expression that does not parse goes wrong', () => {
    const failure = failureOf(() => evaluate('inputs.n = 3', scope));
    expect(failure.code).toBe('expression.invalid');
    expect(failure.message).toContain('character 10');
  });

  const many = buildScope({
    inputs: { list: Array.from({ length: 2000 }, (_, n) => n), long: 'x'.repeat(900_000) },
  });

  it.each([
    'inputs.list.map(a, inputs.list.map(b, a * b))',
    'inputs.list.exists(a, inputs.list.exists(b, b < 0))',
    'inputs.list.exists(a, inputs.list.exists(b, b.missing))',
    'inputs.list.all(a, inputs.list.all(b, inputs.list.all(c, true)))',
    'inputs.list.filter(a, inputs.list.exists_one(b, a == b))',
    'inputs.list.map(a, inputs.list)',
    'inputs.long + inputs.long',
    'inputs.list.map(a, inputs.long)',
    'inputs.long.matches("x.*y")',
  ])('ends soon, with a failure, when %s is too much', (text) => {
    expect(failureOf(() => evaluate(text, many)).code).toBe('expression.failed');
  });

  it('fails on data that is nested deeper than can be shown', () => {
    const deep = JSON.parse('['.repeat(5000) + ']'.repeat(5000)) as JsonValue;
    const failure = failureOf(() => evaluate('inputs.deep', buildScope({ inputs: { deep } })));
    expect(failure.code).toBe('expression.failed');
  });

  it('never evaluates what stands in data, and gives all JSON back as it is', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const data = JSON.parse(JSON.stringify(value)) as JsonValue;
        const given = evaluate('item', buildScope({ item: { as: 'item', value: data, index: 0 } }));
        expect(JSON.stringify(given)).toBe(JSON.stringify(data));
      }),
    );
  });

  it('finds nothing that the data do not have of their own', () => {
    for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
      expect(failureOf(() => evaluate(`inputs["${name}"]`, scope)).code).toBe('expression.failed');
    }
  });
});

describe('checkExpression', () => {
  it.each([
    ['inputs.zz', 7, 'inputs has no zz. There is n, name, list, on.'],
    ['inputs.nam', 7, 'Did you mean name?'],
    ['1 + inputs.lst[0]', 11, 'Did you mean list?'],
    ['instances.lnt.result', 10, 'Did you mean lint?'],
    ['instances.lint.reslt', 15, 'Did you mean result?'],
    ['instances.lint.results', 15, 'Did you mean result?'],
    ['instances.lint.usage.costUsdd', 21, 'Did you mean costUsd?'],
    ['instances[inputs.name].result', 0, 'Name the instance itself'],
    ['size(instances)', 5, 'Name one of the instances'],
    ['itme.path', 0, 'Did you mean item?'],
    ['check.output', 0, 'in the prompt of a loop only'],
    ['file(inputs.name)', 0, 'Write the path of a file as text'],
    ['inputs.list.map(x, y)', 19, 'There is no y here.'],
    ['cel.bind(x, 1, x)', 0, 'There is no cel here.'],
    ['__step()', 0, 'There is no function __step().'],
    ['inputs.n +', 10, 'missing at the end'],
    ['inputs.on ? "a" : 1', 0, 'same type'],
    ['"a" + 1', 0, 'not possible'],
    ['  ', 0, 'There is no expression.'],
  ])('names what is wrong with %s and where', (text, offset, message) => {
    const check = checkExpression(text, shape);
    expect(check).toMatchObject({ ok: false, offset });
    expect(check.ok ? '' : check.message).toContain(message);
  });

  it('lists the instances, inputs and files that an expression names', () => {
    expect(
      checkExpression(
        'instances.lint.json.files.exists(f, f == inputs.name) || file("a.md") == instances["my review"].result',
        shape,
      ),
    ).toEqual({
      ok: true,
      type: 'bool',
      instances: ['lint', 'my review'],
      inputs: ['name'],
      files: ['a.md'],
    });
  });

  it.each([
    ['inputs.n', 'number'],
    ['inputs.list', 'list'],
    ['instances.lint.result', 'string'],
    ['instances.lint.json', 'dyn'],
    ['instances.lint.json.result', 'dyn'],
    ['inputs.on && true', 'bool'],
    ['[1, "a"]', 'list'],
    ['{"a": 1}', 'map'],
    ['"a"', 'string'],
    ['size(inputs.list)', 'number'],
  ])('knows what %s gives', (text, type) => {
    expect(checkExpression(text, shape)).toMatchObject({ ok: true, type });
  });

  it('takes the name of an item for that, whatever else has the same name', () => {
    expect(checkExpression('inputs.list.map(lint, lint.anything)', shape)).toMatchObject({ instances: [] });
  });
});

describe('filesOf', () => {
  it('names each file once, also in the body of a loop', () => {
    expect(filesOf('inputs.list.map(x, file("a")).exists(t, t == file("b") || t == file("a"))')).toEqual([
      'a',
      'b',
    ]);
  });

  it('names none for an expression that does not parse', () => {
    expect(filesOf('file("a"')).toEqual([]);
  });
});

describe('isItemName', () => {
  it('takes words that mean nothing else', () => {
    expect(['inputs', 'in', 'index', '__step', 'a-b', '1a', 'cel'].filter(isItemName)).toEqual([]);
    expect(['item', 'file', 'matrix', '_x'].filter(isItemName)).toHaveLength(4);
  });
});
