import { ChartColumn, Database, History, LayoutGrid, Play, type LucideIcon } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Link, useLocation } from 'wouter';
import { useEngine, useOverview, usePreferences } from '../data/engine.tsx';
import { grouped, type OrchestrationGroup } from '../data/attention.ts';
import { activityLine } from '../data/activity.ts';
import { isFinal, type InstanceView } from '../../shared/domain/instance.ts';
import { InstanceLink } from '../features/instance-row/instance-link.tsx';
import { cx } from '../ui/class-names.ts';
import { Age } from '../ui/figures.tsx';
import { moveInList } from '../ui/list-keys.ts';
import { Resizer } from '../ui/resizer.tsx';
import { StateIcon, stateLook } from '../ui/state.tsx';
import { routes } from './routes.ts';
import { closeSidebarOver } from './sidebar-place.ts';

type NavProps = {
  readonly href: string;
  readonly icon: LucideIcon;
  readonly label: string;
  readonly count?: number;
  /** Another screen that belongs to it. */
  readonly also?: string;
};

const Nav = ({ href, icon: Icon, label, count, also }: NavProps) => {
  const [here] = useLocation();
  const on = here === href || here === also;
  return (
    <Link
      href={href}
      data-row
      aria-current={on ? 'page' : undefined}
      className={cx(
        'flex h-7 shrink-0 items-center gap-2.5 rounded-s px-2',
        on ? 'bg-sel font-[550] text-ink' : 'text-ink-2 hover:bg-hover',
      )}
    >
      <Icon size={14} strokeWidth={1.75} aria-hidden />
      {label}
      {count === undefined || count === 0 ? null : <b className="ml-auto text-xs font-[550]">{count}</b>}
    </Link>
  );
};

const InstanceRow = ({ instance, on }: { readonly instance: InstanceView; readonly on: boolean }) => (
  <InstanceLink
    instance={instance}
    current={on}
    className={cx(
      'grid shrink-0 [contain:layout_paint] grid-cols-[16px_1fr_auto] items-center gap-2 rounded-s px-2 py-1',
      on ? 'bg-sel' : 'hover:bg-hover',
    )}
  >
    <StateIcon state={instance.state} label={stateLook[instance.state].word} />
    <div className="min-w-0">
      <div className="truncate">{instance.name}</div>
      <div className="truncate text-xs text-ink-3">{activityLine(instance)}</div>
    </div>
    <Age from={instance.startedAt} to={instance.endedAt} className="text-xs text-ink-3" />
  </InstanceLink>
);

const Group = ({ group, here }: { readonly group: OrchestrationGroup; readonly here: string }) => {
  const { orchestration, instances, done } = group;
  const href = routes.orchestration(orchestration.id);
  return (
    <section aria-label={orchestration.name} className="flex flex-col gap-px">
      <h2>
        <Link
          href={href}
          data-row
          aria-current={here === href ? 'page' : undefined}
          className={cx(
            'mt-2 flex rounded-s px-2 py-1 text-xs tracking-[0.02em] text-ink-3 hover:bg-hover hover:text-ink',
            here === href && 'bg-sel text-ink',
          )}
        >
          <span className="truncate">{orchestration.name}</span>
          <span className="ml-auto pl-2 whitespace-nowrap">
            {done} of {orchestration.instanceCount}
          </span>
        </Link>
      </h2>
      {instances.map((instance) => (
        <InstanceRow
          key={instance.id}
          instance={instance}
          on={here === routes.instance(orchestration.id, instance.id)}
        />
      ))}
    </section>
  );
};

const Groups = () => {
  const orchestrations = useOverview((state) => state.orchestrations);
  const instances = useOverview((state) => state.instances);
  const [here] = useLocation();
  const groups = grouped(orchestrations.values(), instances.values());
  const running = groups.filter(({ orchestration }) => orchestration.state === 'running');
  const ended = groups.filter(({ orchestration }) => orchestration.state !== 'running').slice(0, 5);
  return [...running, ...ended].map((group) => (
    <Group key={group.orchestration.id} group={group} here={here} />
  ));
};

/** A sidebar over the screen has the focus, and goes with Esc, a press beside it, or where one went from it. */
const useOver = (isOver: boolean, nav: React.RefObject<HTMLElement | null>): void => {
  useEffect(() => {
    if (!isOver) return undefined;
    const before = document.activeElement;
    const rows = nav.current;
    (
      rows?.querySelector<HTMLElement>('[aria-current]') ?? rows?.querySelector<HTMLElement>('[data-row]')
    )?.focus();
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || event.defaultPrevented) return;
      event.preventDefault();
      closeSidebarOver();
      if (before instanceof HTMLElement) before.focus();
    };
    const onPress = (event: PointerEvent): void => {
      const isBeside = event.target instanceof Element && event.target.closest('#main') !== null;
      if (isBeside) closeSidebarOver();
    };
    addEventListener('keydown', onKey, { capture: true });
    addEventListener('pointerdown', onPress);
    addEventListener('hashchange', closeSidebarOver);
    return () => {
      removeEventListener('keydown', onKey, { capture: true });
      removeEventListener('pointerdown', onPress);
      removeEventListener('hashchange', closeSidebarOver);
    };
  }, [isOver, nav]);
};

/** The left column: the screens, and all that runs, what needs a person first. */
export const SideBar = ({ isOver }: { readonly isOver: boolean }) => {
  const { preferences } = useEngine();
  const nav = useRef<HTMLElement>(null);
  useOver(isOver, nav);
  const width = usePreferences((state) => state.sidebarWidth);
  const instances = useOverview((state) => state.instances);
  const working = [...instances.values()].filter((one) => !isFinal(one.state)).length;
  return (
    <aside
      aria-label="Sidebar"
      className={cx(
        'flex shrink-0 border-r border-line bg-chrome',
        isOver ? 'absolute inset-y-0 left-0 z-20 animate-appear shadow-over' : 'relative',
      )}
      style={{ width }}
    >
      {/* The handler only moves the focus among the links inside. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <nav
        ref={nav}
        aria-label="Screens and what runs"
        onKeyDown={moveInList}
        className="flex min-w-0 flex-1 flex-col gap-0.5 overflow-y-auto px-2 py-2.5"
      >
        <Nav href={routes.overview} icon={LayoutGrid} label="Overview" count={working} />
        <Nav href={routes.sessions} icon={History} label="Sessions" also={routes.search} />
        <Nav href={routes.usage} icon={ChartColumn} label="Usage" />
        <Nav href={routes.plan} icon={Play} label="Run a plan" />
        <Nav href={routes.storage} icon={Database} label="Storage" />
        <Groups />
      </nav>
      <Resizer
        label="Width of the sidebar"
        edge="right"
        width={width}
        min={180}
        max={420}
        onResize={(sidebarWidth) => {
          preferences.setState({ sidebarWidth });
        }}
      />
    </aside>
  );
};
