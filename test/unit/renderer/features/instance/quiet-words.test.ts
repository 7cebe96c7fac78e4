import { describe, expect, it } from 'vitest';
import { isTrouble, searchableText } from '../../../../../src/renderer/features/instance/event-text.ts';
import { quietWords } from '../../../../../src/renderer/features/instance/quiet-words.ts';

describe('a quiet line of the stream', () => {
  it('says what a person or a budget did, and who asked for it only once', () => {
    expect(
      quietWords({ type: 'instance.control', action: 'pause', by: 'ada', detail: 'paused by ada' }),
    ).toMatchObject({ label: 'Pause asked for', text: 'paused by ada' });
    expect(
      quietWords({ type: 'instance.control', action: 'hold', by: 'engine', detail: 'the day is used up' }),
    ).toMatchObject({ label: 'Held up', text: 'by engine · the day is used up', tone: 'warn' });
    expect(
      quietWords({ type: 'budget.crossed', account: 'day', threshold: 80, message: '80 % of the day.' }),
    ).toMatchObject({ label: 'Budget at 80 %', tone: 'warn' });
  });

  it('says what comes after an attempt that did not do', () => {
    const next = quietWords({
      type: 'instance.next',
      how: 'fallback',
      reason: 'Fallback 1 of 2: it failed',
      at: null,
    });
    expect(next).toMatchObject({ label: 'Takes its fallback', text: 'Fallback 1 of 2: it failed' });
  });

  it('shows the output of a check, which is trouble when it did not pass', () => {
    const check = { type: 'check.finished', passed: false, exitCode: 1, output: '2 failed\n' } as const;
    expect(quietWords(check)).toMatchObject({
      label: 'Check did not pass',
      text: 'exit 1 · 2 failed',
      tone: 'bad',
    });
    expect(isTrouble(check)).toBe(true);
    expect(isTrouble({ ...check, passed: true })).toBe(false);
    expect(searchableText(check)).toContain('2 failed');
  });

  it('tells a fan-out and a workspace', () => {
    expect(
      quietWords({ type: 'group.changed', name: 'files', state: 'expanded', size: 3, reason: null }),
    ).toMatchObject({ label: 'Fan-out begins', text: 'files · 3 instances' });
    expect(
      quietWords({ type: 'workspace.changed', change: 'kept', path: '/w', reason: 'unsaved work' }),
    ).toMatchObject({ label: 'Workspace kept', text: '/w · unsaved work' });
  });

  it('tells a question and a plan from a permission', () => {
    const asked = {
      type: 'permission.requested',
      requestId: 'r',
      toolUseId: null,
      description: null,
    } as const;
    expect(
      quietWords({ ...asked, toolName: 'AskUserQuestion', input: { questions: [{ question: 'Which?' }] } }),
    ).toMatchObject({ label: 'Asks', text: 'Which?' });
    expect(quietWords({ ...asked, toolName: 'ExitPlanMode', input: { plan: '# P' } })).toMatchObject({
      label: 'Has a plan',
      text: '# P',
    });
    expect(quietWords({ ...asked, toolName: 'AskUserQuestion', input: { questions: 'odd' } }).label).toBe(
      'Asks for AskUserQuestion',
    );
  });

  it('does not say the same twice when something failed', () => {
    const words = quietWords({
      type: 'instance.state',
      from: 'running',
      to: 'failed',
      reason: 'It hung.',
      failure: { code: 'instance.hung', message: 'It hung.' },
    });
    expect(words.text).toBe('It hung.');
  });
});
