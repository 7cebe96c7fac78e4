import { describe, expect, it } from 'vitest';
import { promptLines } from '../../../../../src/main/hosts/cli/prompt-lines.ts';
import {
  freshPrompt,
  itemsOf,
  typeKey,
  type Prompt,
  type Typed,
} from '../../../../../src/main/hosts/cli/question-prompt.ts';
import { createPaint } from '../../../../../src/main/hosts/cli/terminal-text.ts';
import { newCourse } from '../../../../../src/shared/domain/course.ts';
import type { Hold } from '../../../../../src/shared/domain/hold.ts';
import type { InboxItem } from '../../../../../src/shared/domain/inbox.ts';
import type { PermissionQuestion } from '../../../../../src/shared/domain/instance.ts';
import type { PersonQuestion } from '../../../../../src/shared/domain/question.ts';
import { after, sampleInstance } from '../../../../support/views.ts';

const questionAt = (requestId: string, ms: number, command = 'git log -3'): PermissionQuestion => ({
  ...{ requestId, toolName: 'Bash', toolUseId: null, description: null, askedAt: after(ms) },
  input: { command },
});

const only = (items: readonly InboxItem[]): InboxItem => {
  const [item] = items;
  if (item === undefined) throw new Error('nothing is asked');
  return item;
};
const asking = (question: PermissionQuestion): InboxItem =>
  only(itemsOf([sampleInstance({ name: 'writer', state: 'waiting', questions: [question] })]));
const held = (hold: Hold): InboxItem =>
  only(itemsOf([sampleInstance({ name: 'writer', state: 'waiting', course: { ...newCourse, hold } })]));

const permission = asking(questionAt('r1', 0));
const pick = (question: string, multiSelect: boolean): PersonQuestion => ({
  question,
  header: null,
  multiSelect,
  options: [
    { label: 'Red', description: 'As it was' },
    { label: 'Blue', description: null },
  ],
});
const questions = (...asked: readonly PersonQuestion[]): InboxItem =>
  asking({
    ...questionAt('r2', 0),
    toolName: 'AskUserQuestion',
    asks: { kind: 'question', questions: asked },
  });
const plan = asking({
  ...questionAt('r3', 0),
  toolName: 'ExitPlanMode',
  asks: { kind: 'plan', plan: '1. Do\n2. Test' },
});
const trust = held({ kind: 'trust', folder: '/src/app', runs: ['a hook'], since: after(0) });
const budget = held({
  kind: 'budget',
  account: 'day',
  name: "the day's budget",
  limit: { tokens: null, costMicroUsd: 5_000_000 },
  used: { tokens: 9, costMicroUsd: 5_010_000 },
  since: after(0),
});

/** What comes of typing these keys one after the other. */
const typed = (item: InboxItem, keys: string): Typed => {
  let state: Typed = { prompt: freshPrompt(item), answer: null };
  for (const key of keys) state = typeKey(state.prompt, key);
  return state;
};
const lines = (prompt: Prompt, width = 100): string =>
  promptLines(prompt, { width, waiting: 0, paint: createPaint(false) }).join('\n');

describe('a permission prompt at the terminal', () => {
  it('is allowed once by y, and by nothing else that is pressed by chance', () => {
    expect(typed(permission, 'y').answer).toEqual({ kind: 'allow', scope: 'once' });
    expect(typed(permission, 'Y').answer).toEqual({ kind: 'allow', scope: 'once' });
    for (const key of ['\r', ' ', 'x', '\u001b', 'constructor'])
      expect(typed(permission, key).answer, key).toBeNull();
  });

  it('is allowed for the instance or always by the rule that is shown', () => {
    const rule = 'Bash(git log:*)';
    expect(lines(freshPrompt(permission))).toContain(`[a] allows ${rule} from now on in /src/app`);
    expect(typed(permission, 'i').answer).toEqual({ kind: 'allow', scope: 'instance', rule });
    expect(typed(permission, 'a').answer).toEqual({ kind: 'allow', scope: 'workspace', rule });
  });

  it('offers no rule where none would be sure', () => {
    const unsure = asking({
      ...questionAt('r', 0),
      input: { command: 'ls', dangerouslyDisableSandbox: true },
    });
    expect(lines(freshPrompt(unsure))).not.toContain('always');
    expect(typed(unsure, 'a').answer).toBeNull();
    expect(typed(unsure, 'i').answer).toBeNull();
  });

  it('is denied by n, with or without a reason', () => {
    expect(typed(permission, 'n\r').answer).toEqual({ kind: 'deny', message: null });
    expect(typed(permission, 'nNot now\r').answer).toEqual({ kind: 'deny', message: 'Not now' });
    expect(typed(permission, 'nabc\u007f\u007fz\r').answer).toEqual({ kind: 'deny', message: 'az' });
    expect(typed(permission, 'n\u001b[A').prompt).toMatchObject({ kind: 'choose' });
  });

  it('can be thought over again by Esc', () => {
    expect(typed(permission, 'nno\u001b')).toEqual({ prompt: freshPrompt(permission), answer: null });
    expect(typed(permission, 'nyes\u001by').answer).toEqual({ kind: 'allow', scope: 'once' });
  });

  it('is asked for the oldest of all instances first, before what holds instances up', () => {
    const hold: Hold = { kind: 'trust', folder: '/x', runs: [], since: after(-5000) };
    const instances = [
      sampleInstance({ questions: [questionAt('late', 500), questionAt('later', 900)] }),
      sampleInstance({ questions: [questionAt('early', 100)] }, 1),
      sampleInstance({ state: 'waiting', course: { ...newCourse, hold } }, 2),
    ];
    expect(itemsOf(instances).map((item) => ('requestId' in item ? item.requestId : item.kind))).toEqual([
      'early',
      'late',
      'later',
      'trust',
    ]);
  });

  it('says how much of an endless command is not shown', () => {
    const shown = lines(freshPrompt(asking(questionAt('r', 0, 'x'.repeat(5000)))), 60);
    expect(shown).toMatch(/… \d+ more characters; see the console/);
    expect(shown.split('\n').length).toBeLessThan(22);
  });

  it('lets no agent write to the terminal', () => {
    const shown = lines(freshPrompt(asking(questionAt('r', 0, 'ls \u001b[2J\u202e x'))));
    expect(shown).not.toContain('\u001b');
    expect(shown).not.toContain('\u202e');
  });
});

describe('questions at the terminal', () => {
  it('are answered one after the other by number', () => {
    const item = questions(pick('Colour?', false), pick('Sky?', false));
    expect(lines(freshPrompt(item))).toContain('writer asks (1 of 2): Colour?');
    expect(lines(freshPrompt(item))).toContain('1 Red – As it was');
    expect(lines(typed(item, '1').prompt)).toContain('(2 of 2): Sky?');
    expect(typed(item, '12').answer).toEqual({ kind: 'choose', answers: [['Red'], ['Blue']] });
    expect(typed(item, '9').answer).toBeNull();
  });

  it('that take several are marked, then sent by Enter', () => {
    const item = questions(pick('Colours?', true));
    expect(lines(typed(item, '2').prompt)).toContain('[x] Blue');
    expect(typed(item, '\r').answer).toBeNull();
    expect(typed(item, '122\r').answer).toEqual({ kind: 'choose', answers: [['Red']] });
    expect(typed(item, '21\r').answer).toEqual({ kind: 'choose', answers: [['Blue', 'Red']] });
  });

  it('may be answered in own words, or declined', () => {
    const item = questions(pick('Colour?', false));
    expect(typed(item, 'oDark Green\r').answer).toEqual({ kind: 'choose', answers: [['Dark Green']] });
    expect(typed(item, 'o\r').answer).toBeNull();
    expect(typed(item, 'nask later\r').answer).toEqual({ kind: 'deny', message: 'ask later' });
    expect(typed(questions(pick('Colours?', true)), '1opink\r').answer).toEqual({
      kind: 'choose',
      answers: [['Red', 'pink']],
    });
  });
});

describe('what else waits, at the terminal', () => {
  it('is a plan: approved, with edits or without, or refused', () => {
    expect(lines(freshPrompt(plan))).toContain('2. Test');
    expect(typed(plan, 'y').answer).toEqual({ kind: 'approve', permissionMode: null });
    expect(typed(plan, 'e').answer).toEqual({ kind: 'approve', permissionMode: 'acceptEdits' });
    expect(typed(plan, 'ntoo much\r').answer).toEqual({ kind: 'deny', message: 'too much' });
  });

  it('is a folder: trusted or not', () => {
    expect(lines(freshPrompt(trust))).toContain('would run unasked: a hook');
    expect(typed(trust, 'y').answer).toEqual({ kind: 'trust', trusted: true });
    expect(typed(trust, 'n').answer).toEqual({ kind: 'trust', trusted: false });
  });

  it('is a budget: raised to an amount, or what waits is stopped', () => {
    expect(lines(freshPrompt(budget))).toContain('$5.0100 of $5.0000');
    expect(typed(budget, 'r7.50\r').answer).toEqual({ kind: 'raise', costMicroUsd: 7_500_000 });
    expect(typed(budget, 'rmuch\r').answer).toBeNull();
    expect(typed(budget, 's').answer).toEqual({ kind: 'stop' });
  });

  it('is a sign-in: tried again', () => {
    const signIn = held({ kind: 'sign_in', message: 'Not logged in', since: after(0) });
    expect(typed(signIn, 'r').answer).toEqual({ kind: 'retry' });
  });
});
