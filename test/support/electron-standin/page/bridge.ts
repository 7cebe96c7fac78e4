/** Exposes values of one world to the other, as `contextBridge` does. */
export interface Bridge {
  readonly expose: (key: string, value: unknown) => void;
}

/**
 * One end of the way between the page's own world and the preload's isolated world (`side`: `page` or `preload`; both
 * ends are made with the same `token`). The worlds share the DOM but no objects: they talk by CustomEvents on `window`
 * under a secret name, whose `detail` Chromium clones, and which are dispatched synchronously, as `contextBridge` needs.
 * Injected by its source text: it must use nothing from outside its own body.
 */
export function openBridge(token: string, side: 'page' | 'preload'): Bridge {
  type Packed = readonly [kind: string, value?: unknown];
  type Settle = Readonly<{ resolve: (value: unknown) => void; reject: (error: Error) => void }>;
  interface Message {
    readonly kind: 'expose' | 'call' | 'return' | 'settle';
    readonly id?: number;
    readonly key?: string;
    readonly fn?: number;
    readonly args?: readonly Packed[];
    readonly value?: Packed;
    readonly error?: string;
  }

  const other = side === 'page' ? 'preload' : 'page';
  const functions = new Map<number, (...args: unknown[]) => unknown>();
  const promises = new Map<number, Settle>();
  const returns = new Map<number, (message: Message) => void>();
  let lastId = 0;

  const fire = (message: Message): void => {
    window.dispatchEvent(new CustomEvent(token + other, { detail: message }));
  };
  const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

  const packPromise = (promise: Promise<unknown>): Packed => {
    const id = ++lastId;
    promise.then(
      (value) => fire({ kind: 'settle', id, value: pack(value) }),
      (error: unknown) => fire({ kind: 'settle', id, error: messageOf(error) }),
    );
    return ['promise', id];
  };

  const packObject = (value: object, seen: Map<object, number>): Packed => {
    const known = seen.get(value);
    if (known !== undefined) return ['ref', known];
    seen.set(value, seen.size);
    if (value instanceof Promise) return packPromise(value);
    if (Array.isArray(value)) return ['array', value.map((child) => pack(child, seen))];
    if (value instanceof Error) return ['error', value.message];
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== null && prototype !== Object.prototype) return ['value', value];
    return ['object', Object.entries(value).map(([key, child]) => [key, pack(child, seen)])];
  };

  const pack = (value: unknown, seen = new Map<object, number>()): Packed => {
    if (typeof value === 'symbol') throw new Error('An object could not be cloned.');
    if (typeof value === 'object' && value !== null) return packObject(value, seen);
    if (typeof value !== 'function') return ['value', value];
    const id = ++lastId;
    functions.set(id, value as (...args: unknown[]) => unknown);
    return ['function', id];
  };

  const remoteFunction =
    (fn: number) =>
    (...args: unknown[]): unknown => {
      const id = ++lastId;
      const answers: Message[] = [];
      returns.set(id, (message) => answers.push(message));
      fire({ kind: 'call', id, fn, args: args.map((arg) => pack(arg)) });
      returns.delete(id);
      const [answer] = answers;
      if (answer?.error !== undefined) throw new Error(answer.error);
      if (answer?.value === undefined) throw new Error('the other side of the context bridge is gone');
      return unpack(answer.value);
    };

  const unpack = ([kind, value]: Packed, refs: unknown[] = []): unknown => {
    const own = <T>(created: T): T => {
      refs.push(created);
      return created;
    };
    switch (kind) {
      case 'ref':
        return refs[Number(value)];
      case 'function':
        return remoteFunction(Number(value));
      case 'promise':
        return own(new Promise((resolve, reject) => promises.set(Number(value), { resolve, reject })));
      case 'error':
        return own(new Error(String(value)));
      case 'array': {
        const list: unknown[] = own([]);
        for (const child of value as readonly Packed[]) list.push(unpack(child, refs));
        return list;
      }
      case 'object': {
        const record: Record<string, unknown> = own({});
        for (const [key, child] of value as readonly (readonly [string, Packed])[])
          record[key] = unpack(child, refs);
        return record;
      }
      default:
        if (typeof value === 'object' && value !== null) refs.push(value);
        return value;
    }
  };

  const freeze = (value: unknown): unknown => {
    const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
    if (!isObject || Object.isFrozen(value) || ArrayBuffer.isView(value)) return value;
    Object.freeze(value);
    Object.values(value).forEach(freeze);
    return value;
  };

  const answerCall = ({ id = 0, fn = 0, args = [] }: Message): void => {
    try {
      const result = functions.get(fn)?.(...args.map((arg) => unpack(arg)));
      fire({ kind: 'return', id, value: pack(result) });
    } catch (error) {
      fire({ kind: 'return', id, error: messageOf(error) });
    }
  };

  const settle = ({ id = 0, error, value = ['value'] }: Message): void => {
    const promise = promises.get(id);
    promises.delete(id);
    if (error === undefined) promise?.resolve(unpack(value));
    else promise?.reject(new Error(error));
  };

  window.addEventListener(token + side, (event) => {
    const message = (event as CustomEvent<Message>).detail;
    if (message.kind === 'call') answerCall(message);
    else if (message.kind === 'settle') settle(message);
    else if (message.kind === 'return') returns.get(message.id ?? 0)?.(message);
    else {
      const value = freeze(unpack(message.value ?? ['value']));
      Object.defineProperty(window, message.key ?? '', { value, enumerable: true });
    }
  });

  return { expose: (key, value) => fire({ kind: 'expose', key, value: pack(value) }) };
}
