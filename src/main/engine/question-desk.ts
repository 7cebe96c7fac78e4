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
import type { Clock, Log } from './ports.ts';

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

export const createQuestionDesk = ({ clock, log, rulesFor }: QuestionDeskContext): QuestionDesk => {
  /** What waits for its time, by request or instance. */
  const waiting = new Map<string, () => void>();

  const later = (key: string, at: string, run: () => void): void => {
    if (waiting.has(key)) return;
    const cancel = clock.after(Math.max(0, Date.parse(at) - clock.now()), () => {
      waiting.delete(key);
      run();
    });
    waiting.set(key, cancel);
  };

  const settle = (work: Promise<unknown>): void => {
    work.catch((error: unknown) => {
      log.error('A question could not be answered by policy', error);
    });
  };

  const policyOf = (run: InstanceRun) => run.spec.permissions ?? null;

  const answerLate = (run: InstanceRun, question: PermissionQuestion): void => {
    const { decision, message } = afterWait(policyOf(run), question);
    if (decision === 'stop') {
      const reason = `nobody answered its question about ${question.toolName} in time`;
      settle(stopInstance(run, false, { ...stoppedBy('policy'), reason }));
      return;
    }
    const answer =
      decision === 'allow' ? ({ decision, message: null } as const) : ({ decision, message } as const);
    settle(answerInstance(run, question.requestId, answer, { by: 'policy' }));
  };

  const consider = (run: InstanceRun, question: PermissionQuestion): void => {
    const { workspace, course } = run.view;
    const origin = course.workspace?.origin ?? workspace;
    const decided = decideByPolicy(question, {
      planPolicy: policyOf(run),
      workspaceRules: rulesFor(origin),
      instanceGrants: course.grants,
      workspace,
    });
    if (decided === null) {
      later(question.requestId, afterWait(policyOf(run), question).at, () => {
        answerLate(run, question);
      });
      return;
    }
    const { decision, rule, because } = decided;
    const answer =
      decision === 'allow'
        ? ({ decision, message: null } as const)
        : ({ decision, message: because } as const);
    settle(answerInstance(run, question.requestId, answer, { by: 'policy', rule }));
  };

  return {
    look: (run) => {
      for (const question of run.view.questions) consider(run, question);
      const { hold } = run.view.course;
      const endsAt = hold === null ? null : holdEndsAt(policyOf(run), hold);
      if (hold?.kind !== 'trust' || endsAt === null) return;
      later(`${run.view.id}:trust`, endsAt, () => {
        if (run.view.course.hold === hold) settle(failBeforeStart(run, refusedTrust(hold.folder)));
      });
    },
    close: () => {
      for (const cancel of waiting.values()) cancel();
      waiting.clear();
    },
  };
};
