import { isFinal, type PermissionQuestion } from '../../../shared/domain/instance.ts';
import {
  afterWait,
  decideByPolicy,
  holdEndsAt,
  type DecidedRule,
} from '../../../shared/domain/permission/permission-policy.ts';
import { answerInstance } from '../instance/instance-answers.ts';
import { resumeInstance, stopInstance } from '../instance/instance-controls.ts';
import { stoppedBy } from '../instance/instance-ending.ts';
import type { InstanceRun } from '../instance/instance-run.ts';
import type { Clock, Log, PermissionAnswer } from '../ports.ts';

export type QuestionDeskContext = {
  readonly clock: Clock;
  readonly log: Log;
  /** The rules that hold in a folder. */
  readonly rulesFor: (workspace: string) => readonly DecidedRule[];
  readonly isTrusted: (folder: string) => boolean;
};

/** Answers what policies answer in advance, and what nobody answered in time: nothing waits for ever. */
export interface QuestionDesk {
  /** Looks at what an instance asks now; called whenever that may have changed. */
  look(run: InstanceRun): void;
  close(): void;
}

/** A wait is cut at this, in milliseconds: the machine may sleep, or its clock be set. */
const longestMs = 60_000;

const refusedTrust = (folder: string) => ({
  code: 'workspace.untrusted',
  message: `Nobody trusted the folder ${folder} in time. Trust it with \`netra trust\`, and restart the instance.`,
});

/** Answers by the rules that hold for an instance; the decision, or null when a person must answer. */
const decide = (
  run: InstanceRun,
  question: PermissionQuestion,
  rulesFor: QuestionDeskContext['rulesFor'],
) => {
  const { workspace, course } = run.view;
  return decideByPolicy(question, {
    planPolicy: policyOf(run),
    // A worktree or copy has the rules of what it was made of.
    workspaceRules: rulesFor(course.workspace?.origin ?? workspace),
    instanceGrants: course.grants,
    workspace,
  });
};

const policyOf = (run: InstanceRun) => run.spec.permissions ?? null;

/** Nobody has answered in time: the policy does. */
const answerLate = async (run: InstanceRun, question: PermissionQuestion): Promise<void> => {
  const { decision, message } = afterWait(policyOf(run), question);
  if (decision === 'stop') {
    const reason = `nobody answered its question about ${question.toolName} in time`;
    await stopInstance(run, false, { ...stoppedBy('policy'), reason });
    return;
  }
  await answerInstance(run, question.requestId, answerOf(decision, message), { by: 'policy' });
};

const answerOf = (decision: 'allow' | 'deny', message: string): PermissionAnswer =>
  decision === 'allow' ? { decision, message: null } : { decision, message };

export const createQuestionDesk = (context: QuestionDeskContext): QuestionDesk => {
  const { clock, log, rulesFor, isTrusted } = context;
  /** Those that are looked at again. */
  const waiting = new Map<InstanceRun, () => void>();

  const settle = (work: Promise<unknown>): void => {
    work.catch((error: unknown) => {
      log.error('A question could not be answered by policy', error);
    });
  };

  /** Acts when its time has come; until then it is looked at again, for it may be answered meanwhile, or the clock set. */
  const atTime = (run: InstanceRun, at: string, act: () => Promise<unknown>): void => {
    const wait = Date.parse(at) - clock.now();
    if (wait <= 0) settle(act());
    else if (!waiting.has(run)) {
      const cancel = clock.after(Math.min(wait, longestMs), () => {
        waiting.delete(run);
        look(run);
      });
      waiting.set(run, cancel);
    }
  };

  const consider = (run: InstanceRun, question: PermissionQuestion): void => {
    const decided = decide(run, question, rulesFor);
    if (decided === null) {
      atTime(run, afterWait(policyOf(run), question).at, () => answerLate(run, question));
      return;
    }
    const { decision, rule, because } = decided;
    const answering = { by: 'policy', rule };
    settle(answerInstance(run, question.requestId, answerOf(decision, because), answering));
  };

  const look = (run: InstanceRun): void => {
    const { questions, state, course } = run.view;
    if (isFinal(state)) return;
    for (const question of questions) consider(run, question);
    const { hold } = course;
    const endsAt = hold === null ? null : holdEndsAt(policyOf(run), hold);
    if (hold?.kind !== 'trust') return;
    // Also where an earlier engine asked, and the answer came when there was none.
    if (isTrusted(hold.folder)) settle(resumeInstance(run, 'trust'));
    else if (endsAt !== null) atTime(run, endsAt, () => run.failUnstarted(refusedTrust(hold.folder)));
  };

  return {
    look,
    close: () => {
      for (const cancel of waiting.values()) cancel();
      waiting.clear();
    },
  };
};
