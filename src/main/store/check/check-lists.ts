import type { Database } from 'better-sqlite3';
import type { AttemptRecord } from '../../engine/store-ports.ts';
import { packAttemptText, packInstanceText, packOrchestrationText } from '../rebuild/pack-line.ts';
import { type Finding, listed, problem } from './finding.ts';

/** The column of a field. */
const columnOf = (field: string): string =>
  field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const hasColumns = (row: object, expected: object): boolean =>
  Object.entries(expected).every(([field, value]) => Reflect.get(row, columnOf(field)) === value);

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Rows as they are compared: in an order of their own. */
const sorted = (rows: readonly (readonly unknown[])[]): readonly string[] =>
  rows.map((row) => JSON.stringify(row)).toSorted();

type Kept = { readonly key: number; readonly id: string; readonly text: string };

/** Looks at what was made of each text; one that cannot be read is told. */
const compare = function* (
  rows: Iterable<Kept>,
  what: string,
  agrees: (row: Kept) => boolean,
): Generator<Finding> {
  for (const row of rows) {
    try {
      if (!agrees(row)) yield problem(`The ${what} ${row.id} is listed with other figures than it has.`);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      yield problem(`What is kept of the ${what} ${row.id} cannot be read: ${error.message}.`);
    }
  }
};

const orchestrations = (db: Database): Generator<Finding> => {
  const all = db.prepare<[], Kept>(
    `SELECT key, id, view AS text FROM orchestrations WHERE key IN (${listed})`,
  );
  const facets = db.prepare<[number], object>('SELECT * FROM facets WHERE orchestration_key = ?');
  const labels = db.prepare<[number], string>('SELECT label FROM labels WHERE orchestration_key = ?').pluck();
  const models = db
    .prepare<[number], string>("SELECT name FROM used WHERE orchestration_key = ? AND kind = 'model'")
    .pluck();
  return compare(all.all(), 'orchestration', ({ key, text }) => {
    const expected = packOrchestrationText(text);
    const used = new Set(models.all(key));
    return (
      hasColumns(facets.get(key) ?? {}, expected.facets) &&
      isSame(labels.all(key).toSorted(), [...new Set(expected.labels)].toSorted()) &&
      // What it used for a moment stays known.
      expected.models.every((model) => used.has(model))
    );
  });
};

const instances = (db: Database): Generator<Finding> => {
  const all = db.prepare<[], Kept & { readonly orchestration: number }>(
    `SELECT key, id, view AS text FROM instances WHERE orchestration_key IN (${listed})`,
  );
  const row = db.prepare<[number], object>('SELECT position, name, state FROM instances WHERE key = ?');
  const tools = db
    .prepare<[number], unknown[]>(
      'SELECT tool, calls, errors, duration_ms FROM tool_usage WHERE instance_key = ?',
    )
    .raw();
  return compare(all.all(), 'instance', ({ key, text }) => {
    const { position, name, state, tools: used } = packInstanceText(text);
    const expected = Object.entries(used ?? {}).map(([tool, { calls, errors, durationMs }]) => [
      tool,
      calls,
      errors,
      Math.round(durationMs),
    ]);
    return (
      hasColumns(row.get(key) ?? {}, { position, name, state }) &&
      isSame(sorted(tools.all(key)), sorted(expected))
    );
  });
};

const usageRows = ({ basis, byModel }: AttemptRecord['usage']): readonly (readonly unknown[])[] =>
  Object.entries(byModel).map(([model, usage]) => [
    ...[model, basis, usage.inputTokens, usage.outputTokens],
    ...[usage.cacheWriteTokens, usage.cacheReadTokens, usage.costMicroUsd],
  ]);

const attempts = (db: Database): Generator<Finding> => {
  const all = db.prepare<[], Kept>(
    `SELECT a.key, a.id, a.record AS text FROM attempts a JOIN instances i ON i.key = a.instance_key
     WHERE i.orchestration_key IN (${listed})`,
  );
  const row = db.prepare<[number], object>('SELECT * FROM attempts WHERE key = ?');
  const usage = db
    .prepare<[number], unknown[]>(
      `SELECT model, basis, input_tokens, output_tokens, cache_write_tokens, cache_read_tokens, cost_micro_usd
       FROM usage WHERE attempt_key = ?`,
    )
    .raw();
  return compare(all.all(), 'attempt', ({ key, text }) => {
    const { number, startedAt, endedAt, offsets, usage: used } = packAttemptText(text, '{}');
    const columns = {
      number,
      startedAt,
      endedAt,
      stdoutOffset: offsets.stdout,
      stderrOffset: offsets.stderr,
    };
    return hasColumns(row.get(key) ?? {}, columns) && isSame(sorted(usage.all(key)), sorted(usageRows(used)));
  });
};

/** Whether lists, filters, sums and reports go by what orchestrations, instances and attempts say of themselves. */
export const checkLists = function* (db: Database): Generator<Finding> {
  yield* orchestrations(db);
  yield* instances(db);
  yield* attempts(db);
};
