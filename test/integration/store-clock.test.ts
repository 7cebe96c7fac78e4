import { expect, it, onTestFinished } from 'vitest';
import { planRetention } from '../../src/main/engine/retention.ts';
import { openStore } from '../../src/main/store/store.ts';
import { millisecondsBetween } from '../../src/shared/domain/ids.ts';
import type { Usage } from '../../src/shared/domain/usage.ts';
import { openBench } from '../support/engine/engine.ts';
import { createManualClock } from '../support/engine/manual-clock.ts';
import { inst, playOn, type Play, type World } from '../support/engine/play.ts';
import { eventually } from '../support/eventually.ts';
import { temporaryDirectory } from '../support/store/temporary-directory.ts';

const day = 86_400_000;
const at = (text: string): number => Date.parse(`2026-11-${text}:00.000Z`);

const used = (costMicroUsd: number): { readonly usage: Usage } => ({
  usage: {
    basis: 'exact',
    byModel: {
      opus: { inputTokens: 1, outputTokens: 2, cacheWriteTokens: 0, cacheReadTokens: 0, costMicroUsd },
    },
  },
});

const isAtWork = (p: Play, name: string) =>
  eventually(async () => expect((await p.view(name)).state).toBe('running'));
const hasEnded = (p: Play) => eventually(async () => expect(await p.state()).toBe('succeeded'));

it('a clock that is set back, in a run and between runs, spoils neither order nor figures, and nothing is removed for it', async () => {
  const store = await openStore({ dataDir: await temporaryDirectory() });
  onTestFinished(() => store.close());
  const clock = createManualClock(at('23T08:00'));
  const world: World = { clock, store: { ...store, events: [], commits: [], failNext: () => undefined } };

  const first = await playOn(await openBench(world), [inst('a')]);
  await isAtWork(first, 'a');
  await first.say('a', used(10));
  clock.setWall(at('22T23:00'));
  await first.say('a', used(30));
  await first.succeed('a');
  await hasEnded(first);

  clock.setWall(at('21T10:00'));
  const second = await playOn(await openBench(world), [inst('b')]);
  await isAtWork(second, 'b');
  await second.say('b', used(500));
  await second.kill();
  clock.setWall(at('20T10:00'));
  await second.succeed('b');
  await hasEnded(second);

  for (const { id } of [first, second]) {
    const events = await store.eventsAfter(id, 0, 100);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    const own = events.flatMap(({ n }) => n ?? []);
    expect(own).toEqual(own.map((_, index) => index));
    const times = events.map((event) => event.at);
    expect(times).not.toEqual(times.toSorted());
  }
  const { items } = await store.orchestrations({ limit: 9, now: clock.now() });
  expect(items.map(({ id }) => id)).toEqual([first.id, second.id]);
  for (const { startedAt, endedAt } of items) {
    expect(endedAt !== null && endedAt < startedAt).toBe(true);
    expect(millisecondsBetween(startedAt, endedAt ?? startedAt)).toBe(0);
  }
  const spentOn = async (from: number) => (await store.spent(from, from + day)).costMicroUsd;
  const days = [at('20T00:00'), at('21T00:00'), at('22T00:00'), at('23T00:00')];
  expect(await Promise.all(days.map(spentOn))).toEqual([0, 500, 0, 30]);
  const terms = { maxAgeMs: day, maxBytes: null, trashMs: day, compressAfterMs: 0 };
  const seen = await store.removable();
  expect(seen).toHaveLength(2);
  expect(planRetention(seen, { total: 0, free: 0 }, terms, clock.now()).removals).toEqual([]);
});
