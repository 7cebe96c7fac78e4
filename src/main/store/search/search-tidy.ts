import type { Database } from 'better-sqlite3';
import { checkpoint } from '../database.ts';
import { createVacuum } from '../upkeep/vacuum.ts';
import { createSearchFile } from './search-file.ts';

/** Pages that one statement merges; some milliseconds. */
const mergedAtOnce = 16;

/** A megabyte: what is removed from an index is seldom filled again soon. */
const keptPages = 256;

/** A merge rewrites the index: so often as a tenth of it was removed, or it has become twice as large. */
const removedShare = 0.1;
const grown = 2;
const fewPieces = 200;

/** What has happened to an index since it was merged. */
const createNeed = (index: Database) => {
  const version = (): unknown => index.pragma('data_version', { simple: true });
  const count = index.prepare<[], number>('SELECT count(*) FROM pieces').pluck();
  const last = index.prepare<[], { readonly pieces: number; readonly removed: number }>(
    'SELECT * FROM tidied',
  );
  const note = index.prepare('UPDATE tidied SET pieces = (SELECT count(*) FROM pieces), removed = 0');
  let seen: unknown;
  return {
    isThere: (): boolean => {
      const now = version();
      if (now === seen) return false;
      seen = now;
      const { pieces, removed } = last.get() ?? { pieces: 0, removed: 0 };
      const present = count.get() ?? 0;
      return removed > present * removedShare || present > pieces * grown + fewPieces;
    },
    isMet: () => note.run(),
  };
};

/** Merges what the index of words is made of, a step at a time; true when there is more. */
const createMerge = (index: Database): ((until: number) => boolean) => {
  const need = createNeed(index);
  const merge = index.prepare<[number]>("INSERT INTO words (words, rank) VALUES ('merge', ?)");
  const changes = index.prepare<[], number>('SELECT total_changes()').pluck();
  let isUnderWay = false;
  /** A negative number begins with all of it, others go on with that; true when that did something. */
  const step = (pages: number): boolean => {
    const before = changes.get() ?? 0;
    merge.run(pages);
    // One is of the statement itself.
    return (changes.get() ?? 0) - before > 1;
  };
  return (until) => {
    if (!isUnderWay && !need.isThere()) return false;
    let pages = isUnderWay ? mergedAtOnce : -mergedAtOnce;
    isUnderWay = true;
    while (step(pages)) {
      if (performance.now() >= until) return true;
      pages = mergedAtOnce;
    }
    need.isMet();
    isUnderWay = false;
    return false;
  };
};

const createTidying = (index: Database): ((ms: number) => boolean) => {
  const merge = createMerge(index);
  const vacuum = createVacuum(index, keptPages);
  return (ms) => {
    const until = performance.now() + ms;
    const hasMore = merge(until) || vacuum(Math.max(0, until - performance.now()));
    if (!hasMore) checkpoint(index);
    return hasMore;
  };
};

/**
 * Keeps the index beside a database small: what was removed from it, and the parts that each addition made, are merged away, and free
 * pages are given back. Gives a slice of it for at most about `ms`: true when there is more.
 */
export const createIndexTidying = (db: Database): ((ms: number) => boolean) => {
  const file = createSearchFile(db, 'indexing', createTidying);
  return (ms) => file.use((tidy) => tidy(ms)) ?? false;
};
