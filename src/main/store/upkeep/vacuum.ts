import type { Database } from 'better-sqlite3';
import type { VacuumReport } from '../../../shared/contract/database.ts';

/** Free pages that are kept for what is stored next, and the share of the file that they may be. */
const keptPages = 4096;
const keptShare = 0.1;

/** Pages that one statement gives back; some 2 ms. */
const pagesAtOnce = 64;

const incremental = 2;

const numberOf = (db: Database, pragma: string): number => Number(db.pragma(pragma, { simple: true }));

/**
 * Writes the whole database anew, without what it keeps free, so that it can give back free pages from then on. Gives its size
 * before and after, in bytes. @throws SqliteError; it is as it was then
 */
export const vacuumWhole = (db: Database): VacuumReport => {
  const size = (): number => numberOf(db, 'page_count') * numberOf(db, 'page_size');
  const before = size();
  db.pragma('auto_vacuum = INCREMENTAL');
  db.exec('VACUUM');
  db.pragma('wal_checkpoint(TRUNCATE)');
  return { before, after: size() };
};

/**
 * Gives free pages back to the file system, some at a time, when there are more of them than are soon filled again; the file is shorter
 * after the next checkpoint. A database
 * that an older version made keeps them until it is vacuumed as a whole (`netra db vacuum`).
 */
export const createVacuum = (db: Database, leastKept = keptPages): ((ms: number) => boolean) => {
  const isIncremental = numberOf(db, 'auto_vacuum') === incremental;
  let isUnderWay = false;
  return (ms) => {
    if (!isIncremental) return false;
    const until = performance.now() + ms;
    const enough = Math.max(leastKept, numberOf(db, 'page_count') * keptShare);
    // Once begun it goes on to half of that, so that it is not begun again soon.
    const kept = isUnderWay ? enough / 2 : enough;
    for (;;) {
      const free = numberOf(db, 'freelist_count');
      if (free <= kept) break;
      isUnderWay = true;
      // `exec` goes on to its end; a statement that is run would give back one page.
      db.exec(`PRAGMA incremental_vacuum(${String(pagesAtOnce)})`);
      if (performance.now() >= until) return true;
    }
    isUnderWay = false;
    return false;
  };
};
