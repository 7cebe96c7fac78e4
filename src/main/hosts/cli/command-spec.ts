import { InvalidArgumentError, Option, type Command } from 'commander';
import type { z } from 'zod';
import { failureError } from '../../../shared/domain/failure.ts';
import { parseDuration } from '../../../shared/domain/duration.ts';
import type { CliContext } from './context.ts';

/** A command as data: how it is written, what it says of itself, and what it does. */
export type CommandSpec = {
  /** Name and arguments, as commander writes them: `run <plan>`. */
  readonly usage: string;
  readonly summary: string;
  readonly options?: readonly Option[];
  readonly examples?: readonly string[];
  readonly aliases?: readonly string[];
  /** Not shown in the help: for this program's own use. */
  readonly hidden?: boolean;
  readonly isDefault?: boolean;
  /** Sees to a broken pipe itself, or goes on without a reader, for it has work to do; the others just end. */
  readonly watches?: boolean;
  readonly subcommands?: readonly CommandSpec[];
  /** Does it; gives the exit code. */
  readonly act?: Act;
};

export type Act = (
  context: CliContext,
  args: readonly string[],
  options: Readonly<Record<string, unknown>>,
) => Promise<number>;

/** `timeZone` as it is typed: `time-zone`. */
const flagNamed = (path: readonly PropertyKey[]): string =>
  path.join('.').replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** An act that takes its options as a schema says; it throws `arguments.options` for those that are not so. */
export const acting =
  <S extends z.ZodType>(
    schema: S,
    act: (context: CliContext, args: readonly string[], options: z.infer<S>) => Promise<number>,
  ): Act =>
  (context, args, options) => {
    const parsed = schema.safeParse(options);
    if (parsed.success) return act(context, args, parsed.data);
    const said = parsed.error.issues.map(({ path, message }) => `--${flagNamed(path)}: ${message}.`);
    throw failureError('arguments.options', said.join('\n'));
  };

/** A reader of whole numbers, for an option or an argument. */
export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`It must be a whole number from ${String(least)} to ${String(most)}.`);
    }
    return value;
  };

/** A reader of durations such as `30s`; gives milliseconds. */
export const duration = (text: string): number => {
  const ms = parseDuration(text);
  if (ms === undefined || ms === 0)
    throw new InvalidArgumentError('It must be a duration such as 30s or 5m.');
  return ms;
};

export const formatOption = (choices: readonly string[], text: string): Option =>
  new Option('-f, --format <format>', text).choices([...choices]).default('text');

/** Builds the commands of a list, each doing what `perform` makes of it. */
export const addCommands = (
  parent: Command,
  specs: readonly CommandSpec[],
  perform: (spec: CommandSpec, command: Command) => Promise<void>,
): void => {
  for (const spec of specs) {
    const command = parent.command(spec.usage, {
      hidden: spec.hidden ?? false,
      isDefault: spec.isDefault ?? false,
    });
    command
      .summary(spec.summary)
      .description(spec.summary)
      .aliases(spec.aliases ?? []);
    for (const option of spec.options ?? []) command.addOption(option);
    if (spec.examples !== undefined) {
      command.addHelpText('after', `\nExamples:\n${spec.examples.map((line) => `  ${line}`).join('\n')}`);
    }
    addCommands(command, spec.subcommands ?? [], perform);
    if (spec.act !== undefined) command.action(() => perform(spec, command));
  }
};
