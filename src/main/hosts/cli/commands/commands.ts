import { previewOf, type SlashCommand } from '../../../../shared/domain/slash-command.ts';
import { slashCommandsOf } from '../../slash-commands.ts';
import type { CliContext } from '../context.ts';
import { cut, fit, printable, widthOf } from '../terminal-text.ts';

const nameOf = ({ name, argumentHint }: SlashCommand): string =>
  printable(`/${name}${argumentHint === null ? '' : ` ${argumentHint}`}`);

const widestName = 32;

const whence = ({ source, plugin }: SlashCommand): string =>
  source === 'plugin' ? (plugin ?? source) : source;

/** `netra commands list`. It needs no engine. */
export const listCommands = async (
  { streams, paint }: CliContext,
  workspace: string,
  format: 'text' | 'json',
): Promise<number> => {
  const commands = await slashCommandsOf().list(workspace);
  if (format === 'json') {
    await streams.print(JSON.stringify(commands, null, 2));
    return 0;
  }
  const width = Math.min(widestName, Math.max(...commands.map((command) => widthOf(nameOf(command)))));
  for (const command of commands) {
    const { description, problem } = command;
    const told = printable(description === '' ? 'No description' : description);
    const room = Math.max(20, streams.columns() - width - 14);
    const mark = problem === null ? '' : paint('attention', '  ! front matter');
    await streams.print(
      `${paint('strong', fit(nameOf(command), width))}  ${paint('quiet', fit(printable(whence(command)), 10))}  ${cut(told, room)}${mark}`,
    );
  }
  return 0;
};

const withoutControls = (text: string): string => text.split('\n').map(printable).join('\n');

/** `netra commands show NAME` */
export const showCommand = async (
  { streams, paint }: CliContext,
  name: string,
  workspace: string,
  { format, full }: { readonly format: 'text' | 'json'; readonly full: boolean },
): Promise<number> => {
  const command = await slashCommandsOf().show(workspace, name);
  if (format === 'json') {
    await streams.print(JSON.stringify(command, null, 2));
    return 0;
  }
  const { file, frontMatter, text, problem, aliases, description } = command;
  await streams.print(`${paint('strong', nameOf(command))}  ${paint('quiet', printable(whence(command)))}`);
  if (aliases.length > 0)
    await streams.print(`also: ${printable(aliases.map((each) => `/${each}`).join(', '))}`);
  if (file === null) {
    await streams.print(description);
    return 0;
  }
  await streams.print(printable(file));
  if (problem !== null) await streams.print(paint('attention', printable(problem)));
  for (const [key, value] of Object.entries(frontMatter)) {
    const shown = typeof value === 'string' ? value : JSON.stringify(value);
    await streams.print(`${paint('quiet', `${printable(key)}:`)} ${printable(shown)}`);
  }
  await streams.print('');
  await streams.print(withoutControls(full ? text : previewOf(text)).trimEnd());
  return 0;
};
