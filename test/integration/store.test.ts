import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Log } from '../../src/main/engine/ports.ts';
import type { Store, StoreBatch } from '../../src/main/engine/store-ports.ts';
import { openStore } from '../../src/main/store/store.ts';
import { letterOf, type OrchestrationEvent } from '../../src/shared/domain/event.ts';
import { FailureError } from '../../src/shared/domain/failure.ts';
import { instanceIdSchema, instantOf, orchestrationIdSchema } from '../../src/shared/domain/ids.ts';
import { parseQuery } from '../../src/shared/domain/search/search-parse.ts';
import { creationOf, emptyBatch, eventsOf, sampleOf, type Sample } from '../support/store/samples.ts';
import { temporaryDirectory } from '../support/store/temporary-directory.ts';

const newStore = async (log?: Log): Promise<Store> => {
  const store = await openStore({ dataDir: await temporaryDirectory(), ...(log !== undefined && { log }) });
  onTestFinished(() => store.close());
  return store;
};

const storeWith = async (sample: Sample, events: readonly OrchestrationEvent[]): Promise<Store> => {
  const store = await newStore();
  await store.commit({ ...creationOf(sample), events });
  return store;
};

const failureCode = async (promise: Promise<unknown>): Promise<string | undefined> => {
  try {
    await promise;
  } catch (error) {
    if (error instanceof FailureError) return error.failure.code;
    throw error;
  }
  return undefined;
};

const first = <T>(items: readonly T[]): T => {
  const [item] = items;
  if (item === undefined) throw new Error('there is none');
  return item;
};

const strangerId = '0198c5f0-7d4e-7a52-9a57-2f1d6c1f0c11';

describe('a store', () => {
  it('gives back an orchestration with its source, instances in plan order and attempts', async () => {
    const sample = sampleOf('review', ['one', 'two', 'three']);
    const store = await newStore();
    await store.commit({ ...creationOf(sample), instances: sample.instances.toReversed() });
    const stored = {
      orchestration: sample.orchestration,
      source: sample.source,
      instances: sample.instances,
      attempts: sample.attempts,
      specs: {},
    };
    expect(await store.orchestration(sample.orchestration.id)).toEqual(stored);
    expect(await store.unfinished()).toEqual([stored]);
  });

  it('knows nothing of ids it was never given', async () => {
    const store = await newStore();
    const instance = instanceIdSchema.parse(strangerId);
    const orchestration = orchestrationIdSchema.parse(strangerId);
    expect(await store.orchestration(orchestration)).toBeNull();
    expect(await store.instance(instance)).toBeNull();
    expect(await store.eventIndex(instance)).toBe('');
    expect(await store.instanceEvents(instance, 0, 10)).toEqual([]);
    expect(await store.eventsAfter(orchestration, 0, 10)).toEqual([]);
  });

  it('replaces rows that come again with the same id', async () => {
    const sample = sampleOf('review');
    const store = await storeWith(sample, []);
    const instance = { ...first(sample.instances), state: 'succeeded' as const, eventCount: 3 };
    const attempt = {
      ...first(sample.attempts),
      offsets: { stdout: 1000, stderr: 5 },
      endedAt: instantOf(1_800_000_000_000),
      exitCode: 0,
      usage: {
        basis: 'exact' as const,
        byModel: {
          haiku: {
            inputTokens: 1,
            outputTokens: 2,
            cacheWriteTokens: 3,
            cacheReadTokens: 4,
            costMicroUsd: 5,
          },
        },
      },
    };
    await store.commit({ ...emptyBatch, instances: [instance], attempts: [attempt] });
    expect(await store.instance(instance.id)).toEqual(instance);
    const stored = await store.orchestration(sample.orchestration.id);
    expect(stored?.attempts).toEqual([attempt, ...sample.attempts.slice(1)]);
  });

  it('takes an orchestration for unfinished until its state is final', async () => {
    const sample = sampleOf('review');
    const store = await storeWith(sample, []);
    const ended = {
      ...sample.orchestration,
      state: 'failed' as const,
      endedAt: instantOf(1_800_000_000_000),
    };
    await store.commit({ ...emptyBatch, orchestrations: [ended] });
    expect(await store.unfinished()).toEqual([]);
    await store.commit({ ...emptyBatch, orchestrations: [sample.orchestration] });
    expect(await store.unfinished()).toHaveLength(1);
  });

  it('finds everything again when it is opened the next time', async () => {
    const dataDir = await temporaryDirectory();
    const sample = sampleOf('review');
    const events = eventsOf(sample, 50);
    const before = await openStore({ dataDir });
    await before.commit({ ...creationOf(sample), events });
    await before.close();
    const after = await openStore({ dataDir });
    onTestFinished(() => after.close());
    expect(await after.eventsAfter(sample.orchestration.id, 0, 100)).toEqual(events);
  });

  it('refuses everything once it is closed, after finishing what it was asked', async () => {
    const sample = sampleOf('review');
    const store = await newStore();
    const commit = store.commit(creationOf(sample));
    const read = store.unfinished();
    await store.close();
    await expect(commit).resolves.toBeUndefined();
    await expect(read).resolves.toBeInstanceOf(Array);
    expect(await failureCode(store.unfinished())).toBe('store.closed');
    expect(await failureCode(store.commit(emptyBatch))).toBe('store.closed');
    await expect(store.close()).resolves.toBeUndefined();
  });
});

describe('events in a store', () => {
  it('come after a seq, in order, up to the limit', async () => {
    const sample = sampleOf('review');
    const events = eventsOf(sample, 100);
    const store = await storeWith(sample, events);
    expect(await store.eventsAfter(sample.orchestration.id, 0, 10)).toEqual(events.slice(0, 10));
    expect(await store.eventsAfter(sample.orchestration.id, 95, 10)).toEqual(events.slice(95));
    expect(await store.eventsAfter(sample.orchestration.id, 100, 10)).toEqual([]);
  });

  it('come of one instance from an n, in order, up to the limit', async () => {
    const sample = sampleOf('review', ['one', 'two', 'three']);
    const events = eventsOf(sample, 99);
    const store = await storeWith(sample, events);
    const { id } = first(sample.instances);
    const own = events.filter(({ instanceId }) => instanceId === id);
    expect(await store.instanceEvents(id, 0, 100)).toEqual(own);
    expect(await store.instanceEvents(id, 30, 2)).toEqual(own.slice(30, 32));
    expect(await store.instanceEvents(id, 33, 10)).toEqual([]);
  });

  it('of two orchestrations at once stay apart', async () => {
    const [one, two] = [sampleOf('one'), sampleOf('two')];
    const [ofOne, ofTwo] = [eventsOf(one, 60), eventsOf(two, 60)];
    const store = await newStore();
    await store.commit(creationOf(one));
    await store.commit(creationOf(two));
    for (let at = 0; at < 60; at += 10) {
      const mixed = ofOne
        .slice(at, at + 10)
        .flatMap((event, i) => [event, ...ofTwo.slice(at + i, at + i + 1)]);
      await store.commit({ ...emptyBatch, events: mixed });
    }
    expect(await store.eventsAfter(one.orchestration.id, 0, 1000)).toEqual(ofOne);
    expect(await store.eventsAfter(two.orchestration.id, 0, 1000)).toEqual(ofTwo);
    expect(await store.eventIndex(first(two.instances).id)).toBe('t'.repeat(30));
  });

  it('without an instance, an attempt or a source come back so, and are in no index', async () => {
    const sample = sampleOf('review');
    const created: OrchestrationEvent = {
      orchestrationId: sample.orchestration.id,
      seq: 1,
      instanceId: null,
      n: null,
      attemptId: null,
      at: instantOf(1_700_000_000_123),
      source: null,
      body: { type: 'orchestration.created', name: 'review', instances: 2, by: 'cli' },
    };
    const stderr: OrchestrationEvent = {
      ...created,
      seq: 2,
      instanceId: first(sample.instances).id,
      n: 0,
      source: { stream: 'stderr', offset: 0, length: 0 },
      body: { type: 'stderr', text: '' },
    };
    const store = await storeWith(sample, [created, stderr]);
    expect(await store.eventsAfter(sample.orchestration.id, 0, 10)).toEqual([created, stderr]);
    expect(await store.eventIndex(first(sample.instances).id)).toBe(letterOf('stderr'));
  });

  it('come back equal, whatever is in them', async () => {
    const store = await newStore();
    const anyText = fc.string({ unit: 'binary' });
    // JSON writes minus zero as zero.
    const anyJson = fc.json().map((text): unknown => JSON.parse(JSON.stringify(JSON.parse(text))));
    const body: fc.Arbitrary<OrchestrationEvent['body']> = fc.oneof(
      fc.record({ type: fc.constant('stderr' as const), text: anyText }),
      fc.record({
        type: fc.constant('tool.called' as const),
        toolUseId: anyText,
        name: anyText,
        input: anyJson,
        parentToolUseId: fc.option(anyText),
      }),
    );
    const part = fc.record({
      at: fc.integer({ min: 0, max: 4_000_000_000_000 }).map(instantOf),
      source: fc.option(
        fc.record({
          stream: fc.constantFrom('stdout' as const, 'stderr' as const),
          offset: fc.maxSafeNat(),
          length: fc.nat(),
        }),
      ),
      body,
    });
    const run = async (
      parts: readonly Pick<OrchestrationEvent, 'at' | 'source' | 'body'>[],
      name: string,
    ) => {
      const sample = sampleOf(name);
      const events = eventsOf(sample, parts.length).map((event, i) => ({ ...event, ...parts[i] }));
      await store.commit({ ...creationOf(sample), events });
      expect(await store.eventsAfter(sample.orchestration.id, 0, 1000)).toEqual(events);
      const stored = await store.orchestration(sample.orchestration.id);
      expect(stored?.orchestration).toEqual(sample.orchestration);
    };
    await fc.assert(fc.asyncProperty(fc.array(part, { maxLength: 40 }), anyText, run), { numRuns: 60 });
  });
});

describe('a commit', () => {
  const unknownInstance = (sample: Sample): StoreBatch => ({
    ...creationOf(sample),
    events: [
      ...eventsOf(sample, 5),
      { ...first(eventsOf(sample, 1, { afterSeq: 5 })), instanceId: instanceIdSchema.parse(strangerId) },
    ],
  });

  it('that fails leaves nothing of its batch, and can be done again', async () => {
    const sample = sampleOf('review');
    const store = await newStore();
    expect(await failureCode(store.commit(unknownInstance(sample)))).toBe('store.failed');
    expect(await store.orchestration(sample.orchestration.id)).toBeNull();
    const events = eventsOf(sample, 6);
    await store.commit({ ...creationOf(sample), events });
    expect(await store.eventsAfter(sample.orchestration.id, 0, 10)).toEqual(events);
  });

  it('never writes an event over another one', async () => {
    const sample = sampleOf('review');
    const events = eventsOf(sample, 3);
    const store = await storeWith(sample, events);
    expect(await failureCode(store.commit({ ...emptyBatch, events: eventsOf(sample, 4) }))).toBe(
      'store.failed',
    );
    expect(await store.eventsAfter(sample.orchestration.id, 0, 10)).toEqual(events);
  });

  it('is not held up by reads once the thread that reads has started, and each read sees one state', async () => {
    const sample = sampleOf('review');
    const store = await storeWith(sample, eventsOf(sample, 40_000));
    const { id } = first(sample.instances);
    let seq = 40_000;
    const overtakes = async (): Promise<boolean> => {
      const ended: string[] = [];
      const reads = Array.from({ length: 12 }, async () => {
        const { length } = await store.eventIndex(id);
        ended.push('read');
        return length;
      });
      const before = seq / 2;
      seq += 2;
      await store.commit({ ...emptyBatch, events: eventsOf(sample, 2, { afterSeq: seq - 2 }) });
      ended.push('commit');
      for (const length of await Promise.all(reads)) expect([before, before + 1]).toContain(length);
      return ended.at(-1) === 'read';
    };
    await vi.waitUntil(overtakes, { timeout: 20_000, interval: 1 });
  });
});

describe('the list of orchestrations', () => {
  const listOf = async (names: readonly string[]): Promise<{ store: Store; samples: readonly Sample[] }> => {
    const store = await newStore();
    const samples = names.map((name) => sampleOf(name, [`${name} worker`]));
    for (const sample of samples) await store.commit(creationOf(sample));
    return { store, samples };
  };
  const namesOf = async (page: ReturnType<Store['orchestrations']>) =>
    (await page).items.map(({ name }) => name);

  it('gives the newest first, page by page, each once', async () => {
    const { store } = await listOf(['a', 'b', 'c', 'd', 'e']);
    const one = await store.orchestrations({ limit: 2 });
    const two = await store.orchestrations({ limit: 2, cursor: one.nextCursor ?? '' });
    const three = await store.orchestrations({ limit: 2, cursor: two.nextCursor ?? '' });
    const names = [one, two, three].map(({ items }) => items.map(({ name }) => name));
    expect(names).toEqual([['e', 'd'], ['c', 'b'], ['a']]);
    expect([one.total, two.total, three.total]).toEqual([5, 5, 5]);
    expect(three.nextCursor).toBeNull();
  });

  it('ends with a full page when there are no more', async () => {
    const { store } = await listOf(['a', 'b']);
    expect((await store.orchestrations({ limit: 2 })).nextCursor).toBeNull();
  });

  it('goes on where it was while new ones come and old ones change', async () => {
    const { store, samples } = await listOf(['a', 'b', 'c']);
    const one = await store.orchestrations({ limit: 2 });
    await store.commit(creationOf(sampleOf('d')));
    await store.commit({ ...emptyBatch, orchestrations: samples.map(({ orchestration }) => orchestration) });
    expect(await namesOf(store.orchestrations({ limit: 2, cursor: one.nextCursor ?? '' }))).toEqual(['a']);
  });

  it('is filtered by state', async () => {
    const { store, samples } = await listOf(['a', 'b', 'c']);
    const failed = { ...first(samples).orchestration, state: 'failed' as const };
    await store.commit({ ...emptyBatch, orchestrations: [failed] });
    expect(await namesOf(store.orchestrations({ limit: 9, states: ['failed', 'stopped'] }))).toEqual(['a']);
    expect(await namesOf(store.orchestrations({ limit: 9, states: ['running'] }))).toEqual(['c', 'b']);
    expect((await store.orchestrations({ limit: 1, states: ['running'] })).total).toBe(2);
    expect(await namesOf(store.orchestrations({ limit: 9, states: [] }))).toHaveLength(3);
  });

  it.each([
    ['ÄRGER', ['Ärger im Büro']],
    ['a\u0308rger', ['Ärger im Büro']],
    ['100%_', ['100%_done']],
    ["o'", ["o'clock"]],
    ['OFFICE worker', []],
    ['CLOCK WORK', ["o'clock"]],
    ['', ["o'clock", '100%_done', 'Ärger im Büro']],
  ])('is searched for %j in the names of orchestrations and instances', async (search, found) => {
    const { store } = await listOf(['Ärger im Büro', '100%_done', "o'clock"]);
    const { query } = parseQuery(search, { now: 0, timeZone: 'UTC' });
    expect(await namesOf(store.orchestrations({ limit: 9, query }))).toEqual(found);
    expect((await store.orchestrations({ limit: 1, query })).total).toBe(found.length);
  });

  it('refuses a cursor that no page gave', async () => {
    const { store } = await listOf([]);
    expect(await failureCode(store.orchestrations({ limit: 1, cursor: 'x' }))).toBe('store.bad_cursor');
  });
});

describe('the log', () => {
  it('is told of a query that took long', async () => {
    const slow: unknown[] = [];
    const log: Log = {
      warn: (message, details) => void slow.push({ message, ...details }),
      error: () => undefined,
    };
    const store = await newStore(log);
    const sample = sampleOf('review', ['only']);
    await store.commit(creationOf(sample));
    await store.commit({ ...emptyBatch, events: eventsOf(sample, 60_000) });
    expect(slow).toEqual([{ message: 'slow query', query: 'commit', ms: expect.any(Number) as number }]);
  });
});
