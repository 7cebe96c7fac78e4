import type { AttemptRecord } from '../../engine/store-ports.ts';
import type { ArchiveLine } from './lines.ts';
import { rawBytes, type NewRaw, type RawStreams } from './raw.ts';

/** What the attempts of one orchestration printed, on its way in. */
export type RawIntake = {
  readonly take: (line: Extract<ArchiveLine, { kind: 'raw' }>) => Promise<void>;
  /** All of it is written, if not yet under its name. */
  readonly ready: () => Promise<void>;
  /** Gives all of it its names. */
  readonly finish: () => Promise<void>;
  /** Takes away what has no name yet. */
  readonly discard: () => Promise<void>;
};

/** `isOurs`: the attempts are this machine's own, and what they printed is not written again. */
export const createRawIntake = (
  raw: RawStreams,
  attempts: readonly AttemptRecord[],
  isOurs: boolean,
): RawIntake => {
  const own = new Set<string>(attempts.map(({ id }) => id));
  /** By attempt and stream; null for what is here. */
  const files = new Map<string, NewRaw | null>();
  let unfinished: NewRaw[] = [];
  return {
    take: async (line) => {
      const { attemptId, stream } = line;
      if (isOurs || !own.has(attemptId)) return;
      const key = `${attemptId} ${stream}`;
      let file = files.get(key);
      if (file === undefined) {
        file = (await raw.exists(attemptId, stream)) ? null : await raw.create(attemptId, stream);
        files.set(key, file);
        if (file !== null) unfinished.push(file);
      }
      await file?.write(rawBytes(line));
    },
    ready: async () => {
      for (const file of unfinished) await file.ready();
    },
    finish: async () => {
      const finishing = unfinished;
      unfinished = [];
      for (const file of finishing) await file.finish();
    },
    discard: async () => {
      const discarding = unfinished;
      unfinished = [];
      for (const file of discarding) await file.discard();
    },
  };
};
