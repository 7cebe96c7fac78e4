import { isMap, parseDocument, stringify } from 'yaml';
import type { OnExceed } from '../../../shared/domain/budget.ts';
import { failureError } from '../../../shared/domain/failure.ts';
import { parsePlan } from '../../../shared/domain/plan/plan-parse.ts';
import type { PermissionMode } from '../../../shared/domain/plan/plan-words.ts';
import type { JsonValue } from '../../../shared/domain/plan/plan-spec.ts';
import { planTextOfZen } from '../../../shared/domain/zen/zen-text.ts';

/** What the command line says of a whole plan: also of one that is in a file. Texts are as the plan has them. */
export type PlanFlags = {
  readonly name?: string | undefined;
  /** Absolute. */
  readonly workspace?: string | undefined;
  readonly concurrency?: number | undefined;
  readonly budget?: number | undefined;
  readonly budgetTokens?: number | undefined;
  readonly onExceed?: OnExceed | undefined;
  readonly timeout?: string | undefined;
  readonly startAt?: string | undefined;
  readonly every?: string | undefined;
  readonly cron?: string | undefined;
  readonly timeZone?: string | undefined;
};

/** What it says of the one instance that runs a prompt. */
export type PromptFlags = {
  readonly model?: string | undefined;
  readonly permissionMode?: PermissionMode | undefined;
  readonly allowedTools?: readonly string[] | undefined;
  readonly disallowedTools?: readonly string[] | undefined;
  readonly maxTurns?: number | undefined;
  readonly idleTimeout?: string | undefined;
  readonly retry?: number | undefined;
  readonly count?: number | undefined;
  readonly session?: string | undefined;
  /** True, or where the branch starts. */
  readonly worktree?: string | true | undefined;
  readonly check?: string | undefined;
  readonly loop?: number | undefined;
  readonly resultSchema?: JsonValue | undefined;
};

type Entry = readonly [path: readonly string[], value: unknown];

const scheduleOf = ({ startAt, every, cron, timeZone }: PlanFlags) => ({
  ...(startAt !== undefined && { startAt }),
  ...(every !== undefined && { every }),
  ...(cron !== undefined && { cron }),
  ...(timeZone !== undefined && { timeZone }),
});

/** The keys of a plan that flags set; `isScheduled` says that the plan has a schedule, whose time zone may be set alone. */
const entriesOf = (flags: PlanFlags): readonly Entry[] => {
  const { name, workspace, concurrency, budget, budgetTokens, onExceed, timeout } = flags;
  const schedule = scheduleOf(flags);
  const isOwnSchedule = ['startAt', 'every', 'cron'].some((key) => key in schedule);
  const all: readonly Entry[] = [
    [['name'], name],
    [['workspace'], workspace],
    isOwnSchedule ? [['schedule'], schedule] : [['schedule', 'timeZone'], flags.timeZone],
    [['concurrency'], concurrency],
    [['timeout'], timeout],
    [['budget', 'usd'], budget],
    [['budget', 'tokens'], budgetTokens],
    [['budget', 'onExceed'], onExceed],
  ];
  return all.filter(([, value]) => value !== undefined);
};

/**
 * The text of a plan with what the command line says in its place; comments stay. A plan with mistakes stays as it is, so
 * that they are told where they are. A config of zen becomes the plan that it comes to.
 */
export const withPlanFlags = (text: string, flags: PlanFlags): string => {
  const entries = entriesOf(flags);
  if (entries.length === 0 || !parsePlan(text).ok) return text;
  const document = parseDocument(planTextOfZen(text) ?? text);
  if (!isMap(document.contents)) return text;
  for (const [path, value] of entries) {
    if (path.length === 1) document.set(path[0], document.createNode(value));
    else document.setIn(path, value);
  }
  return document.toString({ lineWidth: 0 });
};

const longestName = 60;

/** The first line, cut by characters. */
const titleOf = (prompt: string): string => {
  const line = Array.from(
    prompt
      .trim()
      .split(/[\n\r\u2028\u2029]/)[0]
      ?.trimEnd() ?? '',
  );
  return line.length > longestName
    ? `${line
        .slice(0, longestName - 1)
        .join('')
        .trimEnd()}…`
    : line.join('');
};

/** As the plan wants names of instances: letters, digits, spaces and . _ - */
const instanceName = (title: string): string =>
  title
    .replaceAll(/[^\p{L}\p{M}\p{N}._ -]+/gu, ' ')
    .replaceAll(/ {2,}/g, ' ')
    .trim() || 'prompt';

const sessionOf = (session: string): { readonly new: string } | { readonly resume: string } => {
  const [, kind, id] = /^(?:(new|resume):)?(.+)$/.exec(session) ?? [];
  return kind === 'new' ? { new: id ?? session } : { resume: id ?? session };
};

const workspaceOf = (folder: string, worktree: PromptFlags['worktree']): unknown => {
  if (worktree === undefined) return folder;
  return { worktree: folder, ...(worktree !== true && { base: worktree }) };
};

const manyOf = (count: number) => ({
  in: Array.from({ length: count }, (_, index) => index + 1),
  as: 'number',
  max: count,
});

const instanceOf = (prompt: string, name: string, flags: PromptFlags) => {
  const { count, session, resultSchema, idleTimeout, ...rest } = flags;
  const { worktree: _, ...same } = rest;
  const isCommand = /^\/\S/.test(prompt);
  return {
    name: instanceName(name),
    ...(isCommand ? { command: prompt } : { prompt }),
    ...Object.fromEntries(
      Object.entries({ ...same, idleTimeout }).filter(([, value]) => value !== undefined),
    ),
    ...(session !== undefined && { session: sessionOf(session) }),
    ...(count !== undefined && count > 1 && { forEach: manyOf(count) }),
    ...(resultSchema !== undefined && { result: { schema: resultSchema } }),
  };
};

/**
 * A plan that runs a prompt, as text: what `netra run -p` stores and runs. A prompt that begins with a slash is a slash
 * command. `workspace` of the flags is where it works.
 * @throws FailureError `arguments.run` for an empty prompt
 */
export const planOfPrompt = (
  text: string,
  { workspace = '.', ...plan }: PlanFlags,
  flags: PromptFlags,
): string => {
  const prompt = text.trim();
  if (prompt === '') throw failureError('arguments.run', 'The prompt is empty. Write what Claude shall do.');
  const name = plan.name ?? titleOf(prompt);
  const written = {
    name,
    workspace: workspaceOf(workspace, flags.worktree),
    instances: [instanceOf(prompt, plan.name ?? titleOf(prompt), flags)],
  };
  return withPlanFlags(stringify(written, { lineWidth: 0 }), { ...plan, name });
};
