import type { Scene } from '../scene.ts';

/** Starts a subagent, which plays `review` below, reads on meanwhile, and sums up when it reports. */
export const delegate: Scene = {
  key: 'delegate',
  turns: [
    {
      waitMs: 400,
      deltaMs: 25,
      blocks: [
        {
          type: 'text',
          text: 'I give the search for gaps to a subagent and read the code myself meanwhile.',
        },
        {
          // Newer releases call it Agent and take this name too. No run_in_background: older ones do not know it.
          type: 'tool_use',
          name: 'Task',
          input: {
            description: 'Find untested paths',
            subagent_type: 'general-purpose',
            prompt: 'List every path through src/quote.js that no test covers. Change nothing.\nSCENE=review',
          },
        },
      ],
    },
    {
      waitMs: 500,
      deltaMs: 25,
      blocks: [{ type: 'tool_use', name: 'Read', input: { file_path: 'src/rates.js' } }],
    },
    {
      waitMs: 500,
      deltaMs: 40,
      blocks: [
        {
          type: 'text',
          text: 'From the rates alone: three zones and one threshold, so at least six cases are worth a test. The subagent says which of them exist.',
        },
      ],
    },
    {
      waitMs: 500,
      deltaMs: 40,
      blocks: [
        {
          type: 'text',
          text: `The subagent's report is in. What I would test next, in this order:

1. **The heavy surcharge**, just below, at and above 20 kg. It is the one branch without any test.
2. **The far zone**: no test ever quotes it, so a typo in its rates would pass.
3. **A started half kilogram**: 1.0 kg and 1.01 kg must differ by exactly one step.`,
        },
      ],
    },
  ],
};

/** What the subagent of `delegate` does. */
export const review: Scene = {
  key: 'review',
  turns: [
    {
      waitMs: 600,
      deltaMs: 30,
      blocks: [
        { type: 'text', text: 'Reading the tests and the code they cover.' },
        { type: 'tool_use', name: 'Read', input: { file_path: 'test/quote.test.js' } },
        { type: 'tool_use', name: 'Read', input: { file_path: 'src/quote.js' } },
      ],
    },
    {
      waitMs: 700,
      deltaMs: 30,
      blocks: [
        {
          type: 'tool_use',
          name: 'Bash',
          input: { command: 'grep -rn "to: \'" test', description: 'See which countries are tested' },
        },
      ],
    },
    {
      waitMs: 900,
      deltaMs: 30,
      blocks: [
        {
          type: 'text',
          text: 'Covered: weight in the home zone, volume in the near zone, an unknown country. Not covered: any price in the far zone, the surcharge above 20 kg, and the step from one half kilogram to the next.',
        },
      ],
    },
  ],
};
