import type { Database } from 'better-sqlite3';
import type { OrchestrationQuery } from '../engine/ports.ts';
import { type Answers, listOf } from './answers.ts';
import { foldName } from './fold-name.ts';
import { StoreFailure } from './sqlite-failure.ts';

type Filter = { readonly where: string; readonly values: Readonly<Record<string, string>> };

const filterOf = ({ search = '', states = [] }: OrchestrationQuery): Filter => {
  const parts = ['f.deleted_at IS NULL'];
  const values: Record<string, string> = {};
  if (states.length > 0) {
    parts.push('f.state IN (SELECT value FROM json_each(@states))');
    values['states'] = JSON.stringify(states);
  }
  if (search !== '') {
    const found = 'SELECT orchestration_key FROM instances WHERE instr(name, @search) > 0';
    parts.push(`(instr(f.name, @search) > 0 OR f.orchestration_key IN (${found}))`);
    values['search'] = foldName(search);
  }
  return { where: parts.join(' AND '), values };
};

/** A cursor is the key of the last row given: rows that come later have higher keys, and so change no later page. */
const cursorKey = (cursor: string | undefined): number => {
  if (cursor === undefined) return Number.MAX_SAFE_INTEGER;
  if (/^[1-9]\d{0,14}$/.test(cursor)) return Number(cursor);
  throw new StoreFailure({
    code: 'store.bad_cursor',
    message: 'That page cannot be found: ask for the first one again.',
  });
};

/** Reads the list of orchestrations, page by page. */
export const readPages = (db: Database): Answers['orchestrations'] => {
  type Row = { readonly key: number; readonly view: string };
  return (query) => {
    const { where, values } = filterOf(query);
    const before = cursorKey(query.cursor);
    const rows = db
      .prepare<[Record<string, string | number>], Row>(
        `SELECT o.key, o.view FROM facets f JOIN orchestrations o ON o.key = f.orchestration_key
         WHERE ${where} AND f.orchestration_key < @before ORDER BY f.orchestration_key DESC LIMIT @limit + 1`,
      )
      .all({ ...values, before, limit: query.limit });
    const total = db
      .prepare<[Filter['values']], number>(`SELECT count(*) FROM facets f WHERE ${where}`)
      .pluck()
      .get(values);
    const items = rows.slice(0, query.limit);
    const last = rows.length > query.limit ? items.at(-1) : undefined;
    const nextCursor = last === undefined ? null : String(last.key);
    const views = listOf(items.map((row) => row.view));
    return `{"items":${views},"nextCursor":${JSON.stringify(nextCursor)},"total":${String(total)}}`;
  };
};
