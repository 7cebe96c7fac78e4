import { z } from 'zod';
import { PLAN_DEFAULTS } from './plan-defaults.ts';
import { duration, exactlyOne, field, mapping, shellCommands, text, toolRules } from './plan-field.ts';

/** Where an instance works, and what it may do there. */

export const KEEP = ['on_failure', 'always', 'never'] as const;
export const AFTER_WAIT = ['allow', 'deny', 'stop'] as const;

const workspaceKeys = {
  folder: field(text(), {
    expected: 'a path',
    description: 'Works in this folder itself.',
    examples: ['../shop'],
  }).exactOptional(),
  worktree: field(text(), {
    expected: 'the path of a Git repository',
    description: 'Works in a fresh Git worktree of this repository, one for each instance.',
    examples: ['../shop'],
  }).exactOptional(),
  copy: field(text(), {
    expected: 'a path',
    description: 'Works in a copy of this folder, one for each instance.',
    examples: ['../shop'],
  }).exactOptional(),
  base: field(z.string().regex(/^[^\s-]\S*$/), {
    expected: 'a branch, tag or commit such as main',
    description: 'Where the worktree starts: a branch, tag or commit. Left out: what is checked out.',
    examples: ['main'],
  }).exactOptional(),
  keep: field(z.enum(KEEP), {
    expected: `one of ${KEEP.join(', ')}`,
    description:
      'When a worktree or copy stays after the instance has ended. One with unsaved work always stays.',
    examples: ['always'],
    default: PLAN_DEFAULTS.keep,
  }).exactOptional(),
  setup: field(shellCommands(), {
    expected: 'a list of shell commands, such as ["npm ci"]',
    description: 'Shell commands, run in the workspace before the first attempt.',
    examples: [['npm ci']],
  }).exactOptional(),
};

export const workspaceField = field(
  z.union([
    text(),
    mapping('in the workspace', workspaceKeys).meta({
      id: 'workspace',
      ...exactlyOne('folder', 'worktree', 'copy'),
    }),
  ]),
  {
    expected: 'a path, or keys and values with folder, worktree or copy',
    description:
      'The folder to work in. A relative path starts at the folder of the plan file. An instance may have its own.',
    examples: ['.', '../shop', '/home/mia/shop', { worktree: '../shop', setup: ['npm ci'] }],
    default: PLAN_DEFAULTS.workspace,
  },
).exactOptional();

const permissionKeys = {
  allow: field(toolRules(), {
    expected: 'a list of tool names or rules, such as [Read, "Bash(git log:*)"]',
    description: 'Tools that are allowed when Claude asks.',
    examples: [['Read', 'Bash(git log:*)']],
  }).exactOptional(),
  deny: field(toolRules(), {
    expected: 'a list of tool names or rules, such as [WebSearch]',
    description: 'Tools that are denied when Claude asks. Wins over allow.',
    examples: [['WebSearch', 'Bash(rm:*)']],
  }).exactOptional(),
  afterWait: field(duration(0), {
    expected: 'a duration such as 5m, 1h or 1d, at most 24d',
    description: 'How long a permission prompt waits for a person.',
    examples: ['15m'],
    default: PLAN_DEFAULTS.permissions.afterWait,
  }).exactOptional(),
  then: field(z.enum(AFTER_WAIT), {
    expected: `one of ${AFTER_WAIT.join(', ')}`,
    description: 'What becomes of a prompt that nobody answered in that time. stop: the instance ends.',
    examples: ['stop'],
    default: PLAN_DEFAULTS.permissions.then,
  }).exactOptional(),
};

export const permissionsField = field(mapping('in permissions of an instance', permissionKeys), {
  expected: 'keys and values such as { allow: [Read], then: deny }',
  description: 'Answers permission prompts in advance, and says what becomes of those that nobody answers.',
  examples: [{ allow: ['Read', 'Bash(git log:*)'], deny: ['WebSearch'], afterWait: '15m', then: 'deny' }],
}).exactOptional();
