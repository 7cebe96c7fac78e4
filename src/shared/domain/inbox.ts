import type { Hold } from './hold.ts';
import type { InstanceId, Instant, OrchestrationId } from './ids.ts';
import { isFinal, type InstanceView, type PermissionQuestion } from './instance.ts';
import type { OrchestrationView } from './orchestration.ts';
import { afterWait, holdEndsAt } from './permission/permission-policy.ts';
import type { PermissionPolicy } from './plan/plan-spec.ts';
import type { PersonQuestion } from './question.ts';
import { suggestRule } from './permission/rule-suggestion.ts';

/** What every item says: who waits, since when, and what it was doing. */
type ItemHead = {
  /** The same as long as it waits for the same thing. */
  readonly id: string;
  readonly orchestrationId: OrchestrationId;
  readonly orchestration: string;
  /** The instance that waits; where several wait for the same answer, the first of them. */
  readonly instanceId: InstanceId;
  readonly instance: string;
  /** The others that wait for the same answer. */
  readonly alsoFor: readonly InstanceId[];
  /** Where it works, absolute. */
  readonly workspace: string;
  /** What that was made of, if it is a worktree or a copy; else the same. Rules that are made hold there. */
  readonly origin: string;
  /** What it was doing, in one line, and the end of what it said last. */
  readonly activity: string | null;
  readonly said: string | null;
  /** What it waits for, as a sentence. */
  readonly waitsFor: string;
  readonly askedAt: Instant;
  /** When it is answered without a person, and how; null: it waits. */
  readonly answeredAutomatically: {
    readonly at: Instant;
    readonly decision: 'allow' | 'deny' | 'stop';
  } | null;
};

type PromptHead = ItemHead & { readonly requestId: string };

/** Something that waits for a person. */
export type InboxItem =
  | (PromptHead & {
      readonly kind: 'permission';
      readonly toolName: string;
      readonly description: string | null;
      readonly input: Readonly<Record<string, unknown>>;
      /** The rule that "always" makes; null where none would be sure to mean this. */
      readonly suggestedRule: string | null;
    })
  | (PromptHead & { readonly kind: 'question'; readonly questions: readonly PersonQuestion[] })
  | (PromptHead & { readonly kind: 'plan'; readonly plan: string })
  | (ItemHead & { readonly kind: 'trust'; readonly folder: string; readonly runs: readonly string[] })
  | (ItemHead & {
      readonly kind: 'budget';
      readonly account: string;
      readonly name: string;
      /** Null: no limit of that kind. */
      readonly limit: { readonly tokens: number | null; readonly costMicroUsd: number | null };
      readonly used: { readonly tokens: number; readonly costMicroUsd: number };
    })
  | (ItemHead & { readonly kind: 'sign_in'; readonly message: string });

export type InboxKind = InboxItem['kind'];
export type InboxItemOf<Kind extends InboxKind> = Extract<InboxItem, { readonly kind: Kind }>;

/** What the items are made of beside the views. */
export type InboxSources = {
  readonly orchestrations: readonly Pick<OrchestrationView, 'id' | 'name'>[];
  readonly instances: readonly InstanceView[];
  /** What the plan says of unanswered prompts of an instance; null: nothing. */
  readonly policyOf: (id: InstanceId) => PermissionPolicy | null;
};

/** True for an instance that has something in the inbox. */
export const isAsking = ({ questions, state, course: { hold } }: InstanceView): boolean => {
  if (questions.length > 0) return true;
  if (hold === null || hold.kind === 'person') return false;
  return hold.kind === 'sign_in' || !isFinal(state);
};

const headOf = (
  view: InstanceView,
  orchestration: string,
): Omit<ItemHead, 'id' | 'waitsFor' | 'askedAt' | 'answeredAutomatically'> => ({
  orchestrationId: view.orchestrationId,
  orchestration,
  instanceId: view.id,
  instance: view.name,
  alsoFor: [],
  workspace: view.workspace,
  origin: view.course.workspace?.origin ?? view.workspace,
  activity: view.activity,
  said: view.said,
});

const promptItem = (
  view: InstanceView,
  question: PermissionQuestion,
  { orchestration, policy }: { readonly orchestration: string; readonly policy: PermissionPolicy | null },
): InboxItem => {
  const { requestId, toolName, description, input, asks, askedAt } = question;
  const { at, decision } = afterWait(policy, question);
  const head = {
    ...headOf(view, orchestration),
    id: `${view.id}:${requestId}`,
    requestId,
    askedAt,
    answeredAutomatically: { at, decision },
  };
  if (asks?.kind === 'question') {
    const { questions } = asks;
    const waitsFor = questions.length === 1 ? 'An answer to a question.' : 'Answers to questions.';
    return { ...head, kind: 'question', waitsFor, questions };
  }
  if (asks?.kind === 'plan')
    return { ...head, kind: 'plan', waitsFor: 'The approval of its plan.', plan: asks.plan };
  const suggestedRule = suggestRule({ toolName, input, workspace: view.workspace });
  const waitsFor = `Permission to use ${toolName}.`;
  return { ...head, kind: 'permission', waitsFor, toolName, description, input, suggestedRule };
};

const holdItem = (
  view: InstanceView,
  hold: Hold,
  { orchestration, policy }: { readonly orchestration: string; readonly policy: PermissionPolicy | null },
): InboxItem | null => {
  if (hold.kind === 'person') return null;
  const at = holdEndsAt(policy, hold);
  const head = {
    ...headOf(view, orchestration),
    askedAt: hold.since,
    answeredAutomatically: at === null ? null : { at, decision: 'deny' as const },
  };
  if (hold.kind === 'trust') {
    const { folder, runs } = hold;
    return {
      ...head,
      kind: 'trust',
      id: `trust:${folder}`,
      waitsFor: `Trust in the folder ${folder}.`,
      folder,
      runs,
    };
  }
  if (hold.kind === 'budget') {
    const { account, name, limit, used } = hold;
    const waitsFor = `More money or tokens: ${name} is used up.`;
    return { ...head, kind: 'budget', id: `budget:${account}`, waitsFor, account, name, limit, used };
  }
  return {
    ...head,
    kind: 'sign_in',
    id: 'sign_in',
    waitsFor: 'A sign-in of Claude Code.',
    message: hold.message,
  };
};

/** One item for all that wait for the same answer: the oldest, with the others in `alsoFor`. */
const together = (items: readonly InboxItem[]): readonly InboxItem[] => {
  const byId = new Map<string, InboxItem>();
  for (const item of items) {
    const first = byId.get(item.id);
    byId.set(
      item.id,
      first === undefined ? item : { ...first, alsoFor: [...first.alsoFor, item.instanceId] },
    );
  }
  return [...byId.values()];
};

/** Everything that waits for a person, oldest first. A pure projection of the views. */
export const inboxOf = ({ orchestrations, instances, policyOf }: InboxSources): readonly InboxItem[] => {
  const names = new Map(orchestrations.map(({ id, name }) => [id, name]));
  const items = instances.filter(isAsking).flatMap((view): readonly InboxItem[] => {
    const about = { orchestration: names.get(view.orchestrationId) ?? '', policy: policyOf(view.id) };
    const { hold } = view.course;
    const held = hold === null || view.questions.length > 0 ? null : holdItem(view, hold, about);
    const prompts = view.questions.map((question) => promptItem(view, question, about));
    return held === null ? prompts : [...prompts, held];
  });
  const byAge = (a: InboxItem, b: InboxItem): number =>
    a.askedAt.localeCompare(b.askedAt) ||
    a.instanceId.localeCompare(b.instanceId) ||
    a.id.localeCompare(b.id);
  return together(items.toSorted(byAge));
};
