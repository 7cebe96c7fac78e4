import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { Protocol } from '../../../node_modules/playwright-core/types/protocol.d.ts';

export type { Protocol };
export type Method = keyof Protocol.CommandParameters & keyof Protocol.CommandReturnValues;
/** A method of a target by its name; the name tells which payload it has. */
export type TargetListener = (method: string, payload: never) => void;

interface Call {
  readonly method: string;
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

interface Incoming {
  readonly id?: number;
  readonly method?: string;
  readonly sessionId?: string;
  readonly params?: never;
  readonly result?: never;
  readonly error?: { readonly message: string };
}

const quietFlags = [
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--disable-extensions',
  '--disable-default-apps',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--password-store=basic',
  '--disable-renderer-backgrounding',
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-ipc-flooding-protection',
  // Electron's Chromium tells a MessagePort when its other end is gone; plain Chromium only does behind this switch.
  '--enable-blink-features=MessagePortCloseEvent',
];

/** Whether windows are to be seen on a display instead of being headless. */
export const isHeaded = process.env['STANDIN_HEADED'] === '1';

const flags = (userDataDir: string): string[] => [
  '--remote-debugging-pipe',
  '--remote-debugging-port=0',
  `--user-data-dir=${userDataDir}`,
  ...quietFlags,
  ...(process.getuid?.() === 0 ? ['--no-sandbox', '--test-type'] : []),
  ...(isHeaded ? ['--app=data:text/html,'] : ['--headless', '--no-startup-window']),
];

/** A running Chromium, spoken to over the DevTools protocol by a pipe. Emits the browser's own events, and `exit`. */
export class Chromium extends EventEmitter {
  readonly #process: ChildProcess;
  readonly #calls = new Map<number, Call>();
  readonly #targets = new Map<string, TargetListener>();
  #lastId = 0;
  #half: Buffer[] = [];
  isGone = false;

  /** Starts Chromium with its profile in `userDataDir`. */
  constructor(userDataDir: string) {
    super();
    const command = process.env['STANDIN_CHROMIUM'] ?? '/usr/bin/chromium';
    this.#process = spawn(command, flags(userDataDir), {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
    });
    this.#process.once('exit', () => this.#ended(`${command} has ended`));
    this.#process.once('error', (error) => this.#ended(`${command} cannot be started: ${error.message}`));
    this.#process.stderr?.on('data', relayDevToolsAddress);
    // Writing to a Chromium that is going away fails with EPIPE; its exit rejects every call anyway.
    this.#process.stdio[3]?.on('error', (error) => this.#ended(error.message));
    (this.#process.stdio[4] as Readable).on('data', (chunk: Buffer) => this.#receive(chunk));
  }

  /** One command to the browser, or to the target of `sessionId`. Rejects with the protocol's own words. */
  send<M extends Method>(
    method: M,
    params: Protocol.CommandParameters[M],
    sessionId?: string,
  ): Promise<Protocol.CommandReturnValues[M]> {
    if (this.isGone) return Promise.reject(new Error(`${method}: Chromium is gone`));
    const id = ++this.#lastId;
    (this.#process.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => this.#calls.set(id, { method, resolve, reject }));
  }

  /** Closes a page; one that is gone already is no fault. */
  closeTarget(targetId: string): void {
    this.send('Target.closeTarget', { targetId }).catch((error: unknown) => {
      if (!this.isGone && !String(error).includes('No target with given id'))
        console.error('stand-in:', error);
    });
  }

  /** From now on `listener` gets the events of the target of `sessionId`. */
  listen(sessionId: string, listener: TargetListener): void {
    this.#targets.set(sessionId, listener);
  }

  /** Stops listening to the target of `sessionId`. */
  forget(sessionId: string): void {
    this.#targets.delete(sessionId);
  }

  #receive(chunk: Buffer): void {
    let rest = chunk;
    for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0)) {
      this.#half.push(rest.subarray(0, end));
      this.#dispatch(JSON.parse(Buffer.concat(this.#half).toString('utf8')) as Incoming);
      this.#half = [];
      rest = rest.subarray(end + 1);
    }
    if (rest.length > 0) this.#half.push(rest);
  }

  #dispatch({ id, method = '', sessionId, params, result, error }: Incoming): void {
    if (id === undefined) {
      if (sessionId === undefined) this.emit(method, params);
      else this.#targets.get(sessionId)?.(method, params as never);
      return;
    }
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    if (error) call?.reject(new Error(`${call.method}: ${error.message}`));
    else call?.resolve(result as never);
  }

  #ended(reason: string): void {
    if (this.isGone) return;
    this.isGone = true;
    for (const call of this.#calls.values()) call.reject(new Error(`${call.method}: ${reason}`));
    this.#calls.clear();
    this.emit('exit', reason);
  }
}

/** Playwright waits for this line on the app's stderr; everything else Chromium says is noise unless asked for. */
const relayDevToolsAddress = (chunk: Buffer): void => {
  const line = /DevTools listening on ws:\S+/.exec(chunk.toString('utf8'));
  if (process.env['STANDIN_DEBUG'] === '1') process.stderr.write(chunk);
  else if (line) process.stderr.write(`${line[0]}\n`);
};
