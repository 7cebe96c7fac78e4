import type { DryRun, DryRunCommand, DryRunInstance } from '../../../shared/contract/dry-run.ts';
import type { BudgetSpec } from '../../../shared/domain/budget.ts';
import { formatDuration } from '../../../shared/domain/duration.ts';
import type { Failure } from '../../../shared/domain/failure.ts';
import type { Dependency } from '../../../shared/domain/plan/plan-spec.ts';
import { dollars } from '../../../shared/domain/usage.ts';
import { tokensText } from './figures.ts';
import { timeText } from './schedule-text.ts';
import { cut, printable, type Paint } from './terminal-text.ts';

type Layout = { readonly width: number; readonly paint: Paint };

const plain = /^[\w@%+=:,./-]+$/;

/** An argument as it may be typed into a shell. */
const quoted = (arg: string): string => (plain.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`);

const budgetText = ({ costMicroUsd, tokens, onExceed }: BudgetSpec): string => {
  const limits = [
    ...(costMicroUsd === undefined ? [] : [`$${String(dollars(costMicroUsd))}`]),
    ...(tokens === undefined ? [] : [`${tokensText(tokens)} tokens`]),
  ];
  return `${limits.join(' or ')}, then ${onExceed}`;
};

const needWords = { succeeded: 'has succeeded', finished: 'has finished', any: 'is over' } as const;

const dependencyText = (dependency: Dependency): string => {
  const { need } = dependency;
  if (dependency.kind === 'orchestration') {
    return `the ${dependency.run} run of ${dependency.orchestration} ${needWords[need]}`;
  }
  const count = dependency.join === 'all' ? '' : `${String(dependency.join)} of `;
  return `${count}${dependency.name} ${needWords[need]}`;
};

const sourceText = ({ source }: NonNullable<DryRunInstance['fanOut']>): string => {
  if (source.kind === 'glob') return `files ${source.pattern}`;
  if (source.kind === 'expression') return source.expression;
  return source.kind === 'matrix' ? `matrix of ${Object.keys(source.axes).join(' × ')}` : 'a list';
};

const fanOutText = (fanOut: NonNullable<DryRunInstance['fanOut']>): string => {
  const { count, max, concurrency } = fanOut;
  const many = count === null ? `up to ${String(max)}, known when it starts` : `${String(count)} instances`;
  return `${many} (${sourceText(fanOut)})${concurrency === null ? '' : `, ${String(concurrency)} at once`}`;
};

const workspaceText = ({ kind, path, base, setup }: DryRunInstance['workspace']): string =>
  [
    kind === 'folder' ? path : `a ${kind} of ${path}`,
    ...(base === null ? [] : [`from ${base}`]),
    ...(setup.length === 0 ? [] : [`set up by ${setup.join(' && ')}`]),
  ].join(', ');

const factsOf = (one: DryRunInstance): readonly (readonly [label: string, text: string])[] => {
  const { retry, check, loop } = one;
  const checkText = check?.kind === 'command' ? check.command : check?.when;
  return [
    ...(one.dependsOn.length === 0 ? [] : [['after', one.dependsOn.map(dependencyText).join('; ')] as const]),
    ...(one.when === null ? [] : [['when', one.when] as const]),
    ...(one.fanOut === null ? [] : [['each', fanOutText(one.fanOut)] as const]),
    ['in', workspaceText(one.workspace)] as const,
    ...(retry === null ? [] : [['tries', `${String(retry.attempts)}, on ${retry.on.join(', ')}`] as const]),
    ...(checkText === undefined ? [] : [['check', checkText] as const]),
    ...(loop === null ? [] : [['rounds', `up to ${String(loop.rounds)}`] as const]),
    ...(one.timeoutMs === null ? [] : [['timeout', formatDuration(one.timeoutMs)] as const]),
    ...(one.budget === null ? [] : [['budget', budgetText(one.budget)] as const]),
  ];
};

const runLines = (
  label: string,
  run: DryRunCommand | Failure,
  { width, paint }: Layout,
): readonly string[] => {
  if ('code' in run) return [`  ${label}${paint('bad', `✗ ${printable(run.message)}`)} (${run.code})`];
  const env = Object.entries(run.env).map(([name, value]) => `${name}=${quoted(value)}`);
  const line = [...env, ...run.command.map(quoted)].join(' ');
  const prompt = printable(run.prompt);
  return [
    `  ${label}${paint('busy', '$')} ${printable(line)}`,
    `  ${paint('quiet', `< ${cut(prompt, Math.max(20, width - 4))}`)}`,
  ];
};

const instanceLines = (one: DryRunInstance, layout: Layout): readonly string[] => {
  const { paint } = layout;
  const level = one.level === null ? 'standby' : String(one.level + 1);
  return [
    `${paint('quiet', level)} ${paint('strong', printable(one.name))}`,
    ...factsOf(one).map(([label, text]) => `  ${paint('quiet', label)} ${printable(text)}`),
    ...runLines('', one.run, layout),
    ...one.alternatives.flatMap((run, index) => runLines(`else ${String(index + 1)}: `, run, layout)),
  ];
};

const inputText = ({ name, value }: DryRun['plan']['inputs'][number]): string =>
  `${name} = ${typeof value === 'string' ? value : JSON.stringify(value)}`;

const planFacts = ({ plan, commandBudgets }: DryRun): readonly string[] => [
  `${String(plan.concurrency)} at once`,
  ...(plan.timeoutMs === null ? [] : [`timeout ${formatDuration(plan.timeoutMs)}`]),
  ...(plan.budget === null ? [] : [`budget ${budgetText(plan.budget)}`]),
  ...Object.entries(commandBudgets).map(([command, budget]) => `${command} ${budgetText(budget)}`),
];

/** The next starts, as the clocks of the schedule's time zone show them. */
const scheduleLines = ({ plan: { schedule }, starts }: DryRun): readonly string[] => {
  if (schedule === null) return [];
  const { timeZone } = schedule.spec;
  const times = starts.map((start) => timeText(start, timeZone)).join(', ');
  const zone = schedule.text.includes(timeZone) ? '' : ` (${timeZone})`;
  return [`starts ${printable(schedule.text)}: ${times}${zone}`];
};

/** A dry run for people: when it starts, its limits, then each instance with its level, conditions and command line. */
export const dryRunLines = (run: DryRun, layout: Layout): readonly string[] => {
  const { plan, instances } = run;
  const { paint } = layout;
  const sorted = instances.toSorted((a, b) => (a.level ?? Infinity) - (b.level ?? Infinity));
  return [
    paint('strong', printable(plan.name)),
    ...scheduleLines(run),
    ...(plan.inputs.length === 0 ? [] : [`inputs ${printable(plan.inputs.map(inputText).join(', '))}`]),
    printable(planFacts(run).join(' · ')),
    ...sorted.flatMap((one) => ['', ...instanceLines(one, layout)]),
  ];
};
