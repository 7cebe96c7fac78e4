import type { Database } from 'better-sqlite3';
import type { OrchestrationEvent } from '../../../shared/domain/event.ts';
import { textOfEvent } from '../../../shared/domain/search/event-text.ts';
import { addWords, toolWord } from '../../../shared/domain/search/search-words.ts';
import { readEvents } from '../reads/read-events.ts';
import { createSearchFile } from './search-file.ts';

/** A piece is full with so many events, or so many characters of text: what has to be read again to find one of them. */
const pieceEvents = 32;
const pieceCharacters = 32 * 1024;

/** How long what is behind is not looked up anew, in milliseconds: that takes as long as adding some hundred events. */
const longestPlanMs = 2_000;

/** Events that are read at once. */
const pageEvents = 256;

/** An orchestration whose index is behind, or goes. */
type Behind = { readonly key: number; readonly startedAt: number; readonly lastSeq: number };

type Piece = {
  readonly instanceId: string | null;
  readonly firstN: number | null;
  readonly firstSeq: number;
  lastSeq: number;
  count: number;
  fromAt: number;
  toAt: number;
  characters: number;
  readonly words: Set<string>;
};

const newPiece = ({ instanceId, n, seq, at }: OrchestrationEvent): Piece => ({
  instanceId,
  firstN: n,
  firstSeq: seq,
  lastSeq: seq,
  count: 0,
  fromAt: Date.parse(at),
  toAt: Date.parse(at),
  characters: 0,
  words: new Set(),
});

const addTo = (piece: Piece, { seq, at, body }: OrchestrationEvent): void => {
  const { text, tool } = textOfEvent(body);
  const time = Date.parse(at);
  piece.lastSeq = seq;
  piece.count += 1;
  piece.fromAt = Math.min(piece.fromAt, time);
  piece.toAt = Math.max(piece.toAt, time);
  piece.characters += text.length;
  addWords(text, piece.words);
  if (tool !== null) piece.words.add(toolWord(tool));
};

const isFull = ({ count, characters }: Piece): boolean =>
  count >= pieceEvents || characters >= pieceCharacters;

/** Events in a row, as pieces of each instance. */
const piecesOf = (events: readonly OrchestrationEvent[]): readonly Piece[] => {
  const pieces: Piece[] = [];
  const open = new Map<string | null, Piece>();
  for (const event of events) {
    let piece = open.get(event.instanceId);
    if (piece === undefined || isFull(piece)) {
      piece = newPiece(event);
      open.set(event.instanceId, piece);
      pieces.push(piece);
    }
    addTo(piece, event);
  }
  return pieces;
};

const keyOf = (orchestration: number, seq: number): number => orchestration * 2 ** 32 + seq;

/** What writes the index. */
const createWriter = (index: Database) => {
  const words = index.prepare<[number, string]>('INSERT INTO words (rowid, text) VALUES (?, ?)');
  const forgetWords = index.prepare<[number]>('DELETE FROM words WHERE rowid = ?');
  const piece = index.prepare<[number, number | null, number | null, number, number, number, number]>(
    'INSERT INTO pieces VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const removed = index.prepare<[number]>('UPDATE tidied SET removed = removed + ?');
  const forgetPiece = index.prepare<[number]>('DELETE FROM pieces WHERE key = ?');
  const some = index
    .prepare<[number, number, number], number>(
      'SELECT key FROM pieces WHERE key >= ? AND key < ? ORDER BY key LIMIT ?',
    )
    .pluck();
  const reached = index.prepare<[number, number, number]>(
    'INSERT INTO indexed VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET seq = excluded.seq',
  );
  const forget = index.prepare<[number]>('DELETE FROM indexed WHERE orchestration_key = ?');
  const all = index.prepare<[], { readonly key: number; readonly startedAt: number; readonly seq: number }>(
    'SELECT orchestration_key AS key, started_at AS startedAt, seq FROM indexed',
  );
  return {
    indexed: () => new Map(all.all().map((row) => [row.key, row])),
    add: (
      { key, startedAt }: Behind,
      pieces: readonly (Piece & { readonly instanceKey: number | null })[],
    ) => {
      let seq = 0;
      for (const one of pieces) {
        const first = keyOf(key, one.firstSeq);
        piece.run(first, one.instanceKey, one.firstN, one.count, one.lastSeq, one.fromAt, one.toAt);
        if (one.words.size > 0) words.run(first, [...one.words].join(' '));
        seq = Math.max(seq, one.lastSeq);
      }
      reached.run(key, startedAt, seq);
    },
    /** Takes some of an orchestration out; true when there is no more of it. */
    remove: (key: number): boolean => {
      const keys = some.all(keyOf(key, 0), keyOf(key + 1, 0), 200);
      for (const one of keys) {
        forgetWords.run(one);
        forgetPiece.run(one);
      }
      if (keys.length > 0) removed.run(keys.length);
      if (keys.length === 200) return false;
      forget.run(key);
      return true;
    },
    begin: () => index.exec('BEGIN IMMEDIATE'),
    commit: () => index.exec('COMMIT'),
    rollBack: () => {
      if (index.inTransaction) index.exec('ROLLBACK');
    },
  };
};
type Writer = ReturnType<typeof createWriter>;

/** What the index lacks and what it has too much of, without a look at any event; newest orchestrations first. */
const createReckoning = (db: Database) => {
  const facets = db.prepare<[], Behind>(
    'SELECT orchestration_key AS key, started_at AS startedAt, last_seq AS lastSeq FROM facets ORDER BY key DESC',
  );
  return (writer: Writer): { readonly gone: number[]; readonly behind: (Behind & { seq: number })[] } => {
    const indexed = writer.indexed();
    const behind: (Behind & { seq: number })[] = [];
    const gone: number[] = [];
    for (const row of facets.all()) {
      const known = indexed.get(row.key);
      indexed.delete(row.key);
      const isSame = known?.startedAt === row.startedAt && known.seq <= row.lastSeq;
      if (known !== undefined && !isSame) gone.push(row.key);
      const seq = isSame ? known.seq : 0;
      if (row.lastSeq > seq) behind.push({ ...row, seq });
    }
    return { gone: [...gone, ...indexed.keys()], behind };
  };
};

/** Reads what an orchestration's index lacks next. */
const createSource = (db: Database) => {
  const events = readEvents(db);
  const id = db.prepare<[number], string>('SELECT id FROM orchestrations WHERE key = ?').pluck();
  const instanceKey = db.prepare<[string], number>('SELECT key FROM instances WHERE id = ?').pluck();
  // Not remembered: one that was removed may come again from an archive, under another key.
  const keyOfInstance = (id: string | null): number | null =>
    id === null ? null : (instanceKey.get(id) ?? null);
  return (key: number, afterSeq: number): readonly (Piece & { readonly instanceKey: number | null })[] => {
    const orchestration = id.get(key);
    if (orchestration === undefined) return [];
    // Brands are of the type only, and this is JSON of this program's own.
    const text = events.eventsAfter(
      orchestration as Parameters<typeof events.eventsAfter>[0],
      afterSeq,
      pageEvents,
    );
    const read = JSON.parse(text) as readonly OrchestrationEvent[];
    return piecesOf(read).map((piece) => ({ ...piece, instanceKey: keyOfInstance(piece.instanceId) }));
  };
};

/**
 * Keeps the index of what was said and run (search-file.ts). What a transaction adds and how far that goes are one: a kill at
 * any moment leaves an index that is right as far as it goes. `db` may be open for reading only.
 */
export const createIndexing = (db: Database): ((ms: number) => boolean) => {
  const reckon = createReckoning(db);
  const read = createSource(db);
  const file = createSearchFile(db, 'indexing', createWriter);

  type Plan = ReturnType<typeof reckon> & { readonly writer: Writer; readonly madeAt: number };
  let plan: Plan | undefined;
  /** What was left of the last slice, unless it is old: what came meanwhile is newer, and so comes first. */
  const planFor = (writer: Writer): Plan => {
    const madeAt = performance.now();
    const isDone = plan?.gone.length === 0 && plan.behind.length === 0;
    const isOld = isDone || plan?.writer !== writer || madeAt - plan.madeAt > longestPlanMs;
    if (plan === undefined || isOld) plan = { ...reckon(writer), writer, madeAt };
    return plan;
  };

  /** Adds the next events of the orchestration that is next; false when it has all of them. */
  const addSome = (writer: Writer, behind: Plan['behind'][number]): boolean => {
    const pieces = read(behind.key, behind.seq);
    if (pieces.length === 0) return false;
    writer.add(behind, pieces);
    behind.seq = Math.max(...pieces.map(({ lastSeq }) => lastSeq));
    return behind.seq < behind.lastSeq;
  };

  const work = (writer: Writer, until: number): boolean => {
    const before = plan;
    const current = planFor(writer);
    const { gone, behind } = current;
    // A plan of an earlier slice does not know what came since.
    const isOld = current === before;
    for (;;) {
      const [removed, added] = [gone.at(-1), behind[0]];
      if (removed !== undefined) {
        if (writer.remove(removed)) gone.pop();
      } else if (added === undefined) return isOld;
      else if (!addSome(writer, added)) behind.shift();
      if (performance.now() >= until) return isOld || gone.length + behind.length > 0;
    }
  };

  return (ms) => {
    const until = performance.now() + ms;
    const hasMore = file.use((writer) => {
      writer.begin();
      try {
        const more = work(writer, until);
        writer.commit();
        return more;
      } catch (error) {
        plan = undefined;
        writer.rollBack();
        throw error;
      }
    });
    return hasMore ?? false;
  };
};
