import type { Instant } from '../../../shared/domain/ids.ts';
import type { InstanceView } from '../../../shared/domain/instance.ts';
import type { OrchestrationView } from '../../../shared/domain/orchestration.ts';
import { cacheHitRate, totalOf } from '../../../shared/domain/usage.ts';
import { durationText, shareText, tokensText, usageCostText } from './figures.ts';
import { orchestrationNotes } from './orchestration-notes.ts';
import { reportOf } from './report.ts';
import { stateMarks, stateText } from './state-marks.ts';
import { tableLines } from './table.ts';
import { printable, type Paint } from './terminal-text.ts';

type Layout = { readonly now: Instant; readonly width: number; readonly paint: Paint };

const totalsLine = ({ usage, toolCalls }: OrchestrationView): string => {
  const total = totalOf(usage);
  return [
    `in ${tokensText(total.inputTokens)}`,
    `out ${tokensText(total.outputTokens)}`,
    `cache write ${tokensText(total.cacheWriteTokens)}`,
    `cache read ${tokensText(total.cacheReadTokens)}`,
    `cache hits ${shareText(cacheHitRate(total))}`,
    `tools ${String(toolCalls)}`,
    `cost ${usageCostText(usage)}${usage.basis === 'estimated' ? ' (estimated)' : ''}`,
  ].join(' · ');
};

/** A line for each that failed, with why. */
export const failureLines = (instances: readonly InstanceView[], paint: Paint): readonly string[] =>
  instances.flatMap(({ name, failure }) =>
    failure === null
      ? []
      : [`${paint('bad', `✗ ${printable(name)}`)}: ${printable(failure.message)} (${failure.code})`],
  );

/** The report for people: what became of it, a table of its instances, what failed and why, and what it came to. */
export const reportLines = (
  orchestration: OrchestrationView,
  instances: readonly InstanceView[],
  layout: Layout,
): readonly string[] => {
  const { paint, now } = layout;
  const { durationMs } = reportOf(orchestration, [], now).orchestration;
  const state = paint(stateMarks[orchestration.state].tone, stateText(orchestration.state));
  const failures = failureLines(instances, paint);
  const notes = orchestrationNotes(orchestration, layout);
  return [
    `${paint('strong', printable(orchestration.name))}  ${state}  ${durationText(durationMs)}  ${paint('quiet', orchestration.id)}`,
    '',
    ...tableLines(instances, layout),
    ...(notes.length > 0 ? ['', ...notes] : []),
    ...(failures.length > 0 ? ['', ...failures] : []),
    '',
    `${paint('strong', 'Total')}  ${totalsLine(orchestration)}`,
  ];
};
