import type { PlanCheck, PlanCheckInput, PlanCheckInstance } from '../../shared/contract/plan-check.ts';
import { formatDuration } from '../../shared/domain/duration.ts';
import { PLAN_DEFAULTS } from '../../shared/domain/plan/plan-defaults.ts';
import type { Plan } from '../../shared/domain/plan/plan-schema.ts';
import type { FanOut, InstanceSpec, ResolvedPlan, ScheduleSpec } from '../../shared/domain/plan/plan-spec.ts';
import { nextOccurrence } from '../../shared/domain/schedule.ts';

type Summary = NonNullable<PlanCheck['summary']>;

const inputsOf = ({ inputs }: Plan, { inputs: values }: ResolvedPlan): readonly PlanCheckInput[] =>
  Object.entries(inputs ?? {}).map(([name, input]) => ({
    name,
    type: input.type ?? PLAN_DEFAULTS.inputType,
    description: input.description ?? null,
    required: input.default === undefined,
    choices: input.choices ?? null,
    value: values?.[name] ?? null,
  }));

const scheduleText = ({ when, timeZone }: ScheduleSpec): string => {
  if (when.kind === 'once') return `once, at ${when.at}`;
  return when.kind === 'every'
    ? `every ${formatDuration(when.everyMs)}`
    : `by cron ${when.cron} (${timeZone})`;
};

const scheduleSummary = (spec: ScheduleSpec, now: number): Summary['schedule'] => {
  const next = nextOccurrence(spec, now - 1, now);
  if (next === null) throw new RangeError('a schedule that passed the check has no time to come');
  return { spec, text: scheduleText(spec), next: new Date(next).toISOString() };
};

/** How many instances a fan-out comes to, as far as the plan says it. */
const countOf = ({ source }: FanOut): number | null => {
  if (source.kind === 'list') return source.items.length;
  if (source.kind !== 'matrix') return null;
  return Object.values(source.axes).reduce((product, { length }) => product * length, 1);
};

const instanceSummary = (spec: InstanceSpec): PlanCheckInstance => {
  const { name, model = null, mode, workspace, prompt, command, fanOut, retry, alternatives } = spec;
  return {
    name,
    model,
    mode,
    workspace,
    prompt: prompt ?? command ?? '',
    dependsOn: spec.dependsOn ?? [],
    when: spec.when ?? null,
    fanOut: fanOut ? { kind: fanOut.source.kind, count: countOf(fanOut) } : null,
    attempts: retry?.attempts ?? 1,
    fallbacks: alternatives?.length ?? 0,
    standby: spec.standby === true,
  };
};

/** What a plan would run, for a dry run and the console. */
export const summaryOf = (plan: Plan, resolved: ResolvedPlan, now: number): Summary => ({
  name: resolved.name,
  concurrency: resolved.concurrency,
  inputs: inputsOf(plan, resolved),
  schedule: resolved.schedule ? scheduleSummary(resolved.schedule, now) : null,
  timeoutMs: resolved.timeoutMs ?? null,
  budget: resolved.budget ?? null,
  instances: resolved.instances.map(instanceSummary),
});
