import { ArrowLeftRight, Equal } from 'lucide-react';
import { Fragment, useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import { useCrumbs } from '../../app/panels.ts';
import { go, routes } from '../../app/routes.ts';
import type {
  ComparedFigures,
  ComparedInstance,
  ComparedOrchestration,
  ComparedPair,
  Comparison,
} from '../../../shared/domain/comparison.ts';
import type { OrchestrationId } from '../../../shared/domain/ids.ts';
import type { TokenUsage } from '../../../shared/domain/usage.ts';
import { useAnswer } from '../../data/use-answer.ts';
import { Button } from '../../ui/button.tsx';
import { cx } from '../../ui/class-names.ts';
import { Tokens, When } from '../../ui/figures.tsx';
import { secondsText, UNKNOWN } from '../../ui/format.ts';
import { Card, Page } from '../../ui/layout.tsx';
import { Empty, FailureNote, Loading } from '../../ui/notes.tsx';
import { Chip, StateChip, StateIcon } from '../../ui/state.tsx';
import { CostText } from '../usage-report/cost-text.tsx';
import { differenceOf, type FigureKind } from './difference.ts';

const allTokens = (tokens: TokenUsage): number =>
  tokens.inputTokens + tokens.outputTokens + tokens.cacheWriteTokens + tokens.cacheReadTokens;

type Line = {
  readonly title: string;
  readonly kind: FigureKind;
  readonly value: (figures: ComparedFigures) => number | null;
  readonly show: (figures: ComparedFigures) => ReactNode;
};

const lines: readonly Line[] = [
  {
    title: 'Cost',
    kind: 'cost',
    value: (figures) => figures.costMicroUsd,
    show: (figures) => <CostText microUsd={figures.costMicroUsd} row={figures} />,
  },
  {
    title: 'Tokens',
    kind: 'tokens',
    value: (figures) => allTokens(figures.tokens),
    show: (figures) => <Tokens value={allTokens(figures.tokens)} />,
  },
  {
    title: 'Output',
    kind: 'tokens',
    value: (figures) => figures.tokens.outputTokens,
    show: (figures) => <Tokens value={figures.tokens.outputTokens} />,
  },
  {
    title: 'Duration',
    kind: 'duration',
    value: (figures) => figures.durationMs,
    show: (figures) => (figures.durationMs === null ? UNKNOWN : secondsText(figures.durationMs)),
  },
  {
    title: 'Turns',
    kind: 'count',
    value: (figures) => figures.turns,
    show: (figures) => figures.turns,
  },
  {
    title: 'Tool calls',
    kind: 'count',
    value: (figures) => figures.toolCalls,
    show: (figures) => figures.toolCalls,
  },
];

const isSame = (line: Line, left: ComparedFigures, right: ComparedFigures): boolean => {
  const [a, b] = [line.value(left), line.value(right)];
  return a !== null && b !== null && differenceOf(line.kind, a, b) === null;
};

/** By how much the right side is more or less: said by its sign, the colour only goes along. */
const By = ({
  line,
  left,
  right,
}: {
  readonly line: Line;
  readonly left: ComparedFigures;
  readonly right: ComparedFigures;
}) => {
  const [a, b] = [line.value(left), line.value(right)];
  if (a === null || b === null) return <span className="text-ink-3">{UNKNOWN}</span>;
  const difference = differenceOf(line.kind, a, b);
  if (difference === null) return <span className="text-ink-3">same</span>;
  return (
    <span className={difference.more ? 'text-limited' : 'text-ok'}>
      {difference.text}
      {difference.share === null ? null : (
        <span className="pl-1.5 text-xs text-ink-3">{difference.share}</span>
      )}
    </span>
  );
};

const cell = 'border-b border-line-soft px-3 py-1.5 group-last:border-0';
const number = cx(cell, 'text-right whitespace-nowrap tabular-nums');
const head = 'border-b border-line px-3 py-1.5 text-xs font-medium text-ink-3';

const Side = ({ side, mark }: { readonly side: ComparedOrchestration; readonly mark: string }) => (
  <div className="min-w-0 flex-1 px-4 py-3">
    <p className="text-xs text-ink-3">{mark}</p>
    <h2 className="flex items-center gap-2">
      <StateIcon state={side.state} />
      <Link
        href={routes.orchestration(side.id)}
        className="truncate rounded-xs text-l font-semibold hover:underline"
      >
        {side.name}
      </Link>
      <StateChip state={side.state} />
    </h2>
    <p className="truncate text-s text-ink-3">
      <When at={side.startedAt} /> · {side.succeeded} of {side.instanceCount} succeeded
      {side.plan === side.name ? null : ` · ${side.plan}`}
    </p>
  </div>
);

const Figures = ({ comparison: { left, right } }: { readonly comparison: Comparison }) => (
  <Card className="shrink-0 overflow-x-auto">
    <table aria-label="Figures of both" className="w-full border-collapse">
      <thead>
        <tr>
          <th scope="col" className={cx(head, 'text-left')}>
            In all
          </th>
          <th scope="col" className={cx(head, 'w-1/4 text-right')}>
            Left
          </th>
          <th scope="col" className={cx(head, 'w-1/4 text-right')}>
            Right
          </th>
          <th scope="col" className={cx(head, 'w-1/3 text-right whitespace-nowrap')}>
            Right against left
          </th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <tr key={line.title} className="group">
            <th scope="row" className={cx(cell, 'text-left font-normal whitespace-nowrap text-ink-2')}>
              {line.title}
            </th>
            <td className={number}>{line.show(left)}</td>
            <td className={number}>{line.show(right)}</td>
            <td className={number}>
              <By line={line} left={left} right={right} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </Card>
);

const differs = ({ left, right, differs: what }: ComparedPair): boolean =>
  left === null || right === null || what.length > 0;

const sideOf = (pair: ComparedPair, id: OrchestrationId, which: 'left' | 'right') => {
  const instance = pair[which];
  if (instance === null) {
    return <p className="py-2 text-s text-ink-3">There is no such instance on this side.</p>;
  }
  return <InstanceSide instance={instance} orchestrationId={id} differs={pair.differs} />;
};

type InstanceSideProps = {
  readonly instance: ComparedInstance;
  readonly orchestrationId: OrchestrationId;
  readonly differs: ComparedPair['differs'];
};

const Other = () => <Chip tone="limited">≠</Chip>;

const InstanceSide = ({ instance, orchestrationId, differs: what }: InstanceSideProps) => (
  <div className="flex min-w-0 flex-col gap-1.5">
    <p className="flex flex-wrap items-center gap-2 text-s">
      <Link
        href={routes.instance(orchestrationId, instance.id)}
        data-row
        className="flex items-center gap-1.5 rounded-xs hover:underline"
      >
        <StateIcon state={instance.state} />
        <StateChip state={instance.state} />
      </Link>
      {what.includes('state') ? <Other /> : null}
      <span className="text-ink-2">{instance.model?.replace('claude-', '') ?? UNKNOWN}</span>
      {what.includes('model') ? <Other /> : null}
      {instance.attempts > 1 ? <span className="text-ink-3">{instance.attempts} attempts</span> : null}
    </p>
    <div className="flex items-start gap-2">
      {what.includes('result') ? <Other /> : null}
      <p className="line-clamp-6 min-w-0 whitespace-pre-wrap text-ink-2 [overflow-wrap:anywhere]">
        {instance.result ?? <span className="text-ink-3">No result.</span>}
      </p>
    </div>
  </div>
);

const Pair = ({ pair, comparison }: { readonly pair: ComparedPair; readonly comparison: Comparison }) => (
  <Card role="group" aria-label={pair.name} className="shrink-0">
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line-soft px-4 py-2 text-s">
      <h3 className="text-m font-semibold">{pair.name}</h3>
      {differs(pair) ? (
        <Chip tone="limited">
          {pair.left === null
            ? 'only on the right'
            : pair.right === null
              ? 'only on the left'
              : `other ${pair.differs.join(', ')}`}
        </Chip>
      ) : (
        <Chip>
          <Equal size={11} className="inline" aria-hidden /> same outcome
        </Chip>
      )}
      {pair.left === null || pair.right === null ? null : (
        <dl className="ml-auto flex flex-wrap gap-x-4 tabular-nums">
          {lines
            .filter(({ title }) => ['Cost', 'Tokens', 'Duration'].includes(title))
            .map((line) =>
              pair.left === null || pair.right === null ? null : (
                <div key={line.title} className="flex gap-1.5 whitespace-nowrap">
                  <dt className="text-ink-3">{line.title}</dt>
                  <dd>
                    {line.show(pair.left)}{' '}
                    {isSame(line, pair.left, pair.right) ? null : (
                      <>
                        <span aria-label="against">→</span> {line.show(pair.right)}{' '}
                      </>
                    )}
                    <By line={line} left={pair.left} right={pair.right} />
                  </dd>
                </div>
              ),
            )}
        </dl>
      )}
    </div>
    <div className="grid grid-cols-2 divide-x divide-line-soft max-[700px]:grid-cols-1 max-[700px]:divide-x-0 max-[700px]:divide-y">
      <div className="min-w-0 px-4 py-3">{sideOf(pair, comparison.left.id, 'left')}</div>
      <div className="min-w-0 px-4 py-3">{sideOf(pair, comparison.right.id, 'right')}</div>
    </div>
  </Card>
);

const Compared = ({ comparison }: { readonly comparison: Comparison }) => {
  const [onlyOther, setOnlyOther] = useState(false);
  const { left, right, pairs } = comparison;
  const others = pairs.filter(differs);
  const shown = onlyOther ? others : pairs;
  return (
    <>
      <Card className="flex shrink-0 divide-x divide-line-soft">
        <Side side={left} mark="Left" />
        <Side side={right} mark="Right" />
      </Card>
      <Figures comparison={comparison} />
      <div className="flex items-center gap-3">
        <h2 className="font-semibold">Instances</h2>
        <span className="text-s text-ink-3">
          {others.length} of {pairs.length} with another outcome
        </span>
        <label className="ml-auto flex items-center gap-2 text-s">
          <input
            type="checkbox"
            checked={onlyOther}
            onChange={(event) => {
              setOnlyOther(event.currentTarget.checked);
            }}
            className="accent-accent"
          />
          Only those
        </label>
      </div>
      {shown.length === 0 ? <Empty title="All came to the same" /> : null}
      {shown.map((pair, index) => (
        <Fragment key={`${pair.name} ${String(index)}`}>
          <Pair pair={pair} comparison={comparison} />
        </Fragment>
      ))}
    </>
  );
};

type CompareScreenProps = { readonly left: OrchestrationId; readonly right: OrchestrationId };

/** Two orchestrations side by side: what they came to, what they took, and where they differ. */
export const CompareScreen = ({ left, right }: CompareScreenProps) => {
  const answer = useAnswer(`${left} ${right}`, (client) => client.orchestrations.compare({ left, right }));
  useCrumbs([{ label: 'Sessions', href: routes.sessions }, { label: 'Compare' }]);
  return (
    <Page
      title="Compare"
      actions={
        <Button
          icon={ArrowLeftRight}
          onClick={() => {
            go(routes.compare(right, left));
          }}
        >
          Swap sides
        </Button>
      }
    >
      {answer.failure === null ? null : (
        <FailureNote failure={answer.failure}>
          <Button onClick={answer.reload}>Try again</Button>
        </FailureNote>
      )}
      {answer.value === null ? (
        answer.failure === null ? (
          <Loading what="Comparing…" />
        ) : null
      ) : (
        <Compared comparison={answer.value} />
      )}
    </Page>
  );
};
