import { z } from 'zod';
import { PLAN_DEFAULTS } from './plan-defaults.ts';
import { duration, exactlyOne, expecting, field, mapping, partFacts, text } from './plan-field.ts';
import { breachesOf } from './plan-rules.ts';
import { instanceSchema, OWN_KEYS, sharedShape } from './plan-schema-instance.ts';
import { budgetField, commandBudgetsField, planTimeoutField } from './plan-schema-limits.ts';
import { inputsField, scheduleField } from './plan-schema-schedule.ts';

/**
 * A plan as it is written: durations as text, dollars as numbers, defaults not yet applied. Unknown keys are
 * errors. `parsePlan` reads one from text; `resolvePlan` makes it ready to run.
 */
export const planSchema = mapping('at the top of the plan', {
  $schema: field(z.string(), {
    expected: 'the address of the JSON Schema',
    description:
      'Tells an editor which JSON Schema this file follows. The orchestrator itself does not read it.',
    examples: ['./plan.schema.json'],
  }).exactOptional(),
  name: field(z.string().regex(/^(?=.{1,200}$)\S/), {
    expected: 'one line of text, at most 200 characters',
    description: 'What the orchestration is called in lists and reports.',
    examples: ['Nightly review'],
  }),
  description: field(text(), {
    expected: 'text',
    description: 'What the plan is for, in your own words.',
    examples: ['Reviews what was merged today.'],
  }).exactOptional(),
  inputs: inputsField,
  schedule: scheduleField,
  workspace: sharedShape.workspace,
  concurrency: field(z.int().min(1).max(1000), {
    expected: 'a whole number from 1 to 1000',
    description: 'How many instances run at the same time.',
    examples: [5],
    default: PLAN_DEFAULTS.concurrency,
  }).exactOptional(),
  startupDelay: field(duration(0), {
    expected: 'a duration such as 500ms, 1s or 2m, at most 24d',
    description: 'How long to wait after one start before the next.',
    examples: ['500ms', '1s'],
    default: PLAN_DEFAULTS.startupDelay,
  }).exactOptional(),
  timeout: planTimeoutField,
  budget: budgetField('What all instances of the plan may use together.'),
  commandBudgets: commandBudgetsField,
  defaults: field(mapping('in defaults or in an instance', sharedShape), {
    expected: 'keys and values for all instances',
    description: `What holds for every instance that does not say otherwise: any key of an instance but ${OWN_KEYS.join(', ')}.`,
    examples: [{ model: 'sonnet', permissionMode: 'acceptEdits' }],
  }).exactOptional(),
  instances: field(
    z
      .array(
        expecting('the keys and values of an instance', instanceSchema.meta(exactlyOne('prompt', 'command'))),
      )
      .min(1),
    {
      expected: 'a list with at least one instance',
      description: 'The Claude Code instances to run, started in this order.',
      examples: [[{ name: 'review', prompt: 'Review the last commit.' }]],
    },
  ),
}).superRefine(
  (plan, context) => {
    for (const { path, message, ...params } of breachesOf(plan)) {
      context.addIssue({ code: 'custom', path: [...path], message, params });
    }
  },
  { when: () => true }, // also when a key is wrong elsewhere: all problems are told at once
);

partFacts.add(planSchema, {
  ...partFacts.get(planSchema),
  expected: 'keys and values, among them name and instances',
});

type DeepReadonly<Value> = Value extends (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: DeepReadonly<Value[Key]> }
    : Value;

export type Plan = DeepReadonly<z.infer<typeof planSchema>>;
export type PlanInstance = Plan['instances'][number];
/** What `defaults` may say, and each instance. */
export type PlanShared = NonNullable<Plan['defaults']>;

/** The JSON Schema (draft 7) of a plan file, for editors. */
export function planJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...schema } = z.toJSONSchema(planSchema, { target: 'draft-7', io: 'input' });
  return { $schema, $id: 'urn:netra-orchestrator:plan', title: 'Netra Orchestrator plan', ...schema };
}
