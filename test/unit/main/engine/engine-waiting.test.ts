import { describe, expect, it } from 'vitest';
import type { InboxAnswer } from '../../../../src/shared/contract/inbox.ts';
import type { PermissionPolicy } from '../../../../src/shared/domain/plan/plan-spec.ts';
import { crashed, inst, on, play, retrying, type Play } from '../../../support/engine/play.ts';
import { settled } from '../../../support/engine/manual-clock.ts';

const minute = 60_000;
const hour = 60 * minute;

const policy = (change: Partial<PermissionPolicy>): { readonly permissions: PermissionPolicy } => ({
  permissions: { ...{ allow: [], deny: [], afterWaitMs: hour, afterWait: 'deny' }, ...change },
});

const answerFirst = async (p: Play, answer: InboxAnswer) => {
  const [item] = await p.engine().inbox.list();
  if (item === undefined) throw new Error('nothing is in the inbox');
  const answered = await p.engine().inbox.answer(item.id, answer, 'mia');
  await settled();
  return answered;
};

describe('rules of the plan', () => {
  it('allow and deny in advance', async () => {
    const p = await play([inst('a', policy({ allow: ['Bash(touch:*)'], deny: ['Write'] }))]);
    await p.ask('a', 'q1');
    expect(p.at('a').answers).toEqual(['q1:allow']);
    await p.at('a').print([], { questions: [] });
    await p.ask('a', 'q2', 'Write');
    expect(p.at('a').answers).toEqual(['q1:allow', 'q2:deny']);
    expect((await p.view('a')).state).toBe('running');
    expect(p.events('permission.answered').map(({ by }) => by)).toEqual(['policy', 'policy']);
  });

  it.each(['allow', 'deny'] as const)('%s after a waiting time', async (afterWait) => {
    const p = await play([inst('a', policy({ afterWaitMs: 10 * minute, afterWait }))]);
    await p.ask('a', 'q1');
    await p.clock.advance(10 * minute - 1);
    expect(p.at('a').answers).toEqual([]);
    await p.clock.advance(1);
    expect(p.at('a').answers).toEqual([`q1:${afterWait}`]);
  });

  it('stop an instance after a waiting time, and leave one alone that was answered', async () => {
    const p = await play([
      inst('a', policy({ afterWaitMs: 10 * minute, afterWait: 'stop' })),
      inst('b', policy({ afterWaitMs: 10 * minute, afterWait: 'stop' })),
    ]);
    await p.ask('a', 'q1');
    await p.ask('b', 'q2');
    await p.engine().answer(await p.idOf('b'), 'q2', { decision: 'allow', message: null }, { by: 'mia' });
    await p.clock.advance(30 * minute);
    await p.obey();
    expect(await p.states()).toBe('a:stopped b:running');
  });

  it('tell two instances apart whose prompts have the same id', async () => {
    const p = await play([inst('a'), inst('b')]);
    await p.ask('a', 'q1');
    await p.ask('b', 'q1');
    await p.clock.advance(hour);
    expect([p.at('a').answers, p.at('b').answers]).toEqual([['q1:deny'], ['q1:deny']]);
  });

  it('without any, refuse after an hour', async () => {
    const p = await play([inst('a')]);
    await p.ask('a', 'q1');
    await p.clock.advance(hour);
    expect(p.at('a').answers).toEqual(['q1:deny']);
  });

  it('made by an answer for always let the others go on too', async () => {
    const p = await play([inst('a'), inst('b')]);
    await p.ask('a', 'q1');
    await p.ask('b', 'q2');
    await answerFirst(p, { kind: 'allow', scope: 'workspace', rule: 'Bash(touch:*)' });
    expect([p.at('a').answers, p.at('b').answers]).toEqual([['q1:allow'], ['q2:allow']]);
  });

  it.each(['asked now', 'lost with its engine'])(
    'made by an answer are durable with it, or neither is: a question that was %s',
    async (which) => {
      const p = await play([inst('a'), inst('b')]);
      await p.ask('a', 'q1');
      await p.ask('b', 'q2');
      if (which !== 'asked now') {
        await p.kill();
        await p.succeed('a');
        await p.succeed('b');
      }
      await answerFirst(p, { kind: 'allow', scope: 'instance', rule: 'Bash(touch:*)' });
      await answerFirst(p, { kind: 'allow', scope: 'workspace', rule: 'Bash(touch:*)' });
      const answers = p
        .bench()
        .store.commits.filter(({ events }) => events.some(({ body }) => body.type === 'permission.answered'));
      expect(answers[0]?.instances.map(({ course }) => course.grants)).toEqual([['Bash(touch:*)']]);
      expect(answers[1]?.records).toMatchObject([
        { kind: 'permission_rule', value: { rule: 'Bash(touch:*)', workspace: '/src/app' } },
      ]);
    },
  );

  it('granted to an instance hold for it alone', async () => {
    const p = await play([inst('a'), inst('b')]);
    await p.ask('a', 'q1');
    await p.ask('a', 'q2');
    await p.ask('b', 'q3');
    await answerFirst(p, { kind: 'allow', scope: 'instance', rule: 'Bash(touch:*)' });
    expect([p.at('a').answers, p.at('b').answers]).toEqual([['q1:allow', 'q2:allow'], []]);
  });
});

describe('a folder that nobody trusts', () => {
  const untrusted = (change: Partial<PermissionPolicy> = {}) =>
    play(
      [inst('a', policy(change)), inst('b'), inst('c', { dependsOn: [on('a')] })],
      {},
      { trustMode: 'ask' },
    );

  it('is one item of the inbox; trusted, all go on', async () => {
    const p = await untrusted();
    expect(await p.states()).toBe('a:waiting b:waiting c:pending');
    expect(await p.engine().inbox.list()).toMatchObject([{ kind: 'trust', folder: '/src/app' }]);
    await answerFirst(p, { kind: 'trust', trusted: true });
    expect(await p.states()).toBe('a:running b:running c:pending');
    expect(await p.engine().inbox.list()).toEqual([]);
  });

  it('refused, ends what waits for it, and the orchestration', async () => {
    const p = await untrusted();
    await answerFirst(p, { kind: 'trust', trusted: false });
    expect(await p.states()).toBe('a:failed b:failed c:skipped');
    expect(await p.state()).toBe('failed');
    expect((await p.view('a')).failure?.code).toBe('workspace.untrusted');
    await p.engine().idle();
  });

  it('is refused after the waiting time, also in a later engine', async () => {
    const p = await untrusted({ afterWaitMs: 10 * minute });
    await p.clock.advance(5 * minute);
    await p.kill();
    expect(await p.engine().inbox.list()).toMatchObject([{ kind: 'trust' }]);
    await p.clock.advance(hour);
    expect(await p.states()).toBe('a:failed b:failed c:skipped');
    expect(await p.state()).toBe('failed');
  });

  it('asks again after a restart, and has its time again', async () => {
    const p = await untrusted({ afterWaitMs: 10 * minute });
    await p.clock.advance(5 * minute);
    await p.engine().restartInstance(await p.idOf('a'), 'mia');
    await p.clock.advance(9 * minute);
    expect((await p.view('a')).state).toBe('waiting');
    await p.clock.advance(minute);
    expect((await p.view('a')).state).toBe('failed');
  });

  it('goes on where the answer came while no engine ran', async () => {
    const p = await untrusted();
    await p.kill({ trustMode: 'always' });
    expect(await p.states()).toBe('a:running b:running c:pending');
  });
});

describe('a prompt that was lost with an engine', () => {
  /** The engine is killed while a prompt is open; Claude Code takes it as refused and ends its turn. */
  const lost = async (change: Parameters<typeof inst>[1] = {}): Promise<Play> => {
    const p = await play([inst('a', change)]);
    await p.ask('a', 'q1');
    await p.kill();
    await p.succeed('a', 'without the tool');
    return p;
  };

  it('is asked again; allowed, the session goes on', async () => {
    const p = await lost();
    expect(await p.states()).toBe('a:waiting');
    expect(await p.state()).toBe('running');
    expect(await p.engine().inbox.list()).toMatchObject([{ kind: 'permission', requestId: 'q1' }]);
    await answerFirst(p, { kind: 'allow', scope: 'once' });
    expect(p.at('a').spec.instance.session).toEqual({ resume: 'session of a' });
    await p.succeed('a');
    expect(await p.state()).toBe('succeeded');
    expect(await p.engine().inbox.list()).toEqual([]);
  });

  it('is asked again; refused, what it came to counts', async () => {
    const p = await lost();
    await answerFirst(p, { kind: 'deny', message: null });
    expect(await p.state()).toBe('succeeded');
    expect((await p.view('a')).result).toBe('without the tool');
  });

  it('is refused by the policy after its time, so that it does not wait for ever', async () => {
    const p = await lost(policy({ afterWaitMs: 10 * minute }));
    await p.clock.advance(10 * minute);
    expect(await p.state()).toBe('succeeded');
  });

  it('survives a further engine, and is refused in time there', async () => {
    const p = await lost();
    await p.kill();
    expect(await p.states()).toBe('a:waiting');
    expect(await p.engine().inbox.list()).toHaveLength(1);
    await p.clock.advance(hour);
    expect(await p.state()).toBe('succeeded');
  });

  it.each([
    ['allow', 'running'],
    ['deny', 'succeeded'],
  ] as const)('can be answered (%s) at a further engine', async (kind, state) => {
    const p = await lost();
    await p.kill();
    await answerFirst(p, kind === 'allow' ? { kind, scope: 'once' } : { kind, message: null });
    expect(await p.states()).toBe(`a:${state}`);
  });

  it('that was refused is concluded also when the engine is killed at once', async () => {
    const p = await lost();
    const id = await p.idOf('a');
    const commits = p.bench().store.commits.length;
    void p.engine().answer(id, 'q1', { decision: 'deny', message: 'no' }, { by: 'mia' });
    while (p.bench().store.commits.length === commits) await Promise.resolve();
    await p.kill();
    expect(await p.state()).toBe('succeeded');
  });

  it('is kept also where it comes up only after the kill', async () => {
    const p = await play([inst('a')]);
    await p.say('a');
    await p.kill();
    await p.ask('a', 'q1');
    expect(await p.engine().inbox.list()).toEqual([]);
    await p.succeed('a');
    expect(await p.states()).toBe('a:waiting');
    await answerFirst(p, { kind: 'deny', message: null });
    expect(await p.state()).toBe('succeeded');
  });

  it('is asked once more after a pause', async () => {
    const p = await lost();
    await p.engine().controls.pauseInstance(await p.idOf('a'), 'mia');
    expect(await p.states()).toBe('a:paused');
    expect(await p.engine().inbox.list()).toEqual([]);
    await p.engine().controls.resumeInstance(await p.idOf('a'), 'mia');
    await settled();
    expect(await p.states()).toBe('a:waiting');
    expect(p.attemptsOf('a')).toHaveLength(1);
    await answerFirst(p, { kind: 'deny', message: null });
    expect(await p.state()).toBe('succeeded');
  });

  it.each(['stop', 'skip'] as const)('goes with a %s', async (how) => {
    const p = await lost();
    const id = await p.idOf('a');
    if (how === 'stop') await p.engine().stopInstance(id, 'mia', false);
    else await p.engine().controls.skipInstance(id, 'mia');
    await p.clock.advance(2 * hour);
    expect(await p.engine().inbox.list()).toEqual([]);
    expect(await p.states()).toBe(how === 'stop' ? 'a:stopped' : 'a:skipped');
    expect(p.bench().errors).toEqual([]);
  });

  it('does not come up again after a restart', async () => {
    const p = await lost();
    await p.engine().restartInstance(await p.idOf('a'), 'mia');
    await settled();
    await p.succeed('a');
    expect(await p.state()).toBe('succeeded');
  });

  it('is asked again before a check, which then decides', async () => {
    const p = await lost({ check: { kind: 'condition', when: 'instance.result == "without the tool"' } });
    expect(await p.states()).toBe('a:waiting');
    await answerFirst(p, { kind: 'deny', message: null });
    expect(await p.state()).toBe('succeeded');
  });
});

describe('a sign-in that fails', () => {
  const auth = { code: 'claude.not_signed_in', message: 'Sign in.' };

  it('is in the inbox until somebody signs in and tries again', async () => {
    const p = await play([inst('a'), inst('b')]);
    await p.fail('a', auth);
    await p.fail('b', auth);
    expect(await p.state()).toBe('failed');
    expect(await p.engine().inbox.list()).toMatchObject([{ kind: 'sign_in', alsoFor: [await p.idOf('b')] }]);
    await answerFirst(p, { kind: 'retry' });
    expect(await p.states()).toBe('a:running b:running');
    expect(await p.engine().inbox.list()).toEqual([]);
  });

  it('is let be by who does not want it tried again', async () => {
    const p = await play([inst('a'), inst('b')]);
    await p.fail('a', auth);
    await p.fail('b', auth);
    await answerFirst(p, { kind: 'stop' });
    expect(await p.engine().inbox.list()).toEqual([]);
    expect(await p.states()).toBe('a:failed b:failed');
    await p.kill();
    expect(await p.engine().inbox.list()).toEqual([]);
  });

  it('is not asked of a person while tries are left', async () => {
    const p = await play([inst('a', { retry: retrying({ attempts: 2 }) })]);
    await p.fail('a', auth);
    expect(await p.engine().inbox.list()).toEqual([]);
    await p.clock.advance(10_000);
    await p.fail('a', crashed);
    expect(await p.engine().inbox.list()).toEqual([]);
  });
});
