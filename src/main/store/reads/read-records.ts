import type { Database } from 'better-sqlite3';
import { type Answers, listOf } from './answers.ts';
import { spentBeforeRows } from './spent-before.ts';

/** Reads what is kept beyond orchestrations, and what was spent. */
export const readRecords = (db: Database): Pick<Answers, 'records' | 'spent'> => {
  const ofKind = db.prepare<[string], { readonly id: string; readonly value: string }>(
    'SELECT id, value FROM records WHERE kind = ? ORDER BY id',
  );
  const tokens = 'u.input_tokens + u.output_tokens + u.cache_write_tokens + u.cache_read_tokens';
  const spent = db
    .prepare<[{ readonly from: number; readonly before: number }]>(
      `SELECT json_object(
       'tokens', coalesce(sum(${tokens}), 0),
       'costMicroUsd', coalesce(sum(u.cost_micro_usd), 0),
       'basis', iif(max(u.basis = 'estimated') = 1, 'estimated', 'exact'),
       'atLeast', json(iif(max(u.cost_micro_usd = 0 AND ${tokens} > 0) = 1, 'true', 'false')))
     FROM (
       SELECT a.started_at AS at, usage.basis, usage.input_tokens, usage.output_tokens, usage.cache_write_tokens,
         usage.cache_read_tokens, usage.cost_micro_usd
       FROM attempts a JOIN usage ON usage.attempt_key = a.key JOIN instances i ON i.key = a.instance_key
         JOIN facets f ON f.orchestration_key = i.orchestration_key
       WHERE a.started_at >= @from AND a.started_at < @before AND f.origin = 'netra'
       UNION ALL
       SELECT * FROM (${spentBeforeRows}) WHERE at >= @from AND at < @before
     ) u`,
    )
    .pluck();
  return {
    records: (kind) =>
      listOf(ofKind.all(kind).map(({ id, value }) => `{"id":${JSON.stringify(id)},"value":${value}}`)),
    spent: (from, before) => String(spent.get({ from, before })),
  };
};
