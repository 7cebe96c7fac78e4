import type { Database } from 'better-sqlite3';
import { eventWidth } from './event-layout.ts';
import type { Remark } from '../../engine/store-ports.ts';
import type { OrchestrationView } from '../../../shared/domain/orchestration.ts';
import { createKeys, type Keys } from './keys.ts';
import { packOrchestration } from './pack.ts';
import type {
  PackedAttempt,
  PackedBatch,
  PackedEvents,
  PackedInstance,
  PackedOrchestration,
} from '../protocol.ts';
import { FailureError } from '../../../shared/domain/failure.ts';
import { upgradeOrchestration } from './view-defaults.ts';

/** Events that one statement inserts: a statement for each took 1.3 times as long. What is left over goes one by one. */
const eventsAtOnce = 16;
const eventColumns = 10;

const insertEvents = (db: Database, count: number) => {
  const row = `(${Array.from({ length: eventColumns }, () => '?').join(', ')})`;
  return db.prepare<[(number | string | null)[]]>(
    `INSERT INTO events (key, instance_key, n, attempt_key, at, type, stream, source_offset, source_length, body)
     VALUES ${Array.from({ length: count }, () => row).join(', ')}`,
  );
};

/** In the words of SQL: a key that no orchestration has or ever had. */
export const nextKey = `max((SELECT coalesce(max(key), 0) FROM orchestrations),
  (SELECT coalesce(max(orchestration_key), 0) FROM removals)) + 1`;

const statementsOf = (db: Database) => ({
  orchestration: db.prepare(
    `INSERT INTO orchestrations (key, id, view) VALUES (${nextKey}, ?, ?) ON CONFLICT (id) DO UPDATE SET view = excluded.view`,
  ),
  view: db.prepare<[string], string>('SELECT view FROM orchestrations WHERE id = ?').pluck(),
  facets: db.prepare(
    `INSERT INTO facets VALUES (@key, @name, @plan, @state, @workspace, @owner, @origin, @startedAt, @endedAt,
       @instances, @tokens, @costMicroUsd, @pinned, @deletedAt, @note, 0)
     ON CONFLICT (orchestration_key) DO UPDATE SET name = excluded.name, plan = excluded.plan, state = excluded.state,
       workspace = excluded.workspace, owner = excluded.owner, origin = excluded.origin,
       started_at = excluded.started_at, ended_at = excluded.ended_at, instances = excluded.instances,
       tokens = excluded.tokens, cost_micro_usd = excluded.cost_micro_usd, pinned = excluded.pinned,
       deleted_at = excluded.deleted_at, note = excluded.note`,
  ),
  lastSeq: db.prepare('UPDATE facets SET last_seq = max(last_seq, ?) WHERE orchestration_key = ?'),
  used: db.prepare('INSERT OR IGNORE INTO used (kind, name, orchestration_key) VALUES (?, ?, ?)'),
  forgetLabels: db.prepare('DELETE FROM labels WHERE orchestration_key = ?'),
  label: db.prepare('INSERT OR IGNORE INTO labels (label, orchestration_key) VALUES (?, ?)'),
  forgetTools: db.prepare('DELETE FROM tool_usage WHERE instance_key = ?'),
  tool: db.prepare('INSERT INTO tool_usage VALUES (?, ?, ?, ?, ?)'),
  session: db.prepare('INSERT OR IGNORE INTO claude_sessions VALUES (?, ?)'),
  source: db.prepare(
    'INSERT INTO orchestration_sources (orchestration_key, source) VALUES (?, ?) ON CONFLICT DO NOTHING',
  ),
  instance: db.prepare(
    `INSERT INTO instances (id, orchestration_key, position, name, state, view) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET position = excluded.position, name = excluded.name,
       state = excluded.state, view = excluded.view
       WHERE orchestration_key = excluded.orchestration_key`,
  ),
  attempt: db.prepare(
    `INSERT INTO attempts (id, instance_key, number, pid, start_token, stdout_offset, stderr_offset,
       started_at, ended_at, record)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET number = excluded.number, pid = excluded.pid,
       start_token = excluded.start_token, stdout_offset = excluded.stdout_offset,
       stderr_offset = excluded.stderr_offset, started_at = excluded.started_at,
       ended_at = excluded.ended_at, record = excluded.record
       WHERE instance_key = excluded.instance_key`,
  ),
  ownSpec: db.prepare(
    `INSERT INTO instance_specs (instance_key, spec) VALUES (?, ?)
     ON CONFLICT (instance_key) DO UPDATE SET spec = excluded.spec`,
  ),
  record: db.prepare(
    `INSERT INTO records (kind, id, value) VALUES (?, ?, ?)
     ON CONFLICT (kind, id) DO UPDATE SET value = excluded.value`,
  ),
  forgetRecord: db.prepare('DELETE FROM records WHERE kind = ? AND id = ?'),
  spec: db.prepare('INSERT INTO attempt_specs (attempt_key, spec) VALUES (?, ?) ON CONFLICT DO NOTHING'),
  forgetUsage: db.prepare('DELETE FROM usage WHERE attempt_key = ?'),
  usage: db.prepare(
    `INSERT INTO usage (attempt_key, model, basis, input_tokens, output_tokens, cache_write_tokens,
       cache_read_tokens, cost_micro_usd) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  ),
  events: insertEvents(db, eventsAtOnce),
  event: insertEvents(db, 1),
});
type Statements = ReturnType<typeof statementsOf>;

/** Ids are made unique: one that comes again means that something is stored a second time, or is something else. */
const refuseTaken = (changes: number, what: string, id: string): void => {
  if (changes > 0) return;
  const message = `There is ${what} with the id ${id} already. Nothing of what came with it was stored.`;
  throw new FailureError({ code: 'store.id_taken', message });
};

const putOrchestration = (statements: Statements, keys: Keys, row: PackedOrchestration): void => {
  statements.orchestration.run(row.id, row.view);
  const key = keys.orchestration(row.id);
  statements.facets.run({ key, ...row.facets });
  statements.forgetLabels.run(key);
  for (const label of row.labels) statements.label.run(label, key);
  for (const model of row.models) statements.used.run('model', model, key);
};

const putRemark = (statements: Statements, keys: Keys, { id, change }: Remark): void => {
  const view = statements.view.get(id);
  // It may have been removed meanwhile.
  if (view === undefined) return;
  const stored = upgradeOrchestration(JSON.parse(view) as OrchestrationView);
  putOrchestration(statements, keys, packOrchestration({ ...stored, ...change }));
};

const putInstance = (statements: Statements, keys: Keys, row: PackedInstance): void => {
  const orchestration = keys.orchestration(row.orchestrationId);
  const stored = statements.instance.run(row.id, orchestration, row.position, row.name, row.state, row.view);
  refuseTaken(stored.changes, 'an instance', row.id);
  if (row.tools === null) return;
  const key = keys.instance(row.id);
  statements.forgetTools.run(key);
  for (const [tool, { calls, errors, durationMs }] of Object.entries(row.tools)) {
    statements.tool.run(key, tool, calls, errors, Math.round(durationMs));
    statements.used.run('tool', tool, orchestration);
  }
};

const putAttempt = (statements: Statements, keys: Keys, attempt: PackedAttempt): void => {
  const stored = statements.attempt.run(
    attempt.id,
    keys.instance(attempt.instanceId),
    attempt.number,
    attempt.process?.pid ?? null,
    attempt.process?.startToken ?? null,
    attempt.offsets.stdout,
    attempt.offsets.stderr,
    attempt.startedAt,
    attempt.endedAt,
    attempt.record,
  );
  refuseTaken(stored.changes, 'an attempt', attempt.id);
  const key = keys.attempt(attempt.id);
  statements.spec.run(key, attempt.spec);
  if (attempt.sessionId !== null) {
    statements.session.run(attempt.sessionId, keys.instance(attempt.instanceId));
  }
  statements.forgetUsage.run(key);
  for (const [model, usage] of Object.entries(attempt.usage.byModel)) {
    statements.usage.run(
      key,
      model,
      attempt.usage.basis,
      usage.inputTokens,
      usage.outputTokens,
      usage.cacheWriteTokens,
      usage.cacheReadTokens,
      usage.costMicroUsd,
    );
  }
};

const absentAsNull = (value: number): number | null => (value < 0 ? null : value);

const putEvents = (statements: Statements, keys: Keys, { ids, numbers, bodies }: PackedEvents): void => {
  const keyOf = (find: (id: string) => number, index: number): number | null => {
    const id = ids[index];
    return id === undefined ? null : find(id);
  };
  const values: (number | string | null)[] = [];
  const lastSeqs = new Map<number, number>();
  bodies.forEach((body, i) => {
    // A plain loop over one array of numbers; a subarray per event would cost more than binding it.
    const at = i * eventWidth;
    const number = (field: number): number => numbers[at + field] ?? Number.NaN;
    const orchestration = keyOf(keys.orchestration, number(0)) ?? Number.NaN;
    lastSeqs.set(orchestration, number(1));
    values.push(
      orchestration * 2 ** 32 + number(1),
      keyOf(keys.instance, number(2)),
      absentAsNull(number(3)),
      keyOf(keys.attempt, number(4)),
      number(5),
      String.fromCharCode(number(6)),
      absentAsNull(number(7)),
      absentAsNull(number(8)),
      absentAsNull(number(9)),
      body,
    );
    if (values.length < eventsAtOnce * eventColumns) return;
    statements.events.run(values);
    values.length = 0;
  });
  for (let i = 0; i < values.length; i += eventColumns) {
    statements.event.run(values.slice(i, i + eventColumns));
  }
  for (const [orchestration, seq] of lastSeqs) statements.lastSeq.run(seq, orchestration);
};

/**
 * Takes a database open for writing and gives the function that stores a batch in one transaction: all of it or
 * nothing. It throws SqliteError, or FailureError when a row names another that does not exist.
 */
export const createCommit = (db: Database, keys = createKeys(db)): ((batch: PackedBatch) => void) => {
  const statements = statementsOf(db);
  const apply = db.transaction((batch: PackedBatch) => {
    for (const row of batch.orchestrations) putOrchestration(statements, keys, row);
    for (const { id, source } of batch.created) {
      const { changes } = statements.source.run(keys.orchestration(id), source);
      refuseTaken(changes, 'an orchestration', id);
    }
    for (const remark of batch.remarks ?? []) putRemark(statements, keys, remark);
    for (const row of batch.instances) putInstance(statements, keys, row);
    for (const { instanceId, spec } of batch.specs) statements.ownSpec.run(keys.instance(instanceId), spec);
    for (const { kind, id, value } of batch.records) {
      if (value === null) statements.forgetRecord.run(kind, id);
      else statements.record.run(kind, id, value);
    }
    for (const attempt of batch.attempts) putAttempt(statements, keys, attempt);
    putEvents(statements, keys, batch.events);
  });
  return (batch) => {
    try {
      apply.immediate(batch);
    } catch (error) {
      // Keys given in what was rolled back are of no row, or soon of another.
      keys.forget();
      throw error;
    }
  };
};
