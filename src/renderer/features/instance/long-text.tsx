import { useState } from 'react';
import { cx } from '../../ui/class-names.ts';
import { withoutEscapes } from './event-text.ts';
import { ScrollBox } from './scroll-box.tsx';

type LongTextProps = {
  readonly text: string;
  /** What it is, for those who do not see it. */
  readonly label: string;
  readonly lines?: number;
  readonly className?: string;
};

/** Text as a terminal shows it. Of a long one the first lines, until asked for all. */
export const LongText = ({ text, label, lines = 16, className }: LongTextProps) => {
  const [all, setAll] = useState(false);
  const clean = withoutEscapes(text);
  const split = clean.split('\n');
  const isLong = split.length > lines + 4 || clean.length > lines * 400;
  const shown =
    all || !isLong
      ? clean
      : split
          .slice(0, lines)
          .join('\n')
          .slice(0, lines * 400);
  return (
    <>
      <ScrollBox
        label={label}
        className={cx(
          'max-h-[50vh] overflow-auto px-3 py-1.5 font-mono text-s leading-[1.55] whitespace-pre-wrap',
          className,
        )}
      >
        {shown}
      </ScrollBox>
      {isLong ? (
        <button
          type="button"
          aria-expanded={all}
          className="w-full px-3 pb-1.5 text-left text-s text-ink-3 hover:text-ink"
          onClick={() => {
            setAll(!all);
          }}
        >
          {all ? 'Show less' : `Show all ${String(split.length)} lines`}
        </button>
      ) : null}
    </>
  );
};
