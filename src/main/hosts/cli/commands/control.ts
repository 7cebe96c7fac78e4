import { text as readAll } from 'node:stream/consumers';
import type { EngineClient } from '../../../../shared/contract/contract.ts';
import type { InstanceChanges, InstanceConfiguration } from '../../../../shared/contract/control.ts';
import { failureError } from '../../../../shared/domain/failure.ts';
import { isActive, isFinal, type InstanceView } from '../../../../shared/domain/instance.ts';
import type { OrchestrationView } from '../../../../shared/domain/orchestration.ts';
import { microUsd } from '../../../../shared/domain/usage.ts';
import { requestFailure } from '../../request-failure.ts';
import { withEngine, type CliContext } from '../context.ts';
import { unsettable, type EditOptions } from '../edit-options.ts';
import { findInstance, findInstances, findOrchestration, findWork } from '../find-by-name.ts';
import { stateText } from '../state-marks.ts';
import { printable } from '../terminal-text.ts';

type View = OrchestrationView | InstanceView;

/** Why it is in its state; of an orchestration that is paused, whose instances may still run: by whom. */
const reasonOf = (view: View): string | null => {
  if ('reason' in view) return view.reason;
  return view.pausedBy === null || view.state !== 'running' ? null : `paused by ${view.pausedBy}`;
};

const lineOf = (view: View, note: string | null): string => {
  const more = [reasonOf(view), note].filter((text) => text !== null).map((text) => `  ${printable(text)}`);
  return `${stateText(view.state)}  ${view.id}  ${printable(view.name)}${more.join('')}`;
};

const hasEnded = (view: View): boolean =>
  'orchestrationId' in view ? isFinal(view.state) : view.state !== 'running';

/** Asks it of each, of those that wait first: what a running one leaves would start the next. */
const ofEach = (
  instances: readonly InstanceView[],
  ask: (instance: InstanceView) => Promise<InstanceView>,
): Promise<readonly InstanceView[]> =>
  Promise.all(instances.toSorted((a, b) => Number(isActive(a.state)) - Number(isActive(b.state))).map(ask));

/** Asks once, also when the engine is another one meanwhile, and shows what became of it. */
const control = async (
  context: CliContext,
  ask: (client: EngineClient) => Promise<View | readonly View[]>,
  more: { readonly goesOn?: boolean; readonly note?: (view: View) => string | null } = {},
): Promise<number> => {
  const { streams } = context;
  // Without an engine there, one of our own takes over what was left, but starts nothing.
  const { views, isOwn } = await withEngine(context, 'stop', async (connection) => ({
    views: [await ask(connection.client)].flat(),
    isOwn: connection.kind === 'own',
  }));
  for (const view of views)
    await streams.print(lineOf(view, hasEnded(view) ? null : (more.note?.(view) ?? null)));
  const [open] = views.filter((view) => !hasEnded(view));
  if (open === undefined) streams.say('netra: it has ended already.');
  else if (isOwn && more.goesOn === true) {
    const id = 'orchestrationId' in open ? open.orchestrationId : open.id;
    streams.say(`netra: no engine works on it now; \`netra attach ${id}\` does.`);
  }
  return 0;
};

/** What is asked to pause may take a moment to let itself be interrupted. */
const pauseNote = (view: View): string | null =>
  'orchestrationId' in view && view.state !== 'paused' ? 'pauses as soon as it is interrupted' : null;

/** `netra pause` */
export const pause = (context: CliContext, target: string): Promise<number> =>
  control(
    context,
    async (client) => {
      const found = await findWork(client, target);
      return 'id' in found
        ? client.orchestrations.pause({ id: found.id })
        : ofEach(found, ({ id }) => client.instances.pause({ id }));
    },
    { note: pauseNote },
  );

/** `netra resume` */
export const resume = (context: CliContext, target: string): Promise<number> =>
  control(
    context,
    async (client) => {
      const found = await findWork(client, target);
      return 'id' in found
        ? client.orchestrations.resume({ id: found.id })
        : ofEach(found, ({ id }) => client.instances.resume({ id }));
    },
    { goesOn: true },
  );

/** `netra skip` */
export const skip = (context: CliContext, target: string): Promise<number> =>
  control(context, async (client) =>
    ofEach(await findInstances(client, target), ({ id }) => client.instances.skip({ id })),
  );

/** An orchestration by its name, or with one of its fan-outs after a slash. */
const findScaled = async (
  client: EngineClient,
  target: string,
): Promise<{ readonly id: OrchestrationView['id']; readonly group: string | null }> => {
  try {
    const { id } = await findOrchestration(client, target);
    return { id, group: null };
  } catch (error) {
    const at = target.lastIndexOf('/');
    if (requestFailure(error)?.code !== 'orchestration.unknown' || at < 1) throw error;
    const { id } = await findOrchestration(client, target.slice(0, at));
    return { id, group: target.slice(at + 1) };
  }
};

const most = 1000;

/** `netra scale` */
export const scale = async (context: CliContext, target: string, count: string): Promise<number> => {
  const concurrency = Number(count);
  if (!/^\d+$/.test(count) || concurrency < 1 || concurrency > most) {
    throw failureError('arguments.count', `"${count}" must be a whole number from 1 to ${String(most)}.`);
  }
  return control(
    context,
    async (client) => client.orchestrations.scale({ ...(await findScaled(client, target)), concurrency }),
    { note: () => `at most ${count} at the same time from now on` },
  );
};

const fromStdin = async ({ streams }: CliContext, text: string): Promise<string> =>
  text === '-' ? readAll(streams.stdin) : text;

/** `netra send`: once; a message that may have been taken is not given a second time. */
export const send = async (context: CliContext, target: string, message: string): Promise<number> => {
  const text = (await fromStdin(context, message)).trim();
  if (text === '') throw failureError('arguments.send', 'The message is empty.');
  let isAsked = false;
  return control(context, async (client) => {
    const { id } = await findInstance(client, target);
    if (isAsked) return client.instances.get({ id });
    isAsked = true;
    return client.instances.send({ id, text });
  });
};

const unsetOf = (keys: readonly string[]): InstanceChanges =>
  Object.fromEntries(
    keys.map((key) => {
      const entry = Object.entries(unsettable).find(([name]) => name === key);
      if (entry !== undefined) return [entry[1], null];
      throw failureError(
        'arguments.unset',
        `"${key}" cannot be taken away. These can: ${Object.keys(unsettable).join(', ')}.`,
      );
    }),
  );

const given = <T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

const changesOf = async (context: CliContext, options: EditOptions): Promise<InstanceChanges> => {
  const { prompt, maxBudget, timeout, idleTimeout, unset = [], ...same } = options;
  return {
    ...given({
      ...same,
      prompt: prompt === undefined ? undefined : await fromStdin(context, prompt),
      maxBudgetMicroUsd: maxBudget === undefined ? undefined : microUsd(maxBudget),
      timeoutMs: timeout,
      idleTimeoutMs: idleTimeout,
    }),
    ...unsetOf(unset),
  };
};

/** The same changes as a running instance can be told them too; null when one of them is not of that kind. */
const configurationOf = ({
  model,
  permissionMode,
  ...others
}: InstanceChanges): InstanceConfiguration | null => {
  if (Object.keys(others).length > 0 || model === null || permissionMode === null) return null;
  return { ...(model !== undefined && { model }), ...(permissionMode !== undefined && { permissionMode }) };
};

/** `netra edit` */
export const edit = async (context: CliContext, target: string, options: EditOptions): Promise<number> => {
  const changes = await changesOf(context, options);
  if (Object.keys(changes).length === 0) {
    throw failureError('arguments.edit', 'Say what to change, such as --model opus.');
  }
  return control(context, async (client) => {
    const { id } = await findInstance(client, target);
    const change = configurationOf(changes);
    return change === null
      ? client.instances.edit({ id, changes })
      : client.instances.configure({ id, change });
  });
};
