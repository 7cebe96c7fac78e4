import { Search } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import { cx } from './class-names.ts';

type SearchFieldProps = Omit<ComponentProps<'input'>, 'onChange' | 'value'> & {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** At the right end, such as the number of hits. */
  readonly aside?: ReactNode;
};

/** A field to search as one types. */
export const SearchField = ({ label, value, onChange, aside, className, ...rest }: SearchFieldProps) => (
  <div
    className={cx(
      'flex h-9 items-center gap-2 rounded-m border border-line bg-panel px-3',
      'focus-within:border-accent focus-within:shadow-[0_0_0_3px_color-mix(in_srgb,var(--focus)_35%,transparent)]',
      className,
    )}
  >
    <Search size={15} strokeWidth={1.75} className="shrink-0 text-ink-3" aria-hidden />
    <input
      type="search"
      aria-label={label}
      value={value}
      onChange={(event) => {
        onChange(event.currentTarget.value);
      }}
      autoComplete="off"
      spellCheck={false}
      className="min-w-0 flex-1 bg-transparent outline-none placeholder:text-ink-3 [&::-webkit-search-cancel-button]:hidden"
      {...rest}
    />
    {aside === undefined ? null : <span className="shrink-0 text-s text-ink-3">{aside}</span>}
  </div>
);
