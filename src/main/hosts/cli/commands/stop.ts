import type { EngineClient } from '../../../../shared/contract/contract.ts';
import { failureError } from '../../../../shared/domain/failure.ts';
import { isActive, isFinal, type InstanceView } from '../../../../shared/domain/instance.ts';
import type { OrchestrationView } from '../../../../shared/domain/orchestration.ts';
import { withEngine, type CliContext } from '../context.ts';
import { findWork } from '../find-by-name.ts';
import { stateText } from '../state-marks.ts';
import { printable } from '../terminal-text.ts';

export type StopOptions = { readonly all: boolean; readonly force: boolean };

/** Follows an orchestration until `isDone` says so of its instances, or it has ended. */
const follow = async (
  client: EngineClient,
  { id, lastSeq }: OrchestrationView,
  isDone: (views: readonly InstanceView[]) => boolean,
): Promise<void> => {
  for await (const batch of await client.live.stream({ id, instanceId: null, afterSeq: lastSeq })) {
    if (batch.kind === 'reset' || isDone(batch.instances)) return;
  }
};

const untilEnded = async (client: EngineClient, view: OrchestrationView): Promise<OrchestrationView> => {
  let current = view;
  while (current.state === 'running') {
    await follow(client, current, () => false);
    current = (await client.orchestrations.get({ id: view.id })).orchestration;
  }
  return current;
};

const untilInstanceEnded = async (client: EngineClient, view: InstanceView): Promise<InstanceView> => {
  let current = view;
  while (!isFinal(current.state)) {
    const { orchestration } = await client.orchestrations.get({ id: view.orchestrationId });
    await follow(client, orchestration, (views) =>
      views.some(({ id, state }) => id === view.id && isFinal(state)),
    );
    current = await client.instances.get({ id: view.id });
  }
  return current;
};

/** What was asked to stop. */
type Asked =
  | { readonly kind: 'orchestration'; readonly view: OrchestrationView }
  | { readonly kind: 'instance'; readonly view: InstanceView };

const askToStop = async (
  client: EngineClient,
  text: string | null,
  force: boolean,
): Promise<readonly Asked[]> => {
  if (text === null) {
    const views = await client.orchestrations.stopAll({ force });
    return views.map((view) => ({ kind: 'orchestration', view }));
  }
  const found = await findWork(client, text);
  if ('id' in found) {
    return [{ kind: 'orchestration', view: await client.orchestrations.stop({ id: found.id, force }) }];
  }
  // The waiting ones first, or a slot that a stopped one leaves would start the next.
  const inOrder = found.toSorted((a, b) => Number(isActive(a.state)) - Number(isActive(b.state)));
  const stopped = inOrder.map(({ id }) => client.instances.stop({ id, force }));
  return (await Promise.all(stopped)).map((view) => ({ kind: 'instance', view }));
};

const untilStopped = (client: EngineClient, asked: readonly Asked[]) =>
  Promise.all(
    asked.map((one) =>
      one.kind === 'orchestration' ? untilEnded(client, one.view) : untilInstanceEnded(client, one.view),
    ),
  );

/** `netra stop ID` and `netra stop --all`, also for what a killed engine left running. */
export const stop = async (
  context: CliContext,
  text: string | null,
  { all, force }: StopOptions,
): Promise<number> => {
  if ((text === null) !== all) {
    throw failureError('arguments.stop', 'Say what to stop: an id, the beginning of one, a name, or --all.');
  }
  let asked: readonly Asked[] | null = null;
  const stopped = await withEngine(context, 'stop', async ({ client }) => {
    asked ??= await askToStop(client, text, force);
    return untilStopped(client, asked);
  });
  if (stopped.length === 0) context.streams.say('netra: nothing runs.');
  for (const { id, name, state } of stopped) {
    await context.streams.print(`${stateText(state)}  ${id}  ${printable(name)}`);
  }
  return 0;
};
