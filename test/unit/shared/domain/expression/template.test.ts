import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildScope, type ScopeShape } from '../../../../../src/shared/domain/expression/scope.ts';
import {
  checkTemplate,
  filesOfTemplate,
  hasTemplate,
  renderTemplate,
  soleExpression,
} from '../../../../../src/shared/domain/expression/template.ts';

const shape: ScopeShape = { inputs: { n: 'number', s: 'string' }, instances: {}, variables: [] };
const scope = buildScope({
  inputs: { n: 2.5, whole: 3, s: 'text', list: [1, 'a', null], map: { a: 1 }, none: null, yes: true },
});

const noTemplate = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('{{'));

describe('renderTemplate', () => {
  it.each([
    ['{{ inputs.n }} and {{inputs.whole}}', '2.5 and 3'],
    ['{{ 1 + inputs.whole }}', '4'],
    ['{{ inputs.list }}', '[1,"a",null]'],
    ['{{ inputs.map }}', '{"a":1}'],
    ['<{{ inputs.none }}>', '<>'],
    ['{{ inputs.yes }}', 'true'],
    ['{{ "{{" }} stays', '{{ stays'],
    ['{{ "}}" }}', '}}'],
    ['{{{"a": {"b": 1}}}}', '{"a":{"b":1}}'],
    ['}} {{ 1 }} }', '}} 1 }'],
    ["{{ 'it\\'s }}' }}", "it's }}"],
    ['{{ r"a\\d}}" }}', 'a\\d}}'],
    ['{{ """a "quoted" }}""" }}', 'a "quoted" }}'],
  ])('makes of %s the text %s', (text, rendered) => {
    expect(renderTemplate(text, scope)).toBe(rendered);
  });

  it('leaves a text without {{ as it is', () => {
    fc.assert(
      fc.property(noTemplate, (text) => {
        expect(renderTemplate(text, scope)).toBe(text);
        expect(hasTemplate(text)).toBe(false);
      }),
    );
  });

  it('puts a string in letter by letter and never looks at it again', () => {
    const value = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('{{ inputs.secret }}', '}}', '{{'),
    );
    fc.assert(
      fc.property(noTemplate, value, noTemplate, (before, s, after) => {
        fc.pre(!before.endsWith('{'));
        const data = buildScope({ inputs: { s, secret: 'never' } });
        expect(renderTemplate(`${before}{{ inputs.s }}${after}`, data)).toBe(`${before}${s}${after}`);
      }),
    );
  });

  it('fails for a text of more than 1 MiB', () => {
    const data = buildScope({ inputs: { s: 'x'.repeat(600_000) } });
    expect(() => renderTemplate('{{ inputs.s }}{{ inputs.s }}', data)).toThrow(
      /more than 1048576 characters/,
    );
  });

  it('says how {{ is written when one is never closed', () => {
    expect(() => renderTemplate('a {{ b', scope)).toThrow(/never closed/);
  });
});

describe('checkTemplate', () => {
  it('counts the place of a problem from the start of the text', () => {
    fc.assert(
      fc.property(noTemplate, noTemplate, (before, after) => {
        fc.pre(!before.endsWith('{'));
        const check = checkTemplate(`${before}{{ inputs.n }} {{ inputs.m }}${after}`, shape);
        expect(check).toMatchObject({
          ok: false,
          offset: before.length + '{{ inputs.n }} {{ inputs.'.length,
        });
      }),
    );
  });

  it('gives the place of a {{ that is never closed', () => {
    expect(checkTemplate('one {{ two', shape)).toMatchObject({ ok: false, offset: 4 });
  });

  it('gathers what all expressions of a text name', () => {
    expect(checkTemplate('{{ inputs.n }}{{ inputs.s }}{{ file("a") }}', shape)).toEqual({
      ok: true,
      type: 'string',
      instances: [],
      inputs: ['n', 's'],
      files: ['a'],
    });
    expect(filesOfTemplate('{{ file("a") }} file("b") {{ file("c") }}')).toEqual(['a', 'c']);
  });
});

describe('soleExpression', () => {
  it('is there for a text that is one template and nothing else', () => {
    expect(soleExpression(' {{ inputs.list }} ')).toBe('inputs.list');
    expect(soleExpression('{{ a }}{{ b }}')).toBeNull();
    expect(soleExpression('x {{ a }}')).toBeNull();
    expect(soleExpression('inputs.list')).toBeNull();
  });
});
