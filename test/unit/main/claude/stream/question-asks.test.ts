import { describe, expect, it } from 'vitest';
import { answersInput, questionKindOf } from '../../../../../src/shared/domain/question.ts';
import { foldOf } from '../fixtures.ts';

const ask = (toolName: string, input: object, toolUseId = 't9') => ({
  type: 'control_request',
  request_id: 'q1',
  request: { subtype: 'can_use_tool', tool_name: toolName, tool_use_id: toolUseId, input },
});
const call = (name: string, input: object) => ({
  type: 'assistant',
  message: { id: 'm1', model: 'claude-opus-5-5', content: [{ type: 'tool_use', id: 't9', name, input }] },
  parent_tool_use_id: null,
});

const questionOf = (...lines: readonly object[]) => {
  const [question] = foldOf(lines).progress().questions;
  if (question === undefined) throw new Error('nothing is asked');
  return question;
};

describe('what a prompt asks', () => {
  it('is a permission, most often', () => {
    const question = questionOf(ask('Bash', { command: 'ls' }));
    expect(question.asks).toBeUndefined();
    expect(questionKindOf(question)).toBe('permission');
  });

  it('is questions, of which what is missing counts as empty', () => {
    const { asks } = questionOf(ask('AskUserQuestion', { questions: [{ question: 'Why?' }] }));
    expect(asks).toEqual({
      kind: 'question',
      questions: [{ question: 'Why?', header: null, multiSelect: false, options: [] }],
    });
  });

  it('is a permission when the questions cannot be read', () => {
    expect(questionOf(ask('AskUserQuestion', { questions: 'none' })).asks).toBeUndefined();
  });

  it.each([
    ['of the call', [call('ExitPlanMode', { plan: '# A' }), ask('ExitPlanMode', {})]],
    ['of the request', [ask('ExitPlanMode', { plan: '# A' })]],
    [
      'of the file that was written',
      [call('Write', { file_path: '/home/a/.claude/plans/x.md', content: '# A' }), ask('ExitPlanMode', {})],
    ],
  ])('is the plan %s', (_where, lines) => {
    expect(questionOf(...lines).asks).toEqual({ kind: 'plan', plan: '# A' });
  });

  it('is answered by labels, or in words', () => {
    const one = { header: null, options: [], multiSelect: false };
    const questions = [
      { ...one, question: 'A?' },
      { ...one, question: 'B?', multiSelect: true },
      { ...one, question: 'C?' },
    ];
    expect(answersInput(questions, [['x'], ['y', 'z']])).toEqual({
      answers: { 'A?': 'x', 'B?': 'y, z', 'C?': '' },
    });
  });
});
