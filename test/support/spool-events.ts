import { join } from 'node:path';
import { createAttemptStream } from '../../src/main/claude/stream/attempt-stream.ts';
import { openSpoolWatch } from '../../src/main/claude/spool/spool-watch.ts';
import type { AttemptSpec } from '../../src/main/engine/ports.ts';
import { pricesFor } from '../../src/main/hosts/prices.ts';
import { expandSpool } from '../../src/main/spool/expand-spool.ts';
import { systemClock } from '../../src/main/hosts/system-clock.ts';
import type { EventBody, SpoolRange } from '../../src/shared/domain/event.ts';

/** An event as the lines of a spool alone say it. */
export type SpoolEvent = { readonly source: SpoolRange | null; readonly body: EventBody };

/** Reads the spools of a data directory anew, as if nothing of them had ever been stored. */
export const openSpoolReader = async (dataDir: string) => {
  const folder = join(dataDir, 'spool');
  const prices = await pricesFor(dataDir);
  const watch = openSpoolWatch(folder, systemClock, () => undefined);
  const read = async ({ attemptId, instance }: AttemptSpec): Promise<readonly SpoolEvent[]> => {
    await expandSpool(folder, attemptId);
    const events: SpoolEvent[] = [];
    const { session } = instance;
    const stream = createAttemptStream({
      files: { stdout: join(folder, `${attemptId}.ndjson`), stderr: join(folder, `${attemptId}.stderr`) },
      stored: { stdout: 0, stderr: 0 },
      ...{ clock: systemClock, watch, prices },
      wantsStructured: instance.resultSchema !== undefined,
      resumed: session !== undefined && 'resume' in session ? { from: null } : null,
    });
    await stream.catchUp((output) => {
      for (const item of output.items)
        if (item.kind === 'event') events.push({ source: item.source, body: item.body });
      return Promise.resolve();
    }, true);
    return events;
  };
  return { read, close: () => watch.close() };
};
