import type { Database, Statement } from 'better-sqlite3';
import { sqliteCodeOf } from '../sqlite-failure.ts';

/** Keys of rows other than events are given one after the other. */
export const highestKey = 2 ** 31;

/** True when reading a part failed; the rest may be sound. */
const isUnreadable = (error: unknown): boolean => {
  const code = sqliteCodeOf(error) ?? '';
  // A damaged page shows in many ways, also as a page number beyond the file.
  return (
    /^SQLITE_(CORRUPT|NOTADB|IOERR|ERROR|TOOBIG|NOMEM|RANGE|MISMATCH)/.test(code) ||
    error instanceof RangeError
  );
};

const attempt = <T>(read: () => T): T | undefined => {
  try {
    return read();
  } catch (error) {
    if (isUnreadable(error)) return undefined;
    throw error;
  }
};

/**
 * Reads the rows of a table whose integer `key` is from `from` to `to`, in order, and passes over what cannot be read: after a
 * row that fails it looks further and further on, then back, for the first one that can.
 */
export const readableRows = function* <Row extends { readonly key: number }>(
  db: Database,
  select: string,
  from: number,
  to: number,
): Generator<Row> {
  const statement = attempt(() =>
    db.prepare<[number, number], Row>(`${select} WHERE rowid >= ? AND rowid <= ? ORDER BY rowid LIMIT 1`),
  );
  const many = attempt(() =>
    db.prepare<[number, number], Row>(`${select} WHERE rowid >= ? AND rowid <= ? ORDER BY rowid`),
  );
  if (statement === undefined || many === undefined) return;
  const canRead = (at: number): boolean => attempt(() => statement.get(at, to) ?? null) !== undefined;
  /** The first key from which on reading works again; past `to` when there is none. */
  const soundFrom = (bad: number): number => {
    let step = 1;
    while (bad + step <= to && !canRead(bad + step)) step *= 2;
    let low = bad + Math.floor(step / 2);
    let high = Math.min(bad + step, to + 1);
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (canRead(middle)) high = middle;
      else low = middle;
    }
    return high;
  };
  let next = from;
  while (next <= to) {
    const rows = many.iterate(next, to);
    let failed = false;
    try {
      for (;;) {
        const row = attempt(() => rows.next());
        failed = row === undefined;
        if (row === undefined || row.done === true) break;
        next = row.value.key + 1;
        yield row.value;
      }
    } finally {
      rows.return?.();
    }
    if (!failed) return;
    next = soundFrom(next);
  }
};

/**
 * As `readableRows`, of a small table without such a key: from its beginning to what fails, and from its end back to it. `prepare`
 * makes the statement that reads it in an order, `columns` are what it is in order by.
 */
export const readableList = <Row>(
  prepare: (order: string) => Statement<[], Row>,
  columns: readonly string[],
): readonly Row[] => {
  const read = (direction: 'ASC' | 'DESC'): { readonly rows: readonly Row[]; readonly isAll: boolean } => {
    const order = columns.map((column) => `${column} ${direction}`).join(', ');
    const rows: Row[] = [];
    const statement = attempt(() => prepare(order));
    const reading = attempt(() => statement?.iterate());
    if (reading === undefined) return { rows, isAll: false };
    for (;;) {
      const next = attempt(() => reading.next());
      if (next === undefined || next.done === true) return { rows, isAll: next !== undefined };
      rows.push(next.value);
    }
  };
  const forward = read('ASC');
  return forward.isAll ? forward.rows : [...forward.rows, ...read('DESC').rows];
};
