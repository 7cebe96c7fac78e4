import { describe, expect, it } from 'vitest';
import { checkPlan } from '../../../../../src/main/api/plans.ts';
import {
  defaultTexts,
  givenInputs,
  isMissing,
} from '../../../../../src/renderer/features/plan/plan-inputs.ts';
import {
  atOnce,
  budgetText,
  dependencyText,
  instanceCount,
  planLines,
} from '../../../../../src/renderer/features/plan/plan-words.ts';

const summaryOf = (text: string) => {
  const { summary, problems } = checkPlan({ text: `name: p\n${text}`, file: null, baseDir: '/' }, 0);
  if (summary === null) throw new Error(JSON.stringify(problems));
  return summary;
};

describe('the summary of a plan', () => {
  it('counts what fan-outs come to, and says when that is not known', () => {
    const known = summaryOf(
      'instances:\n  - { name: a, prompt: x, forEach: [1, 2, 3] }\n  - { name: b, prompt: y }\n',
    );
    expect(instanceCount(known)).toEqual({ least: 4, isAll: true });
    expect(atOnce({ ...known, concurrency: 10 })).toBe(4);
    const open = summaryOf(
      'concurrency: 7\ninstances:\n  - { name: a, prompt: x, forEach: { glob: "*.ts" } }\n',
    );
    expect(instanceCount(open)).toEqual({ least: 0, isAll: false });
    expect(atOnce(open)).toBe(7);
  });

  it('leaves out what only stands by', () => {
    const plan = summaryOf(
      'instances:\n  - { name: a, prompt: x, fallback: [{ instance: b }] }\n  - { name: b, prompt: y, standby: true }\n',
    );
    expect(instanceCount(plan)).toEqual({ least: 1, isAll: true });
    expect(plan.instances.map(planLines)).toContainEqual([{ name: 'fallbacks', text: '1' }]);
  });

  it('says what is waited for, and what a budget does', () => {
    expect(dependencyText({ kind: 'instance', name: 'lint', need: 'succeeded', join: 'all' })).toBe('lint');
    expect(dependencyText({ kind: 'instance', name: 'work', need: 'any', join: 2 })).toBe(
      'work (2 of them) (any end)',
    );
    expect(budgetText({ costMicroUsd: 10_000_000, tokens: 2_000_000, onExceed: 'pause' })).toBe(
      '$10.00 or 2.00M tokens, then pauses',
    );
  });
});

describe('the inputs of a plan', () => {
  const { inputs } = summaryOf(
    'inputs:\n  ticket: { type: number }\n  branch: { default: main }\n  tags: { type: list, default: [a] }\ninstances:\n  - { name: a, prompt: x }\n',
  );
  const ticket = inputs[0];

  it('begin with their defaults, and miss what has none', () => {
    const texts = defaultTexts(inputs);
    expect(texts).toEqual({ ticket: '', branch: 'main', tags: '["a"]' });
    expect(ticket !== undefined && isMissing(ticket, texts)).toBe(true);
    expect(ticket !== undefined && isMissing(ticket, { ...texts, ticket: '4' })).toBe(false);
  });

  it('send only what is not the default', () => {
    expect(givenInputs(inputs, { ticket: '4', branch: 'main', tags: '["a"]' })).toEqual({ ticket: '4' });
    expect(givenInputs(inputs, { ticket: '4', branch: '', tags: '' })).toEqual({ ticket: '4', branch: '' });
  });
});
