import { setTimeout as delay } from 'node:timers/promises';
import type { EngineClient } from '../../shared/contract/contract.ts';
import { failureError, failureOf, FailureError } from '../../shared/domain/failure.ts';
import { readHolder, type DataDirHolder } from '../store/data-dir-lock.ts';
import { openEngineHost, personName, type EngineHost, type EngineHostOptions } from './engine-host.ts';
import { rendererDir } from './places.ts';
import type { RemoteEngine } from './web/remote-engine.ts';
import type { WebHost } from './web/web-host.ts';

/** The engine in this process. */
export type OwnEngine = {
  readonly kind: 'own';
  readonly client: EngineClient;
  readonly host: EngineHost;
  close(): Promise<void>;
};

/** The engine of another process, which holds the data directory. */
export type AttachedEngine = Pick<RemoteEngine, 'client' | 'lost' | 'newLink'> & {
  readonly kind: 'attached';
  readonly holder: DataDirHolder;
  close(): Promise<void>;
};

export type EngineConnection = OwnEngine | AttachedEngine;

/** How long somebody who holds the data directory may take to be reachable or gone, in milliseconds. */
const patienceMs = 8000;
const pauseMs = 60;

/**
 * Opens the console of an engine on loopback and says in the data directory how it is reached, so that other programs
 * of this person can attach.
 * @throws FailureError `web.port_taken` and the like
 */
export const openEndpoint = async (
  host: EngineHost,
  { port, log }: { readonly port: number } & Pick<EngineHostOptions, 'log'>,
): Promise<WebHost> => {
  // Loaded when it is wanted: a short command is done before.
  const { openWebHost } = await import('./web/web-host.ts');
  const { router } = host;
  const caller = { by: personName() };
  const web = await openWebHost({ router, caller, rendererDir: rendererDir(), port, log });
  try {
    await host.publishEndpoint(web.endpoint);
  } catch (error) {
    await web.close();
    throw error;
  }
  return web;
};

const openOwn = async (options: EngineHostOptions): Promise<OwnEngine | null> => {
  let host: EngineHost;
  try {
    host = await openEngineHost(options);
  } catch (error) {
    if (error instanceof FailureError && error.failure.code === 'data_dir.held') return null;
    throw error;
  }
  return { kind: 'own', client: host.client, host, close: () => host.close() };
};

type Try = { readonly holder: DataDirHolder | null; readonly attached: AttachedEngine | null };

/** Attaches to the engine that holds the data directory; nothing when there is none, or it cannot be reached yet. */
const tryToAttach = async (dataDir: string): Promise<Try> => {
  const holder = await readHolder(dataDir);
  const endpoint = holder?.endpoint ?? null;
  if (holder === null || endpoint === null) return { holder, attached: null };
  try {
    const { openRemoteEngine } = await import('./web/remote-engine.ts');
    const { client, lost, newLink, close } = await openRemoteEngine(endpoint);
    const attached = { kind: 'attached', client, lost, newLink, holder, close: async () => close() } as const;
    return { holder, attached };
  } catch (error) {
    if (failureOf(error, '').code !== 'engine.unreachable') throw error;
    return { holder, attached: null };
  }
};

const unreachable = (dataDir: string, holder: DataDirHolder | null): FailureError => {
  const who =
    holder === null
      ? 'Another process'
      : `${holder.host} (process ${String(holder.pid)}, since ${holder.startedAt})`;
  return failureError(
    'engine.unreachable',
    `${who} holds the data directory ${dataDir} and does not answer. Wait for it or end it, ` +
      'or choose another data directory with --data-dir.',
  );
};

const untilConnected = async (
  dataDir: string,
  attempt: () => Promise<EngineConnection | null>,
): Promise<EngineConnection> => {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const own = await attempt();
    if (own !== null) return own;
    const { holder, attached } = await tryToAttach(dataDir);
    if (attached !== null) return attached;
    // A short command holds it for moments, a new engine is not reachable at once, a killed one has left its address.
    if (Date.now() > deadline) throw unreachable(dataDir, holder);
    await delay(pauseMs);
  }
};

/**
 * The engine of a data directory: opened in this process when nobody holds it, else that of the process that does.
 * @throws FailureError `engine.unreachable` when who holds it does not answer, and what opening an engine throws
 */
export const connectEngine = (options: EngineHostOptions): Promise<EngineConnection> =>
  untilConnected(options.dataDir, () => openOwn(options));

/** Attaches to the engine of a data directory if there is one that can be reached now. */
export const attachEngine = async (dataDir: string): Promise<AttachedEngine | null> =>
  (await tryToAttach(dataDir)).attached;
