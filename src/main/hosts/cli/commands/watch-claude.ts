import type { Log } from '../../../engine/ports.ts';
import { createChanges } from '../../history/changes.ts';
import { followFolder } from '../../history/follow.ts';
import { requestFailure } from '../../request-failure.ts';
import { systemClock } from '../../system-clock.ts';
import { onInterrupts } from '../interrupts.ts';
import type { Streams } from '../streams.ts';

export type WatchOptions = {
  readonly folder: string;
  readonly log: Log;
  /** Takes in what is new, and says so. */
  readonly takeIn: () => Promise<void>;
  readonly streams: Pick<Streams, 'say' | 'onBroken'>;
};

/** Nothing else keeps the program alive while it waits. */
const stayAlive = (): (() => void) => {
  const timer = setInterval(() => undefined, 2 ** 30);
  return () => {
    clearInterval(timer);
  };
};

/**
 * Takes in what comes to a folder of Claude Code's history, until Ctrl-C. An engine is only asked when a file has changed, and then
 * let go of: whoever wants the data directory in between has it. What fails is said, and tried again with the next change.
 */
export const watchClaude = async ({ folder, log, takeIn, streams }: WatchOptions): Promise<void> => {
  const ended = Promise.withResolvers<null>();
  const interrupts = onInterrupts([() => ended.resolve(null)]);
  streams.onBroken(() => ended.resolve(null));
  const letGo = stayAlive();
  const hasChanged = createChanges(folder);
  let isBehind = false;
  let running: Promise<void> = Promise.resolve();
  const takeInNew = async (): Promise<void> => {
    isBehind = hasChanged() || isBehind;
    if (!isBehind) return;
    try {
      await takeIn();
      isBehind = false;
    } catch (error) {
      streams.say(`netra: ${requestFailure(error)?.message ?? String(error)} It is tried again.`);
    }
  };
  const following = followFolder({
    ...{ folder, log, clock: systemClock, hasYoung: () => isBehind },
    takeIn: () => (running = takeInNew()),
  });
  try {
    await ended.promise;
    following.close();
    await running;
  } finally {
    following.close();
    letGo();
    interrupts.end();
  }
};
