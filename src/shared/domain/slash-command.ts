import type { JsonValue } from './plan/plan-spec.ts';

/** A slash command that Claude Code takes in a workspace. */
export type SlashCommand = {
  /** Without the slash: `review`, `git:commit` (of a sub-folder), `plugin:command`. */
  readonly name: string;
  /** Other names that it answers to. */
  readonly aliases: readonly string[];
  readonly kind: 'command' | 'skill';
  readonly source: 'project' | 'user' | 'plugin' | 'builtin';
  readonly plugin: string | null;
  /** One line; empty where the file says nothing. */
  readonly description: string;
  readonly argumentHint: string | null;
  readonly allowedTools: readonly string[];
  readonly model: string | null;
  /** The file that it is written in, absolute; null for one that is built in. */
  readonly file: string | null;
  /** What is wrong with its front matter; it works without it. */
  readonly problem: string | null;
};

/** A slash command with all that its file says. */
export type SlashCommandDetail = SlashCommand & {
  readonly frontMatter: Readonly<Record<string, JsonValue>>;
  /** What comes after the front matter. */
  readonly text: string;
};

/** The name in a prompt that gives a slash command, without the slash: `review` of `/review src`. Null for another prompt. */
export const slashCommandIn = (prompt: string): string | null =>
  /^\/(\S+)(?:\s|$)/.exec(prompt.trim())?.[1] ?? null;

/** The command that a prompt gives; null when it gives none of these. */
export const findSlashCommand = <Command extends Pick<SlashCommand, 'name' | 'aliases'>>(
  commands: readonly Command[],
  prompt: string,
): Command | null => {
  const name = slashCommandIn(prompt);
  if (name === null) return null;
  return (
    commands.find((command) => command.name === name) ??
    commands.find(({ aliases }) => aliases.includes(name)) ??
    null
  );
};

const previewLength = 200;

/** The beginning of a command's text, for show: 200 characters, and three dots where there is more. */
export const previewOf = (text: string): string => {
  const characters = Array.from(text);
  if (characters.length <= previewLength) return text;
  return `${characters.slice(0, previewLength).join('')}...`;
};
