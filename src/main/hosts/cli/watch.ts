import type { EngineClient, OrchestrationDetail } from '../../../shared/contract/contract.ts';
import type { OrchestrationId } from '../../../shared/domain/ids.ts';
import { connectEngine, openEndpoint, type EngineConnection } from '../connect.ts';
import { requestFailure } from '../request-failure.ts';
import type { WebHost } from '../web/web-host.ts';
import { askAtTerminal, denyAll, leaveAll, type Answers } from './answers.ts';
import { hostOptionsOf, type CliContext } from './context.ts';
import {
  createLatest,
  jsonDisplay,
  linesDisplay,
  ndjsonDisplay,
  type Batch,
  type Display,
} from './display.ts';
import type { Format } from './formats.ts';
import { asksForOthers, followOthers, waitForOthers } from './others.ts';
import { onInterrupts, type Interrupts } from './interrupts.ts';
import { openLiveTable } from './live-table.ts';
import { systemClock } from '../system-clock.ts';
import { createStandstill, type Standstill } from './standstill.ts';
import type { Streams } from './streams.ts';

export type WatchOptions = {
  readonly format: Format;
  /**
   * `run` is whose orchestration it is: Ctrl-C stops it, and permission prompts that nobody can be asked are denied.
   * `visit` looks on: as long as another program holds the engine, Ctrl-C only leaves.
   */
  readonly part: 'run' | 'visit';
  /** Stops it when for so long (milliseconds) nothing goes on that does not wait for a person; null: never. */
  readonly maxWaitMs?: number | null | undefined;
  /** Whether it ended as it should; without this, when it succeeded. */
  readonly isGood?: (detail: OrchestrationDetail) => boolean;
};

/** The engine that is watched: the one connected to, or the one that took its place. */
type Engine = { connection: EngineConnection; endpoint: Promise<WebHost | null> };

/** Lets others attach to an engine of our own while it works. */
const openDoor = (context: CliContext, connection: EngineConnection): Promise<WebHost | null> => {
  if (connection.kind === 'attached') return Promise.resolve(null);
  return openEndpoint(connection.host, { port: 0, log: context.log }).catch((error: unknown) => {
    context.log.error('Other programs cannot attach to this engine', error);
    return null;
  });
};

const closeEngine = async ({ connection, endpoint }: Engine): Promise<void> => {
  await (await endpoint)?.close();
  await connection.close();
};

const displayFor = (
  { streams, paint }: CliContext,
  detail: OrchestrationDetail,
  format: Format,
  answers: () => Answers,
): Display => {
  if (format === 'json') return jsonDisplay(streams);
  if (format === 'ndjson') return ndjsonDisplay(streams);
  if (streams.stdout.isTTY && process.env['TERM'] !== 'dumb') {
    return openLiveTable(detail, { streams, paint, answers });
  }
  return linesDisplay(detail, streams, paint);
};

/** Takes what happens after a seq until the orchestration has ended; gives the seq that it got to when cut off. */
const followOnce = async (
  client: EngineClient,
  from: { readonly id: OrchestrationId; readonly afterSeq: number; readonly signal: AbortSignal },
  take: (batch: Batch) => Promise<void>,
): Promise<number> => {
  let { afterSeq } = from;
  const { id, signal } = from;
  const batches = await client.live.stream({ id, instanceId: null, afterSeq }, { signal });
  for await (const batch of batches) {
    if (batch.kind === 'reset') return afterSeq;
    await take(batch);
    afterSeq = batch.events.at(-1)?.seq ?? afterSeq;
  }
  return afterSeq;
};

/** Follows to the end, with another engine when the one before is gone: the next that opens takes its work over. */
const follow = async (
  context: CliContext,
  engine: Engine,
  from: { readonly id: OrchestrationId; readonly afterSeq: number; readonly signal: AbortSignal },
  take: (batch: Batch) => Promise<void>,
): Promise<OrchestrationDetail> => {
  let { afterSeq } = from;
  const takeCounted = async (batch: Batch): Promise<void> => {
    await take(batch);
    afterSeq = batch.events.at(-1)?.seq ?? afterSeq;
  };
  for (;;) {
    const { connection } = engine;
    try {
      await followOnce(connection.client, { ...from, afterSeq }, takeCounted);
      const detail = await connection.client.orchestrations.get({ id: from.id });
      if (detail.orchestration.state !== 'running' && detail.orchestration.lastSeq <= afterSeq) return detail;
      if (from.signal.aborted) return detail;
    } catch (error) {
      if (from.signal.aborted) return connection.client.orchestrations.get({ id: from.id });
      if (requestFailure(error) !== null || connection.kind === 'own') throw error;
      await connection.close();
      const { pid } = connection.holder;
      context.streams.say(
        `netra: the engine (process ${String(pid)}) is gone; its work is being taken over.`,
      );
      engine.connection = await connectEngine(hostOptionsOf(context, 'work'));
      engine.endpoint = openDoor(context, engine.connection);
    }
  }
};

const answersFor = (
  { streams }: CliContext,
  { format, part }: WatchOptions,
  client: () => EngineClient,
  on: { readonly change: () => void; readonly interrupt: () => void },
): Answers => {
  if (format === 'text' && streams.isInteractive) return askAtTerminal(client, streams, on);
  return part === 'run' ? denyAll(client, (line) => streams.say(line)) : leaveAll;
};

const sayNotStopped =
  ({ say }: Pick<Streams, 'say'>) =>
  (error: unknown): void => {
    say(`netra: it could not be stopped: ${requestFailure(error)?.message ?? String(error)}`);
  };

/** Where a person sees the prompts, nothing has to be said of them. */
const standstillFor = (
  { streams }: CliContext,
  { format, maxWaitMs = null }: WatchOptions,
  stop: () => void,
): Standstill => {
  const isShown = format === 'text' && streams.isInteractive;
  const act = (): void => {
    streams.say('netra: nobody let it go on in time (--max-wait): it is stopped.');
    stop();
  };
  return createStandstill({
    say: (line) => {
      if (!isShown) streams.say(line);
    },
    after: (ms, run) => systemClock.after(ms, run),
    giveUp: maxWaitMs === null ? null : { afterMs: maxWaitMs, act },
  });
};

/** What Ctrl-C does while an orchestration is watched. */
const interruptsFor = (
  { streams }: CliContext,
  engine: Engine,
  {
    id,
    part,
    leave,
  }: Pick<WatchOptions, 'part'> & { readonly id: OrchestrationId; readonly leave: () => void },
): Interrupts => {
  const stop = (force: boolean): void => {
    engine.connection.client.orchestrations.stop({ id, force }).catch(sayNotStopped(streams));
  };
  const interrupts = onInterrupts([
    () => {
      if (part === 'visit' && engine.connection.kind === 'attached') {
        streams.say('netra: left; it goes on.');
        leave();
        return;
      }
      streams.say('netra: stopping; Ctrl-C again kills.');
      stop(false);
    },
    () => {
      streams.say('netra: killing.');
      stop(true);
    },
  ]);
  // Nobody reads any more: as Ctrl-C, only quietly.
  streams.onBroken(() => {
    if (interrupts.count() === 0) interrupts.raise();
  });
  return interrupts;
};

const hasSucceeded = ({ orchestration }: OrchestrationDetail): boolean => orchestration.state === 'succeeded';

const watch = async (
  context: CliContext,
  engine: Engine,
  detail: OrchestrationDetail,
  options: WatchOptions,
): Promise<number> => {
  const { id, lastSeq } = detail.orchestration;
  const leaving = new AbortController();
  const interrupts = interruptsFor(context, engine, { id, part: options.part, leave: () => leaving.abort() });
  const client = (): EngineClient => engine.connection.client;
  const answers = answersFor(context, options, client, {
    change: () => display.refresh(),
    interrupt: () => interrupts.raise(),
  });
  const display: Display = displayFor(context, detail, options.format, () => answers);
  const latest = createLatest(detail);
  const { streams } = context;
  const standstill = standstillFor(context, options, () => {
    client().orchestrations.stop({ id, force: false }).catch(sayNotStopped(streams));
  });
  // What was open before it is watched is asked too.
  answers.take(latest.instances());
  standstill.take(latest.orchestration(), latest.instances());
  const unfollow = asksForOthers(context, engine.connection, options.format)
    ? followOthers(context, client(), id, (items) => answers.takeOthers(items))
    : null;
  const afterSeq = display.fromSeq === 'first' ? 0 : lastSeq;
  try {
    const ended = await follow(context, engine, { id, afterSeq, signal: leaving.signal }, async (batch) => {
      latest.take(batch);
      if (batch.instances.length > 0) answers.take(latest.instances());
      standstill.take(latest.orchestration(), latest.instances());
      await display.take(batch);
    });
    answers.close();
    await display.end(ended);
    if (interrupts.count() > 0) return interrupts.exitCode();
    return (options.isGood ?? hasSucceeded)(ended) ? 0 : 1;
  } finally {
    unfollow?.();
    answers.close();
    standstill.close();
    interrupts.end();
  }
};

/**
 * Connects to the engine, has it begin something (or finds what there is), and shows that to its end. Gives the exit
 * code: 0 all succeeded, 1 some did not, 130 stopped by Ctrl-C, 143 by SIGTERM.
 */
export const watchToEnd = async (
  context: CliContext,
  begin: (connection: EngineConnection) => Promise<OrchestrationDetail>,
  options: WatchOptions,
): Promise<number> => {
  const connection = await connectEngine(hostOptionsOf(context, 'work'));
  const engine: Engine = { connection, endpoint: Promise.resolve(null) };
  try {
    const detail = await begin(connection);
    engine.endpoint = openDoor(context, connection);
    const code = await watch(context, engine, detail, options);
    await waitForOthers(context, engine.connection, { id: detail.orchestration.id, format: options.format });
    return code;
  } finally {
    await closeEngine(engine);
  }
};
