import { describe, expect, it } from 'vitest';
import { crashed, inst, on, over, play, retrying } from '../../../support/engine/play.ts';
import { settled } from '../../../support/engine/manual-clock.ts';

const hour = 3_600_000;

describe('resuming', () => {
  it('goes on with the session that it had', async () => {
    const p = await play([inst('a')]);
    await p.say('a', { sessionId: 's1' });
    await p.engine().controls.pauseInstance(await p.idOf('a'), 'mia');
    await p.obey();
    await p.engine().controls.resumeInstance(await p.idOf('a'), 'mia');
    await settled();
    expect(p.at('a').spec.instance.session).toEqual({ resume: 's1' });
    expect(p.at('a').prompts).toEqual(['Go on where you left off.']);
  });

  it('gives the prompt where it had no session yet', async () => {
    const p = await play([inst('a')]);
    await p.engine().controls.pauseInstance(await p.idOf('a'), 'mia');
    await p.obey();
    await p.engine().controls.resumeInstance(await p.idOf('a'), 'mia');
    await settled();
    expect(p.at('a').prompts).toEqual(['do a']);
  });

  it('counts what was done before it could be interrupted', async () => {
    const p = await play([inst('a')]);
    await p.say('a');
    await p.engine().controls.pauseInstance(await p.idOf('a'), 'mia');
    await p.succeed('a');
    expect(await p.states()).toBe('a:succeeded');
  });
});

describe('the last wish', () => {
  it.each(['stop', 'skip'] as const)(
    'counts when a restart is asked for while a %s is under way',
    async (what) => {
      const p = await play([inst('a')]);
      await p.say('a');
      const id = await p.idOf('a');
      if (what === 'stop') await p.engine().stopInstance(id, 'mia', false);
      else await p.engine().controls.skipInstance(id, 'mia');
      await p.engine().restartInstance(id, 'mia');
      await p.kill();
      await p.obey();
      expect(await p.states()).toBe('a:running');
      await p.succeed('a');
      expect(await p.state()).toBe('succeeded');
    },
  );

  it('counts when a stop, then a skip, is asked for while a restart is under way', async () => {
    const p = await play([inst('a'), inst('b')]);
    const [a, b] = [await p.idOf('a'), await p.idOf('b')];
    for (const id of [a, b]) await p.engine().restartInstance(id, 'mia');
    for (const id of [a, b]) await p.engine().stopInstance(id, 'mia', false);
    await p.engine().controls.skipInstance(b, 'mia');
    await p.obey();
    expect(await p.states()).toBe('a:stopped b:skipped');
  });
});

describe('restarting', () => {
  it('of what has ended leaves the others alone and ends the orchestration again', async () => {
    const p = await play([inst('a'), inst('b')]);
    await p.fail('a');
    await p.succeed('b');
    expect(await p.state()).toBe('failed');
    await p.engine().restartInstance(await p.idOf('a'), 'mia');
    await p.engine().restartInstance(await p.idOf('a'), 'mia');
    await settled();
    expect(await p.states()).toBe('a:running b:succeeded');
    await p.obey();
    await p.succeed('a');
    expect(await p.state()).toBe('succeeded');
  });

  it('of an orchestration that ended in an earlier engine works as well', async () => {
    const p = await play([inst('a', { retry: retrying() }), inst('b', { dependsOn: [on('a')] })]);
    await p.succeed('a');
    await p.fail('b');
    await p.kill();
    await p.engine().restartInstance(await p.idOf('b'), 'mia');
    await settled();
    expect(await p.states()).toBe('a:succeeded b:running');
    await p.succeed('b');
    expect(await p.state()).toBe('succeeded');
  });

  it('of what has ended is not lost when the engine is killed at once', async () => {
    const p = await play([inst('a')]);
    await p.succeed('a');
    const id = await p.idOf('a');
    const commits = p.bench().store.commits.length;
    void p.engine().restartInstance(id, 'mia');
    while (p.bench().store.commits.length === commits) await Promise.resolve();
    await p.kill();
    expect(await p.state()).toBe('running');
    expect(p.running()).toEqual(['a']);
  });

  it('gives a retry after it no session from before', async () => {
    const p = await play([inst('a', { retry: retrying({ backoffMs: 0 }) })]);
    await p.say('a', { sessionId: 'old' });
    await p.succeed('a');
    await p.engine().restartInstance(await p.idOf('a'), 'mia');
    await settled();
    await p.fail('a');
    expect(p.attemptsOf('a')).toHaveLength(3);
    expect(p.at('a').spec.instance.session).toBeUndefined();
    expect(p.at('a').prompts).toEqual(['do a']);
  });

  it('after the timeout of the orchestration gives it that time anew', async () => {
    const p = await play([inst('a')], { timeoutMs: hour });
    await p.fail('a');
    await p.clock.advance(2 * hour);
    await p.kill();
    await p.engine().restartInstance(await p.idOf('a'), 'mia');
    await settled();
    expect(await p.states()).toBe('a:running');
    expect(p.at('a').signals).toEqual([]);
    await p.kill();
    expect(p.at('a').signals).toEqual([]);
    await p.clock.advance(hour);
    expect(p.at('a').signals).toEqual(['interrupt']);
  });

  it('in the engine that saw it end has a timeout too', async () => {
    const p = await play([inst('a')], { timeoutMs: hour });
    await p.fail('a');
    await p.engine().restartInstance(await p.idOf('a'), 'mia');
    await settled();
    await p.clock.advance(hour);
    expect(p.at('a').signals).toEqual(['interrupt']);
  });
});

describe('scaling', () => {
  it('starts more at once, and lets the running ones end', async () => {
    const p = await play([inst('a'), inst('b'), inst('c'), inst('d')], { concurrency: 1 });
    await p.engine().controls.scale(p.id, { concurrency: 3, group: null }, 'mia');
    await settled();
    expect(p.running()).toEqual(['a', 'b', 'c']);
    await p.engine().controls.scale(p.id, { concurrency: 1, group: null }, 'mia');
    await p.succeed('a');
    await p.succeed('b');
    expect(p.running()).toEqual(['c']);
    await p.succeed('c');
    expect(p.running()).toEqual(['d']);
  });

  it('of a fan-out alone holds over a kill', async () => {
    const p = await play([inst('fan', { fanOut: over(['x', 'y', 'z'], { concurrency: 1 }) }), inst('b')], {
      concurrency: 9,
    });
    expect(p.running().toSorted()).toEqual(['b', 'fan.1']);
    await p.engine().controls.scale(p.id, { concurrency: 2, group: 'fan' }, 'mia');
    await settled();
    expect(p.running().toSorted()).toEqual(['b', 'fan.1', 'fan.2']);
    await p.kill();
    await p.succeed('fan.1');
    expect(p.running().toSorted()).toEqual(['b', 'fan.2', 'fan.3']);
    await expect(
      p.engine().controls.scale(p.id, { concurrency: 2, group: 'no' }, 'mia'),
    ).rejects.toMatchObject({ failure: { code: 'orchestration.no_group' } });
  });
});

describe('talking to a live one', () => {
  it('sends messages, and says when it cannot', async () => {
    const p = await play([inst('a'), inst('b', { mode: 'oneshot' })]);
    await p.engine().controls.send(await p.idOf('a'), 'also the tests', 'mia');
    expect(p.at('a').sent).toEqual(['also the tests']);
    const refused = p.engine().controls.send(await p.idOf('b'), 'x', 'mia');
    await expect(refused).rejects.toMatchObject({ failure: { code: 'instance.not_live' } });
    expect(p.events('prompt.sent').map(({ by }) => by)).toContain('mia');
  });

  it('changes the model now and for what comes after', async () => {
    const p = await play([inst('a', { retry: retrying({ backoffMs: 0 }) })]);
    await p.engine().controls.configure(await p.idOf('a'), { model: 'haiku' }, 'mia');
    expect(p.at('a').changes).toEqual([{ model: 'haiku' }]);
    await p.kill();
    await p.fail('a', crashed);
    expect(p.at('a').spec.instance.model).toBe('haiku');
  });

  it('edits what has not started, over a kill, and nothing else', async () => {
    const p = await play([inst('a'), inst('b')], { concurrency: 1 });
    await p.engine().controls.edit(await p.idOf('b'), { prompt: 'do something else' }, 'mia');
    const refused = p.engine().controls.edit(await p.idOf('a'), { prompt: 'x' }, 'mia');
    await expect(refused).rejects.toMatchObject({ failure: { code: 'instance.started' } });
    await p.kill();
    await p.succeed('a');
    expect(p.at('b').prompts).toEqual(['do something else']);
  });
});
