import { failureOf } from '../../shared/domain/failure.ts';
import { instanceIdSchema, orchestrationIdSchema } from '../../shared/domain/ids.ts';
import type { InstanceView } from '../../shared/domain/instance.ts';
import type { OrchestrationView } from '../../shared/domain/orchestration.ts';
import type { EngineClient } from '../../shared/contract/contract.ts';
import { controlsOf, orchestrationControlsOf, type InstanceControl } from '../data/controls.ts';
import type { Engine } from '../data/engine.tsx';
import { announce } from './announcements.ts';
import type { Command } from './command.ts';
import { panels } from './panels.ts';

type Target =
  | { readonly of: 'instance'; readonly view: InstanceView }
  | { readonly of: 'orchestration'; readonly view: OrchestrationView };

const address = /#\/orchestration\/([^/]+)(?:\/instance\/([^/]+))?$/;

const targetAt = (href: string, engine: Engine): Target | null => {
  const [, orchestration, instance] = address.exec(href) ?? [];
  const { orchestrations, instances } = engine.overview.store.getState();
  const own = instanceIdSchema.safeParse(instance);
  if (own.success) {
    const view = instances.get(own.data);
    return view === undefined ? null : { of: 'instance', view };
  }
  const all = orchestrationIdSchema.safeParse(orchestration);
  const view = all.success ? orchestrations.get(all.data) : undefined;
  return view === undefined ? null : { of: 'orchestration', view };
};

/** What a key means: what is in focus in a list, else what is open. */
const targetOf = (engine: Engine): Target | null => {
  const focused = document.activeElement;
  const inFocus = focused instanceof HTMLAnchorElement ? targetAt(focused.href, engine) : null;
  return inFocus ?? targetAt(location.hash, engine);
};

const done: Readonly<Record<'pause' | 'resume' | 'restart', string>> = {
  pause: 'is paused.',
  resume: 'goes on.',
  restart: 'starts again.',
};

const ask = (client: EngineClient, target: Target, control: keyof typeof done): Promise<unknown> => {
  if (target.of === 'instance') return client.instances[control]({ id: target.view.id });
  if (control === 'restart') throw new RangeError('an orchestration is not restarted as a whole');
  return client.orchestrations[control]({ id: target.view.id });
};

const act = async (engine: Engine, target: Target, control: keyof typeof done): Promise<void> => {
  const { name } = target.view;
  try {
    await engine.connection.request((client) => ask(client, target, control));
    announce(`${name} ${done[control]}`);
  } catch (error) {
    panels.setState({ control: { action: 'failed', name, failure: failureOf(error, 'console.error') } });
  }
};

const askFirst = (target: Target, action: 'stop' | 'skip'): void => {
  const { name } = target.view;
  if (target.of === 'instance') {
    const { id, attempts } = target.view;
    panels.setState({ control: { action, of: 'instance', id, name, hasStarted: attempts > 0 } });
  } else if (action === 'stop') {
    panels.setState({ control: { action, of: 'orchestration', id: target.view.id, name } });
  }
};

/** Does the first of these that the target allows as it stands. */
const first = (engine: Engine, wanted: readonly InstanceControl[], none: string): void => {
  const target = targetOf(engine);
  if (target === null) {
    announce('Open an instance or an orchestration that runs first.');
    return;
  }
  const allowed: readonly InstanceControl[] =
    target.of === 'instance' ? controlsOf(target.view) : orchestrationControlsOf(target.view);
  const control = wanted.find((one) => allowed.includes(one));
  if (control === undefined) announce(`${target.view.name} ${none}`);
  else if (control === 'stop' || control === 'skip') askFirst(target, control);
  else void act(engine, target, control);
};

type Wanted = {
  readonly id: string;
  readonly title: string;
  readonly keys: string;
  readonly controls: readonly InstanceControl[];
  readonly none: string;
};

const wanted: readonly Wanted[] = [
  {
    id: 'control.pause',
    title: 'Pause, or go on',
    keys: 'P',
    controls: ['pause', 'resume'],
    none: 'cannot be paused as it stands.',
  },
  {
    id: 'control.skip',
    title: 'Skip…',
    keys: 'X',
    controls: ['skip'],
    none: 'cannot be skipped as it stands.',
  },
  { id: 'control.stop', title: 'Stop…', keys: 'S', controls: ['stop'], none: 'has ended.' },
  {
    id: 'control.restart',
    title: 'Restart',
    keys: 'Shift+R',
    controls: ['restart'],
    none: 'can be restarted when it has ended.',
  },
];

/** What can be done to the instance or orchestration that is in focus, or else open. */
export const controlCommands: readonly Command[] = wanted.map(({ id, title, keys, controls, none }) => ({
  id,
  title,
  group: 'Control',
  keys: [keys],
  run: (engine) => {
    first(engine, controls, none);
  },
}));
