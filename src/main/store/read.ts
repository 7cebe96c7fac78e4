import type { Database } from 'better-sqlite3';
import type { OrchestrationQuery } from '../engine/ports.ts';
import { foldName } from './fold-name.ts';
import type { ReadKind, ReadRequest, Reads } from './protocol.ts';
import { StoreFailure } from './sqlite-failure.ts';

/** Every answer is JSON text, glued from the JSON that is stored: nothing is parsed on this side. */
type Answers = { readonly [K in ReadKind]: (...args: Reads[K]['args']) => string };

const listOf = (texts: readonly string[]): string => `[${texts.join(',')}]`;

type EventRow = {
  readonly orchestration: string;
  readonly seq: number;
  readonly instance: string | null;
  readonly n: number | null;
  readonly attempt: string | null;
  readonly at: number;
  readonly stream: number | null;
  readonly source_offset: number | null;
  readonly source_length: number | null;
  readonly body: string;
};

const eventText = (row: EventRow): string => {
  const head = JSON.stringify({
    orchestrationId: row.orchestration,
    seq: row.seq,
    instanceId: row.instance,
    n: row.n,
    attemptId: row.attempt,
    at: new Date(row.at).toISOString(),
    source:
      row.stream === null
        ? null
        : {
            stream: row.stream === 0 ? 'stdout' : 'stderr',
            offset: row.source_offset,
            length: row.source_length,
          },
  });
  return `${head.slice(0, -1)},"body":${row.body}}`;
};

const readEvents = (db: Database): Pick<Answers, 'eventIndex' | 'instanceEvents' | 'eventsAfter'> => {
  const columns = `
    SELECT o.id AS orchestration, e.seq, i.id AS instance, e.n, a.id AS attempt, e.at,
      e.stream, e.source_offset, e.source_length, e.body
    FROM events e
    JOIN orchestrations o ON o.key = e.key >> 32
    LEFT JOIN instances i ON i.key = e.instance_key
    LEFT JOIN attempts a ON a.key = e.attempt_key`;
  const letters = db
    .prepare<[string], string>(
      'SELECT type FROM events WHERE instance_key = (SELECT key FROM instances WHERE id = ?) ORDER BY n',
    )
    .pluck();
  const ofInstance = db.prepare<[string, number, number], EventRow>(
    `${columns} WHERE e.instance_key = (SELECT key FROM instances WHERE id = ?) AND e.n >= ? ORDER BY e.n LIMIT ?`,
  );
  const ofOrchestration = db.prepare<[{ id: string; after: number; limit: number }], EventRow>(
    `${columns} WHERE e.key > (SELECT (key << 32) + @after FROM orchestrations WHERE id = @id)
       AND e.key < (SELECT (key + 1) << 32 FROM orchestrations WHERE id = @id)
     ORDER BY e.key LIMIT @limit`,
  );
  return {
    eventIndex: (id) => JSON.stringify(letters.all(id).join('')),
    instanceEvents: (id, from, limit) => listOf(ofInstance.all(id, from, limit).map(eventText)),
    eventsAfter: (id, after, limit) => listOf(ofOrchestration.all({ id, after, limit }).map(eventText)),
  };
};

type Filter = { readonly where: string; readonly values: Readonly<Record<string, string>> };

const filterOf = ({ search = '', states = [] }: OrchestrationQuery): Filter => {
  const parts = ['TRUE'];
  const values: Record<string, string> = {};
  if (states.length > 0) {
    parts.push('o.state IN (SELECT value FROM json_each(@states))');
    values['states'] = JSON.stringify(states);
  }
  if (search !== '') {
    const found = 'SELECT orchestration_key FROM instances WHERE instr(name, @search) > 0';
    parts.push(`(instr(o.name, @search) > 0 OR o.key IN (${found}))`);
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

const readPages = (db: Database): Answers['orchestrations'] => {
  type Row = { readonly key: number; readonly view: string };
  return (query) => {
    const { where, values } = filterOf(query);
    const before = cursorKey(query.cursor);
    const rows = db
      .prepare<[Record<string, string | number>], Row>(
        `SELECT o.key, o.view FROM orchestrations o WHERE ${where} AND o.key < @before
         ORDER BY o.key DESC LIMIT @limit + 1`,
      )
      .all({ ...values, before, limit: query.limit });
    const total = db
      .prepare<[Filter['values']], number>(`SELECT count(*) FROM orchestrations o WHERE ${where}`)
      .pluck()
      .get(values);
    const items = rows.slice(0, query.limit);
    const last = rows.length > query.limit ? items.at(-1) : undefined;
    const nextCursor = last === undefined ? null : String(last.key);
    const views = listOf(items.map((row) => row.view));
    return `{"items":${views},"nextCursor":${JSON.stringify(nextCursor)},"total":${String(total)}}`;
  };
};

const readStored = (db: Database): Pick<Answers, 'unfinished' | 'orchestration'> => {
  type Row = { readonly key: number; readonly view: string; readonly source: string };
  const columns = `SELECT o.key, o.view, s.source FROM orchestrations o
    JOIN orchestration_sources s ON s.orchestration_key = o.key`;
  const byId = db.prepare<[string], Row>(`${columns} WHERE o.id = ?`);
  const notEnded = db.prepare<[], Row>(
    `${columns} WHERE o.state NOT IN ('succeeded', 'failed', 'stopped') ORDER BY o.key DESC`,
  );
  const instances = db
    .prepare<[number], string>(
      'SELECT view FROM instances WHERE orchestration_key = ? ORDER BY position, key',
    )
    .pluck();
  const attempts = db.prepare<[number], { readonly record: string; readonly spec: string }>(
    `SELECT a.record, s.spec FROM instances i JOIN attempts a ON a.instance_key = i.key
     JOIN attempt_specs s ON s.attempt_key = a.key WHERE i.orchestration_key = ? ORDER BY a.key`,
  );
  const ownSpecs = db.prepare<[number], { readonly id: string; readonly spec: string }>(
    `SELECT i.id, s.spec FROM instances i JOIN instance_specs s ON s.instance_key = i.key
     WHERE i.orchestration_key = ?`,
  );
  const text = ({ key, view, source }: Row): string => {
    const specs = ownSpecs.all(key).map(({ id, spec }) => `${JSON.stringify(id)}:${spec}`);
    const attemptTexts = attempts
      .all(key)
      .map(({ record, spec }) => `${record.slice(0, -1)},"spec":${spec}}`);
    return (
      `{"orchestration":${view},"source":${source},"instances":${listOf(instances.all(key))},` +
      `"attempts":${listOf(attemptTexts)},"specs":{${specs.join(',')}}}`
    );
  };
  return {
    unfinished: () => listOf(notEnded.all().map(text)),
    orchestration: (id) => {
      const row = byId.get(id);
      return row === undefined ? 'null' : text(row);
    },
  };
};

const readRecords = (db: Database): Pick<Answers, 'records' | 'spent'> => {
  const ofKind = db.prepare<[string], { readonly id: string; readonly value: string }>(
    'SELECT id, value FROM records WHERE kind = ? ORDER BY id',
  );
  const tokens = 'u.input_tokens + u.output_tokens + u.cache_write_tokens + u.cache_read_tokens';
  const spent = db
    .prepare<[number, number]>(
      `SELECT json_object(
       'tokens', coalesce(sum(${tokens}), 0),
       'costMicroUsd', coalesce(sum(u.cost_micro_usd), 0),
       'basis', iif(max(u.basis = 'estimated') = 1, 'estimated', 'exact'),
       'atLeast', json(iif(max(u.cost_micro_usd = 0 AND ${tokens} > 0) = 1, 'true', 'false')))
     FROM attempts a JOIN usage u ON u.attempt_key = a.key WHERE a.started_at >= ? AND a.started_at < ?`,
    )
    .pluck();
  return {
    records: (kind) =>
      listOf(ofKind.all(kind).map(({ id, value }) => `{"id":${JSON.stringify(id)},"value":${value}}`)),
    spent: (from, before) => String(spent.get(from, before)),
  };
};

/** Takes an open database and gives what answers the store's questions; each sees one state of it. */
export const createReads = (db: Database): ((request: ReadRequest) => string) => {
  const instance = db.prepare<[string], string>('SELECT view FROM instances WHERE id = ?').pluck();
  const answers: Answers = {
    ...readStored(db),
    ...readEvents(db),
    ...readRecords(db),
    orchestrations: readPages(db),
    instance: (id) => instance.get(id) ?? 'null',
  };
  const answer = <K extends ReadKind>(kind: K, args: Reads[K]['args']): string => answers[kind](...args);
  return db.transaction((request: ReadRequest) => answer(request.kind, request.args));
};
