import type { MessagePortMain } from 'electron';
import type { Failure } from '../../../shared/domain/failure.ts';
import { type EndedOrchestration, fromEngineSchema, type ToEngine } from '../engine-process/messages.ts';

/** Electron's UtilityProcess, as much of it as is used. */
export interface EngineProcess {
  readonly postMessage: (message: ToEngine, transfer?: MessagePortMain[]) => void;
  readonly on: ((event: 'message', listener: (message: unknown) => void) => unknown) &
    ((event: 'exit', listener: (code: number) => void) => unknown);
  readonly kill: () => boolean;
}

/** A client that waits for the engine: is called once with the engine's end of its port-to-be. */
export type Offer = (give: (port: MessagePortMain) => void) => void;

export interface SupervisorOptions {
  readonly fork: () => EngineProcess;
  /** The engine says that it cannot be opened (data directory held by another, not writable …): nothing is retried. */
  readonly onFailed: (failure: Failure) => void;
  readonly onEnded: (orchestration: EndedOrchestration) => void;
  readonly report: (message: string) => void;
  /** Calls once after some milliseconds; gives a function that calls it off. */
  readonly after: (delayMs: number, run: () => void) => () => void;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

/** Keeps one engine process alive, and brings clients to it. */
export interface EngineSupervisor {
  /** Connects a client as soon as an engine is ready; a newer wish of the same client replaces one that still waits. */
  connect(client: number, offer: Offer): void;
  unfinishedInstances(): number;
  /** Starts the engine again after it said that it cannot be opened. */
  start(): void;
  /** Ends the engine; `stopWork` stops the instances first. Resolves when its process is gone, by force if need be. */
  close(stopWork: boolean): Promise<void>;
}

const backOffMs = [0, 250, 1000, 2000, 5000, 10_000] as const;
/** An engine that was ready so long was a good one: the next loss starts the back-off anew. */
const lastingMs = 30_000;
const closeWithinMs = 10_000;
const stopAndCloseWithinMs = 45_000;

class Supervisor implements EngineSupervisor {
  readonly #options: SupervisorOptions;
  readonly #waiting = new Map<number, Offer>();
  readonly #closed: PromiseWithResolvers<undefined> = Promise.withResolvers();
  #engine: EngineProcess | null = null;
  #isReady = false;
  #isClosing = false;
  #hasFailed = false;
  #unfinished = 0;
  #losses = 0;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  connect(client: number, offer: Offer): void {
    this.#waiting.set(client, offer);
    this.#serve();
  }

  unfinishedInstances(): number {
    return this.#unfinished;
  }

  start(): void {
    if (this.#isClosing || this.#engine !== null) return;
    this.#hasFailed = false;
    const startedAt = this.#options.now();
    this.#engine = this.#options.fork();
    this.#engine.on('message', (message) => {
      this.#hear(message);
    });
    this.#engine.on('exit', (code) => {
      this.#lost(code, startedAt);
    });
  }

  async close(stopWork: boolean): Promise<void> {
    this.#isClosing = true;
    const engine = this.#engine;
    if (engine === null) return;
    const { after, report } = this.#options;
    engine.postMessage({ kind: 'close', stopWork });
    const cancel = after(stopWork ? stopAndCloseWithinMs : closeWithinMs, () => {
      report('The engine did not end in time and is killed; the spool files keep what it had not stored.');
      engine.kill();
    });
    await this.#closed.promise;
    cancel();
  }

  #serve(): void {
    const engine = this.#engine;
    if (engine === null || !this.#isReady) return;
    for (const offer of this.#waiting.values()) {
      offer((port) => {
        engine.postMessage({ kind: 'connect' }, [port]);
      });
    }
    this.#waiting.clear();
  }

  #hear(message: unknown): void {
    const { report, onFailed, onEnded } = this.#options;
    const parsed = fromEngineSchema.safeParse(message);
    if (!parsed.success) report(`The engine said something unknown: ${parsed.error.message}`);
    else if (parsed.data.kind === 'work') this.#unfinished = parsed.data.unfinishedInstances;
    else if (parsed.data.kind === 'ended') onEnded(parsed.data.orchestration);
    else if (parsed.data.kind === 'failed') {
      this.#hasFailed = true;
      onFailed(parsed.data.failure);
    } else {
      this.#isReady = true;
      this.#serve();
    }
  }

  #lost(code: number, startedAt: number): void {
    const { now, after, report } = this.#options;
    this.#engine = null;
    this.#isReady = false;
    if (this.#isClosing) this.#closed.resolve(undefined);
    if (this.#isClosing || this.#hasFailed) return;
    if (now() - startedAt > lastingMs) this.#losses = 0;
    const delay = backOffMs[this.#losses] ?? 10_000;
    this.#losses += 1;
    report(`The engine ended with code ${String(code)}; it starts again in ${String(delay)} ms.`);
    after(delay, () => {
      this.start();
    });
  }
}

/** Starts the engine's process and keeps it running until `close`. */
export const openEngineSupervisor = (options: SupervisorOptions): EngineSupervisor => {
  const supervisor = new Supervisor(options);
  supervisor.start();
  return supervisor;
};
