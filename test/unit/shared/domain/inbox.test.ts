import { describe, expect, it } from 'vitest';
import { newCourse, type InstanceCourse } from '../../../../src/shared/domain/course.ts';
import type { Hold } from '../../../../src/shared/domain/hold.ts';
import { inboxOf, isAsking } from '../../../../src/shared/domain/inbox.ts';
import type { InstanceView, PermissionQuestion } from '../../../../src/shared/domain/instance.ts';
import { PLAN_PERMISSION_DEFAULTS } from '../../../../src/shared/domain/permission/permission-policy.ts';
import { after, sampleInstance, sampleOrchestration } from '../../../support/views.ts';

const bash = (requestId: string, ms: number, command = 'git log'): PermissionQuestion => ({
  requestId,
  toolName: 'Bash',
  toolUseId: null,
  description: 'Look',
  input: { command },
  askedAt: after(ms),
});

const waiting = (questions: readonly PermissionQuestion[], position = 0): InstanceView =>
  sampleInstance({ state: 'waiting', questions, activity: 'Bash git log', said: 'Let me look.' }, position);

const held = (hold: Hold, change: Partial<InstanceView> = {}, position = 0): InstanceView =>
  sampleInstance({ state: 'waiting', course: { ...newCourse, hold }, ...change }, position);

const inbox = (instances: readonly InstanceView[], policy = PLAN_PERMISSION_DEFAULTS) =>
  inboxOf({ orchestrations: [sampleOrchestration(instances)], instances, policyOf: () => policy });

describe('the inbox', () => {
  it('has an item for each open prompt, with what the person needs to know', () => {
    const view = waiting([bash('r1', 5000)]);
    expect(inbox([view])).toEqual([
      {
        kind: 'permission',
        id: `${view.id}:r1`,
        requestId: 'r1',
        orchestrationId: view.orchestrationId,
        orchestration: 'nightly',
        instanceId: view.id,
        instance: 'instance 0',
        alsoFor: [],
        workspace: '/src/app',
        origin: '/src/app',
        activity: 'Bash git log',
        said: 'Let me look.',
        waitsFor: 'Permission to use Bash.',
        askedAt: after(5000),
        answeredAutomatically: { at: after(3_605_000), decision: 'deny' },
        toolName: 'Bash',
        description: 'Look',
        input: { command: 'git log' },
        suggestedRule: 'Bash(git log:*)',
      },
    ]);
  });

  it('says when a prompt is answered by itself, as the plan has it', () => {
    const policy = { ...PLAN_PERMISSION_DEFAULTS, afterWaitMs: 60_000, afterWait: 'stop' as const };
    expect(inbox([waiting([bash('r1', 0)])], policy)[0]?.answeredAutomatically).toEqual({
      at: after(60_000),
      decision: 'stop',
    });
  });

  it('tells questions and plans from permissions', () => {
    const questions = [{ question: 'Which?', header: null, multiSelect: false, options: [] }];
    const view = waiting([
      { ...bash('r1', 1), toolName: 'AskUserQuestion', asks: { kind: 'question', questions } },
      { ...bash('r2', 2), toolName: 'ExitPlanMode', asks: { kind: 'plan', plan: '1. Do it.' } },
    ]);
    expect(inbox([view])).toMatchObject([
      { kind: 'question', questions },
      { kind: 'plan', plan: '1. Do it.' },
    ]);
  });

  it('has the oldest first, over all instances', () => {
    const items = inbox([
      waiting([bash('b', 20), bash('d', 40)]),
      waiting([bash('a', 10), bash('c', 30)], 1),
    ]);
    expect(items.map((item) => ('requestId' in item ? item.requestId : ''))).toEqual(['a', 'b', 'c', 'd']);
  });

  it('has one item for all that wait for the same folder, budget or sign-in', () => {
    const trust = (ms: number): Hold => ({
      kind: 'trust',
      folder: '/src/app',
      runs: ['a hook'],
      since: after(ms),
    });
    const budget: Hold = {
      kind: 'budget',
      account: 'day',
      name: "the day's budget",
      limit: { tokens: null, costMicroUsd: 5_000_000 },
      used: { tokens: 10, costMicroUsd: 5_010_000 },
      since: after(1),
    };
    const signIn: Hold = { kind: 'sign_in', message: 'Not logged in', since: after(5) };
    const views = [
      held(trust(30), {}, 0),
      held(trust(10), {}, 1),
      held(trust(20), {}, 2),
      held(budget, { state: 'paused' }, 3),
      held(signIn, { state: 'failed' }, 4),
    ];
    const items = inbox(views);
    expect(items.map(({ id }) => id)).toEqual(['budget:day', 'sign_in', 'trust:/src/app']);
    expect(items[2]).toMatchObject({
      instanceId: views[1]?.id,
      alsoFor: [views[2]?.id, views[0]?.id],
      askedAt: after(10),
      runs: ['a hook'],
      answeredAutomatically: { decision: 'deny' },
    });
    expect(items[0]).toMatchObject({ used: budget.used, limit: budget.limit, answeredAutomatically: null });
  });

  it('leaves out what a person paused, and what has ended', () => {
    const trust: Hold = { kind: 'trust', folder: '/x', runs: [], since: after(0) };
    const paused: Hold = { kind: 'person', by: 'mia', scope: 'instance', since: after(0) };
    const views = [
      held(trust, { state: 'failed' }),
      held(paused, { state: 'paused' }, 1),
      sampleInstance({}, 2),
    ];
    expect(inbox(views)).toEqual([]);
    expect(views.map(isAsking)).toEqual([false, false, false]);
  });

  it('names the folder that a worktree was made of, for that is where rules hold', () => {
    const workspace: InstanceCourse['workspace'] = {
      kind: 'worktree',
      path: '/data/w1',
      origin: '/src/app',
      branch: 'netra/a',
    };
    const view = { ...waiting([bash('r', 0)]), workspace: '/data/w1', course: { ...newCourse, workspace } };
    expect(inbox([view])[0]).toMatchObject({ workspace: '/data/w1', origin: '/src/app' });
  });
});
