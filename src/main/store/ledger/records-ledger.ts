import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { prepareSpoolFolder, recordsFile } from './ledger-files.ts';
import { hashOf } from './ledger-state.ts';
import { ledgerVersion, lineText } from './ledger-text.ts';

/**
 * It is written whole each time, so not more often than this while it changes, in milliseconds; and where it is large (some
 * kilobytes for each session of Claude Code's history), writing it is to take at most a fiftieth of the time.
 */
const leastRestMs = 10_000;
const restFactor = 50;

type RecordRow = { readonly kind: string; readonly id: string; readonly value: string };

export type RecordsLedger = {
  /** Writes it down when it is another than before; `atOnce` also when that was only just. */
  readonly run: (atOnce: boolean) => void;
};

type RecordsText = {
  /** Another one when something changed. */
  print(): string;
  /** All of it as lines, of one state of the database. */
  text(): string;
};

const createRecordsText = (db: Database): RecordsText => {
  const records = db.prepare<[], RecordRow>('SELECT kind, id, value FROM records ORDER BY kind, id');
  const historySums = db.prepare<[], object>(
    'SELECT count(*) AS files, sum(size) AS size, sum(read_to) AS read, sum(modified_at) AS modified FROM history_files',
  );
  const history = db.prepare<[], Readonly<Record<string, unknown>>>(
    `SELECT h.path, h.session_id AS sessionId, o.id AS orchestration, h.size, h.modified_at AS modifiedAt,
       h.read_to AS readTo, h.head, h.state
     FROM history_files h LEFT JOIN orchestrations o ON o.key = h.orchestration_key ORDER BY h.path`,
  );
  const sessions = db.prepare<[], Readonly<Record<string, unknown>>>(
    `SELECT h.session_id AS session, h.project, h.orchestration_id AS orchestration, h.state, o.key IS NULL AS gone
     FROM history_sessions h LEFT JOIN orchestrations o ON o.id = h.orchestration_id ORDER BY h.rowid`,
  );
  const gone = db.prepare<[], number>('SELECT count(*) FROM removals').pluck();
  const messages = db.prepare<
    [],
    { readonly project: string; readonly session: string; readonly keys: Buffer }
  >('SELECT project, session_id AS session, keys FROM history_messages ORDER BY rowid');
  const text = db.transaction((): string =>
    [
      lineText('head', { v: ledgerVersion }),
      ...records.all().map(({ kind, id, value }) => lineText('record', { kind, id }, value)),
      ...history.all().map((row) => lineText('history', row)),
      ...sessions.all().map((row) => lineText('history_session', row)),
      ...messages
        .all()
        .map(({ keys, ...row }) => lineText('history_messages', { ...row, keys: keys.toString('base64') })),
      lineText('end', { seq: 0, hash: null }),
    ].join(''),
  );
  return {
    print: () => hashOf(JSON.stringify([records.all(), historySums.get(), gone.get()])),
    text: () => text(),
  };
};

/** Puts a new file on the disk, and then in the place of the old one. */
const replaceFile = (path: string, text: string): void => {
  const fd = openSync(`${path}.new`, 'w', 0o600);
  try {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(`${path}.new`, path);
};

/**
 * Writes down what the database has beyond orchestrations (records, and how far Claude Code's history was read): whole, to
 * a new file that takes the place of the old one.
 */
export const createRecordsLedger = (db: Database, spoolFolder: string): RecordsLedger => {
  const records = createRecordsText(db);
  let version: unknown;
  let print = '';
  let restsUntil = Number.NEGATIVE_INFINITY;
  return {
    run: (atOnce) => {
      const now = performance.now();
      const current = db.pragma('data_version', { simple: true });
      if (current === version || (!atOnce && now < restsUntil)) return;
      const found = records.print();
      if (found !== print) {
        prepareSpoolFolder(spoolFolder);
        replaceFile(recordsFile(spoolFolder), records.text());
        const written = performance.now();
        restsUntil = written + Math.max(leastRestMs, restFactor * (written - now));
      }
      print = found;
      version = current;
    },
  };
};
