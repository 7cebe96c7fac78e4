// Ports live in the main process, in a utility process or in a page. Wherever both ends are, a message passes `send`
// below and is delivered where the other end has been placed, as text of the codec; the app's code is not involved.

/** Where a port has been placed: gets what the other end sends, and learns when it is closed. */
export interface PortPlace {
  readonly deliver: (wire: string) => void;
  readonly closed: () => void;
}

interface PortRecord {
  readonly peer: string;
  readonly queue: string[];
  place?: PortPlace;
}

/** All ports of one app. */
export interface PortTable {
  /** Two entangled ports; messages wait until the receiving one is placed. */
  readonly createPair: () => readonly [string, string];
  readonly place: (port: string, place: PortPlace) => void;
  /** Sends from `port` to its peer. A message to a closed port is dropped, as for any MessagePort. */
  readonly send: (port: string, wire: string) => void;
  /** Closes both ends and tells the peer's place. */
  readonly close: (port: string) => void;
  readonly size: () => number;
}

export const createPortTable = (): PortTable => {
  const ports = new Map<string, PortRecord>();
  let lastPort = 0;

  const createPair = (): readonly [string, string] => {
    const [first, second] = [`port-${++lastPort}`, `port-${++lastPort}`] as const;
    ports.set(first, { peer: second, queue: [] });
    ports.set(second, { peer: first, queue: [] });
    return [first, second];
  };

  const place = (port: string, where: PortPlace): void => {
    const record = ports.get(port);
    if (!record) {
      where.closed();
      return;
    }
    record.place = where;
    for (const wire of record.queue.splice(0)) where.deliver(wire);
  };

  const send = (port: string, wire: string): void => {
    const peer = ports.get(ports.get(port)?.peer ?? '');
    if (peer?.place) peer.place.deliver(wire);
    else peer?.queue.push(wire);
  };

  const close = (port: string): void => {
    const record = ports.get(port);
    if (!record) return;
    const peer = ports.get(record.peer);
    ports.delete(port);
    ports.delete(record.peer);
    peer?.place?.closed();
  };

  return { createPair, place, send, close, size: () => ports.size };
};

/** The ports of this app. */
export const portTable = createPortTable();
