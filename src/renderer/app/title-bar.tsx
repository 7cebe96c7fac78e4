import { Monitor, Moon, PanelLeft, Play, Search, Sun } from 'lucide-react';
import { Fragment } from 'react';
import { Link } from 'wouter';
import { useStore } from 'zustand';
import { useEngine, usePreferences } from '../data/engine.tsx';
import { IconButton } from '../ui/button.tsx';
import { cx } from '../ui/class-names.ts';
import { Keys } from '../ui/keys.tsx';
import { Menu } from '../ui/menu.tsx';
import { panels } from './panels.ts';
import { routes } from './routes.ts';
import { toggleSidebar, useSidebar } from './sidebar-place.ts';

const Brand = () => (
  <div className="flex items-center gap-2 font-semibold tracking-[-0.01em] whitespace-nowrap">
    <svg viewBox="0 0 32 32" className="size-[18px]" aria-hidden>
      <rect width="32" height="32" rx="9" className="fill-accent" />
      <path
        d="M5 16c3.5-5.4 7-8 11-8s7.5 2.6 11 8c-3.5 5.4-7 8-11 8s-7.5-2.6-11-8Z"
        className="fill-none stroke-accent-ink"
        strokeWidth="2.6"
        strokeLinejoin="round"
      />
      <circle cx="16" cy="16" r="4" className="fill-accent-ink" />
    </svg>
    <span className="max-[900px]:sr-only">Netra Orchestrator</span>
  </div>
);

const Breadcrumbs = () => {
  const crumbs = useStore(panels, (state) => state.crumbs);
  return (
    <nav aria-label="Where you are" className="flex min-w-0 items-center gap-1.5 text-ink-3">
      {crumbs.map(({ label, href }, index) => (
        <Fragment key={`${label} ${href ?? ''}`}>
          {index === 0 ? null : <span aria-hidden>/</span>}
          {href === undefined ? (
            <b aria-current="page" className="truncate font-[550] text-ink">
              {label}
            </b>
          ) : (
            <Link href={href} className="truncate rounded-xs hover:text-ink">
              {label}
            </Link>
          )}
        </Fragment>
      ))}
    </nav>
  );
};

const themeIcons = { system: Monitor, light: Sun, dark: Moon };

const ThemeMenu = () => {
  const { preferences } = useEngine();
  const theme = usePreferences((state) => state.theme);
  const choice = (name: 'system' | 'light' | 'dark', label: string) => ({
    label,
    icon: themeIcons[name],
    checked: theme === name,
    onSelect: () => {
      preferences.setState({ theme: name });
    },
  });
  const Icon = themeIcons[theme];
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label="Theme"
          className="grid size-[26px] place-items-center rounded-s text-ink-2 hover:bg-hover hover:text-ink"
        >
          <Icon size={15} strokeWidth={1.75} aria-hidden />
        </button>
      }
      items={[choice('system', 'As the system'), choice('light', 'Light'), choice('dark', 'Dark')]}
    />
  );
};

const CommandBox = () => (
  <button
    type="button"
    aria-keyshortcuts="Control+K Meta+K"
    onClick={() => {
      panels.setState({ palette: 'sessions' });
    }}
    className="flex h-[26px] w-full min-w-0 items-center gap-2 rounded-s border border-line bg-panel px-2.5 text-s text-ink-3 hover:border-line-strong"
  >
    <Search size={14} strokeWidth={1.75} className="shrink-0" aria-hidden />
    <span className="truncate">Search sessions, run a command</span>
    <span className="ml-auto">
      <Keys keys="Mod+K" />
    </span>
  </button>
);

/** The top line: what this is, where one is, the command box, and *Run a plan*. */
export const TitleBar = () => {
  const engine = useEngine();
  const isHidden = useSidebar() === 'hidden';
  return (
    <header className="grid h-10 shrink-0 grid-cols-[minmax(0,1fr)_minmax(0,380px)_minmax(max-content,1fr)] items-center gap-3 max-[1100px]:grid-cols-[minmax(0,1fr)_minmax(120px,260px)_max-content] border-b border-line bg-chrome px-3 select-none">
      <div className="flex min-w-0 items-center gap-2.5">
        <Brand />
        <IconButton
          label={isHidden ? 'Show sidebar' : 'Hide sidebar'}
          keys="Mod+B"
          icon={PanelLeft}
          aria-pressed={!isHidden}
          className="aria-pressed:bg-transparent aria-pressed:text-ink-2"
          onClick={() => {
            toggleSidebar(engine);
          }}
        />
        <Breadcrumbs />
      </div>
      <CommandBox />
      <div className="flex items-center justify-end gap-2">
        <ThemeMenu />
        <Link
          href={routes.plan}
          className={cx(
            'inline-flex h-[26px] items-center gap-1.5 rounded-s bg-accent px-2.5 text-s font-medium whitespace-nowrap text-accent-ink',
            'hover:bg-accent-hover',
          )}
        >
          <Play size={13} strokeWidth={2} aria-hidden />
          Run a plan
          <Keys keys="N" bare />
        </Link>
      </div>
    </header>
  );
};
