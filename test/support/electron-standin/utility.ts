// Loaded before the app's module in a utility process: gives it `process.parentPort`.
import { EventEmitter } from 'node:events';
import { codec } from './codec.ts';
import type { FromUtility, ToUtility } from './utility-messages.ts';

const send = (message: FromUtility): void => {
  if (process.connected) process.send?.(message);
};

class UtilityPort extends EventEmitter {
  readonly #port: string;
  #waiting: string[] | null = [];
  #isClosed = false;

  constructor(port: string) {
    super();
    this.#port = port;
  }
  postMessage(message: unknown): void {
    if (!this.#isClosed) send({ kind: 'port', port: this.#port, wire: codec.encode(message) });
  }
  start(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    for (const wire of waiting) this.take(wire);
  }
  close(): void {
    send({ kind: 'port-closed', port: this.#port });
    this.closed();
  }
  take(wire: string): void {
    if (this.#waiting) this.#waiting.push(wire);
    else this.emit('message', { data: codec.decode(wire), ports: [] });
  }
  closed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    ports.delete(this.#port);
    this.emit('close');
  }
}

const ports = new Map<string, UtilityPort>();

class ParentPort extends EventEmitter {
  postMessage(message: unknown): void {
    send({ kind: 'message', wire: codec.encode(message) });
  }
}

const parentPort = new ParentPort();
const early: ToUtility[] = [];

const deliver = (message: ToUtility): void => {
  if (message.kind === 'port') return ports.get(message.port)?.take(message.wire);
  if (message.kind === 'port-closed') return ports.get(message.port)?.closed();
  const opened = message.ports.map((name) => {
    const port = new UtilityPort(name);
    ports.set(name, port);
    return port;
  });
  parentPort.emit('message', { data: codec.decode(message.wire), ports: opened });
};

process.on('message', (message: ToUtility) => {
  if (parentPort.listenerCount('message') === 0 || early.length > 0) early.push(message);
  else deliver(message);
});
parentPort.on('newListener', (event) => {
  if (event === 'message') setImmediate(() => early.splice(0).forEach(deliver));
});
process.on('disconnect', () => process.exit(0));
Object.assign(process, { parentPort, type: 'utility' });
