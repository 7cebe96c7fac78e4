import type { PermissionQuestion } from '../../shared/domain/instance.ts';
import {
  afterWait,
  decideByPolicy,
  holdEndsAt,
  type DecidedRule,
} from '../../shared/domain/permission-policy.ts';
import { answerInstance } from './instance-answers.ts';
import { failBeforeStart, stopInstance } from './instance-controls.ts';
import { stoppedBy } from './instance-ending.ts';
import type { InstanceRun } from './instance-run.ts';
import type { Clock, Log, PermissionAnswer } from './ports.ts';

export type QuestionDeskContext = {
  readonly clock: Clock;
  readonly log: Log;
  /** The rules that hold in a folder. */
  readonly rulesFor: (workspace: string) => readonly DecidedRule[];
};

/** Answers what policies answer in advance, and what nobody answered in time: nothing waits for ever. */
export interface QuestionDesk {
  /** Looks at what an instance asks now; called whenever that may have changed. */
  look(run: InstanceRun): void;
  close(): void;
}

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

export const createQuestionDesk = ({ clock, log, rulesFor }: QuestionDeskContext): QuestionDesk => {
  /** What waits for its time, by request or instance. */
  const waiting = new Map<string, () => void>();

  const settle = (work: Promise<unknown>): void => {
    work.catch((error: unknown) => {
      log.error('A question could not be answered by policy', error);
    });
  };

  const later = (key: string, at: string, act: () => Promise<unknown>): void => {
    if (waiting.has(key)) return;
    const cancel = clock.after(Math.max(0, Date.parse(at) - clock.now()), () => {
      waiting.delete(key);
      settle(act());
    });
    waiting.set(key, cancel);
  };

  const consider = (run: InstanceRun, question: PermissionQuestion): void => {
    const decided = decide(run, question, rulesFor);
    if (decided === null) {
      later(question.requestId, afterWait(policyOf(run), question).at, () => answerLate(run, question));
      return;
    }
    const { decision, rule, because } = decided;
    const answering = { by: 'policy', rule };
    settle(answerInstance(run, question.requestId, answerOf(decision, because), answering));
  };

  return {
    look: (run) => {
      for (const question of run.view.questions) consider(run, question);
      const { hold } = run.view.course;
      const endsAt = hold === null ? null : holdEndsAt(policyOf(run), hold);
      if (hold?.kind !== 'trust' || endsAt === null) return;
      later(`${run.view.id}:trust`, endsAt, async () => {
        if (run.view.course.hold === hold) await failBeforeStart(run, refusedTrust(hold.folder));
      });
    },
    close: () => {
      for (const cancel of waiting.values()) cancel();
      waiting.clear();
    },
  };
};
