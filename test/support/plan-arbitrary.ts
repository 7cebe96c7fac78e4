import fc from 'fast-check';
import { z } from 'zod';
import { formatDuration } from '../../src/shared/domain/duration.ts';
import type { Plan } from '../../src/shared/domain/plan-schema.ts';
import { INSTANCE_MODES, PERMISSION_MODES } from '../../src/shared/domain/plan-schema-instance.ts';

const line = fc
  .string({ minLength: 1, maxLength: 40, unit: 'grapheme' })
  .map((text) => `x${text.replaceAll('\uFFFD', '')}`);
const text = fc.oneof(
  line,
  fc.array(line, { minLength: 2, maxLength: 4 }).map((lines) => lines.join('\n')),
  fc.constantFrom(
    'true',
    '3000',
    '1e3',
    'null',
    '~',
    ': ',
    '- a',
    '# no comment',
    '*bold*',
    '!tag',
    '@x',
    "it's",
    '"',
    '  indented\n',
  ),
);
const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/);
const name = fc.stringMatching(/^[a-z0-9._-]([a-zé0-9 ._-]{0,20}[a-z0-9._-])?$/);
const duration = fc.integer({ min: 1, max: 24 * 86_400_000 }).map(formatDuration);
const tools = fc.array(
  fc.constantFrom('Read', 'Bash(git log:*)', 'mcp__docs__search', 'WebFetch(domain:example.org)'),
);
const inline = fc.dictionary(
  word,
  fc
    .jsonValue({ maxDepth: 2 })
    .filter((value) => !/__proto__|<</.test(JSON.stringify(value)))
    .map((value) => z.json().parse(value)),
);

const shared = {
  workspace: text,
  model: word,
  fallbackModel: word,
  permissionMode: fc.constantFrom(...PERMISSION_MODES),
  allowedTools: tools,
  disallowedTools: tools,
  appendSystemPrompt: text,
  addDirs: fc.array(text),
  mcpConfig: fc.oneof(text, inline),
  settings: fc.oneof(text, inline),
  maxTurns: fc.integer({ min: 1, max: 100_000 }),
  maxBudgetUsd: fc.integer({ min: 1, max: 10 ** 12 }).map((micros) => micros / 1_000_000),
  timeout: duration,
  env: fc.dictionary(fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,12}$/), text),
  mode: fc.constantFrom(...INSTANCE_MODES),
};

const instance = fc
  .tuple(
    fc.record(
      { name, ...shared, session: fc.uuid().map((resume) => ({ resume })) },
      { requiredKeys: ['name'] },
    ),
    fc.oneof(
      text.map((prompt) => ({ prompt })),
      word.map((command) => ({ command: `/${command} now` })),
    ),
  )
  .map(([fields, task]) => ({ ...fields, ...task }));

/** Every plan that can be run, with hostile texts where any text may stand. */
export const planArbitrary: fc.Arbitrary<Plan> = fc.record(
  {
    name: line.map((value) => value.replaceAll(/[\n\r\u2028\u2029]/g, '')),
    description: text,
    workspace: text,
    concurrency: fc.integer({ min: 1, max: 1000 }),
    startupDelay: duration,
    defaults: fc.record(shared, { requiredKeys: [] }),
    instances: fc.uniqueArray(instance, { minLength: 1, maxLength: 4, selector: (each) => each.name }),
  },
  { requiredKeys: ['name', 'instances'] },
);
