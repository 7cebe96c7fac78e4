import type { Database } from 'better-sqlite3';
import { labelKey } from '../../../shared/domain/marks.ts';
import type { Answers } from './answers.ts';

/** Reads the labels that there are: as they stand in the newest orchestration that has them, for the table holds them folded. */
export const readLabels = (db: Database): Pick<Answers, 'labels'> => {
  type Row = { readonly label: string; readonly count: number; readonly written: string };
  const counts = db.prepare<[], Row>(
    `SELECT c.label, c.count, json_extract(o.view, '$.labels') AS written
     FROM (SELECT l.label, count(*) AS count, max(l.orchestration_key) AS newest
           FROM labels l JOIN facets f ON f.orchestration_key = l.orchestration_key
           WHERE f.deleted_at IS NULL GROUP BY l.label) c
       JOIN orchestrations o ON o.key = c.newest
     ORDER BY c.count DESC, c.label`,
  );
  const asWritten = ({ label, written }: Row): string => {
    const labels = JSON.parse(written) as readonly string[];
    return labels.find((one) => labelKey(one) === label) ?? label;
  };
  return {
    labels: () => JSON.stringify(counts.all().map((row) => ({ label: asWritten(row), count: row.count }))),
  };
};
