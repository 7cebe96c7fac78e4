import fc from 'fast-check';
import { z } from 'zod';
import { formatDuration } from '../../src/shared/domain/duration.ts';
import { ON_EXCEED } from '../../src/shared/domain/budget.ts';
import { FAILURE_CLASSES } from '../../src/shared/domain/failure-class.ts';
import type { Plan, PlanInstance } from '../../src/shared/domain/plan/plan-schema.ts';
import { INSTANCE_MODES, PERMISSION_MODES } from '../../src/shared/domain/plan/plan-words.ts';
import { NEEDS, RUNS } from '../../src/shared/domain/plan/plan-schema-order.ts';
import { AFTER_WAIT, KEEP } from '../../src/shared/domain/plan/plan-schema-workspace.ts';

const line = fc
  .string({ minLength: 1, maxLength: 40, unit: 'grapheme' })
  .map((text) => `x${text.replaceAll('\uFFFD', '').replaceAll('{{', '{')}`);
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
    .map((value) => z.json().parse(JSON.parse(JSON.stringify(value)))),
);

const share = fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100);
const usd = fc.integer({ min: 1, max: 10 ** 12 }).map((micros) => micros / 1_000_000);
const budget = fc.oneof(
  fc.record({ usd, onExceed: fc.constantFrom(...ON_EXCEED) }, { requiredKeys: ['usd'] }),
  fc.record({ tokens: fc.integer({ min: 1, max: 10 ** 9 }), usd }, { requiredKeys: ['tokens'] }),
);
const keep = fc.constantFrom(...KEEP);
const setup = fc.array(text, { maxLength: 2 });
const optional = { requiredKeys: [] };
const workspace = fc.oneof(
  text,
  fc.record({ folder: text, setup }, { requiredKeys: ['folder'] }),
  fc.record({ copy: text, setup, keep }, { requiredKeys: ['copy'] }),
  fc.record({ worktree: text, setup, keep, base: word }, { requiredKeys: ['worktree'] }),
);
const whole = (max: number) => fc.integer({ min: 1, max });
const failures = fc.uniqueArray(fc.constantFrom(...FAILURE_CLASSES), { minLength: 1 });

const task = fc.oneof(
  text.map((prompt) => ({ prompt })),
  word.map((command) => ({ command: `/${command} now` })),
);

const changeable = {
  workspace,
  model: word,
  fallbackModel: word,
  permissionMode: fc.constantFrom(...PERMISSION_MODES),
  permissions: fc.record(
    { allow: tools, deny: tools, afterWait: duration, then: fc.constantFrom(...AFTER_WAIT) },
    optional,
  ),
  allowedTools: tools,
  disallowedTools: tools,
  appendSystemPrompt: text,
  addDirs: fc.array(text),
  mcpConfig: fc.oneof(text, inline),
  settings: fc.oneof(text, inline),
  maxTurns: whole(100_000),
  maxBudgetUsd: usd,
  budget,
  timeout: duration,
  idleTimeout: duration,
  env: fc.dictionary(fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,12}$/), text),
  before: fc.array(text, { maxLength: 2 }),
  mode: fc.constantFrom(...INSTANCE_MODES),
  retry: fc.oneof(
    whole(100),
    fc.record(
      {
        attempts: whole(100),
        backoff: duration,
        factor: whole(100),
        maxBackoff: duration,
        jitter: share,
        on: failures,
      },
      optional,
    ),
  ),
  check: fc.oneof(
    text,
    fc.record({ command: text, timeout: duration }, { requiredKeys: ['command'] }),
    fc.constantFrom('instance.json.ok == true', 'instance.result != ""').map((when) => ({ when })),
  ),
  result: inline.map((schema) => ({ schema })),
};

/** A few of these keys: with all of them, plans grow so large that a test sees few of them. */
const someOf = (shape: Readonly<Record<string, fc.Arbitrary<unknown>>>) =>
  fc
    .subarray(Object.keys(shape), { maxLength: 5 })
    .chain((keys) =>
      fc.record(Object.fromEntries(Object.entries(shape).filter(([key]) => keys.includes(key)))),
    );

const change = fc
  .tuple(someOf(changeable), fc.option(task, { nil: {} }))
  .map(([changes, other]) => ({ ...changes, ...other }))
  .filter((changes) => Object.keys(changes).length > 0);

const shared = { ...changeable, fallback: fc.array(change, { maxLength: 2 }) };

const values = fc.array(fc.oneof(line, fc.integer(), fc.constant(null), fc.boolean()), {
  minLength: 1,
  maxLength: 4,
});

const fanOut = fc.oneof(
  fc.constant({}),
  values.map((forEach) => ({ forEach })),
  fc
    .record(
      { in: values, as: fc.constantFrom('file', 'thing'), max: whole(10_000), concurrency: whole(9) },
      {
        requiredKeys: ['in'],
      },
    )
    .filter(({ in: items, max = 100 }) => items.length <= max)
    .map((forEach) => ({ forEach })),
  fc.constant({ forEach: { glob: 'src/**/*.ts', as: 'path' } }),
  fc.constant({ forEach: '{{ ["a", "b"].map(x, x + "c") }}' }),
  fc
    .dictionary(fc.stringMatching(/^[a-z]{1,5}$/), values, { minKeys: 1, maxKeys: 3 })
    .map((matrix) => ({ matrix })),
);

const loop = fc.oneof(
  fc.constant({}),
  fc.oneof(whole(100), fc.record({ rounds: whole(100), prompt: text }, optional)).map((rounds) => ({
    loop: rounds,
    check: 'make test',
  })),
);

const instance = fc
  .tuple(
    name.map((each) => ({ name: each })),
    someOf({ ...shared, session: fc.uuid().map((resume) => ({ resume })), when: fc.constant('1 < 2') }),
    task,
    fanOut,
    loop,
  )
  .map((parts) => Object.assign({}, ...parts) as PlanInstance);

const needs = fc.constantFrom(...NEEDS);

/** What an instance may wait for: some of those before it, of a fan-out also a part, and other orchestrations. */
const dependenciesOn = (earlier: readonly PlanInstance[]) =>
  fc
    .tuple(
      fc.subarray([...earlier]),
      fc.array(
        fc.record(
          { orchestration: line, run: fc.constantFrom(...RUNS), need: needs },
          { requiredKeys: ['orchestration'] },
        ),
        { maxLength: 1 },
      ),
      needs,
      fc.boolean(),
    )
    .map(([chosen, others, need, isShort]) => [
      ...chosen.map((each) => {
        const isMany = each.forEach !== undefined || each.matrix !== undefined;
        if (isShort) return each.name;
        return { instance: each.name, need, ...(isMany && { join: 'any' as const }) };
      }),
      ...others,
    ]);

const named = fc.uniqueArray(instance, { minLength: 1, maxLength: 4, selector: (each) => each.name });

/** Instances that wait for some of those before them, speak of them, and have the last one on standby now and then. */
const instances = named.chain((all) =>
  fc
    .tuple(fc.tuple(...all.map((_, index) => dependenciesOn(all.slice(0, index)))), fc.boolean())
    .map(([dependencies, speaks]) =>
      all.map((each, index) => {
        const dependsOn = dependencies[index] ?? [];
        const [first] = dependsOn;
        const name =
          typeof first === 'string' ? first : first && 'instance' in first ? first.instance : undefined;
        if (name === undefined || !speaks) return { ...each, dependsOn };
        return {
          ...each,
          dependsOn,
          appendSystemPrompt: `So: {{ instances[${JSON.stringify(name)}].result }}`,
        };
      }),
    ),
);

const standby = { name: 'standby 1', prompt: 'Rescue it.', standby: true } as const;

const withStandby = fc.tuple(instances, fc.boolean()).map(([all, hasStandby]) => {
  const [first, ...rest] = all;
  if (!hasStandby || first === undefined) return all;
  return [{ ...first, fallback: [...(first.fallback ?? []), { instance: standby.name }] }, ...rest, standby];
});

const input = fc.oneof(
  fc.record({ type: fc.constant('number' as const), default: fc.integer() }, { requiredKeys: ['type'] }),
  fc.record({ type: fc.constant('string' as const), description: text, default: text }, optional),
  fc.record({ type: fc.constant('list' as const), default: values }, { requiredKeys: ['type'] }),
  fc.uniqueArray(word, { minLength: 1, maxLength: 3 }).map((choices) => ({ choices })),
);

const schedule = fc.oneof(
  fc.constantFrom('2am', '14:30', '1h30m', '2099-01-31T02:00:00Z').map((startAt) => ({ startAt })),
  fc
    .integer({ min: 1000, max: 86_400_000 })
    .map((ms) => ({ every: formatDuration(ms), missed: 'skip' as const })),
  fc.constantFrom('UTC', 'Europe/Berlin').map((timeZone) => ({ cron: '0 2 * * 1-5', timeZone })),
);

/** Every plan that can be run, with hostile texts where any text may stand. */
export const planArbitrary: fc.Arbitrary<Plan> = fc.record(
  {
    name: line.map((value) => value.replaceAll(/[\n\r\u2028\u2029]/g, '')),
    description: text,
    inputs: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), input, { maxKeys: 3 }),
    schedule,
    workspace,
    concurrency: fc.integer({ min: 1, max: 1000 }),
    startupDelay: duration,
    timeout: duration,
    budget,
    commandBudgets: fc.dictionary(
      word.map((command) => `/${command}`),
      budget,
      { maxKeys: 2 },
    ),
    defaults: someOf(shared),
    instances: withStandby,
  },
  { requiredKeys: ['name', 'instances'] },
);
