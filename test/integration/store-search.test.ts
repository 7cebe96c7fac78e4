import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { FoundEvent, FoundEvents, Store } from '../../src/main/engine/store-ports.ts';
import { createCommit } from '../../src/main/store/commits/commit.ts';
import { createPacker } from '../../src/main/store/commits/pack.ts';
import { prepareDatabaseFile } from '../../src/main/store/data-dir.ts';
import { openForWriting } from '../../src/main/store/database.ts';
import { createIndexing } from '../../src/main/store/search/search-index.ts';
import { openStore } from '../../src/main/store/store.ts';
import type { EventBody, OrchestrationEvent } from '../../src/shared/domain/event.ts';
import { instantOf } from '../../src/shared/domain/ids.ts';
import { parseQuery } from '../../src/shared/domain/search/search-parse.ts';
import type { SearchQuery, SearchTerm } from '../../src/shared/domain/search/search-query.ts';
import { creationOf, emptyBatch, eventsOf, sampleOf, type Sample } from '../support/store/samples.ts';
import { startProgram } from '../support/store/programs.ts';
import { temporaryDirectory } from '../support/store/temporary-directory.ts';

const openIn = async (dataDir: string): Promise<Store> => {
  const store = await openStore({ dataDir });
  onTestFinished(() => store.close());
  return store;
};
const newStore = async (): Promise<Store> => openIn(await temporaryDirectory());

const queryOf = (text: string): SearchQuery => parseQuery(text, { now: 0, timeZone: 'UTC' }).query;

/** The page, once everything that is stored is in the index. */
const searched = async (
  store: Store,
  search: Omit<Parameters<Store['search']>[0], 'limit'> & { readonly limit?: number },
): Promise<FoundEvents> => {
  for (;;) {
    const page = await store.search({ limit: 200, ...search });
    if (page.pending === 0) return page;
  }
};
const found = async (store: Store, text: string): Promise<readonly FoundEvent[]> =>
  (await searched(store, { query: queryOf(text) })).hits;

const said = (text: string): EventBody => ({ type: 'prompt.sent', text, by: 'ada' });
const ran = (name: string, input: unknown): EventBody => ({
  ...{ type: 'tool.called', toolUseId: 'toolu_1', name, input, parentToolUseId: null },
});

const withBodies = (
  sample: Sample,
  bodies: readonly EventBody[],
  afterSeq = 0,
): readonly OrchestrationEvent[] =>
  eventsOf(sample, bodies.length, { afterSeq }).map((event, i) => ({
    ...event,
    body: bodies[i] ?? event.body,
  }));

const storeOf = async (...sessions: readonly (readonly EventBody[])[]) => {
  const store = await newStore();
  const samples = sessions.map((_, i) => sampleOf(`session ${String(i)}`));
  for (const [i, sample] of samples.entries()) {
    await store.commit({ ...creationOf(sample), events: withBodies(sample, sessions[i] ?? []) });
  }
  return { store, samples };
};

const marked = ({ snippet: { text, marks } }: FoundEvent): readonly string[] =>
  marks.map(([from, to]) => text.slice(from, to));

describe('a search', () => {
  it('finds what was said and run, the newest first, with its place', async () => {
    const { store, samples } = await storeOf(
      [said('Fix the build'), ran('Bash', { command: 'npm run build' })],
      [said('nothing'), said('to see'), said('the BUILD again')],
    );
    const hits = await found(store, 'build');
    const [old, young] = samples;
    expect(
      hits.map(({ orchestrationName, seq, n, type, tool }) => [orchestrationName, seq, n, type, tool]),
    ).toEqual([
      ['session 1', 3, 1, 'prompt.sent', null],
      ['session 0', 2, 0, 'tool.called', 'Bash'],
      ['session 0', 1, 0, 'prompt.sent', null],
    ]);
    expect(hits[0]).toMatchObject({
      orchestrationId: young?.orchestration.id,
      instanceId: young?.instances[0]?.id,
      instanceName: 'first',
      snippet: { text: 'the BUILD again', marks: [[4, 9]] },
    });
    expect(hits[1]?.instanceId).toBe(old?.instances[1]?.id);
  });

  it('has words, phrases, beginnings, tools, OR and NOT, and none of them breaks anything', async () => {
    const bodies = [
      said('1 Fix the build'),
      ran('Bash', { command: '2 npm run build' }),
      said('3 nothing Über 日本語 ÉTE\u0301'),
    ];
    const { store } = await storeOf(bodies);
    const cases: readonly (readonly [string, readonly string[]])[] = [
      ['"run build"', ['2']],
      ['"build run"', []],
      ['buil*', ['1', '2']],
      ['buil', []],
      ['build -npm', ['1']],
      ['npm OR nothing', ['2', '3']],
      ['tool:bash', ['2']],
      ['tool:ba*', ['2']],
      ['tool:Read', []],
      ['build tool:Bash OR fix', ['1', '2']],
      ['(build)', ['1', '2']],
      ['"build" NEAR AND OR', []],
      ["build' OR 1=1 --", ['1', '2']],
      ['***', []],
      ['über', ['3']],
      ['UBER', ['3']],
      ['日', ['3']],
      ['"本語"', ['3']],
      ['e\u0301t\u00e9', ['3']],
    ];
    for (const [text, expected] of cases) {
      const texts = (await found(store, text)).map(({ snippet }) => /\d/.exec(snippet.text)?.[0]);
      expect([text, texts.toSorted()]).toEqual([text, expected]);
    }
  });

  it('leaves out deleted sessions unless they are asked for, and looks only into those that filters let through', async () => {
    const { store, samples } = await storeOf([said('build')], [said('build')]);
    const [first] = samples;
    if (first === undefined) throw new Error('none');
    const deleted = { ...first.orchestration, deletedAt: instantOf(1), state: 'failed' as const };
    await store.commit({ ...emptyBatch, orchestrations: [deleted] });
    const names = async (text: string) => (await found(store, text)).map((hit) => hit.orchestrationName);
    expect(await names('build')).toEqual(['session 1']);
    expect(await names('build is:deleted')).toEqual(['session 0']);
    expect(await names('build state:failed OR state:running')).toEqual(['session 1']);
    expect(await names('build -state:running')).toEqual([]);
    expect(await names('build after:2026-01-02 before:2026-01-03')).toEqual(['session 1']);
    expect(await names('build after:2026-01-03')).toEqual([]);
  });

  it('gives page after page, each hit once, also while more is said', async () => {
    const { store, samples } = await storeOf(
      Array.from({ length: 90 }, (_, i) => said(`word ${String(i)}`)),
      Array.from({ length: 50 }, (_, i) => said(`word ${String(i)}`)),
    );
    const seen: string[] = [];
    let cursor: string | undefined;
    for (let page = 0; ; page += 1) {
      const { hits, nextCursor } = await searched(store, { query: queryOf('word'), limit: 30, cursor });
      seen.push(...hits.map(({ orchestrationName, seq }) => `${orchestrationName}/${String(seq)}`));
      if (nextCursor === null) break;
      cursor = nextCursor;
      const sample = samples[1];
      if (sample !== undefined && page < 2) {
        await store.commit({ ...emptyBatch, events: withBodies(sample, [said('word')], 200 + page) });
      }
    }
    expect(seen).toHaveLength(140);
    expect(new Set(seen).size).toBe(140);
  });

  it('shows at most 240 characters around the best place', async () => {
    const filler = '🦊 é '.repeat(200);
    const { store } = await storeOf([said(`needle ${filler} a needle in the hâystack ${filler}`)]);
    const [hit] = await found(store, 'needle haystack');
    if (hit === undefined) throw new Error('nothing was found');
    expect(hit.snippet.text.length).toBeLessThanOrEqual(240);
    expect(marked(hit)).toEqual(['needle', 'hâystack']);
    expect(hit.snippet.text.isWellFormed()).toBe(true);
  });

  it('refuses a cursor that no page gave', async () => {
    const { store } = await storeOf([said('a')]);
    await expect(store.search({ query: queryOf('a'), limit: 1, cursor: 'x' })).rejects.toThrow(
      /first one again/,
    );
  });

  it.each([
    ['missing', (file: string) => rm(file)],
    ['damaged', (file: string) => writeFile(file, 'no database at all, but long enough to be looked at')],
  ])('makes its index anew when it is %s', async (_, spoil) => {
    const dataDir = await temporaryDirectory();
    const sample = sampleOf('review');
    const before = await openStore({ dataDir });
    await before.commit({ ...creationOf(sample), events: withBodies(sample, [said('build')]) });
    await searched(before, { query: queryOf('build') });
    await before.close();
    await spoil(join(dataDir, 'search.db'));
    const after = await openIn(dataDir);
    expect(await found(after, 'build')).toHaveLength(1);
  });
});

// --- Against a plain model: the words of every event, one after the other ------------------------------------------

const letters = [
  'a',
  'B',
  'é',
  'e\u0301',
  'ß',
  '7',
  'Σ',
  '語',
  '本',
  '🦊',
  '.',
  '-',
  ' ',
  ' ',
  '\n',
  '"',
  "'",
  '_',
  'ﬁ',
];
const anyText = fc.array(fc.constantFrom(...letters), { maxLength: 14 }).map((parts) => parts.join(''));

/** Letter by letter: marks belong to the letter before them, an ideograph is a word. */
const plainWords = (text: string): readonly string[] => {
  const folded = text.normalize('NFKD').toLowerCase().replaceAll('ς', 'σ');
  const words: string[] = [];
  let word = '';
  const end = (): void => {
    if (word !== '') words.push(word);
    word = '';
  };
  for (const letter of folded) {
    if (/\p{M}/u.test(letter)) continue;
    if (/[語本]/.test(letter)) {
      end();
      words.push(letter);
    } else if (/[\p{L}\p{N}]/u.test(letter)) word += letter;
    else end();
  }
  end();
  return words;
};

const plainlyHas = (text: string, term: SearchTerm): boolean => {
  if (term.kind !== 'text') throw new Error('texts only');
  const [words, wanted] = [plainWords(text), plainWords(term.text)];
  const isAt = (from: number): boolean =>
    wanted.every((one, i) => {
      const word = words[from + i] ?? '';
      return term.prefix && i === wanted.length - 1 ? word.startsWith(one) : word === one;
    });
  return wanted.length > 0 && words.some((_, from) => isAt(from));
};

const anyTerm: fc.Arbitrary<SearchTerm> = fc.record({
  kind: fc.constant('text' as const),
  not: fc.boolean(),
  text: anyText,
  prefix: fc.boolean(),
});
const anyQuery: fc.Arbitrary<SearchQuery> = fc.record({
  clauses: fc
    .tuple(anyTerm, fc.array(fc.array(anyTerm, { minLength: 1, maxLength: 2 }), { maxLength: 2 }))
    .map(([first, more]) => [[{ ...first, not: false }], ...more]),
  after: fc.constant(null),
  before: fc.constant(null),
});

describe('the index', () => {
  it('has every event once, however often its program is killed', async () => {
    const dataDir = await temporaryDirectory();
    for (let kills = 1; kills <= 3; kills += 1) {
      const program = startProgram('index-forever', dataDir);
      for (let line = 0; line < kills * 4; line += 1) await program.line();
      await program.kill();
    }
    const store = await openIn(dataDir);
    const { items } = await store.orchestrations({ limit: 10 });
    const keys: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await searched(store, { query: queryOf('xxx*'), cursor });
      keys.push(...page.hits.map(({ orchestrationId, seq }) => `${orchestrationId} ${String(seq)}`));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    const stored: string[] = [];
    for (const { id } of items) {
      const events = await store.eventsAfter(id, 0, 100_000);
      stored.push(...events.map(({ seq }) => `${id} ${String(seq)}`));
    }
    expect(items).toHaveLength(3);
    expect(stored.length).toBeGreaterThan(2000);
    expect(keys.toSorted()).toEqual(stored.toSorted());
  });

  it('is not done while it lacks what came after its plan was made', async () => {
    const dataDir = await temporaryDirectory();
    await prepareDatabaseFile(dataDir);
    const db = openForWriting(join(dataDir, 'netra.db'));
    onTestFinished(() => void db.close());
    const [commit, pack, index] = [createCommit(db), createPacker(), createIndexing(db)];
    const samples = [sampleOf('one'), sampleOf('two')] as const;
    for (const sample of samples)
      commit(pack({ ...creationOf(sample), events: withBodies(sample, [said('a')]) }));
    expect(index(0)).toBe(true);
    for (const sample of samples) commit(pack({ ...emptyBatch, events: withBodies(sample, [said('b')], 1) }));
    while (index(0));
    const look = new SqliteDatabase(join(dataDir, 'search.db'), { readonly: true });
    expect(look.prepare('SELECT seq FROM indexed').pluck().all()).toEqual([2, 2]);
    look.close();
  });

  it('lets go of what is removed from the database', async () => {
    const dataDir = await temporaryDirectory();
    const before = await openStore({ dataDir });
    for (const name of ['one', 'two']) {
      const sample = sampleOf(name);
      await before.commit({ ...creationOf(sample), events: withBodies(sample, [said('build')]) });
    }
    expect(await found(before, 'build')).toHaveLength(2);
    await before.close();
    const database = new SqliteDatabase(join(dataDir, 'netra.db'));
    database.exec("DELETE FROM facets WHERE name = 'two'");
    database.close();
    const after = await openIn(dataDir);
    const sample = sampleOf('three');
    await after.commit({ ...creationOf(sample), events: withBodies(sample, [said('build'), said('again')]) });
    await searched(after, { query: queryOf('again') });
    expect((await found(after, 'build')).map((hit) => hit.orchestrationName)).toEqual(['three', 'one']);
    await after.close();
    const index = new SqliteDatabase(join(dataDir, 'search.db'), { readonly: true });
    expect(index.prepare('SELECT count(*) FROM pieces').pluck().get()).toBe(2 + 1);
    expect(index.prepare("SELECT count(*) FROM words WHERE words MATCH 'build'").pluck().get()).toBe(2);
    index.close();
  });

  it('finds what a look at every event finds', async () => {
    const store = await newStore();
    const everything: { readonly id: string; readonly seq: number; readonly text: string }[] = [];
    const run = async (sessions: readonly (readonly string[])[], queries: readonly SearchQuery[]) => {
      for (const texts of sessions) {
        const sample = sampleOf('any');
        await store.commit({ ...creationOf(sample), events: withBodies(sample, texts.map(said)) });
        texts.forEach((text, i) => everything.push({ id: sample.orchestration.id, seq: i + 1, text }));
      }
      for (const query of queries) {
        const meant = everything.filter(({ text }) =>
          query.clauses.every((terms) => terms.some((term) => plainlyHas(text, term) !== term.not)),
        );
        const keys: string[] = [];
        let cursor: string | undefined;
        do {
          const page: FoundEvents = await searched(store, { query, cursor });
          keys.push(...page.hits.map(({ orchestrationId, seq }) => `${orchestrationId} ${String(seq)}`));
          cursor = page.nextCursor ?? undefined;
        } while (cursor !== undefined);
        expect(keys.toSorted()).toEqual(meant.map(({ id, seq }) => `${id} ${String(seq)}`).toSorted());
      }
    };
    const sessions = fc.array(fc.array(anyText, { maxLength: 40 }), { maxLength: 2 });
    await fc.assert(fc.asyncProperty(sessions, fc.array(anyQuery, { maxLength: 6 }), run), {
      numRuns: 60,
      endOnFailure: true,
    });
  });
});
