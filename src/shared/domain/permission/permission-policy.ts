import { parseDuration } from '../duration.ts';
import type { Hold } from '../hold.ts';
import { instantOf, type Instant } from '../ids.ts';
import {
  hidesCommands,
  parseRule,
  ruleThatAllows,
  ruleThatDenies,
  type PermissionRule,
} from './permission-rule.ts';
import { PLAN_DEFAULTS } from '../plan/plan-defaults.ts';
import type { PermissionPolicy } from '../plan/plan-spec.ts';
import type { QuestionAsks } from '../question.ts';

/** What holds where a plan says nothing: after an hour without an answer a prompt is refused. */
export const PLAN_PERMISSION_DEFAULTS: PermissionPolicy = {
  allow: [],
  deny: [],
  afterWaitMs: parseDuration(PLAN_DEFAULTS.permissions.afterWait) ?? 0,
  afterWait: PLAN_DEFAULTS.permissions.then,
};

/** A rule as it is kept for a workspace. */
export type DecidedRule = { readonly rule: string; readonly decision: 'allow' | 'deny' };

export type PolicyContext = {
  /** Of the plan; null when it has none. */
  readonly planPolicy: PermissionPolicy | null;
  /** Those that hold in the instance's workspace. */
  readonly workspaceRules: readonly DecidedRule[];
  /** Rules that a person allowed for this instance alone. */
  readonly instanceGrants: readonly string[];
  /** Absolute. */
  readonly workspace: string;
};

export type PolicyDecision = {
  readonly decision: 'allow' | 'deny';
  /** A sentence that names the rule and whose it is. */
  readonly because: string;
  readonly rule: string;
};

type Asked = {
  readonly toolName: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly asks?: QuestionAsks;
};

/** Tools that ask the person something; to say yes for the person would be no answer. */
const personalTools = ['AskUserQuestion', 'ExitPlanMode'];
const isPersonal = ({ toolName, asks }: Asked): boolean =>
  asks !== undefined || personalTools.includes(toolName);

type Source = { readonly whose: string; readonly texts: readonly string[] };

const sourcesOf = (
  { planPolicy, workspaceRules, instanceGrants }: PolicyContext,
  decision: 'allow' | 'deny',
): readonly Source[] => {
  const ofWorkspace = workspaceRules.filter((one) => one.decision === decision).map(({ rule }) => rule);
  return [
    { whose: 'the plan', texts: planPolicy?.[decision] ?? [] },
    ...(decision === 'allow' ? [{ whose: 'this instance', texts: instanceGrants }] : []),
    { whose: 'this workspace', texts: ofWorkspace },
  ];
};

type SourcedRules = {
  readonly rules: readonly PermissionRule[];
  readonly whose: ReadonlyMap<PermissionRule, string>;
  /** False when one could not be read. */
  readonly complete: boolean;
};

const rulesOf = (sources: readonly Source[]): SourcedRules => {
  const whose = new Map<PermissionRule, string>();
  let complete = true;
  for (const source of sources) {
    for (const text of source.texts) {
      const reading = parseRule(text);
      if (reading.ok) whose.set(reading.rule, source.whose);
      else complete = false;
    }
  }
  return { rules: [...whose.keys()], whose, complete };
};

const decided = (
  decision: 'allow' | 'deny',
  rule: PermissionRule,
  { whose }: SourcedRules,
): PolicyDecision => ({
  decision,
  rule: rule.text,
  because: `${decision === 'allow' ? 'Allowed' : 'Denied'} by the rule ${rule.text} of ${whose.get(rule) ?? 'the plan'}.`,
});

/**
 * What the rules say of a prompt; null when a person must. A rule that denies wins over all that allow. Questions and plans
 * are a person's own affair: no rule says yes to them. A rule that denies and cannot be read lets nothing through.
 */
export const decideByPolicy = (question: Asked, context: PolicyContext): PolicyDecision | null => {
  const { toolName, input } = question;
  const call = { toolName, input, workspace: context.workspace };
  const denials = rulesOf(sourcesOf(context, 'deny'));
  const denial = ruleThatDenies(denials.rules, call);
  if (denial !== null) return decided('deny', denial, denials);
  if (!denials.complete || isPersonal(question)) return null;
  const forbidsCommands = denials.rules.some(({ tool }) => tool === 'Bash');
  if (forbidsCommands && hidesCommands(call)) return null;
  const permissions = rulesOf(sourcesOf(context, 'allow'));
  const permission = ruleThatAllows(permissions.rules, call);
  return permission === null ? null : decided('allow', permission, permissions);
};

/** What answers when nobody did: when, how, and what is said with it. */
export type AutomaticAnswer = {
  readonly at: Instant;
  readonly decision: PermissionPolicy['afterWait'];
  readonly message: string;
};

const longestWaitMs = 24 * 86_400_000;

const waitOf = (policy: PermissionPolicy | null): number =>
  Math.min(Math.max(0, (policy ?? PLAN_PERMISSION_DEFAULTS).afterWaitMs), longestWaitMs);

const minutes = (ms: number): string => {
  const count = Math.max(1, Math.round(ms / 60_000));
  return count === 1 ? '1 minute' : `${String(count)} minutes`;
};

/**
 * When and how a prompt that nobody answers is answered by itself. Every prompt is, at the latest after 24 days; a question
 * or a plan never with yes.
 */
export const afterWait = (
  policy: PermissionPolicy | null,
  question: Asked & { readonly askedAt: Instant },
): AutomaticAnswer => {
  const { afterWait: then } = policy ?? PLAN_PERMISSION_DEFAULTS;
  const waitMs = waitOf(policy);
  const decision = then === 'allow' && isPersonal(question) ? 'deny' : then;
  return {
    at: instantOf(Date.parse(question.askedAt) + waitMs),
    decision,
    message: `Nobody answered within ${minutes(waitMs)}. Go on without it, or say what you would have needed.`,
  };
};

/** When an untrusted folder is taken as refused: after as long as a prompt waits. Other holds wait for a person. */
export const holdEndsAt = (policy: PermissionPolicy | null, hold: Hold): Instant | null =>
  hold.kind === 'trust' ? instantOf(Date.parse(hold.since) + waitOf(policy)) : null;
