/**
 * A ledger holds all that the database has of an orchestration, as lines of JSON; `docs/decisions/0010-ledgers.md` says why.
 *
 * - Each line has its kind first, `k`, and its payload last, `d`: as it is stored in the database, to the character.
 * - `head` is the first line, with the version of the format and the orchestration's key (its place in the order of all).
 * - `source`, `orchestration`, `instance`, `spec` (of an instance with one of its own), `attempt` and `attempt_spec` are rows of the
 *   database; a later line of the same id takes the place of an earlier one. `sessions` are the sessions of Claude Code that
 *   were the instance's.
 * - `event`: its `seq`, instance, `n`, attempt, time (milliseconds since the epoch), where its line is in the spool (stream,
 *   offset, length), and its body.
 * - `end` closes what was appended at once, like a commit: lines after the last one do not count. All events up to `seq` are there.
 *   `hash` is that of the orchestration's view when all rows are as they were at `seq`, else null.
 */
export const ledgerVersion = 1;

export type LineKind =
  | 'head'
  | 'source'
  | 'orchestration'
  | 'instance'
  | 'spec'
  | 'attempt'
  | 'attempt_spec'
  | 'event'
  | 'end'
  | 'record'
  | 'history'
  | 'history_session'
  | 'history_messages';

/** What stands before a payload. */
export const payloadMark = ',"d":';

/** The text of a line: its kind, the fields of its own, and its payload's JSON text. */
export const lineText = (k: LineKind, fields: Readonly<Record<string, unknown>>, text?: string): string => {
  const head = JSON.stringify({ k, ...fields });
  return text === undefined ? `${head}\n` : `${head.slice(0, -1)}${payloadMark}${text}}\n`;
};

/** What an `end` line says: all events up to `seq` are in the ledger; `hash`: the rows too, of a view of that digest. */
export type LedgerEnd = { readonly seq: number; readonly hash: string | null };

/** Reads an `end` line; null for anything else. By hand: the thread that writes ledgers loads no schemas. */
export const readEnd = (text: string): LedgerEnd | null => {
  const [, seq, hash] = /^\{"k":"end","seq":(\d{1,15}),"hash":(null|"[\w-]{16}")\}$/.exec(text) ?? [];
  if (seq === undefined || hash === undefined) return null;
  return { seq: Number(seq), hash: hash === 'null' ? null : hash.slice(1, -1) };
};
