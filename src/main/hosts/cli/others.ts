import type { EngineClient } from '../../../shared/contract/contract.ts';
import type { OrchestrationId } from '../../../shared/domain/ids.ts';
import type { InboxItem } from '../../../shared/domain/inbox.ts';
import type { EngineConnection } from '../connect.ts';
import { askAtTerminal } from './answers.ts';
import type { CliContext } from './context.ts';
import type { Format } from './formats.ts';
import { onInterrupts } from './interrupts.ts';
import { promptLines } from './prompt-lines.ts';
import { openScreen } from './screen.ts';
import { printable } from './terminal-text.ts';

/**
 * Tells what the other orchestrations of an engine ask, whenever that changes: such as what was taken over from a run that was
 * killed. A failed sign-in of another run holds nothing up, and is left to the inbox. The answer ends it.
 */
export const followOthers = (
  { log }: Pick<CliContext, 'log'>,
  client: EngineClient,
  own: OrchestrationId,
  take: (items: readonly InboxItem[]) => void,
): (() => void) => {
  const ending = new AbortController();
  const { signal } = ending;
  const follow = async (): Promise<void> => {
    for await (const { items } of await client.inbox.follow(undefined, { signal }))
      take(items.filter(({ orchestrationId, kind }) => orchestrationId !== own && kind !== 'sign_in'));
  };
  follow().catch((error: unknown) => {
    if (!signal.aborted) log.error('What other orchestrations ask cannot be followed', error);
  });
  return () => {
    ending.abort();
  };
};

/** Whoever has the engine at a terminal answers for those whose own terminal is gone. */
export const asksForOthers = (
  { streams }: CliContext,
  connection: EngineConnection,
  format: Format,
): boolean => connection.kind === 'own' && format === 'text' && streams.isInteractive;

/** Asks at the terminal what others ask, when nothing else is shown there; the answer ends it. */
const askOthers = (
  context: CliContext,
  client: EngineClient,
  own: OrchestrationId,
  interrupt: () => void,
): (() => void) => {
  const { streams, paint } = context;
  const screen = openScreen(streams.stdout);
  const draw = (): void => {
    const asked = answers.prompt();
    screen.draw(
      asked === null ? [] : promptLines(asked.prompt, { ...asked, width: streams.columns(), paint }),
    );
  };
  const answers = askAtTerminal(() => client, streams, { change: draw, interrupt });
  const unfollow = followOthers(context, client, own, (items) => answers.takeOthers(items));
  streams.makeRoom((write) => {
    screen.draw([]);
    write();
    draw();
  });
  return () => {
    unfollow();
    answers.close();
    streams.makeRoom(null);
    screen.draw([]);
    screen.end();
  };
};

/** Others may have given this engine work beside `id`; it goes on until that is done. */
export const waitForOthers = async (
  context: CliContext,
  connection: EngineConnection,
  { id, format }: { readonly id: OrchestrationId; readonly format: Format },
): Promise<void> => {
  const { streams } = context;
  if (connection.kind === 'attached') return;
  const others = connection.host.engine.unfinished();
  if (others.length === 0) return;
  const names = others.map(({ name }) => `"${printable(name)}"`).join(', ');
  streams.say(`netra: waiting for what else runs in this engine: ${names}. Ctrl-C stops it.`);
  const isAsking = asksForOthers(context, connection, format);
  if (!isAsking && (await connection.client.inbox.list()).length > 0) {
    streams.say('netra: some of it waits for somebody: `netra inbox` in another terminal shows what for.');
  }
  const stopAll = (force: boolean): void => {
    connection.client.orchestrations.stopAll({ force }).catch((error: unknown) => {
      streams.say(`netra: it could not be stopped: ${String(error)}`);
    });
  };
  const interrupts = onInterrupts([() => stopAll(false), () => stopAll(true)]);
  const unask = isAsking ? askOthers(context, connection.client, id, () => interrupts.raise()) : null;
  await connection.host.engine.idle();
  unask?.();
  interrupts.end();
};
