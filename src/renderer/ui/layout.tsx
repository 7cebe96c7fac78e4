import type { ComponentProps, ReactNode } from 'react';
import { cx } from './class-names.ts';

type PageProps = {
  readonly title: string;
  /** In the place of the title's words, such as a field to change them. */
  readonly heading?: ReactNode;
  /** Before the title, such as a state icon. */
  readonly lead?: ReactNode;
  /** Beside the title, quiet. */
  readonly sub?: ReactNode;
  /** At the right end: buttons. */
  readonly actions?: ReactNode;
  /** The right column. */
  readonly inspector?: ReactNode;
  /** The page scrolls as a whole; without, its content scrolls by itself. */
  readonly scrolls?: boolean;
  readonly children: ReactNode;
};

/** A screen: heading, actions, content, and a column at the right where there is one. */
export const Page = ({
  title,
  heading,
  lead,
  sub,
  actions,
  inspector,
  scrolls = true,
  children,
}: PageProps) => (
  <div className="flex min-h-0 min-w-0 flex-1">
    <main
      id="main"
      tabIndex={-1}
      className={cx(
        'flex min-h-0 min-w-0 flex-1 flex-col gap-4 px-[22px] pt-[18px] focus:outline-none',
        scrolls ? 'overflow-y-auto pb-6' : 'overflow-hidden',
      )}
    >
      <header className="flex min-h-[26px] flex-wrap items-center gap-2.5">
        {lead}
        {heading ?? <h1 className="truncate text-xl font-[620] tracking-[-0.018em]">{title}</h1>}
        {sub === undefined ? null : <span className="text-ink-3">{sub}</span>}
        <span className="flex-1" />
        {actions === undefined ? null : (
          <div className="flex min-w-0 flex-wrap items-center justify-end gap-2.5">{actions}</div>
        )}
      </header>
      {children}
    </main>
    {inspector}
  </div>
);

/** A raised surface. */
export const Card = ({ className, ...rest }: ComponentProps<'div'>) => (
  <div className={cx('rounded-l border border-line bg-panel shadow-card', className)} {...rest} />
);

type SectionProps = { readonly title: string; readonly aside?: ReactNode; readonly children: ReactNode };

/** A part of an inspector. */
export const Section = ({ title, aside, children }: SectionProps) => (
  <section>
    <h2 className="mb-1.5 flex items-baseline text-s font-semibold">
      {title}
      {aside === undefined ? null : <span className="ml-auto font-normal text-ink-3">{aside}</span>}
    </h2>
    {children}
  </section>
);

/** Pairs of a quiet name and a value at the right. */
export const Facts = ({ children }: { readonly children: ReactNode }) => (
  <dl className="grid grid-cols-[1fr_auto] gap-x-3 gap-y-[3px] text-s">{children}</dl>
);

type FactProps = { readonly name: ReactNode; readonly children: ReactNode };

export const Fact = ({ name, children }: FactProps) => (
  <>
    <dt className="min-w-0 truncate text-ink-3">{name}</dt>
    <dd className="min-w-0 truncate text-right">{children}</dd>
  </>
);
