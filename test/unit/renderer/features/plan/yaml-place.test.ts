import { assert, property, string, nat } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planJsonSchema } from '../../../../../src/shared/domain/plan/plan-schema.ts';
import { parsePlan } from '../../../../../src/shared/domain/plan/plan-parse.ts';
import {
  docsOf,
  optionsAt,
  schemaAt,
  schemaNodeSchema,
} from '../../../../../src/renderer/features/plan/plan-schema-words.ts';
import { samplePlan } from '../../../../../src/renderer/features/plan/sample-plan.ts';
import { keyAt, yamlPlace } from '../../../../../src/renderer/features/plan/yaml-place.ts';

const schema = schemaNodeSchema.parse(planJsonSchema());

/** The place at the `|` of a text. */
const placeIn = (marked: string) => {
  const before = marked.slice(0, marked.indexOf('|')).split('\n');
  return yamlPlace(marked.replace('|', ''), before.length - 1, before.at(-1)?.length ?? 0);
};

const offered = (marked: string): readonly string[] => {
  const place = placeIn(marked);
  return place === null ? [] : optionsAt(schema, place).map(({ label }) => label);
};

describe('what may be written in a plan', () => {
  it('at the top are the keys of a plan that are not there yet', () => {
    const keys = offered('name: a\nconc|\nworkspace: .\n');
    expect(keys).toContain('concurrency');
    expect(keys).toContain('instances');
    expect(keys).not.toContain('name');
    expect(keys).not.toContain('workspace');
  });

  it.each([
    ['instances:\n  - na|', 'name'],
    ['instances:\n- na|', 'name'],
    ['instances:\n  - name: a\n    pro|', 'prompt'],
    ['instances:\n- name: a\n  pro|', 'prompt'],
    [
      'instances:\n  - name: a\n    prompt: |\n      text\n\n  - name: b\n    mo|'.replace(
        'prompt: |',
        'prompt: >',
      ),
      'model',
    ],
    ['defaults:\n  per|', 'permissionMode'],
    ['instances:\n  - name: a\n    session:\n      res|', 'resume'],
    ['instances:\n  - name: a\n    |', 'prompt'],
  ])('%j offers %s', (text, key) => {
    expect(offered(text)).toContain(key);
  });

  it('offers the values of a choice, also in a list of one line', () => {
    expect(offered('defaults:\n  permissionMode: |')).toContain('acceptEdits');
    expect(offered('instances:\n  - mode: one|')).toEqual(['live', 'oneshot']);
    expect(placeIn('defaults:\n  allowedTools: [Read, Gr|')).toMatchObject({
      path: ['defaults', 'allowedTools', '[]'],
      word: 'Gr',
    });
  });

  it('leaves out what the item before has', () => {
    expect(offered('instances:\n  - name: a\n    model: x\n  - |')).toContain('model');
  });

  it('offers nothing in comments and in blocks of text', () => {
    expect(placeIn('name: a # com|')).toBeNull();
    const block = 'instances:\n  - prompt: >\n      write na|'.replace('>', '>-');
    expect(placeIn(block)).toBeNull();
  });

  it('is found in any text without an error', () => {
    assert(
      property(string(), nat(5), nat(40), (text, line, column) => {
        const place = yamlPlace(text, line, column);
        if (place !== null) optionsAt(schema, place);
        keyAt(text, line, column);
      }),
    );
  });
});

describe('the docs of a key', () => {
  it('stand at the key, in words', () => {
    const path = keyAt('instances:\n  - name: a\n    maxTurns: 3', 2, 6);
    expect(path).toEqual(['instances', '[]', 'maxTurns']);
    const node = schemaAt(schema, path ?? []);
    expect(node === null ? null : docsOf(node)).toContain('turns');
    expect(keyAt('name: a', 0, 6)).toBeNull();
  });

  it('are there for each key of a plan', () => {
    for (const path of [[], ['defaults'], ['instances', '[]']])
      for (const node of Object.values(schemaAt(schema, path)?.properties ?? {}))
        expect(docsOf(node)).not.toBeNull();
  });
});

describe('the sample plan', () => {
  it('has no problem', () => {
    expect(parsePlan(samplePlan)).not.toHaveProperty('problems.0');
  });
});
