import { describe, expect, it } from 'vitest';
import {
  promptLines,
  questionsOf,
  typeKey,
  type Prompt,
  type PromptAnswer,
} from '../../../../../src/main/hosts/cli/question-prompt.ts';
import { createPaint } from '../../../../../src/main/hosts/cli/terminal-text.ts';
import { after, sampleInstance } from '../../../../support/views.ts';

const questionAt = (requestId: string, ms: number) => ({
  ...{ requestId, toolName: 'Bash', toolUseId: null, description: null, askedAt: after(ms) },
  input: { command: 'touch x' },
});

const asked = {
  instanceId: sampleInstance().id,
  instance: 'writer',
  question: questionAt('r1', 0),
};

const choose: Prompt = { kind: 'choose', asked };

/** What comes of typing these keys one after the other. */
const typed = (keys: string): { readonly prompt: Prompt; readonly answer: PromptAnswer | null } => {
  let state: ReturnType<typeof typeKey> = { prompt: choose, answer: null };
  for (const key of keys) state = typeKey(state.prompt, key);
  return state;
};

describe('a permission prompt at the terminal', () => {
  it('is allowed by y and by nothing else', () => {
    expect(typed('y').answer).toEqual({ decision: 'allow', message: null });
    expect(typed('Y').answer).toEqual({ decision: 'allow', message: null });
    for (const key of ['\r', ' ', 'a', '\u001b']) expect(typed(key).answer, key).toBeNull();
  });

  it('is denied by n, with or without a reason', () => {
    expect(typed('n\r').answer).toEqual({ decision: 'deny', message: null });
    expect(typed('nnot now\r').answer).toEqual({ decision: 'deny', message: 'not now' });
    expect(typed('nabc\u007f\u007fz\r').answer).toEqual({ decision: 'deny', message: 'az' });
  });

  it('can be thought over again by Esc', () => {
    expect(typed('nno\u001b')).toEqual({ prompt: choose, answer: null });
    expect(typed('nyes\u001by').answer?.decision).toBe('allow');
  });

  it('is asked for the oldest of all instances first', () => {
    const instances = [
      sampleInstance({ questions: [questionAt('late', 500), questionAt('later', 900)] }),
      sampleInstance({ questions: [questionAt('early', 100)] }, 1),
    ];
    expect(questionsOf(instances).map(({ question }) => question.requestId)).toEqual([
      'early',
      'late',
      'later',
    ]);
  });

  it('says how much of an endless command is not shown', () => {
    const endless = { ...asked, question: { ...asked.question, input: { command: 'x'.repeat(5000) } } };
    const lines = promptLines(
      { kind: 'choose', asked: endless },
      { width: 60, waiting: 0, paint: createPaint(false) },
    );
    expect(lines.some((line) => /… \d+ more characters; see the console/.test(line))).toBe(true);
    expect(lines.length).toBeLessThan(20);
  });
});
