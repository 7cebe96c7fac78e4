import { appendFile, cp, readFile, readdir, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createSpool } from '../../src/main/claude/spool/spool.ts';
import type { StoredOrchestration } from '../../src/main/engine/store-ports.ts';
import { parsePlan } from '../../src/shared/domain/plan/plan-parse.ts';
import { parseQuery } from '../../src/shared/domain/search/search-parse.ts';
import type { OrchestrationEvent } from '../../src/shared/domain/event.ts';
import { addUsage, noUsage, totalOf, type Usage } from '../../src/shared/domain/usage.ts';
import { fixtureSessions, openHistoryBench, type HistoryBench } from '../support/history.ts';
import { seenOf } from '../support/store/samples.ts';

let bench: HistoryBench;
const sessions = await fixtureSessions();
const place = { now: 0, timeZone: 'UTC' };

const idOf = (version: string, name: string): string => {
  const id = sessions[version]?.[name];
  if (id === undefined) throw new Error(`There is no transcript of ${name} by ${version}.`);
  return id;
};

const all = async (): Promise<readonly StoredOrchestration[]> => {
  const { items } = await bench.store().orchestrations({ limit: 200 });
  const stored = await Promise.all(items.map(({ id }) => bench.store().orchestration(id)));
  return stored.filter((one) => one !== null);
};

const ofSession = async (sessionId: string): Promise<StoredOrchestration> => {
  const found = (await all()).find(({ instances }) => instances[0]?.sessionId === sessionId);
  if (found === undefined) throw new Error(`Session ${sessionId} was not taken in.`);
  return found;
};

const eventsOf = ({ orchestration }: StoredOrchestration): Promise<readonly OrchestrationEvent[]> =>
  bench.store().eventsAfter(orchestration.id, 0, 1000);

const usageOfAll = async (): Promise<Usage> =>
  (await all()).map(({ orchestration }) => orchestration.usage).reduce(addUsage, noUsage);

const transcript = (version: string, name: string): string =>
  join(bench.folder, `-home-ada-${version}`, `${idOf(version, name)}.jsonl`);

/** What the import left, but for when it was done. */
const library = async () =>
  Promise.all((await all()).map(async (stored) => ({ ...stored, events: await eventsOf(stored) })));

afterEach(() => bench.remove());

describe("Claude Code's own history", () => {
  it('is taken in whole, of four versions, and a second time there is nothing new', async () => {
    bench = await openHistoryBench('0.2.126', '1.0.110', '2.0.50', '2.1.330');
    const done = await bench.importAll();
    expect(done).toMatchObject({ state: 'done', sessionsAdded: 34, problems: [], brokenLines: 0 });
    expect(done.readBytes).toBe(done.bytes);
    const again = await bench.importAll();
    expect(again).toMatchObject({ newFiles: 0, newBytes: 0, sessionsAdded: 0, sessionsGrown: 0 });
    await bench.reopen();
    expect(await bench.importAll()).toMatchObject({ newFiles: 0, readBytes: 0 });
    expect(await bench.history().status()).toMatchObject({ sessions: 34, following: false });
  });

  it('is found by its words, and counted', async () => {
    bench = await openHistoryBench('2.1.330');
    await bench.importAll();
    const stored = await all();
    const { id } = (await ofSession(idOf('2.1.330', 'tools'))).orchestration;
    for (;;) {
      const { hits, pending } = await bench
        .store()
        .search({ query: parseQuery('Do steps', place).query, limit: 200 });
      if (pending > 0) continue;
      expect(hits.map(({ orchestrationId }) => orchestrationId)).toContain(id);
      break;
    }
    const events = stored.reduce((sum, { orchestration }) => sum + orchestration.lastSeq, 0);
    expect(await bench.store().census()).toMatchObject({ events, orchestrations: { total: stored.length } });
  });

  it('becomes orchestrations that say what was done, where, and how it ended', async () => {
    bench = await openHistoryBench('2.1.330');
    await bench.importAll();
    const { orchestration, instances, attempts, source } = await ofSession(idOf('2.1.330', 'tools'));
    expect(orchestration).toMatchObject({
      ...{
        origin: 'claude',
        plan: 'Claude Code',
        state: 'succeeded',
        workspace: '/home/ada/shop',
        owner: 'ada',
      },
      ...{ name: 'Do steps STEPS=2…', instanceCount: 1, toolCalls: 4 },
    });
    expect(instances[0]).toMatchObject({
      ...{ model: 'claude-opus-5-5', turns: 1, attempts: 1, state: 'succeeded' },
      result: 'word0 word1 word2 word3 word4 word5 word6 word7',
      tools: { Bash: { calls: 3, errors: 1 }, Write: { calls: 1, errors: 0 } },
    });
    expect(attempts).toHaveLength(1);
    expect(parsePlan(source.planText)).toMatchObject({ ok: true });
    expect((await ofSession(idOf('2.1.330', 'killed'))).orchestration.state).toBe('stopped');
    expect((await ofSession(idOf('2.1.330', 'interrupted'))).orchestration.state).toBe('stopped');
    expect((await ofSession(idOf('2.1.330', 'api-error'))).instances[0]).toMatchObject({
      state: 'failed',
      failure: { message: 'API Error: 400 The request is not valid.' },
    });
  });

  it('has subagents under the call that started them, wherever the version wrote them', async () => {
    bench = await openHistoryBench('0.2.126', '1.0.110', '2.0.50', '2.1.330');
    await bench.importAll();
    for (const version of ['0.2.126', '1.0.110', '2.0.50', '2.1.330']) {
      const events = await eventsOf(await ofSession(idOf(version, 'subagent')));
      const call = events.map(({ body }) => body).find((body) => body.type === 'tool.called');
      const inside = events.filter(
        ({ body }) =>
          'parentToolUseId' in body &&
          body.parentToolUseId === (call?.type === 'tool.called' ? call.toolUseId : ''),
      );
      expect(inside.map(({ body }) => body.type)).toEqual(
        expect.arrayContaining(['tool.called', 'tool.finished', 'message.text']),
      );
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 1));
    }
  });

  it('gives the line behind each event, also when Claude has deleted its files', async () => {
    bench = await openHistoryBench('2.1.330');
    await bench.importAll();
    await rm(bench.folder, { recursive: true });
    const spool = createSpool(join(bench.dataDir, 'spool'));
    for (const stored of await all()) {
      for (const { attemptId, source, body } of await eventsOf(stored)) {
        if (attemptId === null || source === null) throw new Error('An event has no line.');
        const line: unknown = JSON.parse(await spool.readRaw(attemptId, source, 1e6));
        if (body.type === 'prompt.sent' && !body.text.startsWith('/'))
          expect(line).toMatchObject({ type: 'user', message: { content: body.text } });
      }
    }
  });

  it('costs what the CLI says where it does, and else what the list says, marked as estimated', async () => {
    bench = await openHistoryBench('0.2.126', '1.0.110', '2.1.330');
    await bench.importAll();
    const usage = async (version: string, name: string) =>
      (await ofSession(idOf(version, name))).orchestration.usage;
    expect(await usage('2.1.330', 'compact')).toEqual({
      basis: 'exact',
      byModel: {
        'claude-opus-5-5': {
          ...{ inputTokens: 3596, outputTokens: 58, cacheWriteTokens: 20_858, cacheReadTokens: 18_590 },
          costMicroUsd: 123_552,
        },
      },
    });
    expect(totalOf(await usage('0.2.126', 'thinking'))).toMatchObject({
      outputTokens: 60,
      costMicroUsd: 35_903,
    });
    expect((await usage('0.2.126', 'thinking')).basis).toBe('exact');
    expect(await usage('1.0.110', 'thinking')).toMatchObject({ basis: 'estimated' });
    expect(totalOf(await usage('1.0.110', 'thinking'))).toMatchObject({
      outputTokens: 60,
      costMicroUsd: 35_903,
    });
  });

  it('counts each message once, though resumed and forked sessions repeat those before', async () => {
    bench = await openHistoryBench('1.0.110', '2.0.50', '2.1.330');
    await bench.importAll();
    const of = async (version: string, ...names: readonly string[]) => {
      const usages = await Promise.all(
        names.map(async (name) => (await ofSession(idOf(version, name))).orchestration.usage),
      );
      return totalOf(usages.reduce(addUsage, noUsage));
    };
    expect(await of('1.0.110', 'text', 'text-resumed')).toMatchObject({ inputTokens: 26, outputTokens: 25 });
    expect(await of('2.0.50', 'text', 'text-forked')).toMatchObject({ inputTokens: 36, outputTokens: 37 });
    expect(await of('2.1.330', 'text', 'text-forked')).toMatchObject({
      ...{ inputTokens: 36, outputTokens: 37, cacheWriteTokens: 11_925, cacheReadTokens: 19_656 },
      costMicroUsd: 64_440,
    });
  });

  it('is read on where a file has grown, and comes to the same as when it is read at once', async () => {
    bench = await openHistoryBench('2.1.330');
    await bench.importAll();
    const whole = await library();
    await bench.remove();
    bench = await openHistoryBench('2.1.330');
    const paths = Object.keys(sessions['2.1.330'] ?? {}).map((name) => transcript('2.1.330', name));
    const texts = await Promise.all(paths.map((path) => readFile(path)));
    const times = await Promise.all(paths.map((path) => stat(path)));
    for (const share of [0.3, 0.6, 1]) {
      for (const [i, path] of paths.entries()) {
        const text = texts[i] ?? Buffer.alloc(0);
        await writeFile(path, text.subarray(0, Math.floor(text.length * share)));
        await utimes(path, new Date(), share === 1 ? (times[i]?.mtime ?? 0) : new Date());
      }
      await bench.importAll();
    }
    const figures = (stored: Awaited<ReturnType<typeof library>>) =>
      stored
        .map(({ orchestration, instances }) => ({
          ...{ id: orchestration.id, name: orchestration.name, state: orchestration.state },
          ...{ usage: totalOf(orchestration.usage).costMicroUsd, tools: instances[0]?.toolCalls },
        }))
        .toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const grown = await library();
    expect(figures(grown).map(({ usage: _, ...one }) => one)).toEqual(
      figures(whole).map(({ usage: _, ...one }) => one),
    );
    expect(totalOf(await usageOfAll()).costMicroUsd).toBe(
      figures(whole).reduce((sum, { usage }) => sum + usage, 0),
    );
    for (const { events, orchestration } of grown) {
      expect(events.map(({ n }) => n)).toEqual(events.map((_, i) => i));
      expect(orchestration.lastSeq).toBe(events.length);
    }
  });

  it('is read anew where a file was replaced by another', async () => {
    bench = await openHistoryBench('2.1.330');
    await bench.importAll();
    const before = await ofSession(idOf('2.1.330', 'tools'));
    await cp(transcript('2.1.330', 'thinking'), transcript('2.1.330', 'tools'));
    expect(await bench.importAll()).toMatchObject({ newFiles: 1, problems: [] });
    const stored = await ofSession(idOf('2.1.330', 'tools'));
    expect(stored.orchestration.id).toBe(before.orchestration.id);
    expect((await eventsOf(stored)).map(({ body }) => body.type)).toContain('message.thinking');
    expect((await eventsOf(stored)).map(({ body }) => body.type)).not.toContain('tool.called');
    expect(
      (await all()).filter(({ instances }) => instances[0]?.sessionId === before.instances[0]?.sessionId),
    ).toHaveLength(1);
  });

  it('leaves what people put on a session', async () => {
    bench = await openHistoryBench('2.1.330');
    await bench.importAll();
    const { orchestration } = await ofSession(idOf('2.1.330', 'text'));
    const marked = { ...orchestration, name: 'My greeting', labels: ['kept'], note: 'a note', pinned: true };
    const nothing = { events: [], created: [], instances: [], attempts: [], specs: [], records: [] };
    await bench.store().commit({ ...nothing, orchestrations: [marked] });
    await appendFile(
      transcript('2.1.330', 'text'),
      `${JSON.stringify({ type: 'ai-title', aiTitle: 'Greeting' })}\n`,
    );
    expect(await bench.importAll()).toMatchObject({ sessionsGrown: 1 });
    expect((await ofSession(idOf('2.1.330', 'text'))).orchestration).toMatchObject({
      ...{ name: 'My greeting', labels: ['kept'], note: 'a note', pinned: true },
    });
  });

  it('leaves out for ever what was deleted here', async () => {
    bench = await openHistoryBench('2.1.330');
    await bench.importAll();
    const { orchestration } = await ofSession(idOf('2.1.330', 'text'));
    const deleted = { ...orchestration, deletedAt: orchestration.startedAt };
    const nothing = { events: [], created: [], instances: [], attempts: [], specs: [], records: [] };
    await bench.store().commit({ ...nothing, orchestrations: [deleted] });
    expect(await bench.store().remove([seenOf(deleted)])).toEqual([orchestration.id]);
    await appendFile(transcript('2.1.330', 'text'), '{"type":"ai-title","aiTitle":"Greeting"}\n');
    expect(await bench.importAll()).toMatchObject({ sessionsAdded: 0, sessionsGrown: 0, sessionsLeftOut: 1 });
    expect(await bench.store().orchestration(orchestration.id)).toBeNull();
  });

  it('keeps what is no line of a talk as it is, and goes on after it', async () => {
    bench = await openHistoryBench('2.1.330');
    const path = transcript('2.1.330', 'text');
    const text = await readFile(path, 'utf8');
    await writeFile(path, `{"type":"user","mess\n${text}[1]\n{"type":"of-tomorrow"}\n\u0000\n`);
    const done = await bench.importAll();
    expect(done).toMatchObject({ brokenLines: 2, problems: [] });
    const raw = (await eventsOf(await ofSession(idOf('2.1.330', 'text'))))
      .map(({ body }) => body)
      .filter((body) => body.type === 'raw');
    expect(raw.map(({ reason }) => reason)).toEqual(['broken', 'unknown', 'unknown', 'broken']);
  });

  it('says what cannot be read, and there is no folder without one', async () => {
    bench = await openHistoryBench('2.1.330');
    await expect(bench.importAll(join(bench.root, 'nowhere'))).rejects.toMatchObject({
      failure: { code: 'history.no_folder' },
    });
    await truncate(transcript('2.1.330', 'text'), 0);
    expect(await bench.importAll()).toMatchObject({ sessionsAdded: 9, sessionsLeftOut: 1 });
    expect((await readdir(join(bench.dataDir, 'spool'))).filter((name) => name.endsWith('.part'))).toEqual(
      [],
    );
  });

  it('is left where it is when nobody listens any more, and goes on with the next import', async () => {
    bench = await openHistoryBench('0.2.126', '1.0.110', '2.0.50', '2.1.330');
    for await (const { sessionsAdded } of bench.history().import(null)) if (sessionsAdded > 0) break;
    const done = await bench.importAll();
    expect(done.state).toBe('done');
    expect((await all()).length).toBe(34);
  });
});
