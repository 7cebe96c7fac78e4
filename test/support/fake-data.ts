import type { EventBody, OrchestrationEvent } from '../../src/shared/domain/event.ts';
import {
  instantOf,
  type AttemptId,
  type InstanceId,
  type OrchestrationId,
} from '../../src/shared/domain/ids.ts';
import type { InstanceState, InstanceView, ToolStats } from '../../src/shared/domain/instance.ts';
import {
  totalsOf,
  type OrchestrationState,
  type OrchestrationView,
} from '../../src/shared/domain/orchestration.ts';
import type { Usage } from '../../src/shared/domain/usage.ts';

/** A UUIDv7-shaped id that is the same in every run. */
const idOf = (kind: number, number: number): string =>
  `019aad00-${kind.toString(16).padStart(4, '0')}-7000-8000-${number.toString(16).padStart(12, '0')}`;

export const orchestrationId = (number: number): OrchestrationId => idOf(1, number) as OrchestrationId;
export const instanceId = (number: number): InstanceId => idOf(2, number) as InstanceId;
const attemptId = idOf(3, 1) as AttemptId;

/** A usage of one model, so many thousand output tokens; what comes with that is typical of Claude Code. */
export const usageOf = (outputTokens: number, basis: Usage['basis'] = 'estimated'): Usage => {
  if (outputTokens === 0) return { basis: 'exact', byModel: {} };
  const sonnet = {
    inputTokens: Math.round(outputTokens * 4.2),
    outputTokens,
    cacheWriteTokens: Math.round(outputTokens * 10.6),
    cacheReadTokens: Math.round(outputTokens * 123),
    costMicroUsd: Math.round(outputTokens * 104.4),
  };
  const haiku = {
    inputTokens: 1840,
    outputTokens: 212,
    cacheWriteTokens: 0,
    cacheReadTokens: 0,
    costMicroUsd: 2900,
  };
  return { basis, byModel: { 'claude-sonnet-5': sonnet, 'claude-haiku-5': haiku } };
};

const tools: Readonly<Record<string, ToolStats>> = {
  Read: { calls: 11, errors: 0, durationMs: 900 },
  Bash: { calls: 6, errors: 2, durationMs: 48_200 },
  Edit: { calls: 5, errors: 0, durationMs: 300 },
  Task: { calls: 1, errors: 0, durationMs: 22_000 },
};

export type InstanceSeed = Partial<InstanceView> & {
  readonly number: number;
  readonly name: string;
  readonly state: InstanceState;
};

/** An instance with believable figures; `seed` says what differs. `now` in epoch milliseconds. */
export const fakeInstance = (seed: InstanceSeed, now: number): InstanceView => {
  const { number, ...own } = seed;
  const started = seed.state !== 'pending' && seed.state !== 'skipped';
  const ended = ['succeeded', 'failed', 'stopped'].includes(seed.state);
  const startedAt = started ? instantOf(now - (3 + number) * 61_000) : null;
  return {
    id: instanceId(number),
    orchestrationId: orchestrationId(1),
    position: number,
    reason: null,
    limitedUntil: null,
    mode: 'live',
    workspace: '/home/ada/src/shop',
    prompt: 'Move session handling out of the routes, keep the public API, and make the route tests pass.',
    model: started ? 'claude-sonnet-5' : null,
    sessionId: started ? idOf(4, number) : null,
    attempts: started ? 1 : 0,
    pid: started && !ended ? 48_200 + number : null,
    startedAt,
    endedAt: ended ? instantOf(now - number * 20_000) : null,
    usage: usageOf(started ? 2400 + number * 1370 : 0, ended ? 'exact' : 'estimated'),
    turns: started ? 4 : 0,
    retries: 0,
    toolCalls: started ? 23 : 0,
    tools: started ? tools : {},
    ttftMs: started ? 840 : null,
    activity: null,
    said: null,
    questions: [],
    result: null,
    failure: null,
    eventCount: 0,
    ...own,
  };
};

/** An orchestration that adds up its instances. */
export const fakeOrchestration = (
  number: number,
  name: string,
  state: OrchestrationState,
  instances: readonly InstanceView[],
  now: number,
): OrchestrationView => {
  const startedAt = now - 13 * 60_000 - number * 47 * 60_000;
  return {
    id: orchestrationId(number),
    name,
    description: null,
    state,
    owner: 'ada',
    planFile: `/home/ada/plans/${name}.yaml`,
    workspace: '/home/ada/src/shop',
    concurrency: 5,
    startedAt: instantOf(startedAt),
    endedAt: state === 'running' ? null : instantOf(startedAt + 21 * 60_000 + number * 1000),
    lastSeq: 0,
    ...totalsOf(instances),
  };
};

const reads = [
  'src/routes/user.ts',
  'src/routes/order.ts',
  'src/auth/session.ts',
  'test/routes/user.test.ts',
];

const sayings = [
  'I will read the routes and their tests first, then decide where the lookup belongs.',
  'The handler still reads the session twice. I will move the lookup into `requireUser` and pass the result down.',
  'Three of the five slow queries scan **events** without the new index.\n\n- `weekly report`\n- `top customers`\n- `open orders`',
  'Two tests left. Running them again.',
];

/** What happens around event `n` of a long run: a turn is thirty events of reading, editing, running and talking. */
const bodyOf = (n: number): EventBody => {
  const step = n % 30;
  const turn = Math.floor(n / 30);
  const toolUseId = `toolu_${String(n - (n % 2))}`;
  if (step === 0) return { type: 'prompt.sent', text: `Go on with part ${String(turn + 1)}.`, by: 'ada' };
  if (step === 29) {
    return {
      type: 'turn.ended',
      subtype: 'success',
      isError: false,
      result: 'Done.',
      terminalReason: null,
      errors: [],
      apiErrorStatus: null,
      turns: 4,
      durationMs: 42_000,
      ttftMs: 840,
      usage: usageOf(420, 'exact'),
    };
  }
  if (step === 1 || step === 14 || step === 28) {
    return {
      type: 'message.text',
      messageId: `msg_${String(n)}`,
      text: sayings[turn % sayings.length] ?? '',
      model: 'claude-sonnet-5',
      parentToolUseId: null,
    };
  }
  const file = reads[n % reads.length] ?? '';
  const isBash = step >= 20;
  if (n % 2 === 0) {
    return isBash
      ? {
          type: 'tool.called',
          toolUseId,
          name: 'Bash',
          input: { command: 'npm test -- routes' },
          parentToolUseId: null,
        }
      : { type: 'tool.called', toolUseId, name: 'Read', input: { file_path: file }, parentToolUseId: null };
  }
  const failed = isBash && turn % 5 === 4 && step === 21;
  return {
    type: 'tool.finished',
    toolUseId,
    name: isBash ? 'Bash' : 'Read',
    isError: failed,
    output: failed ? '2 tests failed' : `line 1 of ${file}\nline 2 of ${file}`,
    truncated: false,
    durationMs: isBash ? 11_800 : 60,
    parentToolUseId: null,
  };
};

/** Event `n` of an instance; made on demand, so that a hundred thousand cost nothing. */
export const fakeEvent = (
  instance: InstanceView,
  n: number,
  now: number,
  body: EventBody = bodyOf(n),
): OrchestrationEvent => ({
  orchestrationId: instance.orchestrationId,
  seq: n + 1,
  instanceId: instance.id,
  n,
  attemptId,
  at: instantOf(now - 3_600_000 + n * 40),
  source: null,
  body,
});
