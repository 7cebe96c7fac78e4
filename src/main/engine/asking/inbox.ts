import type { InboxAnswer, InboxAnswered, InboxUpdate } from '../../../shared/contract/inbox.ts';
import type { BudgetLimit } from '../../../shared/domain/budget.ts';
import { FailureError, failureError } from '../../../shared/domain/failure.ts';
import type { InstanceId } from '../../../shared/domain/ids.ts';
import { inboxOf, isAsking, type InboxItem, type InboxItemOf } from '../../../shared/domain/inbox.ts';
import type { InstanceView } from '../../../shared/domain/instance.ts';
import type { OrchestrationView } from '../../../shared/domain/orchestration.ts';
import { parseRule, ruleThatAllows } from '../../../shared/domain/permission/permission-rule.ts';
import type { PermissionPolicy } from '../../../shared/domain/plan/plan-spec.ts';
import { answersInput } from '../../../shared/domain/question.ts';
import type { Clock, PermissionAnswer } from '../ports.ts';
import { createNews, type Publications } from '../streams/publications.ts';

/** A rule that is made with an answer; it holds in a folder, with null for the instance alone. */
export type AnswerRule = { readonly text: string; readonly workspace: string | null };

/** What an answer does; the engine supplies it. `by` is who answered. */
export type InboxActions = {
  /**
   * Answers an open prompt, and makes a rule of it unless that is null; both are durable, or neither is.
   * @throws FailureError `permission.unknown` when it is not open any more, `permission.unreachable`
   */
  readonly answerPrompt: (
    prompt: { readonly instanceId: InstanceId; readonly requestId: string },
    answer: PermissionAnswer,
    who: { readonly by: string; readonly rule: AnswerRule | null },
  ) => Promise<void>;
  /** Trusts a folder, and lets what waits for it go on; or fails what waits for it. */
  readonly trustFolder: (folder: string, trusted: boolean, by: string) => Promise<void>;
  /** @throws FailureError `budget.unknown`, `budget.lower` */
  readonly raiseBudget: (account: string, limit: BudgetLimit, by: string) => Promise<void>;
  /** Lets instances that are held go on, or runs those again that failed. */
  readonly retry: (ids: readonly InstanceId[], by: string) => Promise<void>;
  readonly stop: (ids: readonly InstanceId[], by: string) => Promise<void>;
};

export type InboxOptions = {
  /** All that runs or ended a short while ago. */
  readonly views: () => Promise<{
    readonly orchestrations: readonly OrchestrationView[];
    readonly instances: readonly InstanceView[];
  }>;
  readonly publications: Pick<Publications, 'listen'>;
  readonly clock: Clock;
  readonly actions: InboxActions;
  /** What the plan of an instance says of prompts; null: nothing. */
  readonly policyOf: (id: InstanceId) => PermissionPolicy | null;
};

/** What waits for a person, and the answers. It keeps nothing: all of it is in the views. */
export interface Inbox {
  list(): Promise<readonly InboxItem[]>;
  follow(signal?: AbortSignal): AsyncGenerator<InboxUpdate, void>;
  /** @throws FailureError `inbox.answered`, `inbox.wrong_answer`, `inbox.no_rule`, and what the actions throw */
  answer(itemId: string, answer: InboxAnswer, by: string): Promise<InboxAnswered>;
}

const answeredAlready = () =>
  failureError(
    'inbox.answered',
    'This does not wait any more: it was answered, withdrawn, or answered itself.',
  );

const wants: Readonly<Record<InboxItem['kind'], string>> = {
  permission: 'a permission prompt: allow or deny it',
  question: 'a question: choose answers, or deny it',
  plan: 'a plan: approve it, or deny it',
  trust: 'about a folder: trust it or not',
  budget: 'a budget: raise it, or stop what waits for it',
  sign_in: 'a sign-in: sign in, then retry',
};

const wrongAnswer = ({ kind }: InboxItem) => failureError('inbox.wrong_answer', `This is ${wants[kind]}.`);

type AllowAnswer = Extract<InboxAnswer, { readonly kind: 'allow' }>;

/** The rule that an answer makes; null when it is for this once. */
const ruleOf = (item: InboxItemOf<'permission'>, { scope, rule }: AllowAnswer): string | null => {
  if (scope === 'once') return null;
  const text = rule ?? item.suggestedRule;
  if (text === null) {
    throw failureError(
      'inbox.no_rule',
      'No rule would be sure to mean this and nothing else. Allow it once.',
    );
  }
  const reading = parseRule(text);
  if (!reading.ok) throw new FailureError(reading.failure);
  if (ruleThatAllows([reading.rule], item) === null) {
    throw failureError('inbox.no_rule', `The rule ${reading.rule.text} does not allow what is asked here.`);
  }
  return reading.rule.text;
};

/** Where the rule of an answer holds; null: for the instance alone. */
const workspaceOf = ({ origin }: PromptItem, answer: InboxAnswer): string | null =>
  answer.kind === 'allow' && answer.scope === 'workspace' ? origin : null;

type ChooseAnswer = Extract<InboxAnswer, { readonly kind: 'choose' }>;

const chosen = ({ questions }: InboxItemOf<'question'>, { answers }: ChooseAnswer): PermissionAnswer => {
  if (answers.length !== questions.length) {
    const message = `There are ${String(questions.length)} questions; give an answer to each.`;
    throw failureError('inbox.wrong_answer', message);
  }
  const single = questions.find(
    ({ multiSelect }, index) => !multiSelect && (answers[index]?.length ?? 0) > 1,
  );
  if (single !== undefined) {
    throw failureError('inbox.wrong_answer', `"${single.question}" takes one answer only.`);
  }
  return { decision: 'allow', message: null, updatedInput: answersInput(questions, answers) };
};

type PromptItem = Extract<InboxItem, { readonly requestId: string }>;

/** What a prompt is told. */
const promptAnswer = (item: PromptItem, answer: InboxAnswer): PermissionAnswer => {
  if (answer.kind === 'deny') {
    return { decision: 'deny', message: answer.message ?? 'Denied by the person who runs this.' };
  }
  if (item.kind === 'permission' && answer.kind === 'allow') return { decision: 'allow', message: null };
  if (item.kind === 'question' && answer.kind === 'choose') return chosen(item, answer);
  if (item.kind === 'plan' && answer.kind === 'approve') {
    const { permissionMode } = answer;
    return { decision: 'allow', message: null, ...(permissionMode !== null && { permissionMode }) };
  }
  throw wrongAnswer(item);
};

const withoutKind = ({ tokens, costMicroUsd }: BudgetLimit): BudgetLimit => ({
  ...(tokens !== undefined && { tokens }),
  ...(costMicroUsd !== undefined && { costMicroUsd }),
});

const isPrompt = (item: InboxItem): item is PromptItem => 'requestId' in item;

/** The inbox over the engine's views and actions. */
export const createInbox = (options: InboxOptions): Inbox => {
  const { views, publications, clock, actions, policyOf } = options;
  /** Items that an answer is under way to. */
  const underWay = new Set<string>();

  const list = async (): Promise<readonly InboxItem[]> => inboxOf({ ...(await views()), policyOf });

  const answerPrompt = async (item: PromptItem, answer: InboxAnswer, by: string): Promise<string | null> => {
    const told = promptAnswer(item, answer);
    const rule = item.kind === 'permission' && answer.kind === 'allow' ? ruleOf(item, answer) : null;
    const made = rule === null ? null : { text: rule, workspace: workspaceOf(item, answer) };
    await actions.answerPrompt(item, told, { by, rule: made }).catch((error: unknown) => {
      if (error instanceof FailureError && error.failure.code === 'permission.unknown')
        throw answeredAlready();
      throw error;
    });
    return rule;
  };

  const act = async (item: InboxItem, answer: InboxAnswer, by: string): Promise<string | null> => {
    const ids = [item.instanceId, ...item.alsoFor];
    if (answer.kind === 'stop') await actions.stop(ids, by);
    else if (isPrompt(item)) return answerPrompt(item, answer, by);
    else if (item.kind === 'trust' && answer.kind === 'trust') {
      await actions.trustFolder(item.folder, answer.trusted, by);
    } else if (item.kind === 'budget' && answer.kind === 'raise') {
      await actions.raiseBudget(item.account, withoutKind(answer), by);
    } else if (item.kind === 'sign_in' && answer.kind === 'retry') await actions.retry(ids, by);
    else throw wrongAnswer(item);
    return null;
  };

  return {
    list,
    follow: (signal) => followInbox({ views, publications, clock, policyOf }, signal),
    answer: async (itemId, answer, by) => {
      if (underWay.has(itemId)) throw answeredAlready();
      underWay.add(itemId);
      try {
        const item = (await list()).find(({ id }) => id === itemId);
        if (item === undefined) throw answeredAlready();
        return { item, rule: await act(item, answer, by) };
      } finally {
        underWay.delete(itemId);
      }
    },
  };
};

/** Yields the inbox as it is, then, at most once a frame, as it has become. */
async function* followInbox(
  {
    views,
    publications,
    clock,
    policyOf,
  }: Pick<InboxOptions, 'views' | 'publications' | 'clock' | 'policyOf'>,
  abort?: AbortSignal,
): AsyncGenerator<InboxUpdate, void> {
  const news = createNews(clock, abort);
  const names = new Map<string, OrchestrationView>();
  /** Only those that ask: most instances never do, however often their figures move. */
  const asking = new Map<InstanceId, InstanceView>();
  const take = (
    orchestrations: readonly OrchestrationView[],
    instances: readonly InstanceView[],
  ): boolean => {
    let concerns = false;
    for (const view of orchestrations) names.set(view.id, view);
    for (const view of instances) {
      const asks = isAsking(view);
      concerns ||= asks || asking.has(view.id);
      if (asks) asking.set(view.id, view);
      else asking.delete(view.id);
    }
    return concerns;
  };
  /** A client may follow for weeks: what has ended and asks nothing is not kept. */
  const forget = (): void => {
    const asked = new Set<string>([...asking.values()].map(({ orchestrationId }) => orchestrationId));
    for (const { id, state } of names.values()) if (state !== 'running' && !asked.has(id)) names.delete(id);
  };
  const now = (): readonly InboxItem[] => {
    forget();
    return inboxOf({ orchestrations: [...names.values()], instances: [...asking.values()], policyOf });
  };
  const early: (() => void)[] = [];
  let started = false;
  const unlisten = publications.listen(({ orchestrations, instances }) => {
    if (!started) early.push(() => take(orchestrations, instances));
    else if (take(orchestrations, instances)) news.raise();
  });
  try {
    const first = await views();
    take(first.orchestrations, first.instances);
    for (const catchUp of early) catchUp();
    started = true;
    let items = now();
    yield { kind: 'snapshot', items };
    while (abort?.aborted !== true) {
      await news.next();
      const next = now();
      if (JSON.stringify(next) === JSON.stringify(items)) continue;
      items = next;
      yield { kind: 'changed', items };
    }
  } finally {
    unlisten();
    news.dispose();
  }
}
