import { EventEmitter } from 'node:events';
import { codec } from '../codec.ts';
import { portTable } from '../ports.ts';

/** A port in the main process. */
export class MessagePortMain extends EventEmitter {
  /** Name in the port table. */
  readonly port: string;

  constructor(port: string) {
    super();
    this.port = port;
  }
  postMessage(message: unknown): void {
    portTable.send(this.port, codec.encode(message));
  }
  start(): void {
    portTable.place(this.port, {
      deliver: (wire) => setImmediate(() => this.emit('message', { data: codec.decode(wire), ports: [] })),
      closed: () => setImmediate(() => this.emit('close')),
    });
  }
  close(): void {
    portTable.close(this.port);
  }
}

export class MessageChannelMain {
  readonly port1: MessagePortMain;
  readonly port2: MessagePortMain;

  constructor() {
    const [first, second] = portTable.createPair();
    this.port1 = new MessagePortMain(first);
    this.port2 = new MessagePortMain(second);
  }
}
