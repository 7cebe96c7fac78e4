import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { encodeBlock } from '../../src/main/store/event-block.ts';
import type { HistoryBatch, HistoryRowEvent } from '../../src/main/store/commits/history-rows.ts';
import { openStore, type OpenedStore } from '../../src/main/store/store.ts';
import { catchUpLedgers } from '../../src/main/store/rebuild/catch-up.ts';
import { rebuildDatabase } from '../../src/main/store/rebuild/rebuild.ts';
import { letterOf, type EventBody } from '../../src/shared/domain/event.ts';
import { parseQuery } from '../../src/shared/domain/search/search-parse.ts';
import { dumpOf } from '../support/store/dump.ts';
import { sampleOf, type Sample } from '../support/store/samples.ts';
import { temporaryDirectory } from '../support/store/temporary-directory.ts';

const at = Date.UTC(2026, 0, 2);

const said = (text: string, n: number): HistoryRowEvent & { readonly seq: number; readonly n: number } => {
  const body: EventBody = { type: 'prompt.sent', text, by: 'ada' };
  const source = { stream: 'stdout', offset: n * 100, length: 99 } as const;
  return { at, letter: letterOf(body.type), source, body: JSON.stringify(body), seq: n + 1, n };
};

const sessionOf = (name: string): Sample => {
  const { orchestration, instances, attempts, source } = sampleOf(name, ['session']);
  return {
    orchestration: { ...orchestration, origin: 'claude', state: 'succeeded' },
    instances: instances.map((view) => ({ ...view, state: 'succeeded' })),
    attempts,
    source,
  };
};

/** What is read of a session: of the first part the first text is in a block, all others are rows. */
const batchOf = (
  { orchestration, instances, attempts, source }: Sample,
  texts: readonly string[],
  from: number,
  isAnew: boolean,
): HistoryBatch => {
  const [instance] = instances;
  const [attempt] = attempts;
  if (instance === undefined || attempt === undefined) throw new Error('a session has one of each');
  const events = texts.map((text, i) => said(text, from + i));
  const total = from + texts.length;
  const packed = events.slice(0, isAnew ? 1 : 0).map((event) => ({ ...event, attemptId: attempt.id }));
  return {
    ...{ sessionId: orchestration.id, project: 'shop', messages: new Uint8Array() },
    files: [],
    session: {
      ...{ state: JSON.stringify({ events: total }), isAnew, attempt, source, nameBefore: null },
      orchestration: { ...orchestration, lastSeq: total },
      instance: { ...instance, eventCount: total },
      blocks: isAnew ? [encodeBlock(packed)] : [],
      events: events.slice(packed.length),
      eventsFrom: from + packed.length,
    },
  };
};

const found = async (store: OpenedStore, text: string): Promise<readonly number[]> => {
  const { query } = parseQuery(text, { now: 0, timeZone: 'UTC' });
  for (;;) {
    const page = await store.search({ query, limit: 50 });
    if (page.pending === 0) return page.hits.map(({ seq }) => seq);
  }
};

const opened = async (dataDir: string): Promise<OpenedStore> => {
  const store = await openStore({ dataDir });
  onTestFinished(() => store.close());
  return store;
};

const textsOf = async (store: OpenedStore, { orchestration }: Sample): Promise<readonly string[]> =>
  (await store.eventsAfter(orchestration.id, 0, 100)).map(({ body }) => ('text' in body ? body.text : ''));

describe("a session of Claude Code's own history", () => {
  it('is found by its words, and counts its events', async () => {
    const store = await opened(await temporaryDirectory());
    const session = sessionOf('from a terminal');
    await store.history.take(batchOf(session, ['fix the build', 'now the tests'], 0, true));
    expect(await found(store, 'build')).toEqual([1]);
    await store.history.take(batchOf(session, ['the build again'], 2, false));
    expect(await found(store, 'build')).toEqual([3, 1]);
    expect((await store.census()).events).toBe(3);
  });

  it('is what its files say now when it is read anew: in lists, in search and in its ledger', async () => {
    const dataDir = await temporaryDirectory();
    const store = await opened(dataDir);
    const [session, other] = [sessionOf('from a terminal'), sessionOf('another')];
    await store.history.take(batchOf(session, ['old one', 'old two', 'old three'], 0, true));
    await store.history.take(batchOf(other, ['other'], 0, true));
    await store.commit({
      ...{ events: [], created: [], orchestrations: [], instances: [], attempts: [], specs: [], records: [] },
      remarks: [{ id: session.orchestration.id, change: { labels: ['kept'] } }],
    });
    expect(await found(store, 'old')).toEqual([3, 2, 1]);
    await store.keeper.idle();
    await store.history.take(batchOf(session, ['new one', 'new two', 'new three', 'new four'], 0, true));
    expect(await textsOf(store, session)).toEqual(['new one', 'new two', 'new three', 'new four']);
    expect(await found(store, 'old')).toEqual([]);
    expect(await found(store, 'new')).toEqual([4, 3, 2, 1]);
    expect((await store.orchestration(session.orchestration.id))?.orchestration.labels).toEqual(['kept']);
    await store.history.take(batchOf(session, ['and more'], 4, false));
    expect(await found(store, 'more other')).toEqual([]);
    expect(await found(store, 'more OR other')).toHaveLength(2);
    await store.close();
    const file = join(dataDir, 'netra.db');
    const before = dumpOf(file);
    expect(await catchUpLedgers(dataDir)).toBe(true);
    expect(await rebuildDatabase({ dataDir, salvage: false })).toMatchObject({ events: 6, lostEvents: 0 });
    expect(dumpOf(file)).toEqual(before);
  });
});
