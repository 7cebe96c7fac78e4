import type { Engine } from '../data/engine.tsx';
import { byAttention, grouped } from '../data/attention.ts';
import { failureOf } from '../../shared/domain/failure.ts';
import { isAsking } from '../../shared/domain/inbox.ts';
import type { InstanceView } from '../../shared/domain/instance.ts';
import { announce } from './announcements.ts';
import type { Command } from './command.ts';
import { controlCommands } from './control-commands.ts';
import { panels } from './panels.ts';
import { go, routes } from './routes.ts';
import { toggleSidebar } from './sidebar-place.ts';

const instancesInOrder = (engine: Engine): readonly InstanceView[] => {
  const { orchestrations, instances } = engine.overview.store.getState();
  return grouped(orchestrations.values(), instances.values()).flatMap((group) => group.instances);
};

const open = (instance: InstanceView | undefined): void => {
  if (instance !== undefined) go(routes.instance(instance.orchestrationId, instance.id));
};

const needsInput = (engine: Engine, step: 1 | -1): void => {
  const waiting = instancesInOrder(engine).filter(isAsking).toSorted(byAttention);
  if (waiting.length === 0) announce('Nothing needs input.');
  const at = waiting.findIndex((one) => location.hash.endsWith(one.id));
  open(
    waiting[(at + step + (at === -1 && step === -1 ? 1 : 0) + waiting.length) % Math.max(1, waiting.length)],
  );
};

/** Starts the demo and goes to it; a failure is announced and shown by the caller's screen as well where it can. */
const runDemo = async (engine: Engine): Promise<void> => {
  try {
    const detail = await engine.connection.request((client) => client.orchestrations.startDemo());
    go(routes.orchestration(detail.orchestration.id));
  } catch (error) {
    announce(`The demo could not start. ${failureOf(error, 'console.error').message}`);
  }
};

const jumps: readonly Command[] = Array.from({ length: 9 }, (_, index) => ({
  id: `instance.${String(index + 1)}`,
  title: `Instance ${String(index + 1)} of the sidebar`,
  group: 'Go to',
  keys: [`Mod+${String(index + 1)}`],
  run: (engine) => {
    open(instancesInOrder(engine)[index]);
  },
}));

const theme = (name: 'system' | 'light' | 'dark', title: string): Command => ({
  id: `theme.${name}`,
  title,
  group: 'View',
  keys: [],
  run: ({ preferences }) => {
    preferences.setState({ theme: name });
  },
});

/** Into the search field of a screen that is about to show. */
const focusSearch = (): void => {
  requestAnimationFrame(() => {
    document.querySelector<HTMLElement>('#main [role="combobox"]')?.focus();
  });
};

/** To the place above in the breadcrumbs, else to the overview. */
const goBack = (): void => {
  go(panels.getState().crumbs.findLast((crumb) => crumb.href !== undefined)?.href ?? routes.overview);
};

/** Everything that can be done from anywhere. */
export const commands: readonly Command[] = [
  {
    id: 'go.overview',
    title: 'Overview',
    group: 'Go to',
    keys: [],
    run: () => {
      go(routes.overview);
    },
  },
  {
    id: 'go.sessions',
    title: 'Sessions',
    group: 'Go to',
    keys: [],
    run: () => {
      go(routes.sessions);
    },
  },
  {
    id: 'go.search',
    title: 'Search everything…',
    group: 'Go to',
    keys: ['Mod+Shift+F'],
    run: () => {
      go(routes.search);
      focusSearch();
    },
  },
  {
    id: 'go.usage',
    title: 'Usage',
    group: 'Go to',
    keys: [],
    run: () => {
      go(routes.usage);
    },
  },
  {
    id: 'go.storage',
    title: 'Storage',
    group: 'Go to',
    keys: [],
    run: () => {
      go(routes.storage);
    },
  },
  {
    id: 'library.export_all',
    title: 'Export all sessions…',
    group: 'Run',
    keys: [],
    run: () => {
      panels.setState({ library: { about: 'export', sessions: null } });
    },
  },
  {
    id: 'go.next_input',
    title: 'Next that needs input',
    group: 'Go to',
    keys: ['Mod+J'],
    run: (engine) => {
      needsInput(engine, 1);
    },
  },
  {
    id: 'go.previous_input',
    title: 'Previous that needs input',
    group: 'Go to',
    keys: ['Mod+Shift+J'],
    run: (engine) => {
      needsInput(engine, -1);
    },
  },
  ...jumps,
  { id: 'go.back', title: 'Back', group: 'Go to', keys: ['Escape'], run: goBack },
  {
    id: 'run.plan',
    title: 'Run a plan',
    group: 'Run',
    keys: ['N', 'Mod+N'],
    run: () => {
      go(routes.plan);
    },
  },
  { id: 'run.demo', title: 'Run the demo', group: 'Run', keys: [], run: (engine) => void runDemo(engine) },
  ...controlCommands,
  {
    id: 'view.palette',
    title: 'Search sessions',
    group: 'View',
    keys: ['Mod+K'],
    run: () => {
      panels.setState({ palette: 'sessions' });
    },
  },
  {
    id: 'view.commands',
    title: 'Run a command',
    group: 'View',
    keys: ['Mod+Shift+P'],
    run: () => {
      panels.setState({ palette: 'commands' });
    },
  },
  {
    id: 'view.sidebar',
    title: 'Show or hide the sidebar',
    group: 'View',
    keys: ['Mod+B'],
    run: toggleSidebar,
  },
  theme('system', 'Theme: as the system'),
  theme('light', 'Theme: light'),
  theme('dark', 'Theme: dark'),
  {
    id: 'view.shortcuts',
    title: 'Keyboard shortcuts',
    group: 'View',
    keys: ['?'],
    run: () => {
      panels.setState({ shortcuts: true });
    },
  },
];
