import type { Database } from 'better-sqlite3';
import { checkpoint } from './database.ts';

/** Free pages that are kept for what is stored next, and the share of the file that they may be. */
const keptPages = 4096;
const keptShare = 0.1;

/** Pages that one statement gives back; some 2 ms. */
const pagesAtOnce = 64;

const incremental = 2;

const numberOf = (db: Database, pragma: string): number => Number(db.pragma(pragma, { simple: true }));

/**
 * Gives free pages back to the file system, some at a time, when there are more of them than are soon filled again. A database
 * that an older version made keeps them until it is vacuumed as a whole (`netra db vacuum`).
 */
export const createVacuum = (db: Database): ((ms: number) => boolean) => {
  const isIncremental = numberOf(db, 'auto_vacuum') === incremental;
  let isUnderWay = false;
  return (ms) => {
    if (!isIncremental) return false;
    const until = performance.now() + ms;
    const enough = Math.max(keptPages, numberOf(db, 'page_count') * keptShare);
    // Once begun it goes on to half of that, so that it is not begun again soon.
    const kept = isUnderWay ? enough / 2 : enough;
    for (;;) {
      const free = numberOf(db, 'freelist_count');
      if (free <= kept) break;
      isUnderWay = true;
      // All of its rows must be fetched: it gives back a page for each.
      db.prepare(`PRAGMA incremental_vacuum(${String(pagesAtOnce)})`).all();
      if (performance.now() >= until) return true;
    }
    if (isUnderWay) checkpoint(db);
    isUnderWay = false;
    return false;
  };
};
