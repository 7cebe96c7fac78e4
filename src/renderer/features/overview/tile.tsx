import type { InstanceId } from '../../../shared/domain/ids.ts';
import type { InstanceView } from '../../../shared/domain/instance.ts';
import { standingOf } from '../../data/standing.ts';
import { asksOf } from '../../data/asks.ts';
import { useOverview } from '../../data/engine.tsx';
import { cx } from '../../ui/class-names.ts';
import { Cost, Duration, Tokens } from '../../ui/figures.tsx';
import { figuresOf, percentText } from '../../ui/format.ts';
import { InlineText } from '../../ui/inline-text.tsx';
import { StateIcon } from '../../ui/state.tsx';
import { InstanceChip } from '../instance-row/instance-chip.tsx';
import { InstanceLink } from '../instance-row/instance-link.tsx';
import { QuestionCard } from '../question/question-card.tsx';

/** How much a tile shows: the more there are, the less each. */
export type Density = 'roomy' | 'normal' | 'dense';

const heights: Readonly<Record<Density, string>> = {
  roomy: 'min-h-[260px]',
  normal: 'min-h-[180px]',
  dense: 'min-h-[130px]',
};

const sayHeights: Readonly<Record<Density, string>> = {
  roomy: 'h-[170px]',
  normal: 'h-[88px]',
  dense: 'h-[34px]',
};

const textOf = (instance: InstanceView): string | null => {
  const { state, said, reason, result, failure } = instance;
  const standing = standingOf(instance);
  if (standing !== null) return standing.text;
  switch (state) {
    case 'failed':
      return failure?.message ?? reason;
    case 'succeeded':
      return result ?? said;
    default:
      return said;
  }
};

/** What it says: the last lines when there is more than fits, from the top when there is less. */
const Saying = ({ instance, density }: { readonly instance: InstanceView; readonly density: Density }) => {
  const text = textOf(instance);
  const working = instance.state === 'running' || instance.state === 'starting';
  return (
    <div className="flex flex-1 flex-col gap-1 px-3 py-0.5">
      {text === null ? null : (
        <div className={cx('flex flex-col-reverse overflow-hidden text-s break-words', sayHeights[density])}>
          <p
            className={cx(
              'mb-auto whitespace-pre-line',
              instance.state === 'failed' ? 'text-bad' : 'text-ink-2',
            )}
          >
            <InlineText text={text} />
          </p>
        </div>
      )}
      {working && instance.activity !== null ? (
        <p className="truncate font-mono text-xs text-ink-3">{instance.activity}</p>
      ) : null}
    </div>
  );
};

const Figure = ({ name, value }: { readonly name: string; readonly value: number | null }) => (
  <span className="whitespace-nowrap">
    {name} <Tokens value={value} className="font-[550] text-ink" />
  </span>
);

const Running = ({ instance, className }: { readonly instance: InstanceView; readonly className: string }) =>
  instance.startedAt === null ? null : (
    <Duration from={instance.startedAt} to={instance.endedAt} className={className} />
  );

const Figures = ({ instance, density }: { readonly instance: InstanceView; readonly density: Density }) => {
  const { known, total, hitRate } = figuresOf(instance.usage);
  const isDense = density === 'dense';
  return (
    <footer className="flex items-center gap-3 overflow-hidden border-t border-line-soft px-3 py-[7px] text-xs whitespace-nowrap text-ink-3">
      {isDense ? <Running instance={instance} className="" /> : null}
      {isDense ? null : <Figure name="in" value={known ? total.inputTokens : null} />}
      <Figure name="out" value={known ? total.outputTokens : null} />
      {isDense ? null : <Figure name="cache" value={known ? total.cacheReadTokens : null} />}
      {isDense ? null : (
        <span>
          hit <span className="font-[550] text-ink tabular-nums">{percentText(hitRate)}</span>
        </span>
      )}
      <Cost usage={instance.usage} className="ml-auto text-s font-semibold text-ink" />
    </footer>
  );
};

/** One instance, live: what it is, says, does and costs; its question with buttons where it has one. */
export const Tile = ({ id, density }: { readonly id: InstanceId; readonly density: Density }) => {
  const instance = useOverview((state) => state.instances.get(id));
  if (instance === undefined) return null;
  const [ask] = asksOf(instance);
  return (
    <article
      aria-label={instance.name}
      className={cx(
        'relative flex flex-col overflow-hidden rounded-l border bg-panel shadow-card',
        ask === undefined ? 'tile-box border-line' : 'border-waiting/55',
        heights[density],
      )}
    >
      <header className="flex items-center gap-2 px-3 pt-2.5 pb-1.5">
        <StateIcon state={instance.state} />
        <h2 className="min-w-0">
          <InstanceLink
            instance={instance}
            className="block truncate rounded-xs font-[580] before:absolute before:inset-0 before:rounded-l hover:before:bg-ink/[0.025] focus-visible:outline-none focus-visible:before:outline-2 focus-visible:before:-outline-offset-2 focus-visible:before:outline-focus"
          >
            {instance.name}
          </InstanceLink>
        </h2>
        <span className="relative">
          <InstanceChip instance={instance} />
        </span>
        {density === 'dense' ? null : (
          <Running instance={instance} className="ml-auto text-xs whitespace-nowrap text-ink-3" />
        )}
      </header>
      {ask === undefined ? (
        <Saying instance={instance} density={density} />
      ) : (
        <div className="flex flex-1 flex-col px-3 pb-2">
          <QuestionCard key={ask.id} instance={instance} ask={ask} className="relative" />
        </div>
      )}
      <Figures instance={instance} density={density} />
    </article>
  );
};
