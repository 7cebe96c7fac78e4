import type { EventBody, EventOf, OrchestrationEvent } from '../../src/shared/domain/event.ts';
import { instantOf } from '../../src/shared/domain/ids.ts';
import type { InstanceView } from '../../src/shared/domain/instance.ts';
import { attemptId, usageOf } from './fake-data.ts';

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

const turnEnd: EventOf<'turn.ended'> = {
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

const said = (n: number, turn: number): EventBody => ({
  type: 'message.text',
  messageId: `msg_${String(n)}`,
  text: sayings[turn % sayings.length] ?? '',
  model: 'claude-sonnet-5',
  parentToolUseId: null,
});

/** A call at an even number, its result at the next: readings first, then a command, of which every fifth fails. */
const toolStep = (n: number, isBash: boolean, turn: number): EventBody => {
  const name = isBash ? 'Bash' : 'Read';
  const of = { toolUseId: `toolu_${String(n - (n % 2))}`, parentToolUseId: null };
  const file = reads[n % reads.length] ?? '';
  if (n % 2 === 0) {
    const input = isBash ? { command: 'npm test -- routes' } : { file_path: file };
    return { type: 'tool.called', name, input, ...of };
  }
  const isError = isBash && turn % 5 === 4 && n % 30 === 21;
  const output = isError ? '2 tests failed' : `line 1 of ${file}\nline 2 of ${file}`;
  return {
    type: 'tool.finished',
    name,
    isError,
    output,
    truncated: false,
    durationMs: isBash ? 11_800 : 60,
    ...of,
  };
};

/** What happens at event `n` of a long run: a turn is thirty events of reading, running and talking. */
export const bodyOf = (n: number): EventBody => {
  const step = n % 30;
  const turn = Math.floor(n / 30);
  if (step === 0) return { type: 'prompt.sent', text: `Go on with part ${String(turn + 1)}.`, by: 'ada' };
  if (step === 29) return turnEnd;
  if (step === 1 || step === 14 || step === 28) return said(n, turn);
  return toolStep(n, step >= 20, turn);
};

/** Event `n` of an instance, forty milliseconds after the one before. */
export const fakeEvent = (
  instance: InstanceView,
  n: number,
  body: EventBody,
  now: number,
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
