// Entry of Electron's utility process that holds the engine. The page talks to it over MessagePorts that the desktop's
// main process hands in; nothing of that traffic passes the main process.
import { inspect } from 'node:util';
import { RPCHandler } from '@orpc/server/message-port';
import { failureOf } from '../../../shared/domain/failure.ts';
import type { EngineRouter } from '../../api/router.ts';
import type { Log } from '../../engine/ports.ts';
import { connectEngine, type EngineConnection, openEndpoint } from '../connect.ts';
import { personName } from '../engine-host.ts';
import { dataDirOf } from '../places.ts';
import { type FromEngine, toEngineSchema, type ToEngine } from './messages.ts';
import { relayRouter } from './relay.ts';
import { createWorkNotices } from './work-notices.ts';

/** Electron's MessagePortMain, as much of it as is used. */
interface ClientPort {
  on(event: string, listener: (event?: { data: unknown }) => void): unknown;
  postMessage(message: unknown): void;
  start(): void;
}

/** Electron's `process.parentPort`. */
interface ParentPort {
  on(
    event: 'message',
    listener: (event: { readonly data: unknown; readonly ports: readonly ClientPort[] }) => void,
  ): unknown;
  postMessage(message: FromEngine): void;
}

/** What this process serves: an engine of its own, or that of the process which holds the data directory. */
interface Served {
  readonly connection: EngineConnection;
  readonly router: EngineRouter;
  close(): Promise<void>;
}

// Only Electron's utility processes have it, and only Electron's types know of it.
const parent = Reflect.get(process, 'parentPort') as ParentPort | undefined;
if (parent === undefined) throw new Error('This program runs as a utility process of the desktop app only.');

const log: Log = {
  warn: (message, details) => {
    process.stderr.write(`${message} ${JSON.stringify(details ?? {})}\n`);
  },
  error: (message, error) => {
    process.stderr.write(`${message} ${inspect(error)}\n`);
  },
};

// Electron only warns of these in a utility process; an engine in an unknown state must not go on.
process.on('unhandledRejection', (error) => {
  log.error('The engine ends after an unhandled rejection:', error);
  process.exit(1);
});

const open = async (): Promise<Served> => {
  const connection = await connectEngine({
    dataDir: dataDirOf(undefined),
    host: 'desktop',
    purpose: 'work',
    log,
    claude: process.env['NETRA_CLAUDE'] || undefined,
    startedInTerminal: false,
  });
  if (connection.kind === 'attached') {
    // With its engine gone, a new process of ours opens one or finds the next.
    void connection.lost.then(() => process.exit(1));
    return { connection, router: relayRouter(connection.client), close: () => connection.close() };
  }
  const endpoint = await openEndpoint(connection.host, { port: 0, log });
  const close = async (): Promise<void> => {
    await endpoint.close();
    await connection.close();
  };
  return { connection, router: connection.host.router, close };
};

const opening = open();

/** Work of another process's engine goes on without us: quitting need not ask about it. */
const concernsDesktop = ({ kind }: FromEngine, connection: EngineConnection): boolean =>
  kind !== 'work' || connection.kind === 'own';

const sendNotices = async ({ connection }: Served): Promise<void> => {
  const noticesOf = createWorkNotices();
  for await (const update of await connection.client.live.overview()) {
    for (const notice of noticesOf(update))
      if (concernsDesktop(notice, connection)) parent.postMessage(notice);
  }
};

const connect = async (port: ClientPort): Promise<void> => {
  const { router } = await opening;
  new RPCHandler(router).upgrade(port, { context: { by: personName() } });
  port.start();
};

const close = async (stopWork: boolean): Promise<void> => {
  const served = await opening;
  if (stopWork && served.connection.kind === 'own') {
    const { engine } = served.connection.host;
    await engine.stopAll(personName(), false);
    await engine.idle();
  }
  await served.close();
  process.exit(0);
};

const obey = async (message: ToEngine, ports: readonly ClientPort[]): Promise<void> => {
  if (message.kind === 'close') await close(message.stopWork);
  else await Promise.all(ports.map(connect));
};

parent.on('message', ({ data, ports }) => {
  void obey(toEngineSchema.parse(data), ports);
});

try {
  const served = await opening;
  parent.postMessage({ kind: 'ready' });
  await sendNotices(served);
} catch (error) {
  log.error('The engine cannot be opened:', error);
  parent.postMessage({ kind: 'failed', failure: failureOf(error, 'engine.failed') });
  process.exit(1);
}
