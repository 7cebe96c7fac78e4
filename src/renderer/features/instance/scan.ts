import type { OrchestrationEvent } from '../../../shared/domain/event.ts';

/** Reads events `from` on, at most 1000. */
export type ReadEvents = (from: number, limit: number) => Promise<readonly OrchestrationEvent[]>;

const CHUNK = 1000;

export type Scan = {
  readonly read: ReadEvents;
  /** The first event to look at. */
  readonly from: number;
  /** Where to stop: not looked at any more. Below `from` for a scan backwards. */
  readonly to: number;
  /** Called for each chunk in the scan's order, with how many events were looked at so far; true ends the scan. */
  readonly onEvents: (events: readonly OrchestrationEvent[], looked: number) => boolean;
  readonly signal: AbortSignal;
};

/** Looks through events that need not be loaded, chunk by chunk, forwards or backwards; keeps none. */
export const scan = async ({ read, from, to, onEvents, signal }: Scan): Promise<void> => {
  const backwards = to < from;
  for (let looked = 0; looked < Math.abs(to - from);) {
    const size = Math.min(CHUNK, Math.abs(to - from) - looked);
    const start = backwards ? from - looked - size + 1 : from + looked;
    const events = await read(start, size);
    if (signal.aborted || events.length === 0) return;
    looked += size;
    if (onEvents(backwards ? events.toReversed() : events, looked)) return;
  }
};

/** The number of the first event that fits, or null. */
export const findEvent = async (
  what: Omit<Scan, 'onEvents'> & {
    readonly fits: (event: OrchestrationEvent) => boolean;
    readonly onProgress?: (looked: number) => void;
  },
): Promise<number | null> => {
  const { fits, onProgress, ...rest } = what;
  let found: number | null = null;
  await scan({
    ...rest,
    onEvents: (events, looked) => {
      found = events.find(fits)?.n ?? null;
      onProgress?.(looked);
      return found !== null;
    },
  });
  return found;
};
