import type { InstanceId } from '../../../shared/domain/ids.ts';
import type { Budgets } from '../budget/budgets.ts';
import type { Fleet } from '../fleet.ts';
import type { InboxActions } from './inbox.ts';
import { answerOpenPrompt } from '../instance/instance-answers.ts';
import { restartInstance, resumeInstance, stopInstance } from '../instance/instance-controls.ts';
import { stoppedBy } from '../instance/instance-ending.ts';
import { isFinal } from '../../../shared/domain/instance.ts';

/** What the inbox's answers do to what runs. */
export const createInboxActions = (
  { runs, desk, trust }: Pick<Fleet, 'runs' | 'desk' | 'trust'>,
  budgets: Pick<Budgets, 'raiseBudget'>,
): InboxActions => {
  const instanceOf = async (id: InstanceId) => (await runs.findOrLoad(id)).instance;
  return {
    answerPrompt: async ({ instanceId, requestId }, answer, { by, rule }) => {
      const run = await instanceOf(instanceId);
      await answerOpenPrompt(run, requestId, answer, { by, ...(rule !== null && { rule }) });
    },
    grant: async (id, rule, by) => {
      const run = await instanceOf(id);
      run.out.changeCourse({ grants: [...run.view.course.grants, rule] });
      const detail = `allowed for this instance: ${rule}`;
      await run.out.append([run.out.draft({ type: 'instance.control', action: 'grant', by, detail })]);
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
      for (const id of ids) await stopInstance(await instanceOf(id), false, stoppedBy(by));
    },
  };
};
