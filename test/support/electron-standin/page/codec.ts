/** Bytes to text and back; the page and Node have different means for it. */
export interface Base64 {
  readonly to: (bytes: Uint8Array) => string;
  readonly from: (text: string) => Uint8Array;
}

/** Structured-clone values as text and back. */
export interface Codec {
  /** Throws `An object could not be cloned.` for functions, symbols and the like, as Electron's IPC does. */
  readonly encode: (value: unknown) => string;
  readonly decode: (wire: string) => unknown;
}

/**
 * Carries structured-clone values (Map, Set, Date, BigInt, typed arrays, cycles, undefined, NaN …) as JSON text.
 * Also injected into pages by its source text: it must use nothing from outside its own body.
 */
export function createCodec(base64: Base64): Codec {
  type Tagged = Readonly<{ $t: string; v?: unknown; n?: string; c?: string; f?: string; k?: string }>;

  const encodeNumber = (value: number): unknown =>
    Number.isFinite(value) && !Object.is(value, -0)
      ? value
      : { $t: 'number', v: Object.is(value, -0) ? '-0' : String(value) };

  const encodeObject = (value: object, encodeChild: (child: unknown) => unknown): unknown => {
    const entries = (record: object): unknown =>
      Object.entries(record).map(([key, child]) => [key, encodeChild(child)]);
    if (Array.isArray(value)) return Array.from(value, encodeChild);
    if (value instanceof Date) return { $t: 'date', v: value.getTime() };
    if (value instanceof RegExp) return { $t: 'regexp', v: value.source, f: value.flags };
    if (value instanceof Map)
      return { $t: 'map', v: [...value].map((pair) => [encodeChild(pair[0]), encodeChild(pair[1])]) };
    if (value instanceof Set) return { $t: 'set', v: [...value].map(encodeChild) };
    if (value instanceof Error) return { $t: 'error', n: value.name, v: value.message, k: value.stack };
    if (value instanceof ArrayBuffer) return { $t: 'buffer', v: base64.to(new Uint8Array(value)) };
    if (ArrayBuffer.isView(value)) {
      const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
      return { $t: 'view', c: value.constructor.name, v: base64.to(bytes) };
    }
    if ('$t' in value) return { $t: 'object', v: entries(value) };
    return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, encodeChild(child)]));
  };

  const encodeValue = (value: unknown, seen: Map<object, number>): unknown => {
    if (typeof value === 'number') return encodeNumber(value);
    if (value === undefined) return { $t: 'undefined' };
    if (typeof value === 'bigint') return { $t: 'bigint', v: String(value) };
    if (typeof value !== 'object' || value === null) return value;
    const known = seen.get(value);
    if (known !== undefined) return { $t: 'ref', v: known };
    seen.set(value, seen.size);
    return encodeObject(value, (child) => encodeValue(child, seen));
  };

  const decodeView = (name: string, bytes: Uint8Array): object => {
    if (name === 'DataView') return new DataView(bytes.buffer);
    const known = Reflect.get(globalThis, name === 'Buffer' ? 'Uint8Array' : name) as Uint8ArrayConstructor;
    return new known(bytes.buffer);
  };

  const decodeError = (tagged: Tagged): Error => {
    const constructors: Readonly<Record<string, ErrorConstructor>> = { TypeError, RangeError, SyntaxError };
    const error = new (constructors[tagged.n ?? ''] ?? Error)(String(tagged.v));
    return Object.assign(error, { stack: tagged.k });
  };

  const decodeTagged = (tagged: Tagged, refs: object[]): unknown => {
    const own = <T extends object>(value: T): T => {
      refs.push(value);
      return value;
    };
    const child = (value: unknown): unknown => decodeValue(value, refs);
    const text = String(tagged.v);
    const list = tagged.v as readonly (readonly [unknown, unknown])[];
    switch (tagged.$t) {
      case 'undefined':
        return undefined;
      case 'number':
        return Number(text);
      case 'bigint':
        return BigInt(text);
      case 'ref':
        return refs[Number(text)];
      case 'date':
        return own(new Date(Number(text)));
      case 'regexp':
        return own(new RegExp(text, tagged.f));
      case 'map': {
        const map = own(new Map<unknown, unknown>());
        for (const [key, value] of list) map.set(child(key), child(value));
        return map;
      }
      case 'set': {
        const set = own(new Set<unknown>());
        for (const value of list) set.add(child(value));
        return set;
      }
      case 'error':
        return own(decodeError(tagged));
      case 'buffer':
        return own(base64.from(text).buffer);
      case 'view':
        return own(decodeView(tagged.c ?? 'Uint8Array', base64.from(text)));
      default: {
        const record: Record<string, unknown> = own({});
        for (const [key, value] of list) record[String(key)] = child(value);
        return record;
      }
    }
  };

  const decodeValue = (json: unknown, refs: object[]): unknown => {
    if (json === null || typeof json !== 'object') return json;
    if (Array.isArray(json)) {
      const list: unknown[] = [];
      refs.push(list);
      for (const child of json) list.push(decodeValue(child, refs));
      return list;
    }
    if ('$t' in json) return decodeTagged(json as Tagged, refs);
    const record: Record<string, unknown> = {};
    refs.push(record);
    for (const [key, child] of Object.entries(json)) record[key] = decodeValue(child, refs);
    return record;
  };

  const cloned = (value: unknown): unknown => {
    try {
      return structuredClone(value);
    } catch (error) {
      throw new Error('An object could not be cloned.', { cause: error });
    }
  };

  return {
    encode: (value) => JSON.stringify(encodeValue(cloned(value), new Map())),
    decode: (wire) => decodeValue(JSON.parse(wire), []),
  };
}
