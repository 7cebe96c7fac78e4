import type { Database } from 'better-sqlite3';
import {
  eventMatcher,
  whyNothingIsFound,
  type EventMatcher,
} from '../../../shared/domain/search/search-match.ts';
import type { SearchQuery, SearchTerm } from '../../../shared/domain/search/search-query.ts';
import { createSearchFile } from './search-file.ts';

/** Some events of one instance (null: of the orchestration itself), in which all words that are looked for occur. */
export type FoundPiece = {
  readonly key: number;
  readonly instanceKey: number | null;
  readonly firstN: number | null;
  readonly count: number;
  readonly lastSeq: number;
};

/** Up to how many sessions it is quicker to look into each of them than to pass over the others. */
const fewSessions = 100;

const perOrchestration = 2 ** 32;

/** A word may hold no quotation mark: the index knows it as letters and digits only. */
const quoted = (word: string): string => `"${word.replaceAll('"', '')}"`;

type Needle = EventMatcher['candidates'][number][number];

const allWordsOf = ({ words, prefix }: Needle): string =>
  words.map((word, i) => quoted(word) + (prefix && i === words.length - 1 ? '*' : '')).join(' AND ');

/** What FTS5 is asked for needles that all must occur, each by any of its alternatives; null when nothing can be found. */
export const ftsQuery = (candidates: EventMatcher['candidates']): string | null => {
  const clauses = candidates.map((needles) => needles.filter(({ words }) => words.length > 0));
  if (clauses.some((needles) => needles.length === 0)) return null;
  return clauses
    .map((needles) => `(${needles.map((needle) => `(${allWordsOf(needle)})`).join(' OR ')})`)
    .join(' AND ');
};

const statementsOf = (index: Database) => {
  const columns = `SELECT p.key, p.instance_key AS instanceKey, p.first_n AS firstN, p.count, p.last_seq AS lastSeq
    FROM words w CROSS JOIN pieces p ON p.key = w.rowid`;
  return {
    pieces: index.prepare<
      { words: string; from: number; before: number; after: number; until: number },
      FoundPiece
    >(
      `${columns} WHERE w.words MATCH @words AND w.rowid >= CAST(@from AS INTEGER) AND w.rowid < CAST(@before AS INTEGER)
         AND p.to_at >= @after AND p.from_at < @until ORDER BY w.rowid DESC`,
    ),
    sessions: index
      .prepare<[string], number>('SELECT DISTINCT rowid >> 32 FROM words WHERE words MATCH ?')
      .pluck(),
    indexed: index.prepare<[], [number, number]>('SELECT orchestration_key, seq FROM indexed').raw(),
  };
};

/** What can be asked of the index of words; nothing is found where there is none yet. */
export type SearchLookup = {
  /**
   * Calls `take` with the pieces of the sessions in which the words occur, from before a key on, the newest first, until
   * it gives false.
   */
  pieces(
    request: {
      readonly words: string;
      readonly query: SearchQuery;
      readonly sessions: ReadonlySet<number>;
      readonly before: number;
    },
    take: (piece: FoundPiece) => boolean,
  ): void;
  /** The keys of the orchestrations in whose events a text's words occur near each other; none for the beginning of a word of one letter. */
  readonly sessionsWith: (term: Extract<SearchTerm, { readonly kind: 'text' }>) => readonly number[];
  /** Up to which event each orchestration is indexed, by key. */
  indexed(): ReadonlyMap<number, number>;
};

const rangesOf = (sessions: ReadonlySet<number>): readonly (readonly [number, number])[] => {
  if (sessions.size > fewSessions) return [[0, Number.MAX_SAFE_INTEGER]];
  const newestFirst = [...sessions].toSorted((a, b) => b - a);
  return newestFirst.map((key) => [key * perOrchestration, (key + 1) * perOrchestration]);
};

/** Opens the index beside a database when it is first asked. */
export const createLookup = (db: Database): SearchLookup => {
  const file = createSearchFile(db, 'searching', statementsOf);
  return {
    pieces: ({ words, query, sessions, before }, take) => {
      file.use(({ pieces }) => {
        const times = { after: query.after ?? 0, until: query.before ?? Number.MAX_SAFE_INTEGER };
        for (const [from, end] of rangesOf(sessions)) {
          if (from >= before) continue;
          for (const piece of pieces.iterate({ words, from, before: Math.min(before, end), ...times })) {
            if (!sessions.has(Math.floor(piece.key / perOrchestration))) continue;
            if (!take(piece)) return;
          }
        }
      });
    },
    sessionsWith: (term) => {
      const query: SearchQuery = { clauses: [[{ ...term, not: false }]], after: null, before: null };
      const matcher = whyNothingIsFound(query) === null ? eventMatcher(query) : null;
      const words = matcher === null ? null : ftsQuery(matcher.candidates);
      return words === null ? [] : (file.use(({ sessions }) => sessions.all(words)) ?? []);
    },
    indexed: () => new Map(file.use(({ indexed }) => indexed.all()) ?? []),
  };
};
