import { instantOf } from '../../src/shared/domain/ids.ts';
import type { InstanceState, InstanceView } from '../../src/shared/domain/instance.ts';
import type { OrchestrationView } from '../../src/shared/domain/orchestration.ts';
import { fakeInstance, fakeOrchestration, orchestrationId, type InstanceSeed } from './fake-data.ts';

/** What a fake engine starts with. */
export type Scenario = {
  readonly orchestrations: readonly OrchestrationView[];
  readonly instances: readonly InstanceView[];
  readonly firstRun: boolean;
};

export const emptyScenario: Scenario = { orchestrations: [], instances: [], firstRun: true };

const night = (now: number): readonly InstanceSeed[] => [
  {
    number: 1,
    name: 'security-review',
    state: 'waiting',
    activity: 'wants to run npm audit fix',
    said: 'Two packages have known holes. The fix needs a major upgrade of one of them.',
    questions: [
      {
        requestId: 'req-1',
        toolName: 'Bash',
        toolUseId: 'toolu_1',
        askedAt: instantOf(now - 192_000),
        description: 'Apply the fixes that npm knows',
        input: { command: 'npm audit fix --force', description: 'Apply fixes' },
      },
    ],
  },
  {
    number: 2,
    name: 'api-refactor',
    state: 'running',
    activity: 'Edit src/routes/user.ts',
    eventCount: 640,
    said: 'The handler still reads the session twice. I will move the lookup into requireUser and pass the result down, then run the route tests again.',
  },
  {
    number: 3,
    name: 'perf-analyzer',
    state: 'running',
    activity: 'Grep "FROM events"',
    eventCount: 320,
    said: 'Three of the five slow queries scan events without the new index. Checking the plan for the weekly report next.',
  },
  {
    number: 4,
    name: 'docs-sync',
    state: 'running',
    activity: 'Read docs/api/orders.md',
    said: null,
    eventCount: 90,
  },
  {
    number: 5,
    name: 'test-coverage',
    state: 'limited',
    limitedUntil: instantOf(now + 42_000),
    retries: 3,
    eventCount: 200,
    reason: 'Rate limit from the API, attempt 3 of 10. The session is kept and goes on by itself.',
  },
  { number: 6, name: 'quality-report', state: 'pending', reason: 'Waits for a free slot: 5 of 5 are taken.' },
  { number: 7, name: 'changelog', state: 'pending', reason: 'Waits for a free slot: 5 of 5 are taken.' },
];

const migrate = (): readonly InstanceSeed[] => [
  {
    number: 8,
    name: 'schema',
    state: 'succeeded',
    orchestrationId: orchestrationId(2),
    position: 0,
    eventCount: 100_000,
    result: 'The schema has the new columns; 4 files changed.',
  },
  {
    number: 9,
    name: 'backfill',
    state: 'failed',
    orchestrationId: orchestrationId(2),
    position: 1,
    eventCount: 60,
    failure: {
      code: 'claude.overloaded',
      message: 'The API was overloaded for 10 attempts. Restart it when the API is well again.',
    },
  },
];

const past = ['morning', 'spike-cache', 'release-notes', 'weekly-deps', 'flaky-tests', 'i18n-sweep'];

/** A working morning: one orchestration in every state, one that just failed, and a history of `history` more. */
export const morningScenario = (now: number, history = 6): Scenario => {
  const own = night(now).map((seed) => fakeInstance(seed, now));
  const done = migrate().map((seed) => fakeInstance(seed, now));
  const old = Array.from({ length: history }, (_, index) => {
    const state = index % 5 === 1 ? 'stopped' : index % 7 === 3 ? 'failed' : 'succeeded';
    const one = fakeInstance(
      { number: 100 + index, name: 'work', state, orchestrationId: orchestrationId(3 + index) },
      now,
    );
    const name = past[index % past.length] ?? 'morning';
    return {
      view: fakeOrchestration(
        {
          number: 3 + index,
          name: index < past.length ? name : `${name}-${String(index)}`,
          state,
          instances: [one],
        },
        now,
      ),
      one,
    };
  });
  return {
    firstRun: false,
    instances: [...own, ...done, ...old.map(({ one }) => one)],
    orchestrations: [
      fakeOrchestration({ number: 1, name: 'nightly-review', state: 'running', instances: own }, now),
      fakeOrchestration({ number: 2, name: 'migrate-auth', state: 'failed', instances: done }, now),
      ...old.map(({ view }) => view),
    ],
  };
};

/** One orchestration of `count` running instances. */
export const crowdScenario = (count: number, now: number): Scenario => {
  const states: readonly InstanceState[] =
    count > 20 ? ['running', 'running', 'running', 'pending', 'succeeded'] : ['running'];
  const instances = Array.from({ length: count }, (_, index) =>
    fakeInstance(
      {
        number: index + 1,
        name: `worker-${String(index + 1).padStart(2, '0')}`,
        state: states[index % states.length] ?? 'running',
        activity: 'Read src/index.ts',
        said: 'Reading the module and its callers.',
        eventCount: 40,
      },
      now,
    ),
  );
  return {
    firstRun: false,
    instances,
    orchestrations: [fakeOrchestration({ number: 1, name: 'crowd', state: 'running', instances }, now)],
  };
};
