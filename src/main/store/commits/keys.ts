import type { Database } from 'better-sqlite3';
import { FailureError } from '../../../shared/domain/failure.ts';

/** The integer keys of ids, remembered. Each throws FailureError `store.failed` for an id that is of no row. */
export type Keys = {
  readonly orchestration: (id: string) => number;
  readonly instance: (id: string) => number;
  readonly attempt: (id: string) => number;
  /** Forgets what was remembered. */
  readonly forget: () => void;
};

/** Some megabytes. */
const most = 50_000;

/** One for all that writes through a connection: when keys change, all of it must know. */
export const createKeys = (db: Database): Keys => {
  const remembered = new Map<string, number>();
  const remember = (id: string, key: number): void => {
    if (remembered.size >= most) remembered.clear();
    remembered.set(id, key);
  };
  const lookUp = (table: string, what: string) => {
    const find = db.prepare<[string], number>(`SELECT key FROM ${table} WHERE id = ?`).pluck();
    return (id: string): number => {
      const known = remembered.get(id);
      if (known !== undefined) return known;
      const key = find.get(id);
      if (key === undefined) {
        throw new FailureError({
          code: 'store.failed',
          message: `There is no ${what} ${id} in the database.`,
        });
      }
      remember(id, key);
      return key;
    };
  };
  return {
    orchestration: lookUp('orchestrations', 'orchestration'),
    instance: lookUp('instances', 'instance'),
    attempt: lookUp('attempts', 'attempt'),
    forget: () => {
      remembered.clear();
    },
  };
};
