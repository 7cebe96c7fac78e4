import { describe, expect, it } from 'vitest';
import { FailureError } from '../../../../src/shared/domain/failure.ts';
import { instantOf, orchestrationIdSchema, type OrchestrationId } from '../../../../src/shared/domain/ids.ts';
import type { OrchestrationView } from '../../../../src/shared/domain/orchestration.ts';
import { planOf } from '../../../support/engine/engine.ts';
import { settled } from '../../../support/engine/manual-clock.ts';
import { inst, play, playOn, type Play } from '../../../support/engine/play.ts';
import { seenOf } from '../../../support/store/samples.ts';

const failureCode = async (promise: Promise<unknown>): Promise<string | null> => {
  try {
    await promise;
    return null;
  } catch (error) {
    if (error instanceof FailureError) return error.failure.code;
    throw error;
  }
};

const strange = orchestrationIdSchema.parse('0198c5f0-7d4e-7a52-9a57-2f1d6c1f0c11');

const viewOf = async (p: Play): Promise<OrchestrationView> => (await p.engine().detail(p.id)).orchestration;

const storedOf = async (p: Play): Promise<OrchestrationView | undefined> =>
  (await p.bench().store.orchestration(p.id))?.orchestration;

/** One that has ended, as an engine that was started later sees it: it is in the store alone. */
const ended = async (): Promise<Play> => {
  const p = await play([inst('a')]);
  await p.succeed('a');
  await p.kill();
  return p;
};

const markedOf = (p: Play) => p.events('orchestration.marked').map(({ changes, by }) => ({ ...changes, by }));

describe('marking', () => {
  it('changes a running one at once, and it runs on', async () => {
    const p = await play([inst('a')]);
    const view = await p
      .engine()
      .marks.mark(p.id, { name: '夜間 🌙', labels: ['urgent'], pinned: true }, 'mia');
    expect(view).toMatchObject({ name: '夜間 🌙', plan: 'nightly', labels: ['urgent'], pinned: true });
    await p.succeed('a');
    expect(await viewOf(p)).toMatchObject({ state: 'succeeded', name: '夜間 🌙', labels: ['urgent'] });
    expect(await storedOf(p)).toMatchObject({ state: 'succeeded', name: '夜間 🌙', labels: ['urgent'] });
  });

  it('changes one that ended before this engine, and does not keep it in memory', async () => {
    const p = await ended();
    const view = await p.engine().marks.mark(p.id, { note: 'Look at the log.' }, 'mia');
    expect(view).toMatchObject({ note: 'Look at the log.', state: 'succeeded', instanceCount: 1 });
    expect(await storedOf(p)).toEqual(view);
    const before = p.bench().store.commits.length;
    await p.engine().stopAll('mia', false);
    expect(p.bench().store.commits.length).toBe(before);
  });

  it('is told as an event, numbered after the others', async () => {
    const p = await ended();
    const { lastSeq } = await viewOf(p);
    await p.engine().marks.mark(p.id, { labels: ['Ü', 'b'], pinned: true }, 'mia');
    expect(markedOf(p)).toEqual([{ labels: ['Ü', 'b'], pinned: true, by: 'mia' }]);
    expect((await viewOf(p)).lastSeq).toBe(lastSeq + 1);
    expect(p.bench().store.events.at(-1)).toMatchObject({ seq: lastSeq + 1, instanceId: null, n: null });
  });

  it('changes nothing the second time', async () => {
    const p = await ended();
    const change = { name: 'again', addLabels: ['x'], note: 'n', pinned: true };
    const once = await p.engine().marks.mark(p.id, change, 'mia');
    const commits = p.bench().store.commits.length;
    expect(await p.engine().marks.mark(p.id, change, 'mia')).toEqual(once);
    expect(p.bench().store.commits.length).toBe(commits);
  });

  it('loses nothing of what many ask at once', async () => {
    const p = await ended();
    const { marks } = p.engine();
    const labels = Array.from({ length: 20 }, (_, index) => `label ${String(index)}`);
    await Promise.all([
      ...labels.map((label) => marks.mark(p.id, { addLabels: [label] }, 'mia')),
      marks.mark(p.id, { note: 'both' }, 'tom'),
      p.idOf('a').then((id) => p.engine().restartInstance(id, 'tom')),
      marks.mark(p.id, { pinned: true }, 'tom'),
    ]);
    await settled();
    expect((await viewOf(p)).labels.toSorted()).toEqual(labels.toSorted());
    expect(await viewOf(p)).toMatchObject({ note: 'both', pinned: true, state: 'running' });
    await p.succeed('a');
    expect(await storedOf(p)).toEqual(await viewOf(p));
    const seqs = p.bench().store.events.map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, index) => index + 1));
  });

  it('adds and takes away labels without regard to case, and keeps the spelling that is there', async () => {
    const p = await ended();
    const { marks } = p.engine();
    await marks.mark(p.id, { labels: ['Urgent', 'Über'] }, 'mia');
    const added = await marks.mark(p.id, { addLabels: ['URGENT', 'new'] }, 'mia');
    expect(added.labels).toEqual(['Urgent', 'Über', 'new']);
    const removed = await marks.mark(p.id, { removeLabels: ['u\u0308ber', 'urgent'] }, 'mia');
    expect(removed.labels).toEqual(['new']);
  });

  it('refuses more labels than there may be', async () => {
    const p = await ended();
    const { marks } = p.engine();
    await marks.mark(p.id, { labels: Array.from({ length: 50 }, (_, index) => String(index)) }, 'mia');
    expect(await failureCode(marks.mark(p.id, { addLabels: ['one more'] }, 'mia'))).toBe(
      'orchestration.too_many_labels',
    );
    expect(await failureCode(marks.mark(p.id, { addLabels: ['49'] }, 'mia'))).toBeNull();
  });

  it('shows in the live overview', async () => {
    const p = await ended();
    const updates = p.engine().overview();
    await updates.next();
    const next = updates.next();
    await p.engine().marks.mark(p.id, { name: 'renamed' }, 'mia');
    await p.clock.advance(50);
    expect((await next).value).toMatchObject({ orchestrations: [{ id: p.id, name: 'renamed' }] });
    await updates.return();
  });

  it('of what nobody knows fails', async () => {
    const p = await play([]);
    expect(await failureCode(p.engine().marks.mark(strange, { pinned: true }, 'mia'))).toBe(
      'orchestration.unknown',
    );
  });

  it.each([
    ['archive', 4],
    // Its numbers of events are those of the lines that are read on.
    ['claude', 0],
  ] as const)(
    'works on what was run elsewhere too, one change after the other: %s',
    async (origin, events) => {
      const p = await ended();
      const stored = await p.bench().store.orchestration(p.id);
      if (stored === null) throw new Error('it is not stored');
      const imported = { ...stored.orchestration, origin };
      const none = { events: [], created: [], instances: [], attempts: [], specs: [], records: [] };
      await p.bench().store.commit({ ...none, orchestrations: [imported] });
      const updates = p.engine().overview();
      await updates.next();
      const next = updates.next();
      await Promise.all(
        ['a', 'b', 'c'].map((label) => p.engine().marks.mark(p.id, { addLabels: [label] }, 'mia')),
      );
      await p.engine().marks.delete([p.id], 'mia');
      expect(await storedOf(p)).toEqual({
        ...imported,
        labels: ['a', 'b', 'c'],
        deletedAt: instantOf(p.clock.now()),
        lastSeq: imported.lastSeq + events,
      });
      await p.clock.advance(50);
      expect((await next).value).toMatchObject({ orchestrations: [{ id: p.id, labels: ['a', 'b', 'c'] }] });
      await updates.return();
    },
  );
});

describe('deleting', () => {
  const remove = (p: Play, ids: readonly OrchestrationId[] = [p.id]) => p.engine().marks.delete(ids, 'mia');

  it('is taken back by restoring, and both may be asked twice', async () => {
    const p = await ended();
    expect([await remove(p), await remove(p)]).toEqual([[p.id], [p.id]]);
    expect((await viewOf(p)).deletedAt).toBe(instantOf(p.clock.now()));
    const restore = () => p.engine().marks.restore([p.id], 'tom');
    expect([await restore(), await restore()]).toEqual([[p.id], [p.id]]);
    expect((await viewOf(p)).deletedAt).toBeNull();
    expect(markedOf(p)).toEqual([
      { deleted: true, by: 'mia' },
      { deleted: false, by: 'tom' },
    ]);
  });

  it('refuses what runs, and then deletes none of the others either', async () => {
    const p = await ended();
    const running = await playOn(p.bench(), [inst('b')]);
    expect(await failureCode(remove(p, [p.id, running.id]))).toBe('orchestration.running');
    expect((await viewOf(p)).deletedAt).toBeNull();
  });

  it('leaves out what nobody knows, and fails when that is all', async () => {
    const p = await ended();
    expect(await remove(p, [strange, p.id, p.id])).toEqual([p.id]);
    expect(await failureCode(remove(p, [strange]))).toBe('orchestration.unknown');
  });

  it('takes it out of the overview', async () => {
    const p = await play([inst('a')]);
    await p.succeed('a');
    await remove(p);
    const updates = p.engine().overview();
    expect((await updates.next()).value).toMatchObject({ orchestrations: [] });
    await updates.return();
  });

  it('lets nothing of it be restarted or marked until it is restored', async () => {
    const p = await ended();
    await remove(p);
    const restart = async () => p.engine().restartInstance(await p.idOf('a'), 'mia');
    expect(await failureCode(restart())).toBe('orchestration.deleted');
    expect(await failureCode(p.engine().marks.mark(p.id, { pinned: true }, 'mia'))).toBe(
      'orchestration.deleted',
    );
    await p.engine().marks.restore([p.id], 'mia');
    await restart();
    await settled();
    expect(await p.state()).toBe('running');
  });

  it('makes what depends on it wait for it no more', async () => {
    const p = await ended();
    const dependsOn = [
      {
        kind: 'orchestration' as const,
        orchestration: 'nightly',
        run: 'latest' as const,
        need: 'any' as const,
      },
    ];
    await remove(p);
    const next = await playOn(p.bench(), [inst('after', { dependsOn })], { name: 'second' });
    expect(await next.states()).toBe('after:skipped');
    await p.engine().marks.restore([p.id], 'mia');
    const third = await playOn(p.bench(), [inst('after', { dependsOn })], { name: 'third' });
    expect(await third.states()).toBe('after:running');
  });
});

describe('a renamed orchestration', () => {
  it('is still what others depend on by the name of its plan', async () => {
    const p = await ended();
    await p.engine().marks.mark(p.id, { name: 'something else' }, 'mia');
    const dependsOn = [
      {
        ...{ kind: 'orchestration' as const, orchestration: planOf(0).name },
        ...{ run: 'latest' as const, need: 'succeeded' as const },
      },
    ];
    const next = await playOn(p.bench(), [inst('after', { dependsOn })], { name: 'second' });
    expect(await next.states()).toBe('after:running');
  });
});

describe('removing for good', () => {
  const seen = async (p: Play) => seenOf(await viewOf(p));

  it('takes what ended, whether it is in memory or not', async () => {
    const recent = await play([inst('a')]);
    await recent.succeed('a');
    for (const p of [recent, await ended()]) {
      expect(await p.engine().remove(await seen(p))).toBe(true);
      expect(await failureCode(viewOf(p))).toBe('orchestration.unknown');
      expect(await failureCode(p.engine().marks.mark(p.id, { pinned: true }, 'mia'))).toBe(
        'orchestration.unknown',
      );
    }
  });

  it.each([
    ['pins it', (p: Play) => p.engine().marks.mark(p.id, { pinned: true }, 'mia')],
    ['starts it again', async (p: Play) => p.engine().restartInstance(await p.idOf('a'), 'mia')],
  ])('and somebody who %s at that moment: one of them wins, and nothing is half there', async (_, change) => {
    for (const turns of [0, 1, 2, 3, 5, 8]) {
      const p = await ended();
      const before = await seen(p);
      const changed = failureCode(change(p));
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      const isGone = await p.engine().remove(before);
      expect((await changed) === null).toBe(!isGone);
      expect((await storedOf(p)) === undefined).toBe(isGone);
      expect(isGone && p.engine().unfinished().length > 0).toBe(false);
    }
  });

  it('leaves what was pinned, however lately', async () => {
    const p = await play([inst('a')]);
    await p.succeed('a');
    const before = await seen(p);
    const pinned = p.engine().marks.mark(p.id, { pinned: true }, 'mia');
    expect(await p.engine().remove(before)).toBe(false);
    expect(await pinned).toEqual(await storedOf(p));
  });

  it('fails while nothing can be stored, and keeps nobody waiting', async () => {
    const p = await play([inst('a')]);
    await p.succeed('a');
    const before = await seen(p);
    p.bench().store.failNext(1);
    const marked = p.engine().marks.mark(p.id, { note: 'waits' }, 'mia');
    await settled();
    expect(await failureCode(p.engine().remove(before))).not.toBeNull();
    await p.clock.advance(1000);
    await marked;
    expect(await p.engine().remove(before)).toBe(true);
  });
});
