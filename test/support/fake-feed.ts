/** Hands what is pushed to everybody who follows, in groups: at most one a frame of 33 ms, as the engine does. */
export const createFeed = <T>(frameMs = 33) => {
  const followers = new Set<(item: T) => void>();

  const follow = (signal: AbortSignal | undefined): AsyncGenerator<readonly T[], void> => {
    let waiting: T[] = [];
    let wake = (): void => undefined;
    const take = (item: T): void => {
      waiting.push(item);
      wake();
    };
    followers.add(take);
    signal?.addEventListener('abort', () => {
      wake();
    });
    return (async function* () {
      try {
        while (signal?.aborted !== true) {
          if (waiting.length === 0) {
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
            continue;
          }
          const items = waiting;
          waiting = [];
          yield items;
          await new Promise((resolve) => setTimeout(resolve, frameMs));
        }
      } finally {
        followers.delete(take);
      }
    })();
  };

  return {
    push: (item: T): void => {
      for (const follower of followers) follower(item);
    },
    follow,
  };
};
