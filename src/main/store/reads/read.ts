import type { Database } from 'better-sqlite3';
import type { Answers } from './answers.ts';
import type { ReadKind, ReadRequest, Reads } from '../protocol.ts';
import { readEvents } from './read-events.ts';
import { readHistory } from './read-history.ts';
import { readLabels } from './read-labels.ts';
import { readPages } from './read-list.ts';
import { readRecords } from './read-records.ts';
import { readSearch } from './read-search.ts';
import { createLookup } from '../search/search-lookup.ts';
import { readStored } from './read-stored.ts';
import { readRetention } from './read-census.ts';
import { readUsage } from './read-usage.ts';

/** Takes an open database and gives what answers the store's questions; each sees one state of it. */
export const createReads = (db: Database): ((request: ReadRequest) => string) => {
  const instance = db.prepare<[string], string>('SELECT view FROM instances WHERE id = ?').pluck();
  const lookup = createLookup(db);
  const answers: Answers = {
    ...readStored(db),
    ...readEvents(db),
    ...readRecords(db),
    ...readLabels(db),
    ...readUsage(db),
    ...readHistory(db),
    ...readRetention(db),
    orchestrations: readPages(db, lookup),
    search: readSearch(db, lookup),
    instance: (id) => instance.get(id) ?? 'null',
  };
  const answer = <K extends ReadKind>(kind: K, args: Reads[K]['args']): string => answers[kind](...args);
  return db.transaction((request: ReadRequest) => answer(request.kind, request.args));
};
