import { courseWords } from '../../../shared/domain/course-words.ts';
import type { Instant } from '../../../shared/domain/ids.ts';
import type { InstanceView } from '../../../shared/domain/instance.ts';
import { totalOf } from '../../../shared/domain/usage.ts';
import { durationText, tokensText, usageCostText } from './figures.ts';
import { durationOf } from './report.ts';
import { stateMarks, stateText } from './state-marks.ts';
import { cut, fit, printable, widthOf, type Paint } from './terminal-text.ts';

type Column = {
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly most: number;
  /** What a narrow terminal leaves out first has the highest; 0 stays. */
  readonly dispensable: number;
  readonly text: (instance: InstanceView, now: Instant) => string;
};

const cacheOf = ({ usage }: InstanceView): number => {
  const { cacheReadTokens, cacheWriteTokens } = totalOf(usage);
  return cacheReadTokens + cacheWriteTokens;
};

const durationCell = (instance: InstanceView, now: Instant): string => {
  const ms = durationOf(instance, now);
  return ms === null ? '–' : durationText(ms);
};

const left = { align: 'left' } as const;
const right = { align: 'right', most: 9 } as const;

const columns: readonly Column[] = [
  { ...left, title: 'STATE', most: 11, dispensable: 0, text: ({ state }) => stateText(state) },
  { ...left, title: 'NAME', most: 28, dispensable: 0, text: ({ name }) => printable(name) },
  { ...left, title: 'MODEL', most: 22, dispensable: 4, text: ({ model }) => printable(model ?? '–') },
  { ...right, title: 'TIME', dispensable: 1, text: durationCell },
  { ...right, title: 'IN', dispensable: 3, text: ({ usage }) => tokensText(totalOf(usage).inputTokens) },
  { ...right, title: 'OUT', dispensable: 3, text: ({ usage }) => tokensText(totalOf(usage).outputTokens) },
  { ...right, title: 'CACHE', dispensable: 6, text: (instance) => tokensText(cacheOf(instance)) },
  { ...right, title: 'COST', dispensable: 2, text: ({ usage }) => usageCostText(usage) },
  { ...right, title: 'TOOLS', dispensable: 5, text: ({ toolCalls }) => String(toolCalls) },
];

/** The last activity is worth dropping a column for up to this many cells. */
const leastActivity = (width: number): number => Math.min(24, Math.floor(width / 5));
const gap = '  ';

/** How far on its way it is, and what it does, why it does not, or what came of it. */
const activityOf = ({ activity, reason, said, result, course }: InstanceView): string => {
  const text = activity ?? reason ?? result ?? said ?? '';
  const words = courseWords(course).join(', ');
  return printable(words === '' ? text : `${words}${text === '' ? '' : `: ${text}`}`);
};

type Sized = Column & { readonly width: number };

const widthOfAll = (sized: readonly Sized[]): number =>
  sized.reduce((sum, { width }) => sum + width + gap.length, 0);

const sizedFor = (instances: readonly InstanceView[], now: Instant, width: number): readonly Sized[] => {
  const all = columns.map((column) => {
    const widths = [column.title, ...instances.map((instance) => column.text(instance, now))].map(widthOf);
    return { ...column, width: Math.min(column.most, Math.max(...widths)) };
  });
  let kept: readonly Sized[] = all;
  for (let limit = 6; limit > 0 && widthOfAll(kept) + leastActivity(width) > width; limit -= 1) {
    kept = kept.filter(({ dispensable }) => dispensable < limit);
  }
  const overflow = Math.max(0, widthOfAll(kept) - width);
  return kept.map((column) =>
    column.title === 'NAME' ? { ...column, width: Math.max(1, column.width - overflow) } : column,
  );
};

/** A table of instances in lines of at most `width` cells, title first. */
export const tableLines = (
  instances: readonly InstanceView[],
  { now, width, paint }: { readonly now: Instant; readonly width: number; readonly paint: Paint },
): readonly string[] => {
  const sized = sizedFor(instances, now, width);
  const rest = Math.max(0, width - widthOfAll(sized));
  const title = sized.map(({ title: text, width: cells, align }) => fit(text, cells, align)).join(gap);
  const rows = instances.map((instance) => {
    const cells = sized.map(({ text, width: room, align }, index) => {
      const cell = fit(text(instance, now), room, align);
      return index === 0 ? paint(stateMarks[instance.state].tone, cell) : cell;
    });
    return [...cells, paint('quiet', cut(activityOf(instance), rest))].join(gap).trimEnd();
  });
  return [paint('quiet', cut(`${title}${gap}${'LAST'.slice(0, rest)}`.trimEnd(), width)), ...rows];
};
