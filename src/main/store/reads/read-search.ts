import type { Database } from 'better-sqlite3';
import type { EventSearch, FoundEvent, FoundEvents } from '../../engine/store-ports.ts';
import type { OrchestrationEvent } from '../../../shared/domain/event.ts';
import { textOfEvent } from '../../../shared/domain/search/event-text.ts';
import type { InstanceId, OrchestrationId } from '../../../shared/domain/ids.ts';
import { eventMatcher, snippetOf, type EventMatcher } from '../../../shared/domain/search/search-match.ts';
import { isAboutEvents, type SearchQuery } from '../../../shared/domain/search/search-query.ts';
import type { Answers } from './answers.ts';
import { conditionsOf, prepareConditions } from './query-conditions.ts';
import { readEvents } from './read-events.ts';
import { ftsQuery, type FoundPiece, type SearchLookup } from '../search/search-lookup.ts';
import { FailureError } from '../../../shared/domain/failure.ts';

/** What has not been found by then is looked for by the next page, in milliseconds. */
const longEnough = 120;

const perOrchestration = 2 ** 32;

/** A place in the order of what is found: the piece (its key), and the number of the last event of it that was looked at. */
type Cursor = { readonly piece: number; readonly seq: number };

const readCursor = (text: string | undefined): Cursor => {
  if (text === undefined) return { piece: Number.MAX_SAFE_INTEGER, seq: Number.MAX_SAFE_INTEGER };
  const [, piece, seq] = /^(\d{1,16})\.(\d{1,10})$/.exec(text) ?? [];
  if (piece !== undefined && seq !== undefined) return { piece: Number(piece), seq: Number(seq) };
  throw new FailureError({
    code: 'store.bad_cursor',
    message: 'That page cannot be found: ask for the first one again.',
  });
};

/** What of a query is about sessions; the times are of each event. */
const ofSessions = ({ clauses }: SearchQuery): SearchQuery => ({
  clauses: clauses.filter((terms) => !terms.every(isAboutEvents)),
  after: null,
  before: null,
});

/** Names and ids by key, as they are needed. */
const createNames = (db: Database) => {
  type Named = { readonly id: string; readonly name: string };
  const select = (table: string) =>
    db.prepare<[number], Named>(
      `SELECT id, json_extract(view, '$.name') AS name FROM ${table} WHERE key = ?`,
    );
  const [orchestrations, instances] = [select('orchestrations'), select('instances')];
  return () => {
    const remember = (find: (key: number) => Named | undefined) => {
      const known = new Map<number, Named | null>();
      return (key: number): Named | null => {
        const named = known.get(key) ?? find(key) ?? null;
        known.set(key, named);
        return named;
      };
    };
    return {
      orchestration: remember((key) => orchestrations.get(key)),
      instance: remember((key) => instances.get(key)),
    };
  };
};
type Names = ReturnType<ReturnType<typeof createNames>>;

/** Reads the events of a piece, in order. */
const createPieceReader = (db: Database) => {
  const { instanceEvents, eventsAfter } = readEvents(db);
  return ({ key, instanceKey, firstN, count, lastSeq }: FoundPiece, names: Names) => {
    const parse = (text: string) => JSON.parse(text) as readonly OrchestrationEvent[];
    const orchestration = names.orchestration(Math.floor(key / perOrchestration));
    if (orchestration === null) return [];
    if (instanceKey === null || firstN === null) {
      const before = (key % perOrchestration) - 1;
      const events = eventsAfter(orchestration.id as OrchestrationId, before, lastSeq - before);
      return parse(events).filter(({ instanceId }) => instanceId === null);
    }
    const instance = names.instance(instanceKey);
    return instance === null ? [] : parse(instanceEvents(instance.id as InstanceId, firstN, count));
  };
};

type Hits = { readonly hits: FoundEvent[]; cursor: Cursor | null };

/** Looks for the events that are meant among those of a piece, from the newest on; false when that is enough. */
const createPieceSearch = (
  { query, limit }: EventSearch,
  matcher: EventMatcher,
  names: Names,
  found: Hits,
) => {
  const isInTime = (at: number): boolean =>
    (query.after === null || at >= query.after) && (query.before === null || at < query.before);
  const hitOf = (piece: FoundPiece, event: OrchestrationEvent): FoundEvent | null => {
    if (!isInTime(Date.parse(event.at))) return null;
    const text = textOfEvent(event.body);
    const spans = matcher.match(text);
    if (spans === null) return null;
    const { orchestrationId, instanceId, seq, n, at, body } = event;
    const { key, instanceKey } = piece;
    return {
      orchestrationId,
      orchestrationName: names.orchestration(Math.floor(key / perOrchestration))?.name ?? '',
      instanceId,
      instanceName: instanceKey === null ? null : (names.instance(instanceKey)?.name ?? null),
      ...{ seq, n, at },
      type: body.type,
      tool: text.tool,
      snippet: snippetOf(text.text, spans),
    };
  };
  return (piece: FoundPiece, events: readonly OrchestrationEvent[], beforeSeq: number): boolean => {
    for (const event of events.toReversed()) {
      if (event.seq >= beforeSeq) continue;
      const hit = hitOf(piece, event);
      if (hit === null) continue;
      if (found.hits.length === limit) {
        found.cursor = { piece: piece.key, seq: event.seq + 1 };
        return false;
      }
      found.hits.push(hit);
    }
    return true;
  };
};

/** Finds events: the index says in which pieces all words are, and the events of these are looked at one by one. */
export const readSearch = (db: Database, lookup: SearchLookup): Answers['search'] => {
  prepareConditions(db);
  const namesOf = createNames(db);
  const read = createPieceReader(db);
  const stored = db.prepare<[], [number, number]>('SELECT orchestration_key, last_seq FROM facets').raw();

  const pendingEvents = (): number => {
    const indexed = lookup.indexed();
    let pending = 0;
    for (const [key, lastSeq] of stored.all()) pending += Math.max(0, lastSeq - (indexed.get(key) ?? 0));
    return pending;
  };
  const sessionsOf = (query: SearchQuery): ReadonlySet<number> => {
    const { where, values } = conditionsOf(ofSessions(query), { now: Date.now() });
    const keys = db
      .prepare<[typeof values], number>(`SELECT f.orchestration_key FROM facets f WHERE ${where}`)
      .pluck();
    return new Set(keys.all(values));
  };
  const find = (search: EventSearch, matcher: EventMatcher, words: string): Hits => {
    const until = performance.now() + longEnough;
    const found: Hits = { hits: [], cursor: null };
    const names = namesOf();
    const from = readCursor(search.cursor);
    const take = createPieceSearch(search, matcher, names, found);
    const { query } = search;
    const request = { words, query, sessions: sessionsOf(query), before: from.piece + 1 };
    let looked = 0;
    lookup.pieces(request, (piece) => {
      const beforeSeq = piece.key === from.piece ? from.seq : Number.MAX_SAFE_INTEGER;
      if (looked > 0 && performance.now() > until) {
        found.cursor = { piece: piece.key, seq: piece.lastSeq + 1 };
        return false;
      }
      looked += 1;
      return take(piece, read(piece, names), beforeSeq);
    });
    return found;
  };

  return (search) => {
    // First: the index goes on meanwhile, and what was pending then may be missing from the hits.
    const pending = pendingEvents();
    const matcher = eventMatcher(search.query);
    const words = matcher === null ? null : ftsQuery(matcher.candidates);
    const { hits, cursor } =
      matcher === null || words === null ? { hits: [], cursor: null } : find(search, matcher, words);
    const page: FoundEvents = {
      hits,
      nextCursor: cursor === null ? null : `${String(cursor.piece)}.${String(cursor.seq)}`,
      pending,
    };
    return JSON.stringify(page);
  };
};
