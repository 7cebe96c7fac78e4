import { failureError } from '../../../shared/domain/failure.ts';
import type { InstanceView, PermissionQuestion } from '../../../shared/domain/instance.ts';
import type { InstanceRun } from './instance-run.ts';
import type { PermissionAnswer } from '../ports.ts';

/** `unknown`: the prompt is not open (any more); `unreachable`: nobody can be told. */
type AnswerOutcome = 'answered' | 'unknown' | 'unreachable';

/** Who answers, and the rule that answered or was made with it. */
export type Answering = {
  readonly by: string;
  readonly rule?: string;
  /** Called once it is answered, in the same turn: what is made durable now is one commit with the answer. */
  readonly together?: () => void;
};

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
    return run.view.lost.some((one) => one.requestId === requestId)
      ? answerLost(run, question, answer, answering)
      : 'unknown';
  }
  if (!attempt.answer(question, answer)) return 'unreachable';
  present.answered(requestId);
  const questions = run.view.questions.filter((one) => one !== question);
  run.out.change({ questions });
  const goesOn = questions.length === 0 && run.view.state === 'waiting';
  const durable = run.out.append([
    answeredEvent(run, requestId, answer, answering),
    ...(goesOn ? run.out.go('running') : []),
  ]);
  answering.together?.();
  await durable;
  return 'answered';
};

/**
 * Answers an open prompt of an instance (null: there is none); gives its view.
 * @throws FailureError `permission.unknown`, `permission.unreachable`
 */
export const answerOpenPrompt = async (
  run: InstanceRun | null,
  requestId: string,
  answer: PermissionAnswer,
  answering: Answering,
): Promise<InstanceView> => {
  const outcome = run === null ? 'unknown' : await answerInstance(run, requestId, answer, answering);
  if (run === null || outcome === 'unknown') {
    const message = 'This permission prompt is not open any more: it was answered or withdrawn.';
    throw failureError('permission.unknown', message);
  }
  if (outcome === 'answered') return run.view;
  const message =
    'The instance cannot take an answer: the engine that started it has ended since. Stop or restart it.';
  throw failureError('permission.unreachable', message);
};

/** What Claude is told of the answer to a prompt that went with an engine. */
const tellingOf = ({ toolName, asks }: PermissionQuestion, answer: PermissionAnswer): string => {
  if (answer.decision === 'deny') return `${answer.message}\nGo on without it.`;
  if (asks?.kind === 'plan') return 'Your plan is approved. Go on where you left off.';
  const answers = answer.updatedInput?.['answers'];
  return asks?.kind === 'question' && answers !== undefined
    ? `Your questions have been answered: ${JSON.stringify(answers)}. Go on where you left off.`
    : `The permission to use ${toolName} is given now. Use it, and go on where you left off.`;
};

/**
 * Answers a prompt that went with an engine. Allowed: the session goes on and is told so; other prompts that went come up
 * again if they still matter. Refused: Claude Code took it so already, and what it came to counts; where it broke off
 * instead, as it does with questions, the session goes on and is told.
 */
const answerLost = async (
  run: InstanceRun,
  question: PermissionQuestion,
  answer: PermissionAnswer,
  answering: Answering,
): Promise<AnswerOutcome> => {
  const { requestId, asks } = question;
  const event = answeredEvent(run, requestId, answer, answering);
  const lost = run.view.lost.filter((one) => one.requestId !== requestId);
  if (answer.decision === 'allow' || (lost.length === 0 && run.view.result === null)) {
    const say = { kind: 'text', text: tellingOf(question, answer) } as const;
    const isApproved = answer.decision === 'allow' && asks?.kind === 'plan';
    const mode = isApproved ? { permissionMode: answer.permissionMode ?? 'default' } : {};
    run.out.change({ lost: [], questions: [] });
    run.out.changeCourse({ next: { resume: run.view.sessionId, say, notBefore: null, ...mode } });
    const durable = run.backToPending([event], false);
    answering.together?.();
    await durable;
    return 'answered';
  }
  run.out.change({ lost, questions: lost });
  // The last answer and what comes of it are one commit: a later engine finds it waiting for an answer, or concluded.
  if (lost.length === 0) run.concludeAsItEnded([event]);
  else void run.out.append([event]);
  answering.together?.();
  await run.out.durable;
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
