import type { ReactNode } from 'react';
import { useNow } from '../../data/clock.ts';
import { useEngine, useOverview } from '../../data/engine.tsx';
import { takesSlot } from '../../../shared/domain/instance.ts';
import { totalsOf } from '../../../shared/domain/orchestration.ts';
import { Cost, PartsBar, TokenBar, Tokens } from '../../ui/figures.tsx';
import { figuresOf, percentText, UNKNOWN, wholeNumber } from '../../ui/format.ts';
import { Tooltip } from '../../ui/tooltip.tsx';

type CellProps = {
  readonly label: string;
  readonly why: string;
  readonly value: ReactNode;
  readonly note?: ReactNode;
  readonly bar?: ReactNode;
};

const Cell = ({ label, why, value, note, bar }: CellProps) => (
  <div className="min-w-[150px] flex-1 bg-panel px-3.5 py-[11px]">
    <Tooltip text={why}>
      <span className="text-xs text-ink-3">{label}</span>
    </Tooltip>
    <p className="mt-px text-[19px] font-semibold tracking-[-0.02em] whitespace-nowrap">
      {value}
      {note === undefined ? null : (
        <span className="pl-1.5 text-s font-normal tracking-normal text-ink-3">{note}</span>
      )}
    </p>
    <div className="mt-[7px] h-1">{bar}</div>
  </div>
);

const OutputPerMinute = ({ working }: { readonly working: boolean }) => {
  const { overview } = useEngine();
  const now = useNow(working);
  const rate = working ? overview.throughput.perMinute(now) : null;
  return (
    <Cell
      label="Output per minute"
      why="Output tokens of all instances in the last minute, counted from what arrives here."
      value={<span className="tabular-nums">{rate === null ? UNKNOWN : wholeNumber(rate)}</span>}
      note="tokens"
    />
  );
};

/** What all that is shown adds up to. Only what is really known: an unknown figure is a dash. */
export const TotalsStrip = () => {
  const instances = useOverview((state) => state.instances);
  const all = [...instances.values()];
  const { usage, counts } = totalsOf(all);
  const { tokens, hitRate, known } = figuresOf(usage);
  const working = all.filter(takesSlot).length;
  const succeeded = counts.succeeded ?? 0;
  const failed = counts.failed ?? 0;
  const stopped = (counts.stopped ?? 0) + (counts.skipped ?? 0);
  const done = succeeded + failed + stopped;
  const scope = 'All that runs, and what ended within the last hour.';
  return (
    <section
      aria-label="Totals"
      className="flex shrink-0 flex-wrap gap-px overflow-clip rounded-l border border-line bg-line-soft shadow-card"
    >
      <Cell
        label="Cost"
        why={`${scope} ≈ while any part of it is estimated.`}
        value={<Cost usage={usage} />}
      />
      <Cell
        label="Tokens"
        why={scope}
        value={<Tokens value={known ? tokens : null} />}
        note={hitRate === null ? undefined : `${percentText(hitRate)} from cache`}
        bar={<TokenBar usage={usage} />}
      />
      <OutputPerMinute working={working > 0} />
      <Cell
        label="Working"
        why="Instances that have a process right now."
        value={<span className="tabular-nums">{working}</span>}
        note={`of ${String(all.length)} instances`}
        bar={
          <PartsBar
            of={all.length}
            parts={[{ label: 'working', count: working, color: 'bg-running-fill' }]}
          />
        }
      />
      <Cell
        label="Finished"
        why={scope}
        value={<span className="tabular-nums">{done}</span>}
        note={failed === 0 ? undefined : `${String(failed)} failed`}
        bar={
          <PartsBar
            of={done}
            parts={[
              { label: 'succeeded', count: succeeded, color: 'bg-ok-fill' },
              { label: 'failed', count: failed, color: 'bg-bad-fill' },
              { label: 'stopped or skipped', count: stopped, color: 'bg-idle' },
            ]}
          />
        }
      />
    </section>
  );
};
