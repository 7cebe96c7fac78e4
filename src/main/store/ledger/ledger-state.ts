import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { StoredEvent } from './stored-events.ts';
import { lineText } from './ledger-text.ts';

type Row = { readonly id: string; readonly text: string };
type AttemptRow = Row & { readonly spec: string };

/** A short digest of a text, to see whether it is another than before. */
export const hashOf = (text: string): string =>
  createHash('sha256').update(text).digest('base64url').slice(0, 16);

/** The digests of the rows that a ledger holds, by id; those of this process's time. */
export type Written = Map<string, string>;

/** Which rows are wanted: those that the ledger lacks, those of some instances, or all that are not as the ledger has them. */
export type Wanted = { readonly all: true } | { readonly all: false; readonly touched: ReadonlySet<string> };

/** The line of an event. */
export const eventLine = ({ seq, instanceId, n, attemptId, at, source, body }: StoredEvent): string =>
  lineText(
    'event',
    {
      seq,
      instance: instanceId,
      n,
      attempt: attemptId,
      at,
      source: source && [source.stream === 'stderr' ? 1 : 0, source.offset, source.length],
    },
    body,
  );

const statementsOf = (db: Database) => ({
  source: db
    .prepare<[number], string>('SELECT source FROM orchestration_sources WHERE orchestration_key = ?')
    .pluck(),
  instanceIds: db
    .prepare<[number], string>('SELECT id FROM instances WHERE orchestration_key = ? ORDER BY key')
    .pluck(),
  instance: db.prepare<[string], string>('SELECT view FROM instances WHERE id = ?').pluck(),
  sessions: db
    .prepare<[string], string>(
      `SELECT session_id FROM claude_sessions WHERE instance_key = (SELECT key FROM instances WHERE id = ?)
       ORDER BY session_id`,
    )
    .pluck(),
  spec: db
    .prepare<[string], string>(
      'SELECT spec FROM instance_specs WHERE instance_key = (SELECT key FROM instances WHERE id = ?)',
    )
    .pluck(),
  attemptHeads: db.prepare<[number], { readonly id: string; readonly instanceId: string }>(
    `SELECT a.id, i.id AS instanceId FROM instances i JOIN attempts a ON a.instance_key = i.key
     WHERE i.orchestration_key = ? ORDER BY a.key`,
  ),
  attempt: db.prepare<[string], AttemptRow>(
    `SELECT a.id, a.record AS text, s.spec FROM attempts a JOIN attempt_specs s ON s.attempt_key = a.key WHERE a.id = ?`,
  ),
});

const ifNew = (written: Written, name: string, text: string, line: () => string): readonly string[] => {
  const hash = hashOf(text);
  if (written.get(name) === hash) return [];
  written.set(name, hash);
  return [line()];
};

export interface StateLines {
  /** What an orchestration was made from; it is written once. */
  source(key: number): readonly string[];
  /** The line of its view, if that is another than before. */
  view(view: string, written: Written): readonly string[];
  /** The lines of its instances and attempts that are wanted. */
  rows(key: number, written: Written, wanted: Wanted): readonly string[];
}

/** Gives the lines of an orchestration's rows, in the order of their keys. @throws SqliteError */
export const createStateLines = (db: Database): StateLines => {
  const statements = statementsOf(db);
  const instanceLines = (id: string, written: Written): readonly string[] => {
    const view = statements.instance.get(id) ?? '{}';
    const own = statements.spec.get(id);
    const ids = statements.sessions.all(id);
    return [
      ...ifNew(written, id, view + ids.join(), () => lineText('instance', { sessions: ids }, view)),
      ...(own === undefined ? [] : ifNew(written, `spec ${id}`, own, () => lineText('spec', { id }, own))),
    ];
  };
  const attemptLines = (id: string, written: Written): readonly string[] => {
    const row = statements.attempt.get(id);
    if (row === undefined) return [];
    return [
      ...ifNew(written, id, row.text, () => lineText('attempt', {}, row.text)),
      ...ifNew(written, `spec ${id}`, '', () => lineText('attempt_spec', { id }, row.spec)),
    ];
  };
  return {
    source: (key: number): readonly string[] => {
      const text = statements.source.get(key);
      return text === undefined ? [] : [lineText('source', {}, text)];
    },
    view: (view: string, written: Written): readonly string[] =>
      ifNew(written, 'view', view, () => lineText('orchestration', {}, view)),
    rows: (key: number, written: Written, wanted: Wanted): readonly string[] => {
      const wants = (id: string, instanceId: string): boolean =>
        wanted.all || wanted.touched.has(instanceId) || !written.has(id);
      return [
        ...statements.instanceIds
          .all(key)
          .filter((id) => wants(id, id))
          .flatMap((id) => instanceLines(id, written)),
        ...statements.attemptHeads
          .all(key)
          .filter(({ id, instanceId }) => wants(id, instanceId))
          .flatMap(({ id }) => attemptLines(id, written)),
      ];
    },
  };
};
