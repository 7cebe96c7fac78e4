import { Download } from 'lucide-react';
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { useCrumbs } from '../../app/panels.ts';
import { USAGE_DIMENSIONS, type UsageReport } from '../../../shared/domain/usage-report.ts';
import { useNow } from '../../data/clock.ts';
import { useInAddress } from '../../data/in-address.ts';
import { ownTimeZone } from '../../data/time-zone.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { Button } from '../../ui/button.tsx';
import { cx } from '../../ui/class-names.ts';
import { download } from '../../ui/download.ts';
import { Tokens } from '../../ui/figures.tsx';
import { percentText, UNKNOWN, wholeNumber } from '../../ui/format.ts';
import { Page } from '../../ui/layout.tsx';
import { Empty, FailureNote, Loading } from '../../ui/notes.tsx';
import { QueryField } from '../search/query-field.tsx';
import { CostText } from './cost-text.tsx';
import { tokensOf } from './usage-chart-data.ts';
import { UsageChart } from './usage-chart.tsx';
import { usageCsv } from './usage-csv.ts';
import { MOST_DIMENSIONS, usagePlace, usageWords, withDimension } from './usage-place.ts';
import { boundsOf, usageSpans } from './usage-span.ts';
import { UsageTable } from './usage-table.tsx';
import { dimensionWords } from './usage-words.ts';

const chip =
  'h-[26px] rounded-s border border-line px-2 text-s text-ink-2 enabled:hover:bg-hover disabled:opacity-50 aria-pressed:border-accent aria-pressed:bg-sel aria-pressed:text-ink';
const dateClass = 'h-[26px] rounded-s border border-line-strong bg-panel px-1.5 text-s';

const Spans = () => {
  const span = useStore(usagePlace, (place) => place.span);
  const date = (which: 'first' | 'last', label: string) => (
    <input
      type="date"
      aria-label={label}
      value={span[which]}
      onChange={(event) => {
        usagePlace.setState({ span: { ...span, [which]: event.currentTarget.value } });
      }}
      className={dateClass}
    />
  );
  return (
    <div role="group" aria-label="Span of time" className="flex flex-wrap items-center gap-1">
      {usageSpans.map(({ id, title }) => (
        <button
          key={id}
          type="button"
          aria-pressed={span.id === id}
          className={chip}
          onClick={() => {
            usagePlace.setState({ span: { ...span, id } });
          }}
        >
          {title}
        </button>
      ))}
      {span.id === 'custom' ? (
        <>
          {date('first', 'From')}
          <span className="text-ink-3">–</span>
          {date('last', 'To')}
        </>
      ) : null}
    </div>
  );
};

const Dimensions = () => {
  const by = useStore(usagePlace, (place) => place.by);
  return (
    <div role="group" aria-label="By" className="flex flex-wrap items-center gap-1">
      <span className="pr-1 text-s text-ink-3" aria-hidden>
        By
      </span>
      {USAGE_DIMENSIONS.map((dimension) => {
        const place = by.indexOf(dimension);
        const next = withDimension(by, dimension);
        return (
          <button
            key={dimension}
            type="button"
            aria-pressed={place !== -1}
            disabled={next === by && place === -1}
            title={next === by && place === -1 ? `At most ${String(MOST_DIMENSIONS)}` : undefined}
            className={chip}
            onClick={() => {
              usagePlace.setState({ by: next });
            }}
          >
            {dimensionWords[dimension]}
            {place !== -1 && by.length > 1 ? <sup className="pl-0.5 text-[9px]">{place + 1}</sup> : null}
          </button>
        );
      })}
    </div>
  );
};

const Measure = ({ isByTool }: { readonly isByTool: boolean }) => {
  const measure = useStore(usagePlace, (place) => place.measure);
  if (isByTool) return null;
  return (
    <div role="group" aria-label="What the chart shows" className="ml-auto flex gap-1">
      {(['cost', 'tokens'] as const).map((one) => (
        <button
          key={one}
          type="button"
          aria-pressed={measure === one}
          className={chip}
          onClick={() => {
            usagePlace.setState({ measure: one });
          }}
        >
          {one === 'cost' ? 'Cost' : 'Tokens'}
        </button>
      ))}
    </div>
  );
};

const Total = ({ label, children }: { readonly label: string; readonly children: ReactNode }) => (
  <div className="min-w-max flex-1 basis-[130px] bg-panel px-3.5 py-[11px]">
    <dt className="text-xs text-ink-3">{label}</dt>
    <dd className="mt-px text-[19px] font-semibold tracking-[-0.02em] whitespace-nowrap tabular-nums">
      {children}
    </dd>
  </div>
);

const Totals = ({ report: { total } }: { readonly report: UsageReport }) => (
  <dl
    aria-label="Totals"
    className="flex shrink-0 flex-wrap gap-px overflow-clip rounded-l border border-line bg-line-soft shadow-card"
  >
    {total.tools === null ? (
      <>
        <Total label="Cost">
          <CostText microUsd={total.costMicroUsd} row={total} />
        </Total>
        <Total label="Tokens">
          <Tokens value={tokensOf(total)} />
        </Total>
        <Total label="Cache hit rate">{percentText(total.cacheHitRate)}</Total>
        <Total label="Cost per success">
          {total.costPerSuccessMicroUsd === null ? (
            UNKNOWN
          ) : (
            <CostText microUsd={total.costPerSuccessMicroUsd} row={total} />
          )}
        </Total>
      </>
    ) : (
      <>
        <Total label="Calls">{wholeNumber(total.tools.calls)}</Total>
        <Total label="Failed">{wholeNumber(total.tools.errors)}</Total>
      </>
    )}
    <Total label="Sessions">{wholeNumber(total.orchestrations)}</Total>
    <Total label="Instances">
      {wholeNumber(total.instances)}
      <span className="pl-1.5 text-s font-normal tracking-normal text-ink-3">
        {wholeNumber(total.succeeded)} succeeded
      </span>
    </Total>
  </dl>
);

const Report = ({ report }: { readonly report: UsageReport }) => {
  const measure = useStore(usagePlace, (place) => place.measure);
  if (report.rows.length === 0) {
    return <Empty title="Nothing was used" text="In this span, and with these filters, nothing ran." />;
  }
  const isByTool = report.by.includes('tool');
  return (
    <>
      <Totals report={report} />
      <UsageChart report={report} measure={isByTool ? 'calls' : measure} />
      <UsageTable report={report} />
    </>
  );
};

/** What was used, by what one wants to know it by: as totals, a chart and a table. */
export const UsageScreen = () => {
  useCrumbs([{ label: 'Usage' }]);
  useInAddress(usagePlace, usageWords);
  const { by, span, search } = useStore(usagePlace);
  const now = useNow(false);
  const bounds = boundsOf(span, now);
  const input = {
    ...bounds,
    by: [...by],
    timeZone: ownTimeZone(),
    ...(search.trim() === '' ? {} : { search }),
  };
  const answer = useAnswer(JSON.stringify(input), (client) => client.usage.report(input));
  const report = answer.value;
  return (
    <Page
      title="Usage"
      actions={
        <Button
          icon={Download}
          disabled={report === null || report.rows.length === 0}
          onClick={() => {
            if (report === null) return;
            download(`usage-by-${report.by.join('-')}.csv`, 'text/csv', [usageCsv(report)]);
          }}
        >
          CSV
        </Button>
      }
    >
      <div className="flex flex-wrap items-center gap-3">
        <QueryField
          label="Only of these sessions"
          placeholder="All sessions; words or filters such as label:release"
          value={search}
          onChange={(text) => {
            usagePlace.setState({ search: text });
          }}
          known={{}}
          problems={report?.problems ?? []}
          aside={null}
        />
        <Spans />
      </div>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <Dimensions />
        <Measure isByTool={by.includes('tool')} />
      </div>
      {answer.failure === null ? null : (
        <FailureNote failure={answer.failure}>
          <Button onClick={answer.reload}>Try again</Button>
        </FailureNote>
      )}
      {report === null ? (
        answer.failure === null ? (
          <Loading what="Adding up…" />
        ) : null
      ) : (
        <div aria-busy={answer.pending} className={cx('flex flex-col gap-4', answer.pending && 'opacity-60')}>
          <Report report={report} />
        </div>
      )}
    </Page>
  );
};
