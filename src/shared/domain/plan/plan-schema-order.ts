import { z } from 'zod';
import { PLAN_DEFAULTS } from './plan-defaults.ts';
import {
  exactlyOne,
  expecting,
  field,
  IDENTIFIER,
  IDENTIFIER_WORDS,
  inlineValue,
  ITEMS,
  mapping,
  named,
  text,
} from './plan-field.ts';

/** Before and after, whether at all, and how many of one. */

export const NEEDS = ['succeeded', 'finished', 'any'] as const;
export const RUNS = ['latest', 'next'] as const;

const dependencyKeys = {
  instance: field(text(), {
    expected: 'the name of an instance',
    description: 'The instance to wait for; of a fan-out, its instances.',
    examples: ['build'],
  }).exactOptional(),
  orchestration: field(text(), {
    expected: 'the name or id of an orchestration',
    description: 'The orchestration to wait for, another run than this one.',
    examples: ['Nightly review'],
  }).exactOptional(),
  need: field(z.enum(NEEDS), {
    expected: `one of ${NEEDS.join(', ')}`,
    description:
      'What is needed of it. succeeded: that it succeeded. finished: that it ran to its end, failed or not. any: that it is over, also skipped or stopped.',
    examples: ['finished'],
    default: PLAN_DEFAULTS.need,
  }).exactOptional(),
  join: field(z.union([z.enum(['all', 'any']), z.int().min(1).max(10_000)]), {
    expected: 'all, any, or a whole number from 1',
    description: 'Of a fan-out: how many of its instances must meet the need.',
    examples: ['any', 3],
    default: PLAN_DEFAULTS.join,
  }).exactOptional(),
  run: field(z.enum(RUNS), {
    expected: `one of ${RUNS.join(', ')}`,
    description:
      'Of an orchestration: the latest run that there is, or the next one that starts after this one did.',
    examples: ['next'],
    default: PLAN_DEFAULTS.run,
  }).exactOptional(),
};

const dependency = z.union([
  text(),
  mapping('in a dependency of an instance', dependencyKeys).meta(exactlyOne('instance', 'orchestration')),
]);

/** A list of values, or one template that gives a list. */
const items = () => z.union([z.array(inlineValue).min(1), z.string().regex(ITEMS)]);

const ITEMS_WORDS = "a list, or one template that gives a list, such as '{{ inputs.files }}'";

const fanOutKeys = {
  in: field(items(), {
    expected: ITEMS_WORDS,
    description: 'The items: a list, or a template that gives one.',
    examples: [['a', 'b'], '{{ instances.list.json.files }}'],
  }).exactOptional(),
  glob: field(text(), {
    expected: "a pattern of paths such as 'src/**/*.ts'",
    description: 'The items are the files that match, as paths relative to the workspace, sorted.',
    examples: ['src/**/*.ts'],
  }).exactOptional(),
  as: field(z.string().regex(IDENTIFIER), {
    expected: IDENTIFIER_WORDS,
    description: 'What an item is called in templates: {{ item }} unless said.',
    examples: ['file'],
    default: PLAN_DEFAULTS.as,
  }).exactOptional(),
  max: field(z.int().min(1).max(10_000), {
    expected: 'a whole number from 1 to 10000',
    description: 'More items than this are an error.',
    examples: [50],
    default: PLAN_DEFAULTS.max,
  }).exactOptional(),
  concurrency: field(z.int().min(1).max(1000), {
    expected: 'a whole number from 1 to 1000',
    description: 'How many of its instances run at the same time. Left out: as many as the plan allows.',
    examples: [3],
  }).exactOptional(),
};

/** Keys that make an instance wait, be skipped or be many; `defaults` cannot have them. */
export const orderShape = {
  dependsOn: field(
    z.array(
      expecting(
        'the name of an instance, or keys and values such as { instance: build, need: finished }',
        dependency,
      ),
    ),
    {
      expected: 'a list of names of instances, such as [build]',
      description: 'What must be over before this instance starts: instances of the plan, or orchestrations.',
      examples: [['build'], [{ instance: 'tests', need: 'finished' }]],
    },
  ).exactOptional(),
  when: field(text(), {
    expected: 'a condition such as \'inputs.env == "prod"\'',
    description: 'A condition in CEL. When it is false as the instance is about to start, it is skipped.',
    examples: ['inputs.env == "prod" && instances.build.json.count > 0'],
  }).exactOptional(),
  forEach: field(
    z.union([
      ...items().options,
      mapping('in forEach of an instance', fanOutKeys).meta(exactlyOne('in', 'glob')),
    ]),
    {
      expected: `${ITEMS_WORDS}, or keys and values such as { glob: 'src/**/*.ts' }`,
      description: 'Runs the instance once for each item: of a list, of a result, or for each file.',
      examples: [['a', 'b'], '{{ instances.list.json.files }}', { glob: 'src/**/*.ts', as: 'file', max: 50 }],
    },
  ).exactOptional(),
  matrix: field(
    named(
      IDENTIFIER,
      { what: 'a name for an axis', expected: IDENTIFIER_WORDS },
      expecting('a list with at least one value', z.array(inlineValue).min(1)),
    )
      .refine((axes) => Object.keys(axes).length > 0)
      .meta({ minProperties: 1 }),
    {
      expected: 'names with lists of values, such as { os: [linux, mac] }',
      description: 'Runs the instance once for each combination of values; {{ matrix.os }} is one of them.',
      examples: [{ os: ['linux', 'mac'], node: [20, 22] }],
    },
  ).exactOptional(),
  standby: field(z.boolean(), {
    expected: 'true or false',
    description: 'Runs only as the fallback of another instance.',
    examples: [true],
    default: false,
  }).exactOptional(),
};
