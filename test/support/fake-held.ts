import { newCourse } from '../../src/shared/domain/course.ts';
import { instantOf } from '../../src/shared/domain/ids.ts';
import type { InstanceView } from '../../src/shared/domain/instance.ts';
import { fakeInstance, fakeOrchestration, usageOf, type InstanceSeed } from './fake-data.ts';
import type { Scenario } from './fake-scenarios.ts';

const asking = (now: number): readonly InstanceSeed[] => [
  {
    number: 1,
    name: 'choose-db',
    state: 'waiting',
    eventCount: 4,
    questions: [
      {
        requestId: 'ask-1',
        toolName: 'AskUserQuestion',
        toolUseId: 'toolu_9',
        askedAt: instantOf(now - 61_000),
        description: null,
        input: {},
        asks: {
          kind: 'question',
          questions: [
            {
              question: 'Which database shall the tests use?',
              header: 'Database',
              multiSelect: false,
              options: [
                { label: 'SQLite', description: 'In memory, nothing to install.' },
                { label: 'PostgreSQL', description: 'As in production.' },
              ],
            },
            {
              question: 'Which suites shall run?',
              header: null,
              multiSelect: true,
              options: [
                { label: 'unit', description: null },
                { label: 'integration', description: null },
              ],
            },
          ],
        },
      },
    ],
  },
  {
    number: 2,
    name: 'planner',
    state: 'waiting',
    eventCount: 4,
    questions: [
      {
        requestId: 'plan-1',
        toolName: 'ExitPlanMode',
        toolUseId: 'toolu_10',
        askedAt: instantOf(now - 40_000),
        description: null,
        input: {},
        asks: { kind: 'plan', plan: '## Plan\n\n1. Read **routes**\n2. Move the lookup' },
      },
    ],
  },
  {
    number: 3,
    name: 'newcomer',
    state: 'waiting',
    pid: null,
    attempts: 0,
    startedAt: null,
    model: null,
    sessionId: null,
    usage: usageOf(0),
    turns: 0,
    toolCalls: 0,
    tools: {},
    reason: 'Waits for somebody to trust the folder /home/ada/src/found.',
    course: {
      ...newCourse,
      hold: {
        kind: 'trust',
        folder: '/home/ada/src/found',
        runs: ['hook Stop: npm run lint', 'MCP server tickets: npx tickets-mcp'],
        since: instantOf(now - 30_000),
      },
    },
  },
  {
    number: 4,
    name: 'spender',
    state: 'paused',
    pid: null,
    eventCount: 4,
    reason: 'The budget of "held" is used up.',
    course: {
      ...newCourse,
      hold: {
        kind: 'budget',
        account: 'orchestration:held',
        name: 'the budget of "held"',
        limit: { tokens: null, costMicroUsd: 5_000_000 },
        used: { tokens: 812_000, costMicroUsd: 5_020_000 },
        since: instantOf(now - 20_000),
      },
    },
  },
  {
    number: 5,
    name: 'stranger',
    state: 'failed',
    eventCount: 4,
    reason: 'Claude Code is not signed in.',
    failure: { code: 'claude.signed_out', message: 'Claude Code is not signed in.' },
    course: {
      ...newCourse,
      hold: { kind: 'sign_in', message: 'Claude Code is not signed in.', since: instantOf(now - 10_000) },
    },
  },
];

const standing = (now: number): readonly InstanceSeed[] => [
  {
    number: 6,
    name: 'resting',
    state: 'paused',
    pid: null,
    eventCount: 4,
    reason: 'paused by ada',
    course: {
      ...newCourse,
      hold: { kind: 'person', by: 'ada', scope: 'instance', since: instantOf(now - 90_000) },
    },
  },
  {
    number: 7,
    name: 'parked',
    state: 'limited',
    pid: null,
    eventCount: 4,
    limitedUntil: instantOf(now + 2 * 3_600_000),
    reason: 'The usage limit is reached; it goes on by itself.',
  },
  {
    number: 8,
    name: 'retrying',
    state: 'pending',
    attempts: 1,
    eventCount: 4,
    reason: 'Try 2 of 3: The API was overloaded.',
    course: {
      ...newCourse,
      tries: 1,
      next: { resume: null, say: { kind: 'prompt' }, notBefore: instantOf(now + 42_000) },
    },
  },
  { number: 9, name: 'needless', state: 'skipped', reason: 'its condition is false: inputs.deploy' },
  {
    number: 10,
    name: 'remembers',
    state: 'running',
    eventCount: 90,
    lost: [
      {
        requestId: 'gone',
        toolName: 'Bash',
        toolUseId: null,
        description: null,
        input: { command: 'make' },
        askedAt: instantOf(now - 200_000),
      },
    ],
  },
];

const member = (index: number, now: number, state: InstanceSeed['state']): InstanceView =>
  fakeInstance(
    {
      number: 11 + index,
      name: `work.${String(index + 1)}`,
      position: 11,
      state,
      eventCount: 4,
      group: { name: 'work', index, item: ['src/a.ts', 'src/b.ts', 'src/c.ts'][index] ?? '' },
      course: { ...newCourse, round: index + 1 },
    },
    now,
  );

/** An orchestration in which next to nothing goes on by itself: each instance stands still for a reason of its own. */
export const heldScenario = (now: number): Scenario => {
  const instances = [
    ...[...asking(now), ...standing(now)].map((seed) => fakeInstance(seed, now)),
    member(0, now, 'succeeded'),
    member(1, now, 'running'),
    member(2, now, 'pending'),
  ];
  const orchestration = {
    ...fakeOrchestration({ number: 1, name: 'held', state: 'running', instances }, now),
    groups: [
      {
        name: 'work',
        position: 11,
        state: 'expanded' as const,
        reason: null,
        size: 3,
        concurrency: 2,
      },
      {
        name: 'publish',
        position: 12,
        state: 'pending' as const,
        reason: 'Waits for work.',
        size: 0,
        concurrency: null,
      },
    ],
  };
  return { firstRun: false, instances, orchestrations: [orchestration] };
};
