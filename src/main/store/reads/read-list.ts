import type { Database } from 'better-sqlite3';
import type { OrchestrationQuery, OrchestrationSort } from '../../engine/store-ports.ts';
import { everything } from '../../../shared/domain/search/search-query.ts';
import { type Answers, listOf } from './answers.ts';
import {
  conditionsOf,
  prepareConditions,
  type ConditionOptions,
  type Conditions,
} from './query-conditions.ts';
import type { SearchLookup } from '../search/search-lookup.ts';
import { FailureError } from '../../../shared/domain/failure.ts';

/** Those that run come after all that have ended. */
const neverMs = 8_640_000_000_000_000;

const sortColumns: Readonly<Record<OrchestrationSort['by'], string>> = {
  started: 'f.started_at',
  ended: `coalesce(f.ended_at, ${String(neverMs)})`,
  name: 'f.name',
  state: 'f.state',
  cost: 'f.cost_micro_usd',
  tokens: 'f.tokens',
  duration: '(coalesce(f.ended_at, @now) - f.started_at)',
  instances: 'f.instances',
};

/** The last row of a page, in the terms of its order, and the moment that durations count up to on all pages. */
type Cursor = { readonly value: string | number; readonly key: number; readonly now: number };

const badCursor = (): FailureError =>
  new FailureError({
    code: 'store.bad_cursor',
    message: 'That page cannot be found: ask for the first one again.',
  });

const writeCursor = ({ value, key, now }: Cursor): string =>
  Buffer.from(JSON.stringify([value, key, now])).toString('base64url');

const readCursor = (text: string): Cursor => {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    const [value, key, now] = Array.isArray(parsed) ? (parsed as unknown[]) : [];
    const isValue = typeof value === 'string' || typeof value === 'number';
    if (isValue && typeof key === 'number' && typeof now === 'number') return { value, key, now };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw badCursor();
};

const filterOf = (
  { query = everything, states = [] }: OrchestrationQuery,
  options: ConditionOptions,
): Conditions => {
  const { where, values } = conditionsOf(query, options);
  if (states.length === 0) return { where, values };
  return {
    where: `${where} AND f.state IN (SELECT value FROM json_each(@states))`,
    values: { ...values, states: JSON.stringify(states) },
  };
};

type Row = { readonly key: number; readonly value: string | number };

/** Reads the list of orchestrations, page by page. */
export const readPages = (db: Database, lookup: SearchLookup): Answers['orchestrations'] => {
  prepareConditions(db);
  const view = db.prepare<[number], string>('SELECT view FROM orchestrations WHERE key = ?').pluck();

  const rowsOf = (query: OrchestrationQuery, filter: Conditions, cursor: Cursor | null, now: number) => {
    const { by, direction } = query.sort ?? { by: 'started', direction: 'desc' };
    const column = sortColumns[by];
    const beyond = `(${column}, f.orchestration_key) ${direction === 'asc' ? '>' : '<'} (@value, @key)`;
    return db
      .prepare<[Record<string, string | number>], Row>(
        `SELECT f.orchestration_key AS key, ${column} AS value FROM facets f
         WHERE ${filter.where}${cursor === null ? '' : ` AND ${beyond}`}
         ORDER BY ${column} ${direction}, f.orchestration_key ${direction} LIMIT @limit + 1`,
      )
      .all({
        ...filter.values,
        ...(cursor !== null && { value: cursor.value, key: cursor.key }),
        ...(column.includes('@now') && { now }),
        limit: query.limit,
      });
  };

  return (query) => {
    const cursor = query.cursor === undefined ? null : readCursor(query.cursor);
    const now = cursor?.now ?? query.now ?? Date.now();
    const filter = filterOf(query, { now, inEvents: lookup.sessionsWith });
    const rows = rowsOf(query, filter, cursor, now);
    const total = db
      .prepare<[Conditions['values']], number>(`SELECT count(*) FROM facets f WHERE ${filter.where}`)
      .pluck()
      .get(filter.values);
    const items = rows.slice(0, query.limit);
    const last = rows.length > query.limit ? items.at(-1) : undefined;
    const nextCursor = last === undefined ? null : writeCursor({ ...last, now });
    const views = listOf(items.flatMap(({ key }) => view.get(key) ?? []));
    return `{"items":${views},"nextCursor":${JSON.stringify(nextCursor)},"total":${String(total)}}`;
  };
};
