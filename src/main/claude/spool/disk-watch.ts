import type { Clock, Log } from '../../engine/ports.ts';
import type { Spool } from './spool.ts';

export type DiskWatchOptions = {
  readonly spool: Spool;
  readonly clock: Clock;
  readonly log: Log;
  /** Called once, when the disk is found full; not after the watch was ended. */
  readonly onFull: () => Promise<void>;
};

const LOOK_MS = 2000;

/** Looks every 2 s whether the spool's disk is full: Claude may hang then, or go on unheard. The answer ends the watch. */
export function watchDisk({ spool, clock, log, onFull }: DiskWatchOptions): () => void {
  let over = false;
  const look = async (): Promise<void> => {
    const full = await spool.isFull();
    if (over) return;
    if (full) await onFull();
    else wait();
  };
  let cancel = (): void => undefined;
  const wait = (): void => {
    cancel = clock.after(LOOK_MS, () => {
      look().catch((error: unknown) => {
        log.error('The disk of the spool cannot be looked after', error);
      });
    });
  };
  wait();
  return () => {
    over = true;
    cancel();
  };
}
