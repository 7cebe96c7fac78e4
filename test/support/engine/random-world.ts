import type { ScriptedAttempt } from './scripted-driver.ts';
import { createPlainModel, type Start, type Subject } from './plain-model.ts';
import { openBench, planOf, type EngineBench } from './engine.ts';
import { settled } from './manual-clock.ts';
import { interrupted } from './play.ts';
import type { Happening, Step } from './random-plans.ts';
import type { InboxAnswer } from '../../../src/shared/contract/inbox.ts';
import { spentOf } from '../../../src/shared/domain/budget.ts';
import { instantOf, type AttemptId, type OrchestrationId } from '../../../src/shared/domain/ids.ts';
import type { InstanceView, PermissionQuestion } from '../../../src/shared/domain/instance.ts';
import type { ResolvedPlan } from '../../../src/shared/domain/plan/plan-spec.ts';
import { noUsage, totalOf, type Usage } from '../../../src/shared/domain/usage.ts';
import type { AttemptRecord } from '../../../src/main/engine/store-ports.ts';

const using = (tokens: number): Usage => ({
  basis: 'exact',
  byModel: {
    opus: {
      inputTokens: tokens,
      outputTokens: 0,
      cacheWriteTokens: 0,
      cacheReadTokens: 0,
      costMicroUsd: tokens * 2,
    },
  },
});

const printed = { type: 'notice', subtype: 'x', text: 'y' } as const;

const pick = <Item>(items: readonly Item[], which: number): Item | undefined => items[which % items.length];

const byText = (a: string, b: string): number => Number(a > b) - Number(a < b);

/** What came of one orchestration. */
export type Outcome = {
  readonly state: string;
  readonly instances: readonly string[];
};

/** Orchestrations of random plans to which random things happen, watched by the plain model. */
export const openRandomWorld = async (plans: readonly ResolvedPlan[], maxInstances: number | null) => {
  const world = { limits: { maxInstances, maxInstancesPerUser: null, memoryFloorBytes: null } };
  let bench: EngineBench = await openBench(world);
  const { store, clock, processes, disk } = bench;
  const model = createPlainModel(maxInstances);
  const errors: string[] = [];
  const ids: OrchestrationId[] = [];
  let asked = 0;
  let commitsRead = 0;
  const records = new Map<AttemptId, AttemptRecord>();

  const learn = (): void => {
    for (const batch of store.commits.slice(commitsRead))
      for (const record of batch.attempts) records.set(record.id, record);
    commitsRead = store.commits.length;
  };

  const details = () => Promise.all(ids.map((id) => bench.engine.detail(id)));

  const subjects = async (): Promise<readonly Subject[]> =>
    (await details()).map(({ orchestration, instances }, index) => ({
      id: orchestration.id,
      plan: plans[index] ?? planOf(0),
      instances,
    }));

  const instanceOf = ({ spec }: ScriptedAttempt): string => records.get(spec.attemptId)?.instanceId ?? '';

  /** Those whose process runs, in an order that does not depend on who started them when. */
  const live = (): readonly ScriptedAttempt[] => {
    learn();
    return bench.driver.attempts
      .filter((one) => !one.hasEnded() && (one.prompts.length > 0 || one.takenOver || one.signals.length > 0))
      .toSorted((a, b) => byText(instanceOf(a), instanceOf(b)));
  };

  const usageOf = (attemptId: AttemptId): Usage => processes.get(attemptId)?.progress.usage ?? noUsage;

  const spent = (isOf: (record: AttemptRecord) => boolean): number => {
    learn();
    return [...records.values()].filter(isOf).reduce((sum, { id }) => sum + spentOf(usageOf(id)).tokens, 0);
  };

  const ask = async (attempt: ScriptedAttempt): Promise<void> => {
    asked += 1;
    const question: PermissionQuestion = {
      ...{ requestId: `q${String(asked)}`, toolName: 'Bash', toolUseId: null, description: null, input: {} },
      askedAt: instantOf(clock.now()),
    };
    const phase = { kind: 'waiting', reason: 'Bash asks' } as const;
    await attempt.print([{ kind: 'phase', at: instantOf(clock.now()), phase }], { questions: [question] });
  };

  const answer = async (which: number): Promise<void> => {
    const items = await bench.engine.inbox.list();
    const item = pick(items, which);
    if (item === undefined) return;
    if (item.kind === 'permission') {
      const decided: InboxAnswer =
        which % 2 === 0 ? { kind: 'allow', scope: 'once' } : { kind: 'deny', message: null };
      await bench.engine.inbox.answer(item.id, decided, 'mia');
    }
    if (item.kind === 'sign_in') await bench.engine.inbox.answer(item.id, { kind: 'retry' }, 'mia');
    if (item.kind === 'budget') await raise(which, item.account);
  };

  const raise = async (which: number, named: string | null, by = 2000): Promise<void> => {
    const accounts = (await bench.engine.budgets.budgets(pick(ids, which) ?? null)).filter(
      ({ account, limit }) => limit !== null && (named === null || named === account),
    );
    const account = pick(accounts, which);
    if (account?.limit?.tokens === undefined) return;
    const tokens = Math.max(account.limit.tokens, account.spent.tokens) + by;
    await bench.engine.budgets.raiseBudget(account.account, { tokens }, 'mia');
  };

  const toAttempt = async (happens: Happening, attempt: ScriptedAttempt): Promise<void> => {
    switch (happens.kind) {
      case 'begin':
        return attempt.print([], { sessionId: `session ${attempt.spec.instance.name}` });
      case 'use': {
        const tokens = happens.tokens + spentOf(usageOf(attempt.spec.attemptId)).tokens;
        return attempt.print([printed], { usage: using(tokens) });
      }
      case 'ask':
        return ask(attempt);
      case 'succeed':
        await attempt.print([printed], { result: happens.which % 3 === 0 ? 'bad' : 'good', questions: [] });
        attempt.end();
        return;
      case 'crash':
        attempt.end({ exitCode: 1, failure: { code: 'claude.crashed', message: 'It crashed.' } });
        return;
      case 'obey':
        attempt.end({ exitCode: 1, failure: interrupted });
        return;
      case 'fail': {
        const at = happens.resetsIn === null ? null : instantOf(clock.now() + happens.resetsIn);
        await attempt.print([printed]);
        attempt.end({ exitCode: 1, failure: happens.failure, limitResetsAt: at });
        return;
      }
      default:
        return;
    }
  };

  const toInstance = async (kind: Happening['kind'], { id }: InstanceView): Promise<unknown> => {
    const { engine } = bench;
    if (kind === 'pause') return engine.controls.pauseInstance(id, 'mia');
    if (kind === 'resume') return engine.controls.resumeInstance(id, 'mia');
    if (kind === 'stop') return engine.stopInstance(id, 'mia', false);
    if (kind === 'restart') return engine.restartInstance(id, 'mia');
    return kind === 'skip' ? engine.controls.skipInstance(id, 'mia') : null;
  };

  const toOrchestration = async (happens: Happening, id: OrchestrationId): Promise<unknown> => {
    const { controls } = bench.engine;
    if (happens.kind === 'pause all') return controls.pause(id, 'mia');
    if (happens.kind === 'resume all') return controls.resume(id, 'mia');
    if (happens.kind === 'stop all') return bench.engine.stop(id, 'mia', false);
    if (happens.kind !== 'scale') return null;
    const { groups } = (await bench.engine.detail(id)).orchestration;
    const group = happens.isGroup ? (pick(groups, happens.which)?.name ?? null) : null;
    return controls.scale(id, { concurrency: happens.to, group }, 'mia');
  };

  const act = async (happens: Happening): Promise<void> => {
    const attempt = pick(
      live().filter(({ signals }) => happens.kind !== 'obey' || signals.length > 0),
      happens.which,
    );
    if (attempt !== undefined) await toAttempt(happens, attempt);
    const instance = pick(
      (await details()).flatMap(({ instances }) => instances),
      happens.which,
    );
    if (instance !== undefined) await toInstance(happens.kind, instance);
    const id = pick(ids, happens.which);
    if (id !== undefined) await toOrchestration(happens, id);
    if (happens.kind === 'answer') await answer(happens.which);
    if (happens.kind === 'raise') await raise(happens.which, null);
    if (happens.kind === 'time') await clock.advance(happens.ms);
    if (happens.kind === 'sleep') await clock.sleep(7_200_000, happens.how);
  };

  const kill = async (): Promise<void> => {
    errors.push(...bench.errors);
    bench.kill();
    bench = await openBench({ ...world, store, clock, processes, disk });
  };

  const endAsAsked = async (attempt: ScriptedAttempt): Promise<void> => {
    if (attempt.signals.length > 0) attempt.end({ exitCode: 1, failure: interrupted });
    else {
      await attempt.print([printed], { result: 'good', questions: [] });
      attempt.end();
    }
  };

  /** What a budget that is used up holds: nothing starts on it, and what runs is asked to end. */
  const checkBudgets = async (started: readonly Start[]): Promise<readonly string[]> => {
    const problems: string[] = [];
    for (const id of ids) {
      for (const { account, limit, onExceed, instanceId } of await bench.engine.budgets.budgets(id)) {
        if (limit?.tokens === undefined || onExceed === 'warn') continue;
        const isOf = (one: Pick<AttemptRecord, 'orchestrationId' | 'instanceId'>): boolean =>
          one.orchestrationId === id && (instanceId === null || one.instanceId === instanceId);
        const used = spent(isOf);
        if (used >= limit.tokens && started.some(isOf))
          problems.push(`something started on ${account}, which is used up`);
        const unasked = live().filter(({ spec, signals }) => {
          const record = records.get(spec.attemptId);
          return record !== undefined && isOf(record) && signals.length === 0;
        });
        if (used > limit.tokens && unasked.length > 0) problems.push(`${account} is over, and work goes on`);
      }
    }
    return problems;
  };

  const check = async (wasKilled: boolean): Promise<void> => {
    await settled();
    const started = model.read(await subjects(), store.events);
    const overBudget = wasKilled ? [] : await checkBudgets(started);
    const problems = [...model.problems, ...overBudget, ...errors, ...bench.errors];
    if (problems.length > 0) throw new Error(problems.join('\n'));
  };

  for (const plan of plans) {
    const origin = { by: 'mia', planFile: null };
    const { orchestration } = await bench.engine.start({ plan, planText: '' }, origin);
    ids.push(orchestration.id);
  }
  await check(false);

  return {
    ids,
    engine: () => bench.engine,
    store,
    model,
    disk,
    details,
    records: () => {
      learn();
      return records;
    },
    usageOf,
    step: async ({ happens, kill: how }: Step): Promise<void> => {
      if (how === 'abruptly' && happens.kind !== 'time' && happens.kind !== 'sleep') {
        void act(happens).catch(() => undefined);
        for (let turn = 0; turn < happens.which; turn++) await Promise.resolve();
        await kill();
      } else {
        await act(happens);
        await check(false);
        if (how === 'quietly') await kill();
      }
      await check(how !== 'no');
    },
    /** Every attempt ends, as asked or well, and time passes. */
    runOut: async (ms: number): Promise<void> => {
      for (let turn = 0; turn < 10 && live().length > 0; turn++) {
        for (const attempt of live()) await endAsAsked(attempt);
        await settled();
      }
      await clock.advance(ms);
      await check(false);
    },
    /** A person lets go of all that is held. */
    help: async (): Promise<void> => {
      for (const { id } of bench.engine.unfinished()) await bench.engine.controls.resume(id, 'mia');
      for (const { kind, id, ...item } of await bench.engine.inbox.list()) {
        if (kind === 'permission')
          await bench.engine.inbox.answer(id, { kind: 'deny', message: null }, 'mia');
        if (kind === 'budget' && 'account' in item)
          for (const index of ids.keys()) await raise(index, item.account, 1_000_000_000);
      }
      await settled();
    },
    /** Why an orchestration that has not ended waits for a person; null: it does not. */
    waitsFor: async (id: OrchestrationId): Promise<string | null> => {
      const { orchestration, instances } = await bench.engine.detail(id);
      if (orchestration.pausedBy !== null) return 'paused';
      const held = instances.some(
        ({ state, course }) => state === 'paused' && course.hold?.kind === 'person',
      );
      if (held) return 'an instance is paused';
      const items = await bench.engine.inbox.list();
      return items.some(
        (item) =>
          item.orchestrationId === id ||
          item.alsoFor.some((one) => instances.some((view) => view.id === one)),
      )
        ? 'in the inbox'
        : null;
    },
    outcome: async (): Promise<readonly Outcome[]> =>
      (await details()).map(({ orchestration, instances }) => ({
        state: orchestration.state,
        instances: instances.map(
          ({ name, state, attempts, result }) =>
            `${name}: ${state}, ${String(attempts)} attempts, ${result ?? '-'}`,
        ),
      })),
    tokensOf: (usage: Usage): number => totalOf(usage).inputTokens,
  };
};
