import type { Scene } from '../scene.ts';

const before = `  const zone = zoneOf(to);
  const billedKg`;

const after = `  if (!(weightKg > 0)) throw new RangeError(\`A parcel weighs more than \${weightKg} kg.\`);
  const zone = zoneOf(to);
  const billedKg`;

const test = `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quote } from '../src/quote.js';

for (const weightKg of [0, -1, Number.NaN]) {
  test(\`a parcel of \${weightKg} kg is refused\`, () => {
    assert.throws(() => quote({ to: 'DE', weightKg, sizeCm: [20, 15, 10] }), /weighs more than/);
  });
}
`;

/** Thinks, reads, edits a file and writes a new one; for a plan that accepts edits. */
export const edit: Scene = {
  key: 'edit',
  turns: [
    {
      waitMs: 400,
      deltaMs: 25,
      blocks: [
        { type: 'text', text: 'Let me see how `quote()` treats its input today.' },
        { type: 'tool_use', name: 'Read', input: { file_path: 'src/quote.js' } },
        { type: 'tool_use', name: 'Read', input: { file_path: 'test/quote.test.js' } },
      ],
    },
    {
      waitMs: 500,
      deltaMs: 22,
      blocks: [
        {
          type: 'thinking',
          text: 'Nothing checks the weight. A negative one would be hidden by the volume, which is worse than a wrong price. The check belongs at the top of quote(), before the zone is looked up. Writing it as !(weightKg > 0) also refuses NaN and undefined. The other refusal is a RangeError, so this one should be too.',
        },
        {
          type: 'text',
          text: 'Nothing checks the weight: a negative one is silently replaced by the volume. I refuse it first thing, with the same kind of error as an unknown country.',
        },
        {
          type: 'tool_use',
          name: 'Edit',
          input: { file_path: 'src/quote.js', old_string: before, new_string: after },
        },
      ],
    },
    {
      waitMs: 500,
      deltaMs: 25,
      blocks: [
        { type: 'text', text: 'Now a test for it: zero, a negative weight, and no number at all.' },
        { type: 'tool_use', name: 'Write', input: { file_path: 'test/weight.test.js', content: test } },
      ],
    },
    {
      waitMs: 400,
      deltaMs: 25,
      blocks: [
        {
          type: 'tool_use',
          name: 'Bash',
          input: { command: 'grep -n "RangeError" src/*.js', description: 'Check both refusals read alike' },
        },
      ],
    },
    {
      waitMs: 500,
      deltaMs: 40,
      blocks: [
        {
          type: 'text',
          text: 'Done. `quote()` now refuses a weight that is zero, negative or not a number with a `RangeError`, and `test/weight.test.js` holds it to that. I have not run the tests; `node --test` does.',
        },
      ],
    },
  ],
};
