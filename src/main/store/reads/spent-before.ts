import type { Database } from 'better-sqlite3';
import type { Origin } from '../../../shared/domain/orchestration.ts';

/** What an attempt of a removed orchestration used of one model: where it counts, and the figures of `usage`. */
export type SpentAttempt = readonly [
  ...[at: number, instance: number, hasSucceeded: 0 | 1, model: string | null, isEstimated: 0 | 1],
  ...[input: number, output: number, write: number, read: number, cost: number],
];

/** What is kept of an orchestration that was removed for good: what it cost, and nothing that was said or done. */
export type SpentBefore = {
  /** The key that it had, which no other gets. */
  readonly key: number;
  readonly plan: string;
  readonly planTitle: string;
  readonly workspace: string;
  readonly origin: Origin;
  readonly owner: string;
  /** Instances are numbered from 0. */
  readonly attempts: readonly SpentAttempt[];
};

/**
 * In the words of SQL: the rows of what removed orchestrations used that this program ran, as `at` and the figures of
 * `usage`.
 */
export const spentBeforeRows = `SELECT e.value ->> 0 AS at, iif(e.value ->> 4, 'estimated', 'exact') AS basis,
    e.value ->> 5 AS input_tokens, e.value ->> 6 AS output_tokens, e.value ->> 7 AS cache_write_tokens,
    e.value ->> 8 AS cache_read_tokens, e.value ->> 9 AS cost_micro_usd
  FROM records r, json_each(r.value, '$.attempts') e WHERE r.kind = 'spent' AND r.value ->> 'origin' = 'netra'`;

/**
 * Gives what writes down, before an orchestration is removed for good, what it cost: budgets and reports must not forget
 * what was spent. In the transaction that removes it, while its facets are there. It becomes a record, and so is in the
 * ledger of records too.
 */
export const createSpentKeeper = (db: Database): ((orchestrationKey: number) => void) => {
  const head = db.prepare<[number], Omit<SpentBefore, 'attempts'> & { readonly id: string }>(
    `SELECT o.key, o.id, f.plan, coalesce(json_extract(o.view, '$.plan'), f.plan) AS planTitle, f.workspace, f.origin, f.owner
     FROM orchestrations o JOIN facets f ON f.orchestration_key = o.key WHERE o.key = ?`,
  );
  const attempts = db
    .prepare<[number], SpentAttempt>(
      `SELECT a.started_at, dense_rank() OVER (ORDER BY i.key) - 1, i.state = 'succeeded', u.model,
         coalesce(u.basis = 'estimated', 0), coalesce(u.input_tokens, 0), coalesce(u.output_tokens, 0),
         coalesce(u.cache_write_tokens, 0), coalesce(u.cache_read_tokens, 0), coalesce(u.cost_micro_usd, 0)
       FROM instances i JOIN attempts a ON a.instance_key = i.key LEFT JOIN usage u ON u.attempt_key = a.key
       WHERE i.orchestration_key = ? ORDER BY a.started_at`,
    )
    .raw();
  const keep = db.prepare(
    `INSERT INTO records (kind, id, value) VALUES ('spent', ?, ?)
     ON CONFLICT (kind, id) DO UPDATE SET value = excluded.value`,
  );
  return (orchestrationKey) => {
    const found = head.get(orchestrationKey);
    if (found === undefined) return;
    const { id, ...rest } = found;
    const spent: SpentBefore = { ...rest, attempts: attempts.all(orchestrationKey) };
    // An id may come again from an archive, and be removed again; the key does not.
    if (spent.attempts.length > 0) keep.run(`${String(orchestrationKey)} ${id}`, JSON.stringify(spent));
  };
};

/** Reads what removed orchestrations cost. */
export const createSpentReader = (db: Database): (() => readonly SpentBefore[]) => {
  const values = db.prepare<[], string>("SELECT value FROM records WHERE kind = 'spent'").pluck();
  return () => values.all().map((value) => JSON.parse(value) as SpentBefore);
};
