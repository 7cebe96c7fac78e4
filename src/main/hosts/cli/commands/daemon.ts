import { setTimeout as delay } from 'node:timers/promises';
import { failureError, type FailureError } from '../../../../shared/domain/failure.ts';
import { readHolder, type DataDirHolder } from '../../../store/data-dir-lock.ts';
import { attachEngine, connectEngine, openEndpoint, type OwnEngine } from '../../connect.ts';
import { reachBackgroundEngine, reachDaemon } from '../background-engine.ts';
import { hostOptionsOf, withEngine, type CliContext } from '../context.ts';
import { nextText } from '../schedule-text.ts';
import { printable } from '../terminal-text.ts';

/** How long an engine may take to end, in milliseconds. */
const patienceMs = 15_000;
const pauseMs = 50;

const whoIs = ({ host, pid, startedAt }: DataDirHolder): string =>
  `${host} (process ${String(pid)}, since ${startedAt})`;

const occupied = (holder: DataDirHolder): FailureError =>
  failureError(
    'daemon.occupied',
    `The engine of ${whoIs(holder)} works in this data directory. Start the daemon when that has ended.`,
  );

/**
 * Tells an engine to end and waits until it has. It lets go of its work, which goes on.
 * @throws FailureError `daemon.not_stopped`
 */
const end = async ({ dataDir }: CliContext, { pid }: DataDirHolder): Promise<void> => {
  process.kill(pid, 'SIGTERM');
  for (let waited = 0; waited < patienceMs; waited += pauseMs) {
    if ((await readHolder(dataDir))?.pid !== pid) return;
    await delay(pauseMs);
  }
  throw failureError(
    'daemon.not_stopped',
    `The engine (process ${String(pid)}) was told to end and has not.`,
  );
};

/** An engine that only ends when its work is done makes room; nothing else does. @throws FailureError `daemon.occupied` */
const makeRoom = async (context: CliContext, holder: DataDirHolder): Promise<void> => {
  if (holder.host !== 'background') throw occupied(holder);
  await end(context, holder);
};

/** `netra daemon start` */
export const startDaemon = async (context: CliContext): Promise<number> => {
  const present = await attachEngine(context.dataDir);
  await present?.close();
  if (present?.holder.host === 'daemon') {
    context.streams.say(`netra: it runs already: ${whoIs(present.holder)}.`);
    return 0;
  }
  if (present !== null) await makeRoom(context, present.holder);
  const daemon = await reachDaemon(context);
  await daemon.close();
  if (daemon.holder.host !== 'daemon') throw occupied(daemon.holder);
  context.streams.say(
    `netra: the daemon runs (process ${String(daemon.holder.pid)}); \`netra daemon stop\` ends it.`,
  );
  return 0;
};

/** `netra daemon stop` */
export const stopDaemon = async (context: CliContext): Promise<number> => {
  const holder = await readHolder(context.dataDir);
  if (holder?.host !== 'daemon') {
    context.streams.say('netra: no daemon runs.');
    return 0;
  }
  await end(context, holder);
  context.streams.say('netra: the daemon has ended.');
  return 0;
};

/** `netra daemon status`: 0 when it runs, 1 when not. */
export const daemonStatus = (context: CliContext): Promise<number> =>
  withEngine(context, 'settle', async (connection) => {
    const { streams } = context;
    const isDaemon = connection.kind === 'attached' && connection.holder.host === 'daemon';
    const [{ total }, schedules] = await Promise.all([
      connection.client.orchestrations.list({ states: ['running'], limit: 1 }),
      connection.client.schedules.list(),
    ]);
    await streams.print(isDaemon ? `The daemon runs: ${whoIs(connection.holder)}.` : 'No daemon runs.');
    if (!isDaemon && connection.kind === 'attached') {
      await streams.print(`The engine of ${whoIs(connection.holder)} runs.`);
    }
    await streams.print(`Orchestrations at work: ${String(total)}`);
    await streams.print(`Schedules: ${String(schedules.length)}`);
    for (const schedule of schedules) {
      await streams.print(`  ${nextText(schedule, Date.now())}  ${printable(schedule.name)}`);
    }
    return isDaemon ? 0 : 1;
  });

const untilSignal = async (): Promise<void> => {
  const done = Promise.withResolvers<undefined>();
  const stop = (): void => done.resolve(undefined);
  process.on('SIGINT', stop).on('SIGTERM', stop);
  await done.promise;
  process.off('SIGINT', stop).off('SIGTERM', stop);
};

/** Works until a signal; true when there is work left. */
const work = async (context: CliContext, own: OwnEngine): Promise<boolean> => {
  const web = await openEndpoint(own.host, { port: 0, log: context.log });
  try {
    context.streams.say(`netra: the daemon runs (process ${String(process.pid)}) until Ctrl-C.`);
    await untilSignal();
    return own.host.engine.unfinished().length > 0;
  } finally {
    await web.close();
  }
};

/** `netra daemon run` */
export const runDaemon = async (context: CliContext): Promise<number> => {
  const present = await attachEngine(context.dataDir);
  await present?.close();
  if (present !== null) await makeRoom(context, present.holder);
  const connection = await connectEngine(hostOptionsOf(context, 'work', 'daemon'));
  let isLeft = false;
  try {
    if (connection.kind === 'attached') throw occupied(connection.holder);
    isLeft = await work(context, connection);
  } finally {
    await connection.close();
  }
  if (isLeft) {
    const background = await reachBackgroundEngine(context);
    await background.close();
    context.streams.say('netra: the work goes on in the background; `netra ps` shows it.');
  }
  return 0;
};
