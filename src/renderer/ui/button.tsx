import type { LucideIcon } from 'lucide-react';
import type { ComponentProps } from 'react';
import { cx } from './class-names.ts';
import { Tooltip } from './tooltip.tsx';

type Look = 'plain' | 'primary' | 'ghost' | 'danger';

const looks: Readonly<Record<Look, string>> = {
  plain: 'border-line bg-raised text-ink enabled:hover:bg-hover',
  primary: 'border-transparent bg-accent text-accent-ink enabled:hover:bg-accent-hover',
  ghost: 'border-transparent text-ink-2 enabled:hover:bg-hover enabled:hover:text-ink',
  danger: 'border-line bg-raised text-bad enabled:hover:bg-bad-bg',
};

const base =
  'inline-flex h-[26px] shrink-0 items-center gap-1.5 rounded-s border px-2.5 text-s font-medium whitespace-nowrap ' +
  'transition-colors duration-75 disabled:opacity-50 aria-disabled:opacity-50 select-none';

export type ButtonProps = ComponentProps<'button'> & { readonly look?: Look; readonly icon?: LucideIcon };

/** A button with words on it. */
export const Button = ({ look = 'plain', icon: Icon, className, children, ...rest }: ButtonProps) => (
  <button type="button" className={cx(base, looks[look], className)} {...rest}>
    {Icon === undefined ? null : <Icon size={14} strokeWidth={1.75} aria-hidden />}
    {children}
  </button>
);

export type IconButtonProps = Omit<ComponentProps<'button'>, 'children'> & {
  readonly label: string;
  /** Keys shown in the tooltip, as for `Keys`. */
  readonly keys?: string;
  readonly icon: LucideIcon;
};

/** A button of one icon; its name is read aloud and shown as a tooltip. */
export const IconButton = ({ label, keys, icon: Icon, className, ...rest }: IconButtonProps) => (
  <Tooltip text={label} {...(keys === undefined ? {} : { keys })}>
    <button
      type="button"
      aria-label={label}
      className={cx(
        'inline-grid size-[26px] shrink-0 place-items-center rounded-s text-ink-2 transition-colors duration-75',
        'enabled:hover:bg-hover enabled:hover:text-ink disabled:opacity-50 aria-pressed:bg-sel aria-pressed:text-ink',
        className,
      )}
      {...rest}
    >
      <Icon size={15} strokeWidth={1.75} aria-hidden />
    </button>
  </Tooltip>
);
