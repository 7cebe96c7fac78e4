import { open, realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { didYouMean } from '../../../shared/domain/did-you-mean.ts';
import { failureError } from '../../../shared/domain/failure.ts';
import type { JsonValue } from '../../../shared/domain/plan/plan-spec.ts';
import type { SlashCommand, SlashCommandDetail } from '../../../shared/domain/slash-command.ts';
import { builtinCommands } from './builtin-commands.ts';
import { commandFilesIn, skillFilesIn, type CommandFile } from './command-files.ts';
import { frontMatterOf } from './front-matter.ts';
import { pluginsIn, type Plugin } from './plugins.ts';
import { isThere, projectFolders } from './project-folders.ts';

export type CommandPlaces = {
  readonly home: string;
  /** Claude Code's own folder: `CLAUDE_CONFIG_DIR`, else `~/.claude`. */
  readonly configDir: string;
};

/** The slash commands of a workspace. */
export interface SlashCommands {
  /** By name. @throws FailureError `workspace.missing` */
  list(workspace: string): Promise<readonly SlashCommand[]>;
  /** One, with or without its slash. @throws FailureError `workspace.missing`, `command.unknown` */
  show(workspace: string, name: string): Promise<SlashCommandDetail>;
}

/** A command as it was found, before its file is read. */
type Found = {
  readonly name: string;
  readonly kind: CommandFile['kind'];
  readonly source: 'project' | 'user' | 'plugin';
  readonly plugin: string | null;
  readonly file: string | null;
  /** What a plugin's manifest says in place of the file. */
  readonly text: string | null;
  readonly description: string | null;
  readonly argumentHint: string | null;
};

const mostBytes = 262_144;
const longestDescription = 100;

const beginningOf = async (file: string): Promise<string> => {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(mostBytes), 0, mostBytes, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
};

const plain = { plugin: null, text: null, description: null, argumentHint: null } as const;

const ofFiles = (files: readonly CommandFile[], more: Partial<Found> & Pick<Found, 'source'>): Found[] =>
  files.map(({ name, kind, path }) => ({ ...plain, name, kind, file: path, ...more }));

const ofPlugin = async (plugin: Plugin): Promise<readonly Found[]> => {
  const more = { source: 'plugin', plugin: plugin.name } as const;
  const commands = await Promise.all(
    plugin.commandPaths.map(async (path): Promise<readonly CommandFile[]> => {
      if (!path.endsWith('.md')) return commandFilesIn(path);
      const name = path.slice(dirname(path).length + 1, -'.md'.length);
      return (await isThere(path)) ? [{ name, kind: 'command', path }] : [];
    }),
  );
  const written = Object.entries(plugin.written).map(([name, one]): Found => ({
    ...plain,
    ...more,
    ...one,
    name,
    kind: 'command',
  }));
  const skills = (await Promise.all(plugin.skillPaths.map(skillFilesIn))).flat();
  const own = join(plugin.root, 'SKILL.md');
  if (skills.length === 0 && (await isThere(own))) {
    skills.push({ name: plugin.name, kind: 'skill', path: own });
  }
  return [...ofFiles(commands.flat(), more), ...written, ...ofFiles(skills, more)];
};

/** Everything there is, the strongest first: skills before commands, a person's before a project's, near before far. */
const allFound = async (workspace: string, { home, configDir }: CommandPlaces): Promise<readonly Found[]> => {
  const folders = await projectFolders(workspace, home);
  const projects = folders.map((folder) => join(folder, '.claude'));
  const from = async (read: typeof skillFilesIn, folder: string): Promise<readonly Found[]> => {
    const user = ofFiles(await read(join(configDir, folder)), { source: 'user' });
    const own = await Promise.all(projects.map((project) => read(join(project, folder))));
    return [...user, ...ofFiles(own.flat(), { source: 'project' })];
  };
  const [skills, commands, plugins] = await Promise.all([
    from(skillFilesIn, 'skills'),
    from(commandFilesIn, 'commands'),
    pluginsIn(configDir, workspace).then((all) => Promise.all(all.map(ofPlugin))),
  ]);
  return [...skills, ...commands, ...plugins.flat()];
};

const textOf = (value: JsonValue | undefined): string | null => {
  if (typeof value === 'string') return value.replaceAll(/\s+/g, ' ').trim() || null;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
};

const hintOf = (value: JsonValue | undefined): string | null =>
  Array.isArray(value) ? value.map(String).join(',') : textOf(value);

/** `Read, Bash(git log:*)`, with commas or without, or a list. */
const toolsOf = (value: JsonValue | undefined): readonly string[] => {
  if (Array.isArray(value)) return value.map(String);
  return textOf(value)?.match(/[^\s,(]+(?:\([^)]*\))?/g) ?? [];
};

/** The first line that says something, without the marks of a heading. */
const firstLine = (body: string): string => {
  const line = body.split('\n').find((each) => each.trim() !== '') ?? '';
  const text = line.trim().replace(/^#+\s+/, '');
  return text.length > longestDescription ? `${text.slice(0, longestDescription - 3)}...` : text;
};

type Read = SlashCommandDetail & { readonly isHidden: boolean };

/** The names that a skill answers to beside the one it gives itself: Claude Code lists a plugin's skill by three. */
const otherNames = (given: string, own: string, plugin: string | null): readonly string[] => {
  if (given === own) return [];
  return plugin === null ? [own] : [given, `${plugin}:${own}`];
};

const read = async (found: Found): Promise<Read> => {
  const { kind, source, plugin, file } = found;
  let text = found.text ?? '';
  let unreadable: string | null = null;
  try {
    if (file !== null) text = await beginningOf(file);
  } catch (error) {
    unreadable = `The file cannot be read: ${error instanceof Error ? error.message : String(error)}.`;
  }
  const { values, body, problem } = frontMatterOf(text);
  const given = (kind === 'skill' ? textOf(values['name']) : null) ?? found.name;
  return {
    name: plugin === null ? given : `${plugin}:${given}`,
    aliases: otherNames(given, found.name, plugin),
    ...{ kind, source, plugin, file },
    description: found.description ?? textOf(values['description']) ?? firstLine(body),
    argumentHint: found.argumentHint ?? hintOf(values['argument-hint']),
    allowedTools: toolsOf(values['allowed-tools']),
    model: textOf(values['model']),
    problem: unreadable ?? problem,
    frontMatter: values,
    text: body,
    isHidden: values['user-invocable'] === false,
  };
};

/** Of several of a name the first one holds; the same file is found once. */
const firstOfEach = async (all: readonly Read[]): Promise<readonly Read[]> => {
  const taken = new Set<string>();
  const kept: Read[] = [];
  for (const command of all) {
    const { name, aliases, plugin, file } = command;
    const real = file === null ? name : await realpath(file);
    if (taken.has(`/${name}`) || taken.has(real)) continue;
    for (const each of plugin === null ? [name, ...aliases] : [name]) taken.add(`/${each}`);
    taken.add(real);
    kept.push(command);
  }
  return kept;
};

const builtin = (command: SlashCommand): Read => ({
  ...command,
  frontMatter: {},
  text: '',
  isHidden: false,
});

const byName = (a: SlashCommand, b: SlashCommand): number => (a.name < b.name ? -1 : Number(a.name > b.name));

/** Reads them anew each time: the files are few, and people change them. */
export const createSlashCommands = (places: CommandPlaces): SlashCommands => {
  const readAll = async (workspace: string): Promise<readonly SlashCommandDetail[]> => {
    const folder = resolve(workspace);
    const found = await stat(folder).catch(() => null);
    if (found?.isDirectory() !== true) {
      throw failureError('workspace.missing', `There is no folder ${folder}.`);
    }
    const written = await Promise.all((await allFound(folder, places)).map(read));
    const kept = await firstOfEach([...written, ...builtinCommands.map(builtin)]);
    return kept
      .filter(({ isHidden }) => !isHidden)
      .map(({ isHidden: _, ...command }) => command)
      .sort(byName);
  };
  return {
    list: async (workspace) =>
      (await readAll(workspace)).map(({ frontMatter: _, text: __, ...command }) => command),
    show: async (workspace, text) => {
      const name = text.trim().replace(/^\//, '');
      const all = await readAll(workspace);
      const found =
        all.find((each) => each.name === name) ?? all.find(({ aliases }) => aliases.includes(name));
      if (found !== undefined) return found;
      const near = didYouMean(
        name,
        all.map((each) => each.name),
      );
      const hint = near === undefined ? '' : ` Did you mean /${near}?`;
      throw failureError(
        'command.unknown',
        `There is no slash command /${name} in ${resolve(workspace)}.${hint}`,
      );
    },
  };
};
