import type { BudgetAccount } from '../../src/shared/contract/budgets.ts';
import type { InboxAnswer, InboxAnswered } from '../../src/shared/contract/inbox.ts';
import type { BudgetLimit } from '../../src/shared/domain/budget.ts';
import { newCourse } from '../../src/shared/domain/course.ts';
import { failureError } from '../../src/shared/domain/failure.ts';
import { inboxOf, type InboxItem } from '../../src/shared/domain/inbox.ts';
import { instantOf, type InstanceId, type OrchestrationId } from '../../src/shared/domain/ids.ts';
import { isActive, isFinal, type InstanceView } from '../../src/shared/domain/instance.ts';
import type { OrchestrationView } from '../../src/shared/domain/orchestration.ts';
import { change, changeOrchestration, instanceOf, ownInstances, stop, type World } from './fake-world.ts';

const held = (scope: 'instance' | 'orchestration') => ({
  kind: 'person' as const,
  by: 'ada',
  scope,
  since: instantOf(Date.now()),
});

/** Holds an instance up, as a pause does when Claude was interrupted. */
export const pause = (
  world: World,
  id: InstanceId,
  scope: 'instance' | 'orchestration' = 'instance',
): InstanceView => {
  const one = instanceOf(world, id);
  if (isFinal(one.state) || one.state === 'paused') return one;
  return change(world, id, {
    state: 'paused',
    pid: null,
    questions: [],
    reason: 'paused by ada',
    course: { ...one.course, hold: held(scope) },
  });
};

/** Lets one go on that somebody holds. */
export const resume = (world: World, id: InstanceId): InstanceView => {
  const one = instanceOf(world, id);
  if (one.state !== 'paused') return one;
  return change(world, id, { state: 'running', reason: null, course: { ...one.course, hold: null } });
};

/** Ends one as skipped. */
export const skip = (world: World, id: InstanceId): InstanceView => {
  const one = instanceOf(world, id);
  if (isFinal(one.state)) return one;
  const ended = { endedAt: instantOf(Date.now()), pid: null, questions: [] };
  return change(world, id, { ...ended, state: 'skipped', reason: 'skipped by ada', course: newCourse });
};

export const pauseAll = (world: World, id: OrchestrationId): OrchestrationView => {
  for (const one of ownInstances(world, id)) if (isActive(one.state)) pause(world, one.id, 'orchestration');
  return changeOrchestration(world, id, { pausedBy: 'ada', heldBecause: 'Paused by ada.' });
};

export const resumeAll = (world: World, id: OrchestrationId): OrchestrationView => {
  for (const one of ownInstances(world, id)) {
    if (one.course.hold?.kind === 'person') resume(world, one.id);
  }
  return changeOrchestration(world, id, { pausedBy: null, heldBecause: null });
};

/** The inbox of a world: the same projection as the engine's, without what plans say of it. */
export const inboxItems = (world: World): readonly InboxItem[] =>
  inboxOf({
    orchestrations: [...world.orchestrations.values()],
    instances: [...world.instances.values()],
    policyOf: () => null,
  });

const wanted: Readonly<Record<InboxItem['kind'], readonly InboxAnswer['kind'][]>> = {
  permission: ['allow', 'deny', 'stop'],
  question: ['choose', 'deny', 'stop'],
  plan: ['approve', 'deny', 'stop'],
  trust: ['trust', 'stop'],
  budget: ['raise', 'stop'],
  sign_in: ['retry', 'stop'],
};

/** Answers an item: what waits for it goes on, or ends. */
export const answer = (world: World, itemId: string, given: InboxAnswer): InboxAnswered => {
  const item = inboxItems(world).find(({ id }) => id === itemId);
  if (item === undefined) throw failureError('inbox.answered', 'Somebody has answered this already.');
  if (!wanted[item.kind].includes(given.kind)) {
    throw failureError('inbox.wrong_answer', `This is no answer to a ${item.kind}.`);
  }
  const isNo = given.kind === 'trust' && !given.trusted;
  for (const id of [item.instanceId, ...item.alsoFor]) {
    const { course } = instanceOf(world, id);
    if (given.kind === 'stop' || isNo) stop(world, id);
    else {
      const goesOn = { state: 'running', questions: [], failure: null, reason: null, endedAt: null } as const;
      change(world, id, { ...goesOn, course: { ...course, hold: null } });
    }
  }
  const rule = given.kind === 'allow' && given.scope !== 'once' ? (given.rule ?? null) : null;
  return { item, rule };
};

/** Raises the budget that holds something: all that it holds goes on. */
export const raiseBudget = (
  world: World,
  { account, ...limit }: { readonly account: string } & BudgetLimit,
): BudgetAccount => {
  const isHeld = ({ course: { hold } }: InstanceView): boolean =>
    hold?.kind === 'budget' && hold.account === account;
  const own = [...world.instances.values()].filter(isHeld);
  if (own.length === 0) throw failureError('budget.unknown', `There is no budget "${account}".`);
  for (const { id, course } of own) {
    change(world, id, { state: 'running', reason: null, endedAt: null, course: { ...course, hold: null } });
  }
  return {
    ...{ account, scope: 'orchestration', name: 'held', orchestrationId: null, instanceId: null, limit },
    ...{ onExceed: 'stop', spent: { tokens: 0, costMicroUsd: 0 }, basis: 'exact', atLeast: false },
    ...{ share: 0, threshold: 0, usedUp: false, period: null },
  };
};
