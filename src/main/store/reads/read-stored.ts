import type { Database } from 'better-sqlite3';
import { type Answers, listOf } from './answers.ts';

/** Reads whole orchestrations. */
export const readStored = (db: Database): Pick<Answers, 'unfinished' | 'orchestration'> => {
  type Row = { readonly key: number; readonly view: string; readonly source: string };
  const columns = `SELECT o.key, o.view, s.source FROM orchestrations o
    JOIN orchestration_sources s ON s.orchestration_key = o.key`;
  const byId = db.prepare<[string], Row>(`${columns} WHERE o.id = ?`);
  const notEnded = db.prepare<[], Row>(
    `${columns} JOIN facets f ON f.orchestration_key = o.key
     WHERE f.state NOT IN ('succeeded', 'failed', 'stopped') ORDER BY o.key DESC`,
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
