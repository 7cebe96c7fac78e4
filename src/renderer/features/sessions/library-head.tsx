import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { useStore } from 'zustand';
import { routes } from '../../app/routes.ts';
import type { QueryProblem } from '../../../shared/contract/search.ts';
import type { OrchestrationView } from '../../../shared/domain/orchestration.ts';
import { useOverview } from '../../data/engine.tsx';
import { useAnswer } from '../../data/use-answer.ts';
import { cx } from '../../ui/class-names.ts';
import type { KnownValues } from '../search/query-completion.ts';
import { QueryField } from '../search/query-field.tsx';
import { sessionPlace } from './session-place.ts';

const unique = (values: readonly string[]): readonly string[] => [...new Set(values)].slice(0, 50);

const knownOf = (sessions: readonly OrchestrationView[], labels: readonly string[]): KnownValues => ({
  'label:': labels,
  'plan:': unique(sessions.map(({ plan }) => plan)),
  'name:': unique(sessions.map(({ name }) => name)),
  'user:': unique(sessions.map(({ owner }) => owner)),
  'workspace:': unique(sessions.map(({ workspace }) => workspace.split(/[/\\]/).at(-1) ?? workspace)),
  'model:': unique(sessions.flatMap(({ usage }) => Object.keys(usage.byModel))),
});

const modes = [
  { href: routes.sessions, label: 'Sessions' },
  { href: routes.search, label: 'Said and run' },
] as const;

const Modes = () => {
  const [here] = useLocation();
  return (
    <nav
      aria-label="Where to look"
      className="flex h-9 shrink-0 items-center gap-0.5 rounded-m border border-line bg-chrome p-[3px]"
    >
      {modes.map(({ href, label }) => (
        <Link
          key={href}
          href={href}
          aria-current={here === href ? 'page' : undefined}
          className={cx(
            'flex h-full items-center rounded-s px-2.5 text-s whitespace-nowrap',
            here === href ? 'bg-raised font-[550] text-ink shadow-card' : 'text-ink-2 hover:text-ink',
          )}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
};

type LibraryHeadProps = {
  readonly label: string;
  readonly placeholder: string;
  readonly problems: readonly QueryProblem[];
  readonly aside: ReactNode;
  /** Sessions that are known here: what can be filtered by is taken from them. */
  readonly sessions: readonly OrchestrationView[];
};

/** The search field over sessions, and the choice of where to look: in their list, or in what was said and run. */
export const LibraryHead = ({ sessions, ...field }: LibraryHeadProps) => {
  const search = useStore(sessionPlace, (place) => place.search);
  const live = useOverview((state) => state.orchestrations);
  const labels = useAnswer('labels', (client) => client.labels.list());
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-3">
      <Modes />
      <QueryField
        {...field}
        value={search}
        onChange={(text) => {
          sessionPlace.setState({ search: text });
        }}
        known={knownOf(
          [...sessions, ...live.values()],
          (labels.value ?? []).map(({ label }) => label),
        )}
      />
    </div>
  );
};
