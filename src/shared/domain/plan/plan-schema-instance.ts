import { z } from 'zod';
import { PLAN_DEFAULTS } from './plan-defaults.ts';
import { exactlyOne, expecting, field, inlineValue, mapping, named, text, toolRules } from './plan-field.ts';
import { limitShape } from './plan-schema-limits.ts';
import { orderShape } from './plan-schema-order.ts';
import { recoveryShape } from './plan-schema-recovery.ts';
import { permissionsField, workspaceField } from './plan-schema-workspace.ts';
import { INSTANCE_MODES, OUTPUT_FORMATS, PERMISSION_MODES } from './plan-words.ts';

/** One word that is no flag, or a text with a template. */
const MODEL = /^(?=[^\s-])(?:\S+|.*\{\{.*\}\}.*)$/;

const pathOrObject = () => z.union([text(), z.record(z.string(), inlineValue)]);

/** What each attempt is started with. */
const claudeShape = {
  workspace: workspaceField,
  model: field(z.string().regex(MODEL), {
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
  permissions: permissionsField,
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
  env: field(
    named(
      /^[A-Za-z_]\w*$/,
      {
        what: 'a name for an environment variable',
        expected: 'letters, digits and _, not starting with a digit',
      },
      expecting('text', z.string()),
    ),
    {
      expected: 'names and texts, such as { CI: "1" }',
      description:
        'Environment variables for Claude Code and its tools. Added to those in defaults, name by name.',
      examples: [{ CI: '1', NODE_ENV: 'test' }],
    },
  ).exactOptional(),
  before: field(z.array(expecting('a slash command or a prompt', text())), {
    expected: 'a list of slash commands or prompts, such as [/compact]',
    description: 'Said to Claude before the prompt, each as a turn of its own.',
    examples: [['/clear'], ['/compact', '/status']],
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
  ...limitShape,
  ...recoveryShape,
};

const sessionKeys = {
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
};

const taskShape = {
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
};

const alternative = mapping('in a fallback of an instance', {
  instance: field(text(), {
    expected: 'the name of an instance',
    description: 'Does what this other instance of the plan would do. Stands alone.',
    examples: ['rescue'],
  }).exactOptional(),
  ...taskShape,
  ...claudeShape,
}).meta({ id: 'fallback' });

/** Keys that an instance may have and `defaults` may set for all instances. */
export const sharedShape = {
  ...claudeShape,
  fallback: field(
    z.array(
      expecting('changes to the instance such as { model: haiku }, or { instance: NAME }', alternative),
    ),
    {
      expected: 'a list of changes, such as [{ model: haiku }]',
      description:
        'What is tried, in this order, when all attempts have failed: the instance with changes, or what another instance would do.',
      examples: [[{ model: 'haiku' }], [{ instance: 'rescue' }]],
    },
  ).exactOptional(),
};

const ownShape = {
  name: field(
    z.string().regex(/^(?=.{1,100}$)[\p{L}\p{M}\p{N}._-](?:[\p{L}\p{M}\p{N}._ -]*[\p{L}\p{M}\p{N}._-])?$/u),
    {
      expected: 'text of at most 100 letters, digits, spaces and . _ -',
      description: 'What this instance is called; unique in the plan.',
      examples: ['review tests', 'docs'],
    },
  ),
  ...taskShape,
  session: field(mapping('in the session of an instance', sessionKeys), {
    expected: 'either new or resume, with the UUID of a session',
    description: 'Names the session that this instance starts (new), or goes on with one (resume).',
    examples: [{ resume: '0198c5f0-7d4e-7a52-9a57-2f1d6c1f0c11' }],
  })
    .meta(exactlyOne('new', 'resume'))
    .exactOptional(),
  ...orderShape,
};

/** Keys of an instance that `defaults` may not set, because they are what makes it that instance. */
export const OWN_KEYS = Object.keys(ownShape);

export const instanceSchema = mapping('in an instance', { ...ownShape, ...sharedShape });
