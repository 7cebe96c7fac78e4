import { eventIterator, type } from '@orpc/contract';
import { z } from 'zod';
import type { Instant } from '../domain/ids.ts';
import type { InboxItem } from '../domain/inbox.ts';
import { PERMISSION_MODES } from '../domain/plan/plan-words.ts';
import { base } from './base.ts';

/** A permission rule that a person made. It holds in its workspace and the folders below. */
export type WorkspaceRule = {
  readonly id: string;
  /** Absolute. */
  readonly workspace: string;
  /** As Claude Code writes rules: `Bash(git log:*)`. */
  readonly rule: string;
  readonly decision: 'allow' | 'deny';
  readonly by: string;
  readonly at: Instant;
};

/** The whole inbox, oldest first: first as it is, then, at most once a frame, as it is after it changed. */
export type InboxUpdate = {
  readonly kind: 'snapshot' | 'changed';
  readonly items: readonly InboxItem[];
};

/** What came of an answer. */
export type InboxAnswered = {
  /** The item as it was. */
  readonly item: InboxItem;
  /** The rule that was made with it. */
  readonly rule: string | null;
};

const ruleText = z.string().max(10_000);
const message = z.string().max(10_000).nullable();

const answerSchema = z.discriminatedUnion('kind', [
  /**
   * To a permission. `instance` and `workspace` also make a rule: the suggested one, or the one given, which must allow
   * what is asked.
   */
  z.object({
    kind: z.literal('allow'),
    scope: z.enum(['once', 'instance', 'workspace']),
    rule: ruleText.exactOptional(),
  }),
  /** To a permission, a question or a plan. Claude is told the message. */
  z.object({ kind: z.literal('deny'), message }),
  /** To questions: for each in order the labels chosen, or words of the person's own. */
  z.object({
    kind: z.literal('choose'),
    answers: z
      .array(z.array(z.string().max(10_000).regex(/\S/)).min(1).max(20))
      .min(1)
      .max(20),
  }),
  /** To a plan; with the permission mode to go on in. */
  z.object({ kind: z.literal('approve'), permissionMode: z.enum(PERMISSION_MODES).nullable() }),
  /** To an untrusted folder. */
  z.object({ kind: z.literal('trust'), trusted: z.boolean() }),
  /** To a budget: the new limit, in tokens, millionths of a US dollar, or both. */
  z
    .object({
      kind: z.literal('raise'),
      tokens: z.int().min(1).max(1e15).exactOptional(),
      costMicroUsd: z.int().min(1).max(1e15).exactOptional(),
    })
    .refine(
      ({ tokens, costMicroUsd }) => tokens !== undefined || costMicroUsd !== undefined,
      'Give a limit in tokens, in dollars, or both.',
    ),
  /** To anything: what waits for it is stopped. */
  z.object({ kind: z.literal('stop') }),
  /** To a sign-in, when it is done: what failed for it runs again. */
  z.object({ kind: z.literal('retry') }),
]);
export type InboxAnswer = Readonly<z.infer<typeof answerSchema>>;

export const inboxContract = {
  /** Everything that waits for a person, oldest first. */
  list: base.output(type<readonly InboxItem[]>()),
  follow: base.output(eventIterator(type<InboxUpdate>())),
  /**
   * Answers an item. `inbox.answered`: it does not wait any more; `inbox.wrong_answer`: its kind takes another answer;
   * `inbox.no_rule`, `rule.invalid`, `permission.unreachable`, `budget.lower`.
   */
  answer: base
    .input(z.object({ itemId: z.string().max(5000), answer: answerSchema }))
    .output(type<InboxAnswered>()),
};

export const rulesContract = {
  /** All permission rules that persons made, or with a workspace (absolute) those that hold there. */
  list: base.input(z.object({ workspace: z.string().nullable() })).output(type<readonly WorkspaceRule[]>()),
  /** Makes a rule; the same again gives the one that is there. `rule.invalid` */
  add: base
    .input(z.object({ workspace: z.string(), rule: ruleText, decision: z.enum(['allow', 'deny']) }))
    .output(type<WorkspaceRule>()),
  /** Takes a rule away. `rule.unknown` */
  revoke: base.input(z.object({ id: z.string() })).output(type<WorkspaceRule>()),
};
