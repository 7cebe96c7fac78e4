import type { Usage } from '../../shared/domain/usage.ts';
import { useNow, useToday } from '../data/clock.ts';
import { cx } from './class-names.ts';
import {
  ageText,
  dollarText,
  exactTimeText,
  figuresOf,
  secondsText,
  shortNumber,
  UNKNOWN,
  wholeNumber,
  whenText,
} from './format.ts';

// Figures change many times a second, on every tile: a `title` costs nothing while nobody points at it.
const ESTIMATED =
  'Estimated from the tokens seen so far and a price table. Exact when Claude Code reports it.';

/** A cost; an estimated one is marked with ≈ and says why. */
export const Cost = ({ usage, className }: { readonly usage: Usage; readonly className?: string }) => {
  const { known, estimated, total } = figuresOf(usage);
  if (!known) return <span className={cx('tabular-nums', className)}>{UNKNOWN}</span>;
  const text = dollarText(total.costMicroUsd);
  if (!estimated) return <span className={cx('tabular-nums', className)}>{text}</span>;
  return (
    <span className={cx('tabular-nums', className)} title={ESTIMATED}>
      <span aria-label="about">≈</span> {text}
    </span>
  );
};

/** A number of tokens, short, with the whole number on hover; `UNKNOWN` for null. */
export const Tokens = ({
  value,
  className,
}: {
  readonly value: number | null;
  readonly className?: string;
}) => {
  if (value === null) return <span className={cx('tabular-nums', className)}>{UNKNOWN}</span>;
  if (value < 1000) return <span className={cx('tabular-nums', className)}>{value}</span>;
  return (
    <span className={cx('tabular-nums', className)} title={`${wholeNumber(value)} tokens`}>
      {shortNumber(value)}
    </span>
  );
};

type Span = { readonly from: string | null; readonly to: string | null };

const useSpan = ({ from, to }: Span): number | null => {
  const now = useNow(from !== null && to === null);
  if (from === null) return null;
  return Math.max(0, (to === null ? now : Date.parse(to)) - Date.parse(from));
};

/** How long something took, or takes: ticks each second until there is an end. */
export const Duration = ({ from, to, className }: Span & { readonly className?: string }) => {
  const ms = useSpan({ from, to });
  return <span className={cx('tabular-nums', className)}>{ms === null ? UNKNOWN : secondsText(ms)}</span>;
};

/** The same in one unit. */
export const Age = ({ from, to, className }: Span & { readonly className?: string }) => {
  const ms = useSpan({ from, to });
  return <span className={cx('tabular-nums', className)}>{ms === null ? '' : ageText(ms)}</span>;
};

/** When something was, short, with the exact time on hover. */
export const When = ({ at, className }: { readonly at: string; readonly className?: string }) => {
  const today = useToday();
  return (
    <time dateTime={at} title={exactTimeText(at)} className={cx('whitespace-nowrap tabular-nums', className)}>
      {whenText(at, today)}
    </time>
  );
};

export const tokenKinds = [
  { key: 'inputTokens', label: 'Input', color: 'bg-in' },
  { key: 'outputTokens', label: 'Output', color: 'bg-out' },
  { key: 'cacheWriteTokens', label: 'Cache write', color: 'bg-cw' },
  { key: 'cacheReadTokens', label: 'Cache read', color: 'bg-cr' },
] as const;

/** Tokens by kind as one bar; the numbers stand elsewhere, and in its name. */
export const TokenBar = ({ usage, className }: { readonly usage: Usage; readonly className?: string }) => {
  const { total, tokens } = figuresOf(usage);
  const name = tokenKinds.map(({ key, label }) => `${label} ${wholeNumber(total[key])}`).join(', ');
  return (
    <div
      role="img"
      aria-label={`Tokens: ${name}`}
      className={cx('flex h-1 overflow-hidden rounded-full bg-idle-bg', className)}
    >
      {tokens === 0
        ? null
        : tokenKinds.map(({ key, color }) => (
            <i
              key={key}
              className={cx('block h-full', color)}
              style={{ width: `${String((total[key] / tokens) * 100)}%` }}
            />
          ))}
    </div>
  );
};

export type Part = { readonly label: string; readonly count: number; readonly color: string };

/** Parts of a whole as one bar, with a name that says them. */
export const PartsBar = ({
  parts,
  of,
  className,
}: {
  readonly parts: readonly Part[];
  readonly of: number;
  readonly className?: string;
}) => (
  <div
    role="img"
    aria-label={parts.map(({ label, count }) => `${String(count)} ${label}`).join(', ')}
    className={cx('flex h-1 overflow-hidden rounded-full bg-idle-bg', className)}
  >
    {parts.map(({ label, count, color }) => (
      <i
        key={label}
        className={cx('block h-full', color)}
        style={{ width: `${String((count / Math.max(1, of)) * 100)}%` }}
      />
    ))}
  </div>
);
