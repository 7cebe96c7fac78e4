/** Lets what belongs to one key happen one after the other, and what belongs to others at the same time. */
export interface Turns {
  /** Runs `act` when everything before it with the same key has ended, well or badly. */
  take<T>(key: string, act: () => Promise<T>): Promise<T>;
}

export function createTurns(): Turns {
  const last = new Map<string, Promise<unknown>>();
  return {
    take: async (key, act) => {
      const before = last.get(key) ?? Promise.resolve();
      const own = before.then(act, act);
      last.set(key, own);
      try {
        return await own;
      } finally {
        if (last.get(key) === own) last.delete(key);
      }
    },
  };
}

/** Does something with each of many, `most` at a time. The first error is thrown when what was begun has ended. */
export async function eachOf<T>(
  items: readonly T[],
  most: number,
  act: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  const errors: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (const item of rest) {
      if (errors.length > 0) return;
      await act(item).catch((error: unknown) => errors.push(error));
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker));
  if (errors.length > 0) throw errors[0];
}
