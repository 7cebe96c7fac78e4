import type { BudgetSpec } from '../budget.ts';
import { parseDuration } from '../duration.ts';
import { MATRIX_MAX, PLAN_DEFAULTS } from './plan-defaults.ts';
import { machineTimeZone } from './plan-rules-time.ts';
import type { Plan, PlanInstance, PlanShared } from './plan-schema.ts';
import type {
  CheckSpec,
  Dependency,
  FanOut,
  FanOutSource,
  JsonValue,
  LoopSpec,
  PermissionPolicy,
  RetryPolicy,
  ScheduleSpec,
  SessionChoice,
  WorkspaceSpec,
} from './plan-spec.ts';
import { parseStartAt } from '../schedule.ts';
import { soleExpression } from '../expression/template.ts';

/** Parts of a plan as the engine runs with them: defaults filled in, times in milliseconds, money in millionths of a dollar. */

type Part<Key extends keyof PlanShared> = NonNullable<PlanShared[Key]>;

export function milliseconds(duration: string): number {
  const ms = parseDuration(duration);
  if (ms === undefined) throw new RangeError(`not a duration: ${duration}`);
  return ms;
}

export const microUsd = (usd: number): number => Math.round(usd * 1_000_000);

export function budgetOf({ usd, tokens, onExceed = PLAN_DEFAULTS.onExceed }: Part<'budget'>): BudgetSpec {
  return {
    ...(tokens !== undefined && { tokens }),
    ...(usd !== undefined && { costMicroUsd: microUsd(usd) }),
    onExceed,
  };
}

export function sessionOf({
  new: fresh,
  resume,
}: NonNullable<PlanInstance['session']>): SessionChoice | undefined {
  if (fresh !== undefined) return { new: fresh };
  return resume === undefined ? undefined : { resume };
}

export function retryOf(written: Part<'retry'>): RetryPolicy {
  const { backoff, maxBackoff, ...rest } = {
    ...PLAN_DEFAULTS.retry,
    ...(typeof written === 'number' ? { attempts: written } : written),
  };
  return { ...rest, backoffMs: milliseconds(backoff), maxBackoffMs: milliseconds(maxBackoff) };
}

export function checkOf(written: Part<'check'>): CheckSpec {
  const {
    command,
    when,
    timeout = PLAN_DEFAULTS.checkTimeout,
  } = typeof written === 'string' ? { command: written } : written;
  if (command !== undefined) return { kind: 'command', command, timeoutMs: milliseconds(timeout) };
  return { kind: 'condition', when: when ?? 'false' };
}

export function loopOf(written: Part<'loop'>): LoopSpec {
  const { rounds = PLAN_DEFAULTS.rounds, prompt = PLAN_DEFAULTS.loopPrompt } =
    typeof written === 'number' ? { rounds: written } : written;
  return { rounds, prompt };
}

export function permissionsOf(written: Part<'permissions'>): PermissionPolicy {
  const { allow = [], deny = [], afterWait, then } = { ...PLAN_DEFAULTS.permissions, ...written };
  return { allow, deny, afterWaitMs: milliseconds(afterWait), afterWait: then };
}

/** A workspace as a spec, also one that is a folder and nothing else. */
export function workspaceOf(written: Part<'workspace'>): WorkspaceSpec {
  if (typeof written === 'string')
    return { kind: 'folder', path: written, base: null, keep: 'always', setup: [] };
  const { folder, worktree, copy, base = null, keep = PLAN_DEFAULTS.keep, setup = [] } = written;
  if (worktree !== undefined) return { kind: 'worktree', path: worktree, base, keep, setup };
  if (copy !== undefined) return { kind: 'copy', path: copy, base: null, keep, setup };
  return { kind: 'folder', path: folder ?? PLAN_DEFAULTS.workspace, base: null, keep: 'always', setup };
}

function sourceOf(items: string | readonly JsonValue[] | undefined, glob: string | undefined): FanOutSource {
  if (typeof items === 'string') return { kind: 'expression', expression: soleExpression(items) ?? '' };
  return glob === undefined ? { kind: 'list', items: items ?? [] } : { kind: 'glob', pattern: glob };
}

export function fanOutOf({
  forEach,
  matrix,
}: {
  readonly forEach: PlanInstance['forEach'] | undefined;
  readonly matrix: PlanInstance['matrix'] | undefined;
}): FanOut | undefined {
  if (matrix !== undefined) {
    return { source: { kind: 'matrix', axes: matrix }, as: 'matrix', max: MATRIX_MAX, concurrency: null };
  }
  if (forEach === undefined) return undefined;
  const isShort = typeof forEach === 'string' || isList(forEach);
  const { in: items, glob, ...rest } = isShort ? { in: forEach } : forEach;
  const { as, max, concurrency = null } = { as: PLAN_DEFAULTS.as, max: PLAN_DEFAULTS.max, ...rest };
  return { source: sourceOf(items, glob), as, max, concurrency };
}

const isList = (value: unknown): value is readonly JsonValue[] => Array.isArray(value);

const joinOf = (join: 'all' | 'any' | number): 'all' | number => (join === 'any' ? 1 : join);

export function dependencyOf(written: NonNullable<PlanInstance['dependsOn']>[number]): Dependency {
  const entry = typeof written === 'string' ? { instance: written } : written;
  const { need = PLAN_DEFAULTS.need, join = PLAN_DEFAULTS.join, run = PLAN_DEFAULTS.run } = entry;
  const { instance, orchestration } = entry;
  if (orchestration !== undefined) return { kind: 'orchestration', orchestration, run, need };
  return { kind: 'instance', name: instance ?? '', need, join: joinOf(join) };
}

/** The schedule of a plan; times that are said as from now are counted from `now` (epoch milliseconds). */
export function scheduleOf(written: NonNullable<Plan['schedule']>, now: number): ScheduleSpec {
  const { startAt, every, cron, timeZone = machineTimeZone(), missed = PLAN_DEFAULTS.missed } = written;
  const rest = { timeZone, missed };
  if (every !== undefined) return { when: { kind: 'every', everyMs: milliseconds(every) }, ...rest };
  if (cron !== undefined) return { when: { kind: 'cron', cron }, ...rest };
  const moment = parseStartAt(startAt ?? '', now, timeZone);
  if (moment === null) throw new RangeError(`not a time: ${String(startAt)}`);
  return { when: { kind: 'once', at: new Date(moment).toISOString() }, ...rest };
}
