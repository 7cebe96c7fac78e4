import { describeScenarios } from '../support/flow-scenarios.ts';

const schema = { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] };

describeScenarios([
  {
    name: 'A result that does not fit its schema',
    plan: () => ({
      instances: [
        {
          ...{ name: 'a', prompt: 'SAY=no', result: { schema } },
          retry: { attempts: 2, backoff: '1s', on: ['invalid_result'] },
          fallback: [{ prompt: 'RESULT={"ok":true}' }],
        },
      ],
    }),
    comesTo: {
      ...{ instances: ['a succeeded'], results: { a: '{"ok":true}' } },
      ...{ steps: { a: ['retry', 'fallback'] }, uncounted: 0 },
    },
    moments: {
      'between its tries': /"how":"retry"/,
      'before its other way': /"how":"fallback"/,
    },
  },
  {
    name: 'More money than it may cost',
    plan: () => ({
      instances: [
        {
          ...{ name: 'a', prompt: 'STEPS=2 SAY=done', maxBudgetUsd: 0.0001, allowedTools: ['Bash'] },
          fallback: [{ maxBudgetUsd: 5, model: 'haiku' }],
        },
      ],
    }),
    comesTo: {
      ...{ instances: ['a succeeded'], results: { a: 'done' }, steps: { a: ['fallback'] }, uncounted: 0 },
    },
    moments: {
      'while it runs out of it': /"type":"prompt.sent"/,
      'before its other way': /"how":"fallback"/,
    },
  },
  {
    name: 'Another instance in its place',
    plan: () => ({
      instances: [
        { name: 'a', prompt: 'FAIL400 SAY=never', fallback: [{ model: 'haiku' }, { instance: 'rescue' }] },
        { name: 'rescue', standby: true, prompt: 'SAY=rescued SLOW=200' },
        { name: 'b', dependsOn: ['a'], prompt: 'SAY="{{ instances.a.result }}"' },
      ],
    }),
    comesTo: {
      ...{ instances: ['a succeeded', 'b succeeded'], results: { a: 'rescued', b: 'rescued' } },
      ...{ steps: { a: ['fallback', 'fallback'] }, uncounted: 0 },
      prompts: { 'SAY=rescued SLOW=200': 1, 'SAY="rescued"': 1 },
    },
    moments: {
      'before another model is asked': /"how":"fallback"/,
      'while the other one works': /"type":"prompt.sent".*rescued/,
    },
  },
]);
