import type { Scene } from '../scene.ts';

/** Reads the project with searches and several files at once, and explains it. */
export const explore: Scene = {
  key: 'explore',
  turns: [
    {
      waitMs: 500,
      deltaMs: 25,
      blocks: [
        { type: 'text', text: "I'll start with the README and see which files the project has." },
        { type: 'tool_use', name: 'Read', input: { file_path: 'README.md' } },
        {
          type: 'tool_use',
          name: 'Bash',
          input: { command: 'ls -R src test', description: 'List the source and test files' },
        },
      ],
    },
    {
      waitMs: 600,
      deltaMs: 25,
      blocks: [
        {
          type: 'text',
          text: 'The README says parcels are billed by weight or volume. Where is that decided?',
        },
        {
          type: 'tool_use',
          name: 'Bash',
          input: { command: 'grep -rn "billedKg" src', description: 'Find where the billed weight is used' },
        },
      ],
    },
    {
      waitMs: 600,
      deltaMs: 25,
      blocks: [
        {
          type: 'text',
          text: 'All of it is in `src/quote.js`; the figures must come from the two files it imports.',
        },
        { type: 'tool_use', name: 'Read', input: { file_path: 'src/quote.js' } },
        { type: 'tool_use', name: 'Read', input: { file_path: 'src/rates.js' } },
        { type: 'tool_use', name: 'Read', input: { file_path: 'src/zones.js' } },
      ],
    },
    {
      waitMs: 900,
      deltaMs: 40,
      blocks: [
        {
          type: 'text',
          text: `## How a parcel gets its price

\`quote()\` in \`src/quote.js\` takes the country, the weight and the size, and works in four steps:

1. **Zone.** \`zoneOf()\` looks the country up: \`home\`, \`near\` or \`far\`. An unknown country is refused with a \`RangeError\`.
2. **Billed weight.** Length × width × height ÷ 5000 gives a weight in kilograms. The parcel is billed by that or by its real weight, whichever is *more*.
3. **Price.** The zone's base price, plus its rate for each *started* half kilogram.
4. **Heavy parcels.** Above 20 kg of billed weight, 15 euros are added, since two people carry it.

For the example in the README: 40 × 30 × 20 cm is 4.8 kg, more than the real 2.4 kg. That is ten started half kilograms, so

\`\`\`
690 + 10 × 66 = 1350 cents
\`\`\`

One thing to know: everything is whole cents, there is no rounding anywhere.`,
        },
      ],
    },
  ],
};
