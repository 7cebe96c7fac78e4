import type { InstanceId } from '../../../shared/domain/ids.ts';
import type { Budgets } from '../budget/budgets.ts';
import type { Fleet } from '../fleet.ts';
import type { InboxActions } from './inbox.ts';
import { answerOpenPrompt } from '../instance/instance-answers.ts';
import { letItBe, restartInstance, resumeInstance, stopInstance } from '../instance/instance-controls.ts';
import { stoppedBy } from '../instance/instance-ending.ts';
import type { InstanceRun } from '../instance/instance-run.ts';
import { isFinal } from '../../../shared/domain/instance.ts';

/** Allows something for one instance alone. */
const grant = (run: InstanceRun, rule: string, by: string): Promise<void> => {
  run.out.changeCourse({ grants: [...run.view.course.grants, rule] });
  const detail = `allowed for this instance: ${rule}`;
  return run.out.append([run.out.draft({ type: 'instance.control', action: 'grant', by, detail })]);
};

/** What the inbox's answers do to what runs. */
export const createInboxActions = (
  { runs, desk, trust, rules }: Pick<Fleet, 'runs' | 'desk' | 'trust' | 'rules'>,
  budgets: Pick<Budgets, 'raiseBudget'>,
): InboxActions => {
  const instanceOf = async (id: InstanceId) => (await runs.findOrLoad(id)).instance;
  return {
    answerPrompt: async ({ instanceId, requestId }, answer, { by, rule }) => {
      const run = await instanceOf(instanceId);
      if (rule === null) {
        await answerOpenPrompt(run, requestId, answer, { by });
        return;
      }
      const { text, workspace } = rule;
      let kept: Promise<unknown> = Promise.resolve();
      const answered = answerOpenPrompt(run, requestId, answer, {
        by,
        rule: text,
        together: () => {
          kept =
            workspace === null
              ? grant(run, text, by)
              : rules.add({ workspace, rule: text, decision: 'allow' }, by);
        },
      });
      await Promise.all([answered, kept]);
      desk.look(run);
    },
    trustFolder: async (folder, trusted, by) => {
      if (trusted) {
        await trust.trust(folder, by);
        return;
      }
      const message =
        `The folder ${folder} is not trusted: ${by} did not agree to it. ` +
        'Trust it with `netra trust`, and run it again.';
      const waiting = runs.instances().filter(({ view: { course } }) => {
        return course.hold?.kind === 'trust' && course.hold.folder === folder;
      });
      await Promise.all(waiting.map((run) => run.failUnstarted({ code: 'workspace.untrusted', message })));
    },
    raiseBudget: async (account, limit, by) => {
      await budgets.raiseBudget(account, limit, by);
    },
    retry: async (ids, by) => {
      for (const id of ids) {
        const run = await instanceOf(id);
        await (isFinal(run.view.state) ? restartInstance(run, by) : resumeInstance(run, by));
      }
    },
    stop: async (ids, by) => {
      for (const id of ids) {
        const run = await instanceOf(id);
        await (isFinal(run.view.state) ? letItBe(run, by) : stopInstance(run, false, stoppedBy(by)));
      }
    },
  };
};
