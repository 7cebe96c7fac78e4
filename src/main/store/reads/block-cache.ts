import type { Database } from 'better-sqlite3';
import { type BlockEvent, decodeBlock } from '../event-block.ts';

/** What decoded blocks may take in memory, in characters of their bodies: some hundred blocks. */
const keptCharacters = 24 * 1024 * 1024;

/** What an event takes beside its body, about. */
const headCharacters = 100;

const sizeOf = (events: readonly BlockEvent[]): number =>
  events.reduce((sum, { body }) => sum + body.length + headCharacters, 0);

/** Gives the events of a block by its key; those used last are kept decoded, for a block never changes and no key is used twice. */
export const createBlockCache = (
  db: Database,
  maxCharacters = keptCharacters,
): ((key: number) => readonly BlockEvent[]) => {
  const find = db.prepare<[number], Uint8Array>('SELECT data FROM event_blocks WHERE key = ?').pluck();
  const kept = new Map<number, { readonly events: readonly BlockEvent[]; readonly size: number }>();
  let total = 0;
  const keep = (key: number, events: readonly BlockEvent[]): void => {
    const size = sizeOf(events);
    kept.set(key, { events, size });
    total += size;
    for (const [oldest, entry] of kept) {
      if (total <= maxCharacters || oldest === key) break;
      kept.delete(oldest);
      total -= entry.size;
    }
  };
  return (key) => {
    const known = kept.get(key);
    if (known !== undefined) {
      // The one used last stands at the end.
      kept.delete(key);
      kept.set(key, known);
      return known.events;
    }
    const data = find.get(key);
    const events = data === undefined ? [] : decodeBlock(data);
    keep(key, events);
    return events;
  };
};
