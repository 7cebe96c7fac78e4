/** Does work of the same key one after the other, in the order in which it was asked for. */
type InTurns<Key> = <T>(key: Key, work: () => Promise<T>) => Promise<T>;

/** Work that fails holds up nothing. */
export const createInTurns = <Key>(): InTurns<Key> => {
  const last = new Map<Key, Promise<unknown>>();
  return async (key, work) => {
    const before = last.get(key) ?? Promise.resolve();
    // `before` never rejects, see below; whoever asked for it hears of its failure.
    const done = before.then(work);
    const settled = done.then(
      () => undefined,
      () => undefined,
    );
    last.set(key, settled);
    try {
      return await done;
    } finally {
      if (last.get(key) === settled) last.delete(key);
    }
  };
};
