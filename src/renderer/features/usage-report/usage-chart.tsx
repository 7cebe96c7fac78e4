import { useState } from 'react';
import type { UsageReport } from '../../../shared/domain/usage-report.ts';
import { cx } from '../../ui/class-names.ts';
import { dollarText, shortNumber, wholeNumber } from '../../ui/format.ts';
import { Card } from '../../ui/layout.tsx';
import { chartOf, OTHER, type ChartBar, type ChartData, type UsageMeasure } from './usage-chart-data.ts';
import { dimensionWords, titleText } from './usage-words.ts';

const colors = ['bg-out', 'bg-cr', 'bg-cw', 'bg-limited-fill', 'bg-waiting-fill', 'bg-in'] as const;
const colorOf = (series: readonly string[], index: number): string =>
  series[index] === OTHER ? 'bg-idle' : (colors[index] ?? 'bg-in');

const valueText = (measure: UsageMeasure, value: number): string =>
  measure === 'cost' ? dollarText(value) : wholeNumber(value);

/** A step of a scale is round: `20k`, not `20.0k`. */
const roundText = (value: number): string => shortNumber(value).replace(/\.0+(?=[kMB])/, '');

const axisText = (measure: UsageMeasure, value: number): string => {
  if (measure !== 'cost') return roundText(value);
  const dollars = value / 1_000_000;
  return `$${dollars === 0 ? '0' : dollars < 1 ? String(Number(dollars.toPrecision(2))) : roundText(Math.round(dollars * 100) / 100)}`;
};

const percent = (part: number, of: number): string => `${String(of === 0 ? 0 : (part / of) * 100)}%`;

type LegendProps = {
  readonly data: ChartData;
  readonly measure: UsageMeasure;
  readonly bar: ChartBar | null;
  readonly title: string;
};

/** The series by name; with a bar pointed at, what it has of each. */
const Legend = ({ data, measure, bar, title }: LegendProps) => (
  <div className="flex min-h-[18px] flex-wrap items-center gap-x-4 gap-y-1 text-s" aria-hidden>
    <span className="font-[550]">
      {title}
      {bar === null ? null : <span className="pl-2 tabular-nums">{valueText(measure, bar.total)}</span>}
    </span>
    {data.series.length < 2
      ? null
      : data.series.map((name, index) => (
          <span key={name} className="flex items-center gap-1.5 text-ink-2">
            <i className={cx('size-2 rounded-[2px]', colorOf(data.series, index))} />
            <span className="max-w-[200px] truncate">{name === '' ? '(none)' : name}</span>
            {bar === null ? null : (
              <span className="text-ink-3 tabular-nums">{valueText(measure, bar.parts[index] ?? 0)}</span>
            )}
          </span>
        ))}
  </div>
);

type BarsProps = {
  readonly data: ChartData;
  readonly measure: UsageMeasure;
  readonly dimension: UsageReport['by'][number];
  readonly onPoint: (bar: ChartBar | null) => void;
};

const LABELS_MOST = 12;

const Columns = ({ data, measure, dimension, onPoint }: BarsProps) => {
  const top = data.steps.at(-1) ?? 1;
  const every = Math.ceil(data.bars.length / LABELS_MOST);
  return (
    <div className="grid grid-cols-[auto_1fr] gap-x-2" aria-hidden>
      <div className="relative h-[180px] w-11 text-right text-xs text-ink-3 tabular-nums">
        {data.steps.map((step) => (
          <span
            key={step}
            className="absolute right-0 translate-y-1/2 whitespace-nowrap"
            style={{ bottom: percent(step, top) }}
          >
            {axisText(measure, step)}
          </span>
        ))}
      </div>
      <div className="relative h-[180px]">
        {data.steps.map((step) => (
          <i
            key={step}
            className={cx('absolute inset-x-0 border-t', step === 0 ? 'border-line' : 'border-line-soft')}
            style={{ bottom: percent(step, top) }}
          />
        ))}
        <div
          className="absolute inset-0 flex items-end justify-around"
          onPointerLeave={() => {
            onPoint(null);
          }}
        >
          {data.bars.map((bar) => (
            <div
              key={bar.key}
              className="group flex h-full min-w-0 flex-1 items-end justify-center hover:bg-hover"
              onPointerEnter={() => {
                onPoint(bar);
              }}
            >
              <div
                className="flex w-[76%] max-w-9 flex-col-reverse overflow-hidden rounded-t-[3px]"
                style={{ height: percent(bar.total, top) }}
              >
                {bar.parts.map((part, index) => (
                  <i
                    key={data.series[index]}
                    className={cx('block shrink-0', colorOf(data.series, index))}
                    style={{ height: percent(part, bar.total) }}
                  />
                ))}
              </div>
            </div>
          ))}
        </div>
      </div>
      <i />
      <div className="mt-1.5 flex h-4 justify-around text-xs text-ink-3 tabular-nums">
        {data.bars.map((bar, index) => (
          <span key={bar.key} className="relative min-w-0 flex-1">
            {index % every === 0 ? (
              <span
                className={cx(
                  'absolute left-1/2 -translate-x-1/2 whitespace-nowrap',
                  (index / every) % 2 === 1 && '@max-[680px]:hidden',
                )}
              >
                {titleText(dimension, bar.title, true)}
              </span>
            ) : null}
          </span>
        ))}
      </div>
    </div>
  );
};

const ROWS_MOST = 12;

const Rows = ({ data, measure, dimension, onPoint }: BarsProps) => {
  const top = Math.max(1, ...data.bars.map(({ total }) => total));
  const more = data.bars.length - ROWS_MOST;
  return (
    <div
      className="grid grid-cols-[minmax(80px,240px)_1fr_auto] items-center gap-x-3 gap-y-1.5"
      aria-hidden
      onPointerLeave={() => {
        onPoint(null);
      }}
    >
      {data.bars.slice(0, ROWS_MOST).map((bar) => (
        <div
          key={bar.key}
          className="contents"
          onPointerEnter={() => {
            onPoint(bar);
          }}
        >
          <span className="truncate text-right text-ink-2" title={bar.title}>
            {titleText(dimension, bar.title)}
          </span>
          <div className="h-4">
            <div
              className="flex h-full overflow-hidden rounded-r-[3px]"
              style={{ width: percent(bar.total, top) }}
            >
              {bar.parts.map((part, index) => (
                <i
                  key={data.series[index]}
                  className={cx('block h-full', colorOf(data.series, index))}
                  style={{ width: percent(part, bar.total) }}
                />
              ))}
            </div>
          </div>
          <span className="text-right tabular-nums">{valueText(measure, bar.total)}</span>
        </div>
      ))}
      {more > 0 ? <span className="col-start-2 text-s text-ink-3">and {more} more in the table</span> : null}
    </div>
  );
};

const measureWords: Readonly<Record<UsageMeasure, string>> = {
  cost: 'Cost',
  tokens: 'Tokens',
  calls: 'Calls of tools',
};

type UsageChartProps = { readonly report: UsageReport; readonly measure: UsageMeasure };

/** A report as a picture: columns over time, else bars. Its numbers stand in the table below, which is what is read aloud. */
export const UsageChart = ({ report, measure }: UsageChartProps) => {
  const [pointed, setPointed] = useState<string | null>(null);
  const data = chartOf(report, measure);
  const [dimension = 'day'] = report.by;
  const bar = data.bars.find(({ key }) => key === pointed) ?? null;
  const title =
    bar === null
      ? `${measureWords[measure]} by ${dimensionWords[dimension].toLowerCase()}`
      : titleText(dimension, bar.title);
  const shown = {
    ...{ data, measure, dimension },
    onPoint: (next: ChartBar | null) => {
      setPointed(next?.key ?? null);
    },
  };
  return (
    <Card
      role="img"
      aria-label={`Chart: ${measureWords[measure]} by ${dimensionWords[dimension].toLowerCase()}. The table below has its numbers.`}
      className="@container flex shrink-0 flex-col gap-4 px-4 pt-3 pb-3"
    >
      <Legend data={data} measure={measure} bar={bar} title={title} />
      {data.isOverTime ? <Columns {...shown} /> : <Rows {...shown} />}
    </Card>
  );
};
