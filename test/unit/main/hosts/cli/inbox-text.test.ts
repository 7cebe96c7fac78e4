import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerGiven, type AnswerGiven } from '../../../../../src/main/hosts/cli/answer-words.ts';
import { itemLines, itemsMeant, numbersOf } from '../../../../../src/main/hosts/cli/inbox-text.ts';
import { createPaint, widthOf } from '../../../../../src/main/hosts/cli/terminal-text.ts';
import type { InboxAnswer } from '../../../../../src/shared/contract/inbox.ts';
import { newCourse } from '../../../../../src/shared/domain/course.ts';
import { FailureError } from '../../../../../src/shared/domain/failure.ts';
import type { Hold } from '../../../../../src/shared/domain/hold.ts';
import { inboxOf, type InboxItem } from '../../../../../src/shared/domain/inbox.ts';
import type { InstanceView, PermissionQuestion } from '../../../../../src/shared/domain/instance.ts';
import { after, sampleInstance, sampleOrchestration, startMs } from '../../../../support/views.ts';

const question = (change: Partial<PermissionQuestion> = {}): PermissionQuestion => ({
  ...{ requestId: 'r', toolName: 'Bash', toolUseId: null, description: null, askedAt: after(0) },
  input: { command: 'git log' },
  ...change,
});
const itemsOf = (instances: readonly InstanceView[]): readonly InboxItem[] =>
  inboxOf({ orchestrations: [sampleOrchestration(instances)], instances, policyOf: () => null });
const asking = (change: Partial<PermissionQuestion> = {}): InboxItem => {
  const [item] = itemsOf([
    sampleInstance({ name: 'writer', state: 'waiting', questions: [question(change)] }),
  ]);
  if (item === undefined) throw new Error('nothing is asked');
  return item;
};
const held = (hold: Hold): InboxItem => {
  const [item] = itemsOf([sampleInstance({ state: 'waiting', course: { ...newCourse, hold } }, 5)]);
  if (item === undefined) throw new Error('nothing is held');
  return item;
};
const options = [
  { label: 'Red', description: null },
  { label: 'Light, Blue', description: null },
  { label: 'Green', description: null },
];
const questions = asking({
  asks: {
    kind: 'question',
    questions: [
      { question: 'One?', header: null, multiSelect: false, options },
      { question: 'Several?', header: null, multiSelect: true, options },
    ],
  },
});
const plan = asking({ asks: { kind: 'plan', plan: 'Do it.' } });
const trust = held({ kind: 'trust', folder: '/x', runs: [], since: after(0) });

describe('the number of an item', () => {
  const many = itemsOf(
    Array.from({ length: 300 }, (_, index) =>
      sampleInstance({ state: 'waiting', questions: [question()] }, index),
    ),
  );

  it('has at least four digits, and is no other item’s', () => {
    const numbers = [...numbersOf(many).values()];
    expect(new Set(numbers).size).toBe(300);
    for (const number of numbers) expect(number).toMatch(/^\d{4,10}$/);
    for (const [item, number] of numbersOf(many)) expect(itemsMeant(many, number)).toEqual([item]);
  });

  it('stays when others come and go, so that nobody answers another one', () => {
    const [, second] = many;
    if (second === undefined) throw new Error('too few');
    const alone = numbersOf([second]).get(second) ?? '';
    expect(numbersOf(many).get(second)?.startsWith(alone)).toBe(true);
    expect(itemsMeant(many, '1')).toEqual([]);
  });

  it('need not be known where the name of the instance says it', () => {
    const item = asking();
    for (const text of ['writer', 'WRITER', 'nightly/writer', item.id, item.instanceId]) {
      expect(itemsMeant([item, trust], text)).toEqual([item]);
    }
    expect(itemsMeant([item, trust], 'nobody')).toEqual([]);
  });
});

describe('the inbox as text', () => {
  const lines = (item: InboxItem, width = 100): string =>
    itemLines(item, { number: '4821', nowMs: startMs + 125_000, width, paint: createPaint(false) }).join(
      '\n',
    );

  it('says who waits for what, since when, what becomes of it, and how to answer', () => {
    expect(lines(asking({ description: 'Look' }))).toBe(
      [
        '4821  permission  nightly / writer',
        '      Bash: git log (Look)',
        '      --always makes the rule Bash(git log:*)',
        '      waits 2m05s, denied by itself in 58m',
        '      netra answer 4821: allow [--instance | --always], deny [--reason <text>]',
      ].join('\n'),
    );
    expect(lines(questions)).toContain('  2. Light, Blue');
    expect(lines(trust)).toContain('      /x');
  });

  it('is never wider than the terminal, and lets no agent write to it', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 200 }),
        fc.integer({ min: 40, max: 120 }),
        (text, width) => {
          const item = asking({ input: { command: `${text}\u001b[2J\u202e` }, description: text });
          for (const line of lines(item, width).split('\n')) {
            expect(widthOf(line)).toBeLessThanOrEqual(Math.max(width, 58));
            expect(line).not.toMatch(/[\u001b\u202e]/);
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('an answer on the command line', () => {
  const given = (change: Partial<AnswerGiven> = {}): AnswerGiven => ({
    always: false,
    instance: false,
    ...change,
  });
  const cases: readonly (readonly [InboxItem, string | null, Partial<AnswerGiven>, InboxAnswer])[] = [
    [asking(), 'allow', {}, { kind: 'allow', scope: 'once' }],
    [asking(), 'Allow', { instance: true }, { kind: 'allow', scope: 'instance' }],
    [asking(), 'allow', { always: true, rule: 'Read' }, { kind: 'allow', scope: 'workspace', rule: 'Read' }],
    [asking(), 'deny', { reason: 'no' }, { kind: 'deny', message: 'no' }],
    [asking(), 'stop', {}, { kind: 'stop' }],
    [plan, 'approve', { mode: 'acceptEdits' }, { kind: 'approve', permissionMode: 'acceptEdits' }],
    [plan, 'allow', {}, { kind: 'approve', permissionMode: null }],
    [trust, 'allow', {}, { kind: 'trust', trusted: true }],
    [trust, 'deny', {}, { kind: 'trust', trusted: false }],
    [questions, null, { choose: ['red', '3'] }, { kind: 'choose', answers: [['Red'], ['Green']] }],
    [
      questions,
      'choose',
      { choose: ['Pink', 'red, 3,Grey'] },
      { kind: 'choose', answers: [['Pink'], ['Red', 'Green', 'Grey']] },
    ],
    [
      questions,
      'choose',
      { choose: ['light, blue', 'Light, Blue'] },
      { kind: 'choose', answers: [['Light, Blue'], ['Light, Blue']] },
    ],
    [trust, 'raise', { usd: 2.5, tokens: 9 }, { kind: 'raise', costMicroUsd: 2_500_000, tokens: 9 }],
    [trust, 'retry', {}, { kind: 'retry' }],
  ];

  it.each(cases)('%# is taken as it was meant', (item, word, options, answer) => {
    expect(answerGiven(item, word, given(options))).toEqual(answer);
  });

  it.each([
    [asking(), null, {}],
    [asking(), 'maybe', {}],
    [asking(), 'allow', { always: true, instance: true }],
    [asking(), 'allow', { rule: 'Read' }],
    [asking(), 'choose', { choose: ['1'] }],
    [questions, 'choose', { choose: ['1'] }],
    [trust, 'raise', {}],
  ] as const)('%# is refused where it says too little or too much', (item, word, options) => {
    expect(() => answerGiven(item, word, given(options))).toThrow(FailureError);
  });
});
