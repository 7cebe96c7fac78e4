// Entry of Electron's utility process that holds the engine. The page talks to it over MessagePorts that the desktop's
// main process hands in; nothing of that traffic passes the main process.
import { inspect } from 'node:util';
import { RPCHandler } from '@orpc/server/message-port';
import { failureOf } from '../../../shared/domain/failure.ts';
import type { Log } from '../../engine/ports.ts';
import { type EngineHost, openEngineHost, personName } from '../engine-host.ts';
import { dataDirOf } from '../places.ts';
import { type FromEngine, toEngineSchema, type ToEngine } from './messages.ts';
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

const opening = openEngineHost({
  dataDir: dataDirOf(undefined),
  host: 'desktop',
  purpose: 'work',
  log,
  claude: process.env['NETRA_CLAUDE'] || undefined,
  startedInTerminal: false,
});

const sendNotices = async ({ engine }: EngineHost): Promise<void> => {
  const noticesOf = createWorkNotices();
  for await (const update of engine.overview())
    noticesOf(update).forEach((notice) => parent.postMessage(notice));
};

const connect = async (port: ClientPort): Promise<void> => {
  const { router } = await opening;
  new RPCHandler(router).upgrade(port, { context: { by: personName() } });
  port.start();
};

const close = async (stopWork: boolean): Promise<void> => {
  const host = await opening;
  if (stopWork) {
    await host.engine.stopAll(personName(), false);
    await host.engine.idle();
  }
  await host.close();
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
  const host = await opening;
  parent.postMessage({ kind: 'ready' });
  await sendNotices(host);
} catch (error) {
  log.error('The engine cannot be opened:', error);
  parent.postMessage({ kind: 'failed', failure: failureOf(error, 'engine.failed') });
  process.exit(1);
}
