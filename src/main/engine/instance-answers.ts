import type { PermissionQuestion } from '../../shared/domain/instance.ts';
import type { InstanceRun } from './instance-run.ts';
import type { PermissionAnswer } from './ports.ts';

/** `unknown`: the prompt is not open (any more); `unreachable`: nobody can be told. */
export type AnswerOutcome = 'answered' | 'unknown' | 'unreachable';

/** Who answers, and the rule that answered or was made with it. */
export type Answering = { readonly by: string; readonly rule?: string };

/** Answers an open prompt of an instance. */
export const answerInstance = async (
  run: InstanceRun,
  requestId: string,
  answer: PermissionAnswer,
  answering: Answering,
): Promise<AnswerOutcome> => {
  const question = run.view.questions.find((one) => one.requestId === requestId);
  if (question === undefined) return 'unknown';
  const { attempt, present } = run;
  if (attempt === null || present === null) {
    return run.view.lost.includes(question) ? answerLost(run, question, answer, answering) : 'unknown';
  }
  if (!attempt.answer(question, answer)) return 'unreachable';
  present.answered(requestId);
  const questions = run.view.questions.filter((one) => one !== question);
  run.out.change({ questions });
  const goesOn = questions.length === 0 && run.view.state === 'waiting';
  await run.out.append([
    answeredEvent(run, requestId, answer, answering),
    ...(goesOn ? run.out.go('running') : []),
  ]);
  return 'answered';
};

/**
 * Answers a prompt that went with an engine. Allowed: the session goes on and is told so; other prompts that went come up
 * again if they still matter. Refused: Claude Code took it so already, and what it came to counts.
 */
const answerLost = async (
  run: InstanceRun,
  question: PermissionQuestion,
  answer: PermissionAnswer,
  answering: Answering,
): Promise<AnswerOutcome> => {
  const { requestId, toolName } = question;
  const event = answeredEvent(run, requestId, answer, answering);
  if (answer.decision === 'allow') {
    const text = `The permission to use ${toolName} is given now. Use it, and go on where you left off.`;
    run.out.change({ lost: [], questions: [] });
    run.out.changeCourse({
      next: { resume: run.view.sessionId, say: { kind: 'text', text }, notBefore: null },
    });
    await run.backToPending([event], false);
    return 'answered';
  }
  const lost = run.view.lost.filter((one) => one !== question);
  run.out.change({ lost, questions: lost });
  await run.out.append([event]);
  if (lost.length === 0) run.concludeAsItEnded();
  return 'answered';
};

const answeredEvent = (
  run: InstanceRun,
  requestId: string,
  { decision, message }: PermissionAnswer,
  { by, rule }: Answering,
) =>
  run.out.draft({
    type: 'permission.answered',
    requestId,
    decision,
    message,
    by,
    ...(rule !== undefined && { rule }),
  });
