import { describeScenarios } from '../support/flow-scenarios.ts';

const again = (on: string) => ({ attempts: 2, backoff: '2s', jitter: 0, on: [on] });
const told = {
  name: 'b',
  prompt: 'SAY={{ instances.a.state }}',
  dependsOn: [{ instance: 'a', need: 'finished' }],
};

describeScenarios([
  {
    name: 'A rate limit',
    plan: () => ({
      instances: [
        {
          ...{ name: 'a', prompt: 'FAIL429 RETRYAFTER=1', env: { CLAUDE_CODE_MAX_RETRIES: '1' } },
          retry: again('rate_limit'),
        },
        told,
      ],
    }),
    comesTo: {
      ...{ state: 'failed', instances: ['a failed claude.rate_limited', 'b succeeded'] },
      ...{ results: { b: 'failed' }, steps: { a: ['retry'] }, refused: 4, uncounted: 0 },
    },
    moments: { 'while it waits for the limit': /"type":"api.retried"/, 'between its tries': /"how":"retry"/ },
  },
  {
    name: 'A key that is refused',
    plan: () => ({
      instances: [{ name: 'a', prompt: 'FAIL401', fallback: [{ prompt: 'SAY=in' }] }, told],
    }),
    comesTo: {
      ...{ state: 'succeeded', instances: ['a succeeded', 'b succeeded'], uncounted: 0 },
      ...{ results: { a: 'in', b: 'succeeded' }, steps: { a: ['fallback'] } },
    },
    moments: { 'before its other way': /"how":"fallback"/ },
  },
]);
