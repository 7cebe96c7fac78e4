import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AttemptStream } from '../../../../../src/main/claude/stream/attempt-stream.ts';
import { createAttemptStream } from '../../../../../src/main/claude/stream/attempt-stream.ts';
import type { SpoolWatch } from '../../../../../src/main/claude/spool/spool-watch.ts';
import { openSpoolWatch } from '../../../../../src/main/claude/spool/spool-watch.ts';
import type {
  AttemptItem,
  AttemptOutput,
  Clock,
  SpoolOffsets,
} from '../../../../../src/main/engine/ports.ts';
import { failureOf } from '../../../../../src/shared/domain/failure.ts';
import { totalOf } from '../../../../../src/shared/domain/usage.ts';
import { bodiesOf, chunksOf, fixture, prices, readAt } from '../fixtures.ts';

const nothing: SpoolOffsets = { stdout: 0, stderr: 0 };
const noWatch: SpoolWatch = { onChange: () => () => undefined, close: () => undefined };
const unwatched = (error: unknown): void => {
  throw error;
};

/** A clock that stands still; a timer runs when the test says so. */
const createStillClock = () => {
  const timers = new Set<{ readonly delayMs: number; readonly run: () => void }>();
  const waiting: (() => void)[] = [];
  const clock: Clock = {
    now: () => Date.parse(readAt),
    monotonic: () => 0,
    after(delayMs, run) {
      const timer = { delayMs, run };
      timers.add(timer);
      waiting.splice(0).forEach((resolve) => resolve());
      return () => timers.delete(timer);
    },
  };
  return {
    clock,
    delays: () => [...timers].map((timer) => timer.delayMs),
    /** Resolves when something waits for a timer. */
    idle: () =>
      timers.size > 0 ? Promise.resolve() : new Promise<void>((resolve) => void waiting.push(resolve)),
    run() {
      for (const timer of timers) {
        timers.delete(timer);
        timer.run();
      }
    },
  };
};

describe('the stream of an attempt', () => {
  let folder = '';
  const files = () => ({ stdout: join(folder, 'a.ndjson'), stderr: join(folder, 'a.stderr') });
  const still = createStillClock();
  const open = (stored: SpoolOffsets = nothing, watch = noWatch, maxLineBytes?: number): AttemptStream =>
    createAttemptStream({
      files: files(),
      stored,
      clock: still.clock,
      watch,
      prices,
      resumed: null,
      ...(maxLineBytes === undefined ? {} : { maxLineBytes }),
    });
  const collect = () => {
    const outputs: AttemptOutput[] = [];
    const take = (output: AttemptOutput): Promise<void> => {
      outputs.push(output);
      return Promise.resolve();
    };
    const items = (): readonly AttemptItem[] => outputs.flatMap((output) => output.items);
    return { outputs, take, items, types: () => bodiesOf(items()).map((body) => body.type) };
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'netra-spool-'));
    writeFileSync(files().stdout, '');
    writeFileSync(files().stderr, '');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is given as the files grow, and ends with the process', async () => {
    const { stdout } = fixture('live-permission-allow');
    const ended = Promise.withResolvers<undefined>();
    const seen = collect();
    const followed = open().follow(seen.take, ended.promise, new AbortController().signal);
    for (const chunk of chunksOf(stdout, [700, 5000])) {
      await still.idle();
      appendFileSync(files().stdout, chunk);
      still.run();
    }
    appendFileSync(files().stderr, 'a last word');
    ended.resolve(undefined);
    expect(await followed).toBe(true);

    const whole = collect();
    await open().catchUp(whole.take, true);
    expect(seen.items()).toEqual(whole.items());
    expect(seen.types().at(-1)).toBe('stderr');
    expect(seen.outputs.at(-1)?.offsets).toEqual({ stdout: stdout.length, stderr: 11 });
    expect(seen.outputs.at(-1)?.progress).toEqual(whole.outputs.at(-1)?.progress);
    expect(seen.outputs.length).toBeGreaterThan(2);
  });

  it('is given again without what is stored, wherever an engine was killed', async () => {
    const { stdout } = fixture('subagent');
    writeFileSync(files().stdout, stdout);
    writeFileSync(files().stderr, 'one\ntwo\nthree\n');
    const whole = collect();
    await open().catchUp(whole.take, true);
    const ends = [...stdout.toString('latin1').matchAll(/\n/g)].map((match) => match.index + 1);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(0, ...ends), fc.constantFrom(0, 4, 8, 14), async (out, err) => {
        const stored = { stdout: out, stderr: err };
        const seen = collect();
        const stream = open(stored);
        await stream.catchUp(seen.take, true);
        const isNew = (item: AttemptItem): boolean =>
          item.kind === 'event' && item.source.offset >= stored[item.source.stream];
        expect(seen.items().filter((item) => item.kind === 'event')).toEqual(whole.items().filter(isNew));
        expect(stream.progress()).toEqual(whole.outputs.at(-1)?.progress);
        for (const output of seen.outputs) {
          expect(output.offsets.stdout).toBeGreaterThanOrEqual(out);
          expect(output.offsets.stderr).toBeGreaterThanOrEqual(err);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('tells who takes it over how it stands, before anything new comes', async () => {
    const call = { type: 'tool_use', id: 't1', name: 'Bash', input: { command: 'make' } };
    const lines = [
      { type: 'system', subtype: 'init', session_id: 's' },
      { type: 'assistant', message: { id: 'm1', model: 'm', content: [call] }, parent_tool_use_id: null },
    ];
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    writeFileSync(files().stdout, text);
    writeFileSync(files().stderr, '');
    const { outputs, take } = collect();
    await open({ stdout: Buffer.byteLength(text), stderr: 0 }).catchUp(take, false);
    expect(outputs).toMatchObject([{ items: [], progress: { sessionId: 's', openTools: 1 } }]);
  });

  it('waits for the one who takes: no batch is read while the last one is being stored', async () => {
    writeFileSync(files().stdout, `${JSON.stringify({ type: 'x', text: 'y'.repeat(1000) })}\n`.repeat(1000));
    let busy = 0;
    let most = 0;
    let batches = 0;
    await open().catchUp(async () => {
      busy += 1;
      batches += 1;
      most = Math.max(most, busy);
      await new Promise((resolve) => setImmediate(resolve));
      busy -= 1;
    }, true);
    expect(most).toBe(1);
    expect(batches).toBeGreaterThan(3);
  });

  it('leaves half a line for later while the process lives, and keeps it when it has ended', async () => {
    writeFileSync(files().stdout, '{"type":"system","subtype":"init","session_id":"s"}\n{"type":"res');
    const seen = collect();
    const stream = open();
    await stream.catchUp(seen.take, false);
    expect(seen.types()).toEqual(['session.started']);
    expect(seen.outputs.at(-1)?.offsets.stdout).toBe(52);
    await stream.catchUp(seen.take, true);
    expect(seen.types()).toEqual(['session.started', 'raw']);
    expect(bodiesOf(seen.items()).at(-1)).toMatchObject({ reason: 'unfinished', text: '{"type":"res' });
    expect(seen.outputs.at(-1)?.offsets.stdout).toBe(64);
  });

  it('passes over a line longer than its limit, and reads on', async () => {
    writeFileSync(
      files().stdout,
      `${'x'.repeat(700_000)}\n{"type":"system","subtype":"init","session_id":"s"}\n`,
    );
    const seen = collect();
    await open(nothing, noWatch, 600_000).catchUp(seen.take, true);
    expect(bodiesOf(seen.items())).toMatchObject([
      { type: 'raw', reason: 'overlong', bytes: 700_000, text: 'x'.repeat(4096) },
      { type: 'session.started' },
    ]);
  });

  it('looks again after 200 ms when nothing is reported', async () => {
    const ended = Promise.withResolvers<undefined>();
    const followed = open().follow(() => Promise.resolve(), ended.promise, new AbortController().signal);
    await still.idle();
    expect(still.delays()).toEqual([200]);
    ended.resolve(undefined);
    await followed;
    expect(still.delays()).toEqual([]);
  });

  it('reads at once when the folder says that the file has grown', async () => {
    const watch = openSpoolWatch(folder, createStillClock().clock, unwatched);
    const ended = Promise.withResolvers<undefined>();
    const taken = Promise.withResolvers<AttemptOutput>();
    const take = (output: AttemptOutput): Promise<void> => {
      taken.resolve(output);
      return Promise.resolve();
    };
    const followed = open(nothing, watch).follow(take, ended.promise, new AbortController().signal);
    await still.idle();
    appendFileSync(files().stdout, '{"type":"system","subtype":"init","session_id":"s"}\n');
    expect(bodiesOf((await taken.promise).items)).toMatchObject([{ type: 'session.started' }]);
    ended.resolve(undefined);
    await followed;
    watch.close();
  });

  it('lets go when it is told to stop, while the process goes on', async () => {
    const stop = new AbortController();
    const followed = open().follow(() => Promise.resolve(), new Promise(() => undefined), stop.signal);
    await still.idle();
    stop.abort();
    expect(await followed).toBe(false);
    expect(still.delays()).toEqual([]);
  });

  it('fails with what the one who takes throws, and leaves nothing waiting', async () => {
    writeFileSync(files().stdout, 'x\n');
    const broken = new Error('disk full');
    const followed = open().follow(
      () => Promise.reject(broken),
      new Promise(() => undefined),
      new AbortController().signal,
    );
    await expect(followed).rejects.toBe(broken);
    expect(still.delays()).toEqual([]);
  });

  it('says that the spool is missing when it is', async () => {
    rmSync(files().stderr);
    const error = await open()
      .catchUp(() => Promise.resolve(), true)
      .catch((thrown: unknown) => thrown);
    expect(failureOf(error, 'none').code).toBe('spool.missing');
  });

  it('tells the outcome from what it has read', async () => {
    const { stdout, exit } = fixture('max-turns');
    writeFileSync(files().stdout, stdout);
    const stream = open();
    await stream.catchUp(() => Promise.resolve(), true);
    expect(stream.outcome({ exitCode: exit.code, signal: null })?.code).toBe('claude.max_turns');
    expect(totalOf(stream.progress().usage).outputTokens).toBe(55);
  });
});
