import { describeScenarios } from '../support/flow-scenarios.ts';

const goOn = 'Go on where you left off.';
const eight = 'word0 word1 word2 word3 word4 word5 word6 word7';
const again = (on: string) => ({ attempts: 2, backoff: '2s', jitter: 0, on: [on] });

describeScenarios([
  {
    // A session whose first prompt was never answered sends it again with the next one: it is refused again.
    name: 'An API that is overloaded',
    plan: () => ({ instances: [{ name: 'a', prompt: 'FAIL529', retry: again('overloaded') }] }),
    comesTo: {
      ...{ instances: ['a failed claude.overloaded'], steps: { a: ['retry'] } },
      ...{ prompts: {}, uncounted: 0, refused: 6 },
    },
    moments: { 'while it is refused': /"type":"api.retried"/, 'between its tries': /"type":"instance.next"/ },
  },
  {
    name: 'A process that dies',
    plan: () => ({
      instances: [
        { name: 'a', prompt: 'TOOL=kill -9 $PPID', allowedTools: ['Bash'], retry: again('crashed') },
      ],
    }),
    comesTo: {
      ...{ instances: ['a succeeded'], results: { a: eight }, steps: { a: ['retry'] } },
      prompts: { 'TOOL=kill -9 $PPID': 1, [goOn]: 1 },
    },
    moments: { 'before it dies': /"type":"prompt.sent"/, 'between its tries': /"type":"instance.next"/ },
  },
  {
    name: 'An instance that takes too long',
    plan: () => ({
      instances: [{ name: 'a', prompt: 'WAIT=200000', timeout: '12s', retry: again('timeout') }],
    }),
    comesTo: {
      ...{ instances: ['a succeeded'], results: { a: eight }, steps: { a: ['retry'] } },
      ...{ prompts: { [goOn]: 1 }, uncounted: 0 },
    },
    moments: { 'before its time is over': /"type":"prompt.sent"/ },
  },
  {
    name: 'An instance that hangs',
    plan: () => ({
      instances: [{ name: 'a', prompt: 'WAIT=200000', idleTimeout: '10s', retry: again('hung') }],
    }),
    comesTo: {
      ...{ instances: ['a succeeded'], results: { a: eight }, steps: { a: ['retry'] } },
      ...{ prompts: { [goOn]: 1 }, uncounted: 0 },
    },
    moments: { 'while nothing is heard of it': /"type":"session.started"/ },
  },
]);
