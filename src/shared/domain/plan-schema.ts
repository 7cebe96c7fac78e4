import { z } from 'zod';
import { DURATION_PATTERN, parseDuration } from './duration.ts';
import { breachesOf } from './plan-rules.ts';

/** The permission modes Claude Code takes; `default` is the word of older releases for `manual`. */
export const PERMISSION_MODES = [
  'acceptEdits',
  'auto',
  'bypassPermissions',
  'default',
  'dontAsk',
  'manual',
  'plan',
] as const;
export const INSTANCE_MODES = ['live', 'oneshot'] as const;
export const OUTPUT_FORMATS = ['stream-json', 'json'] as const;

/** Values that hold where the plan says nothing; `resolvePlan` applies them. */
export const PLAN_DEFAULTS = {
  workspace: '.',
  concurrency: 5,
  startupDelay: '1s',
  mode: 'live',
  outputFormat: 'stream-json',
} as const;

/** What each field wants, as the end of the sentence "… must be …". */
const expectations = z.registry<{ expected: string }>();

type FieldFacts = {
  readonly expected: string;
  readonly description: string;
  readonly examples: readonly unknown[];
  readonly default?: unknown;
};

function expecting<Schema extends z.ZodType>(expected: string, schema: Schema): Schema {
  expectations.add(schema, { expected });
  return schema;
}

function field<Schema extends z.ZodType>(
  schema: Schema,
  { expected, examples, ...facts }: FieldFacts,
): Schema {
  return expecting(expected, schema.meta({ ...facts, examples: [...examples] }));
}

const text = () => z.string().regex(/\S/);

function duration(least: number) {
  const longest = 24 * 86_400_000; // timers of JavaScript end at 24.8 days
  return z
    .string()
    .regex(DURATION_PATTERN)
    .refine((value) => {
      const ms = parseDuration(value) ?? Number.NaN;
      return ms >= least && ms <= longest;
    });
}

const toolRules = () =>
  z.array(expecting('a tool name or rule such as Read or "Bash(git log:*)"', z.string().regex(/^[^\s-]/)));

const inlineValue = z.json().meta({ id: 'value' });

const pathOrObject = () => z.union([text(), z.record(z.string(), inlineValue)]);

const workspace = field(text(), {
  expected: 'a path',
  description:
    'The folder to work in. A relative path starts at the folder of the plan file. An instance may have its own.',
  examples: ['.', '../shop', '/home/mia/shop'],
  default: PLAN_DEFAULTS.workspace,
}).exactOptional();

/** Keys that an instance may have and `defaults` may set for all instances. */
const sharedShape = {
  workspace,
  model: field(z.string().regex(/^[^\s-]\S*$/), {
    expected: 'the name of a model such as sonnet or claude-sonnet-4-5',
    description: 'The model, by alias or full name. Left out: what Claude Code itself would choose.',
    examples: ['sonnet', 'opus', 'haiku'],
  }).exactOptional(),
  fallbackModel: field(z.string().regex(/^[^\s-]\S*$/), {
    expected: 'the name of a model such as haiku',
    description: 'The model to go on with when the first one is overloaded.',
    examples: ['haiku'],
  }).exactOptional(),
  permissionMode: field(z.enum(PERMISSION_MODES), {
    expected: `one of ${PERMISSION_MODES.join(', ')}`,
    description:
      'What Claude may do without asking. bypassPermissions never asks: use it only where nothing can be harmed.',
    examples: ['acceptEdits', 'plan'],
  }).exactOptional(),
  allowedTools: field(toolRules(), {
    expected: 'a list of tool names or rules, such as [Read, "Bash(git log:*)"]',
    description: 'Tools that need no permission. Replaces the list in defaults.',
    examples: [['Read', 'Bash(git log:*)']],
  }).exactOptional(),
  disallowedTools: field(toolRules(), {
    expected: 'a list of tool names or rules, such as [WebSearch]',
    description: 'Tools that are never used. Replaces the list in defaults.',
    examples: [['WebSearch', 'Bash(rm:*)']],
  }).exactOptional(),
  appendSystemPrompt: field(text(), {
    expected: 'text',
    description: "Text added to the end of Claude Code's own system prompt.",
    examples: ['Answer in British English.'],
  }).exactOptional(),
  addDirs: field(z.array(expecting('a path', text())), {
    expected: 'a list of paths, such as [../docs]',
    description:
      'More folders Claude may read and edit, beside the workspace. Replaces the list in defaults.',
    examples: [['../docs']],
  }).exactOptional(),
  mcpConfig: field(pathOrObject(), {
    expected: 'the path of a file, or the configuration itself as keys and values',
    description: 'MCP servers: the path of a JSON file, or the same written here.',
    examples: ['mcp.json', { mcpServers: { docs: { command: 'docs-server' } } }],
  }).exactOptional(),
  settings: field(pathOrObject(), {
    expected: 'the path of a file, or the settings themselves as keys and values',
    description: 'Claude Code settings: the path of a JSON file, or the same written here.',
    examples: ['claude-settings.json', { includeCoAuthoredBy: false }],
  }).exactOptional(),
  maxTurns: field(z.int().min(1).max(100_000), {
    expected: 'a whole number from 1 to 100000',
    description: 'Ends the instance after so many turns of the model.',
    examples: [20],
  }).exactOptional(),
  maxBudgetUsd: field(z.number().min(0.000_001).max(1_000_000), {
    expected: 'an amount of dollars above 0, such as 2.50',
    description: 'Claude Code ends the instance when it has cost so many US dollars. Exact to a millionth.',
    examples: [0.5, 2.5],
  }).exactOptional(),
  timeout: field(duration(1), {
    expected: 'a duration such as 90s, 30m or 1h30m, at most 24d',
    description: 'Stops the instance when it has run so long. Left out: no limit.',
    examples: ['90s', '30m', '1h30m'],
  }).exactOptional(),
  env: field(z.record(z.string().regex(/^[A-Za-z_]\w*$/), expecting('text', z.string())), {
    expected: 'names and texts, such as { CI: "1" }',
    description:
      'Environment variables for Claude Code and its tools. Added to those in defaults, name by name.',
    examples: [{ CI: '1', NODE_ENV: 'test' }],
  }).exactOptional(),
  mode: field(z.enum(INSTANCE_MODES), {
    expected: `one of ${INSTANCE_MODES.join(', ')}`,
    description:
      'live: stays open for permission answers, messages and interrupts. oneshot: one prompt, then it ends.',
    examples: ['live', 'oneshot'],
    default: PLAN_DEFAULTS.mode,
  }).exactOptional(),
  outputFormat: field(z.enum(OUTPUT_FORMATS), {
    expected: `one of ${OUTPUT_FORMATS.join(', ')}`,
    description:
      'stream-json: everything as it happens. json: one result at the end and nothing before; means mode oneshot.',
    examples: ['stream-json', 'json'],
    default: PLAN_DEFAULTS.outputFormat,
  }).exactOptional(),
};

const sessionSchema = z.strictObject({
  new: field(z.guid(), {
    expected: 'a UUID such as 0198c5f0-7d4e-7a52-9a57-2f1d6c1f0c11',
    description: 'Starts a new session under this id, so that it can be resumed by it later.',
    examples: ['0198c5f0-7d4e-7a52-9a57-2f1d6c1f0c11'],
  }).exactOptional(),
  resume: field(z.guid(), {
    expected: 'the UUID of an earlier session',
    description: 'Goes on with the session of this id.',
    examples: ['0198c5f0-7d4e-7a52-9a57-2f1d6c1f0c11'],
  }).exactOptional(),
});

const instanceSchema = z.strictObject({
  name: field(
    z.string().regex(/^(?=.{1,100}$)[\p{L}\p{M}\p{N}._-](?:[\p{L}\p{M}\p{N}._ -]*[\p{L}\p{M}\p{N}._-])?$/u),
    {
      expected: 'text of at most 100 letters, digits, spaces and . _ -',
      description: 'What this instance is called; unique in the plan.',
      examples: ['review tests', 'docs'],
    },
  ),
  prompt: field(text(), {
    expected: 'text',
    description: 'What Claude shall do. Either this or command.',
    examples: ['Review the tests in test/ and name the three weakest.'],
  }).exactOptional(),
  command: field(z.string().regex(/^\/\S/), {
    expected: 'a slash command such as /review or "/fix-issue 42"',
    description: 'A slash command with its arguments. Either this or prompt.',
    examples: ['/review', '/fix-issue 42'],
  }).exactOptional(),
  ...sharedShape,
  session: field(sessionSchema, {
    expected: 'either new or resume, with the UUID of a session',
    description: 'Names the session that this instance starts (new), or goes on with one (resume).',
    examples: [{ resume: '0198c5f0-7d4e-7a52-9a57-2f1d6c1f0c11' }],
  })
    .meta({ oneOf: [{ required: ['new'] }, { required: ['resume'] }] })
    .exactOptional(),
});

/** Keys of an instance that `defaults` may not set, because they are what makes it that instance. */
const OWN_KEYS = ['name', 'prompt', 'command', 'session'] as const;

/**
 * A plan as it is written: durations as text, dollars as numbers, defaults not yet applied. Unknown keys are
 * errors. `parsePlan` reads one from text; `resolvePlan` makes it ready to run.
 */
export const planSchema = z
  .strictObject({
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
    workspace,
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
    defaults: field(z.strictObject(sharedShape), {
      expected: 'keys and values for all instances',
      description: `What holds for every instance that does not say otherwise: any key of an instance but ${OWN_KEYS.join(', ')}.`,
      examples: [{ model: 'sonnet', permissionMode: 'acceptEdits' }],
    }).exactOptional(),
    instances: field(
      z
        .array(
          expecting(
            'the keys and values of an instance',
            instanceSchema.meta({ oneOf: [{ required: ['prompt'] }, { required: ['command'] }] }),
          ),
        )
        .min(1),
      {
        expected: 'a list with at least one instance',
        description: 'The Claude Code instances to run, started in this order.',
        examples: [[{ name: 'review', prompt: 'Review the last commit.' }]],
      },
    ),
  })
  .superRefine(
    (plan, context) => {
      for (const { path, message, ...params } of breachesOf(plan)) {
        context.addIssue({ code: 'custom', path: [...path], message, params });
      }
    },
    { when: () => true }, // also when a key is wrong elsewhere: all problems are told at once
  );

expectations.add(planSchema, { expected: 'keys and values, among them name and instances' });

type DeepReadonly<Value> = Value extends (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: DeepReadonly<Value[Key]> }
    : Value;

export type Plan = DeepReadonly<z.infer<typeof planSchema>>;
export type PlanInstance = Plan['instances'][number];
export type PermissionMode = (typeof PERMISSION_MODES)[number];
export type InstanceMode = (typeof INSTANCE_MODES)[number];
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** The keys that each kind of mapping in a plan takes. */
export const PLAN_KEYS = {
  plan: Object.keys(planSchema.shape),
  defaults: Object.keys(sharedShape),
  instance: Object.keys(instanceSchema.shape),
  session: Object.keys(sessionSchema.shape),
} as const;

function isObject(schema: z.core.$ZodType): schema is z.ZodObject<Record<string, z.core.$ZodType>> {
  return schema instanceof z.ZodObject;
}

function innerOf(schema: z.core.$ZodType, step: string | number): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodExactOptional) return innerOf(schema.unwrap(), step);
  if (schema instanceof z.ZodArray) return schema.element;
  if (schema instanceof z.ZodRecord) return schema.valueType;
  if (isObject(schema)) return schema.shape[step];
  return undefined;
}

/** What the schema wants at a path, as the end of the sentence "… must be …"; `undefined` where it knows none. */
export function expectedAt(path: readonly (string | number)[]): string | undefined {
  let schema: z.core.$ZodType | undefined = planSchema;
  for (const step of path) schema = schema === undefined ? undefined : innerOf(schema, step);
  while (schema instanceof z.ZodExactOptional) schema = schema.unwrap();
  return schema === undefined ? undefined : expectations.get(schema)?.expected;
}

/** The JSON Schema (draft 7) of a plan file, for editors. */
export function planJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...schema } = z.toJSONSchema(planSchema, { target: 'draft-7', io: 'input' });
  return { $schema, $id: 'urn:netra-orchestrator:plan', title: 'Netra Orchestrator plan', ...schema };
}
