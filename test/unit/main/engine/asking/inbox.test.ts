import { describe, expect, it } from 'vitest';
import { createInbox, type InboxActions } from '../../../../../src/main/engine/asking/inbox.ts';
import { createPublications } from '../../../../../src/main/engine/streams/publications.ts';
import type { InboxAnswer, InboxUpdate } from '../../../../../src/shared/contract/inbox.ts';
import { newCourse } from '../../../../../src/shared/domain/course.ts';
import { failureError, FailureError } from '../../../../../src/shared/domain/failure.ts';
import type { Hold } from '../../../../../src/shared/domain/hold.ts';
import type { InstanceView, PermissionQuestion } from '../../../../../src/shared/domain/instance.ts';
import { createManualClock, settled } from '../../../../support/engine/manual-clock.ts';
import { after, sampleInstance, sampleOrchestration } from '../../../../support/views.ts';

const permission: PermissionQuestion = {
  requestId: 'r1',
  toolName: 'Bash',
  toolUseId: null,
  description: null,
  input: { command: 'git log -3' },
  askedAt: after(0),
};
const question: PermissionQuestion = {
  ...permission,
  requestId: 'r2',
  toolName: 'AskUserQuestion',
  asks: {
    kind: 'question',
    questions: [
      { question: 'Which?', header: null, multiSelect: false, options: [{ label: 'A', description: null }] },
      { question: 'What else?', header: null, multiSelect: true, options: [] },
    ],
  },
};
const plan: PermissionQuestion = {
  ...permission,
  requestId: 'r3',
  toolName: 'ExitPlanMode',
  asks: { kind: 'plan', plan: 'Do it.' },
};

const waiting = (questions: readonly PermissionQuestion[], position = 0): InstanceView =>
  sampleInstance({ state: 'waiting', questions, workspace: '/data/w', course }, position);
const course = {
  ...newCourse,
  workspace: { kind: 'worktree', path: '/data/w', origin: '/src/app', branch: null } as const,
};
const held = (hold: Hold, position = 0): InstanceView =>
  sampleInstance({ state: 'waiting', course: { ...newCourse, hold } }, position);

const signIn: Hold = { kind: 'sign_in', message: 'Not logged in', since: after(0) };
const trust: Hold = { kind: 'trust', folder: '/src/app', runs: [], since: after(0) };
const budget: Hold = {
  kind: 'budget',
  account: 'day',
  name: "the day's budget",
  limit: { tokens: 5, costMicroUsd: null },
  used: { tokens: 6, costMicroUsd: 0 },
  since: after(0),
};

/** An inbox over these instances, and all that was done by it, as lines. */
const openInbox = (instances: readonly InstanceView[]) => {
  const done: unknown[][] = [];
  const publications = createPublications();
  const clock = createManualClock();
  const world = { instances };
  const note =
    (name: string) =>
    (...args: readonly unknown[]): Promise<void> => {
      done.push([name, ...args]);
      return Promise.resolve();
    };
  const actions: InboxActions = {
    answerPrompt: ({ instanceId, requestId }, answer, who) => {
      const view = world.instances.find(({ id }) => id === instanceId);
      if (view?.questions.some((one) => one.requestId === requestId) !== true) {
        return Promise.reject(failureError('permission.unknown', 'gone'));
      }
      world.instances = world.instances.map((one) =>
        one.id === instanceId ? { ...one, questions: [] } : one,
      );
      done.push(['answer', requestId, answer, who]);
      return Promise.resolve();
    },
    trustFolder: note('trust'),
    raiseBudget: note('raise'),
    retry: note('retry'),
    stop: note('stop'),
  };
  const inbox = createInbox({
    views: () =>
      Promise.resolve({ orchestrations: [sampleOrchestration(instances)], instances: world.instances }),
    publications,
    clock,
    actions,
    policyOf: () => null,
  });
  const answer = async (answerGiven: InboxAnswer, itemId?: string): Promise<string> => {
    const [first] = await inbox.list();
    try {
      await inbox.answer(itemId ?? first?.id ?? 'none', answerGiven, 'mia');
      return 'done';
    } catch (error) {
      if (error instanceof FailureError) return error.failure.code;
      throw error;
    }
  };
  return { inbox, answer, done, publications, clock, world };
};

const told = { decision: 'allow', message: null };

describe('an answer to a permission prompt', () => {
  it('allows it once', async () => {
    const { answer, done } = openInbox([waiting([permission])]);
    expect(await answer({ kind: 'allow', scope: 'once' })).toBe('done');
    expect(done).toEqual([['answer', 'r1', told, { by: 'mia', rule: null }]]);
  });

  it('for the instance makes a rule of its own', async () => {
    const { answer, done } = openInbox([waiting([permission])]);
    await answer({ kind: 'allow', scope: 'instance' });
    const rule = { text: 'Bash(git log:*)', workspace: null };
    expect(done).toEqual([['answer', 'r1', told, { by: 'mia', rule }]]);
  });

  it('for always makes a rule where the worktree came from', async () => {
    const { answer, done } = openInbox([waiting([permission])]);
    await answer({ kind: 'allow', scope: 'workspace' });
    const rule = { text: 'Bash(git log:*)', workspace: '/src/app' };
    expect(done).toEqual([['answer', 'r1', told, { by: 'mia', rule }]]);
  });

  it('makes the rule that the person wrote, if it allows what is asked', async () => {
    const { answer, done } = openInbox([waiting([permission])]);
    expect(await answer({ kind: 'allow', scope: 'workspace', rule: 'Bash(npm:*)' })).toBe('inbox.no_rule');
    expect(await answer({ kind: 'allow', scope: 'workspace', rule: 'Bash(' })).toBe('rule.invalid');
    expect(done).toEqual([]);
    expect(await answer({ kind: 'allow', scope: 'workspace', rule: 'Bash(git:*)' })).toBe('done');
    expect(done).toMatchObject([['answer', 'r1', told, { rule: { text: 'Bash(git:*)' } }]]);
  });

  it('makes no rule where none would be sure', async () => {
    const unsafe = { ...permission, input: { command: 'ls', dangerouslyDisableSandbox: true } };
    const { answer } = openInbox([waiting([unsafe])]);
    expect(await answer({ kind: 'allow', scope: 'instance' })).toBe('inbox.no_rule');
    expect(await answer({ kind: 'allow', scope: 'once' })).toBe('done');
  });

  it('denies it with a reason, or with one of ours', async () => {
    const { answer, done } = openInbox([waiting([permission])]);
    await answer({ kind: 'deny', message: 'not now' });
    expect(done[0]?.slice(0, 3)).toMatchObject(['answer', 'r1', { decision: 'deny', message: 'not now' }]);
    const other = openInbox([waiting([permission])]);
    await other.answer({ kind: 'deny', message: null });
    expect(other.done[0]?.slice(0, 3)).toMatchObject([
      'answer',
      'r1',
      { message: 'Denied by the person who runs this.' },
    ]);
  });

  it('given twice, one after the other or at once, counts once', async () => {
    const view = waiting([permission]);
    const { answer, done } = openInbox([view]);
    const itemId = `${view.id}:r1`;
    const outcomes = await Promise.all([
      answer({ kind: 'allow', scope: 'once' }, itemId),
      answer({ kind: 'deny', message: null }, itemId),
    ]);
    expect(outcomes.toSorted()).toEqual(['done', 'inbox.answered']);
    expect(await answer({ kind: 'allow', scope: 'once' }, itemId)).toBe('inbox.answered');
    expect(done).toHaveLength(1);
  });

  it('that comes too late says so', async () => {
    const { answer, world } = openInbox([waiting([permission])]);
    const late = answer({ kind: 'allow', scope: 'once' });
    world.instances = [];
    expect(await late).toBe('inbox.answered');
  });
});

describe('an answer to a question or a plan', () => {
  it('gives what was chosen in the words of the prompt', async () => {
    const { answer, done } = openInbox([waiting([question])]);
    expect(await answer({ kind: 'choose', answers: [['A'], ['x', 'my own words']] })).toBe('done');
    const updatedInput = { answers: { 'Which?': 'A', 'What else?': 'x, my own words' } };
    expect(done[0]?.slice(0, 3)).toMatchObject(['answer', 'r2', { decision: 'allow', updatedInput }]);
  });

  it('must answer each question, and one that takes one answer with one', async () => {
    const { answer } = openInbox([waiting([question])]);
    expect(await answer({ kind: 'choose', answers: [['A']] })).toBe('inbox.wrong_answer');
    expect(await answer({ kind: 'choose', answers: [['A', 'B'], ['x']] })).toBe('inbox.wrong_answer');
    expect(await answer({ kind: 'allow', scope: 'once' })).toBe('inbox.wrong_answer');
  });

  it('approves a plan with the mode to go on in, or refuses it', async () => {
    const { answer, done } = openInbox([waiting([plan])]);
    expect(await answer({ kind: 'allow', scope: 'once' })).toBe('inbox.wrong_answer');
    await answer({ kind: 'approve', permissionMode: 'acceptEdits' });
    expect(done[0]?.slice(0, 3)).toMatchObject([
      'answer',
      'r3',
      { decision: 'allow', permissionMode: 'acceptEdits' },
    ]);
    const other = openInbox([waiting([plan])]);
    await other.answer({ kind: 'deny', message: 'too much' });
    expect(other.done[0]?.slice(0, 3)).toMatchObject([
      'answer',
      'r3',
      { decision: 'deny', message: 'too much' },
    ]);
  });
});

describe('an answer to what holds instances up', () => {
  it('does what it says, for all that wait for it', async () => {
    const both = (hold: Hold) => [held(hold, 0), held(hold, 1)];
    const ids = both(trust).map(({ id }) => id);
    const cases: readonly (readonly [Hold, InboxAnswer, readonly unknown[]])[] = [
      [trust, { kind: 'trust', trusted: true }, ['trust', '/src/app', true, 'mia']],
      [budget, { kind: 'raise', tokens: 10 }, ['raise', 'day', { tokens: 10 }, 'mia']],
      [budget, { kind: 'stop' }, ['stop', ids, 'mia']],
      [signIn, { kind: 'retry' }, ['retry', ids, 'mia']],
    ];
    for (const [hold, answerGiven, expected] of cases) {
      const { answer, done } = openInbox(both(hold));
      expect(await answer(answerGiven)).toBe('done');
      expect(done).toEqual([expected]);
    }
  });

  it('must fit what it is', async () => {
    for (const hold of [trust, budget, signIn]) {
      const { answer, done } = openInbox([held(hold)]);
      expect(await answer({ kind: 'allow', scope: 'once' })).toBe('inbox.wrong_answer');
      expect(done).toEqual([]);
    }
  });
});

describe('following the inbox', () => {
  const follow = (opened: ReturnType<typeof openInbox>) => {
    const updates: InboxUpdate[] = [];
    const abort = new AbortController();
    const reading = (async () => {
      for await (const update of opened.inbox.follow(abort.signal)) updates.push(update);
    })();
    const end = async (): Promise<void> => {
      abort.abort();
      await reading;
    };
    return { updates, end };
  };
  const publish = (opened: ReturnType<typeof openInbox>, ...instances: readonly InstanceView[]): void => {
    opened.publications.publish({ events: [], deltas: [], orchestrations: [], instances });
  };

  it('gives it as it is, then as it becomes, at most once a frame', async () => {
    const opened = openInbox([waiting([permission])]);
    const { updates, end } = follow(opened);
    await settled();
    expect(updates.map(({ kind, items }) => [kind, items.length])).toEqual([['snapshot', 1]]);
    publish(opened, waiting([question], 1));
    publish(opened, waiting([question, plan], 1));
    await opened.clock.advance(100);
    expect(updates.slice(1).map(({ kind, items }) => [kind, items.length])).toEqual([['changed', 3]]);
    publish(opened, waiting([]), waiting([], 1));
    await opened.clock.advance(100);
    expect(updates.at(-1)).toEqual({ kind: 'changed', items: [] });
    await end();
  });

  it('says nothing while only figures move', async () => {
    const opened = openInbox([waiting([permission])]);
    const { updates, end } = follow(opened);
    await settled();
    publish(opened, sampleInstance({ state: 'running' }, 3));
    publish(opened, { ...waiting([permission]), turns: 7 });
    await opened.clock.advance(100);
    expect(updates).toHaveLength(1);
    await end();
  });

  it('misses nothing that happens while it opens', async () => {
    const opened = openInbox([]);
    const { updates, end } = follow(opened);
    publish(opened, waiting([permission]));
    await settled();
    await opened.clock.advance(100);
    expect(updates.at(-1)?.items).toHaveLength(1);
    await end();
  });
});
