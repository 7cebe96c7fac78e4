import type { SlashCommand } from '../../../shared/domain/slash-command.ts';

/**
 * Commands that Claude Code brings along and that mean something without a terminal: name, what it does, arguments, other
 * names. As 2.1.330 lists them; `help` is there too, but only says that it is not available.
 */
const table: readonly (readonly [
  name: string,
  description: string,
  hint?: string | null,
  ...aliases: string[],
])[] = [
  ['batch', 'Makes a large change in parallel, in worktrees of its own', '<instruction>'],
  ['clear', 'Starts a new session with an empty context', '[name]', 'reset', 'new'],
  ['code-review', 'Reviews the current diff, a pull request or a path', '[effort] [target]', 'review'],
  ['compact', 'Sums the conversation up to free context', '<what to keep>'],
  ['context', 'Shows what fills the context'],
  ['debug', 'Writes a debug log and looks into problems of the session', '[problem]'],
  ['deep-research', 'Researches on the web from several sides and checks what it finds'],
  ['doctor', "Examines this person's set-up of Claude Code", null, 'checkup'],
  ['effort', "Sets the model's effort", '<level>'],
  ['goal', 'Goes on until a condition is met'],
  ['help', 'Says in a run only that it is not available there'],
  ['init', 'Writes a CLAUDE.md about the code base'],
  ['insights', "Reports on this person's sessions"],
  ['model', 'Sets the model', '<model>'],
  ['recap', 'Sums the session up in a line'],
  ['run', "Starts this project's app to see a change at work"],
  ['security-review', "Reviews the branch's changes for security"],
  ['simplify', 'Reviews the changed code for simplicity and applies what it finds', '[target]'],
  ['usage', "Shows the session's cost and the plan's limits", null, 'cost', 'stats'],
  ['verify', 'Checks by using it that a change does what it should'],
];

export const builtinCommands: readonly SlashCommand[] = table.map(
  ([name, description, hint, ...aliases]) => ({
    name,
    aliases,
    kind: 'command',
    source: 'builtin',
    plugin: null,
    description,
    argumentHint: hint ?? null,
    allowedTools: [],
    model: null,
    file: null,
    problem: null,
  }),
);
