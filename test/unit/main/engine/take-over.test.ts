import { describe, expect, it } from 'vitest';
import { instantOf } from '../../../../src/shared/domain/ids.ts';
import type { EventBody } from '../../../../src/shared/domain/event.ts';
import { openBench, planOf, type EngineBench } from '../../../support/engine/engine.ts';
import { settled } from '../../../support/engine/manual-clock.ts';

const by = { by: 'mia', planFile: null };
const said = (text: string): EventBody => ({
  ...{ type: 'message.text', messageId: 'm', text, model: 'opus', parentToolUseId: null },
});

const start = async (bench: EngineBench, ...plan: Parameters<typeof planOf>) => {
  const detail = await bench.engine.start({ plan: planOf(...plan), planText: '' }, by);
  await settled();
  return detail.orchestration.id;
};

/** As after a kill: the store as it was, and nothing else. */
const laterEngine = (bench: EngineBench, purpose: 'work' | 'settle' = 'work') => {
  bench.kill();
  return openBench({ store: bench.store, clock: bench.clock, purpose });
};

describe('an engine that opens after another was killed', () => {
  it('follows what is alive from where it was stored, and ends as if nothing had happened', async () => {
    const left = await openBench();
    const undisturbed = await start(left, 1);
    await left.attempt(0).print([said('one')]);
    await left.attempt(0).print([said('two')]);
    left.attempt(0).end();
    await left.engine.idle();

    const killed = await openBench();
    const disturbed = await start(killed, 1);
    await killed.attempt(0).print([said('one')]);
    const later = await laterEngine(killed);
    expect(later.attempt(0).takenOver).toBe(true);
    await later.attempt(0).print([said('two')]);
    later.attempt(0).end({ exitCode: null });
    await later.engine.idle();

    const view = await later.engine.detail(disturbed);
    const plain = await left.engine.detail(undisturbed);
    expect(view.orchestration.state).toBe('succeeded');
    expect(view.orchestration.lastSeq).toBe(plain.orchestration.lastSeq);
    expect(later.store.events.map(({ body }) => body.type)).toEqual(
      left.store.events.map(({ body }) => body.type),
    );
  });

  it('starts what was waiting', async () => {
    const bench = await openBench();
    const id = await start(bench, 2, { concurrency: 1 });
    const later = await laterEngine(bench);
    expect(later.driver.attempts).toHaveLength(1);
    later.attempt(0).end();
    await settled();
    later.attempt(1).end();
    await later.engine.idle();
    expect((await later.engine.detail(id)).orchestration.counts).toEqual({ succeeded: 2 });
  });

  it('starts an instance again whose process had ended before it was given its work', async () => {
    const bench = await openBench();
    await start(bench, 1);
    const later = await laterEngine(bench);
    later.attempt(0).end({ exitCode: null, worked: false });
    await settled();
    expect(later.driver.attempts).toHaveLength(2);
    expect(later.attempt(1).prompts).toEqual(['do 0']);
  });

  it('starts an instance again whose process was never recorded', async () => {
    const bench = await openBench();
    await bench.engine.start({ plan: planOf(1), planText: '' }, by);
    while (!bench.store.commits.some(({ attempts }) => attempts.length > 0)) await Promise.resolve();
    expect(bench.store.commits.at(-1)?.attempts[0]?.process).toBeNull();
    const later = await laterEngine(bench);
    await settled();
    expect(later.attempt(0).takenOver).toBe(false);
    expect(later.attempt(0).prompts).toEqual(['do 0']);
  });

  it('goes on stopping what was being stopped', async () => {
    const bench = await openBench();
    const id = await start(bench, 1);
    await bench.engine.stop(id, 'mia', false);
    await settled();
    const later = await laterEngine(bench);
    expect(later.attempt(0).signals).toEqual(['interrupt']);
    later.attempt(0).end();
    await later.engine.idle();
    expect((await later.engine.detail(id)).orchestration.state).toBe('stopped');
  });

  it('warns that a permission prompt was lost with the engine that could have answered it', async () => {
    const bench = await openBench();
    await start(bench, 1);
    const asked = {
      ...{ requestId: 'q', toolName: 'Bash', toolUseId: null, description: null, input: {} },
      askedAt: instantOf(bench.clock.now()),
    };
    await bench.attempt(0).print(
      [
        {
          kind: 'phase',
          at: instantOf(bench.clock.now()),
          phase: { kind: 'waiting', reason: 'Bash asks' },
        },
      ],
      { questions: [asked] },
    );
    const later = await laterEngine(bench);
    await settled();
    const warnings = later.store.events.flatMap(({ body }) =>
      body.type === 'instance.warning' ? [body.code] : [],
    );
    expect(warnings).toEqual(['permission.lost']);
  });

  it('counts a timeout from the real start', async () => {
    const bench = await openBench();
    await start(bench, 1, {}, { timeoutMs: 60_000 });
    await bench.clock.advance(50_000);
    const later = await laterEngine(bench);
    await bench.clock.advance(9_999);
    expect(later.attempt(0).signals).toEqual([]);
    await bench.clock.advance(1);
    expect(later.attempt(0).signals).toEqual(['interrupt']);
  });
});

describe('an engine that only settles', () => {
  it('settles what has ended, leaves what is alive, and starts nothing', async () => {
    const bench = await openBench();
    const id = await start(bench, 3, { concurrency: 1 });
    const later = await laterEngine(bench, 'settle');
    await settled();
    expect(later.driver.attempts).toHaveLength(1);
    expect(later.attempt(0).signals).toEqual([]);
    expect((await later.engine.detail(id)).orchestration.counts).toEqual({ running: 1, pending: 2 });
  });
});
