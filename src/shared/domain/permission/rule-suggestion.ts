import { absolutePath } from './path-rule.ts';
import { parseRule, ruleThatAllows, type ToolCall } from './permission-rule.ts';
import { readShell } from '../expression/shell-command.ts';

/** Programs whose first argument says what they do, with the ones that run nothing of the caller's choice. */
const subcommands: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  [
    'git',
    new Set(
      'add blame branch checkout commit describe diff fetch log ls-files merge pull push restore rev-parse shortlog show stash status switch tag'.split(
        ' ',
      ),
    ),
  ],
  ['npm', new Set('audit ci install ls outdated test view'.split(' '))],
  ['pnpm', new Set('audit install list outdated test'.split(' '))],
  ['yarn', new Set('audit install list outdated test'.split(' '))],
  ['bun', new Set('install test'.split(' '))],
  ['cargo', new Set('bench build check clippy doc fmt test tree'.split(' '))],
  ['go', new Set('build doc fmt list test vet'.split(' '))],
  ['dotnet', new Set('build format restore test'.split(' '))],
  ['mvn', new Set('compile package test verify'.split(' '))],
  ['pip', new Set('install list show'.split(' '))],
  ['gh', new Set('issue pr release run'.split(' '))],
]);
/** Programs that have scripts of the project under `run`. */
const scriptRunners = new Set(['npm', 'pnpm', 'yarn', 'bun']);
/** Programs that only do what they are for. */
const wholePrograms = new Set('eslint jest ls mypy prettier pytest ruff tsc vitest wc'.split(' '));

/** How many first words of a command say what it does; null when they do not tell enough. */
const tellingWords = ([program = '', sub = '', script = '']: readonly string[]): number | null => {
  if (wholePrograms.has(program)) return 1;
  if (scriptRunners.has(program) && sub === 'run' && /^[\w:.-]+$/.test(script) && !script.startsWith('-'))
    return 3;
  return (subcommands.get(program)?.has(sub) ?? false) ? 2 : null;
};

const escaped = (text: string): string => text.replace(/[()*]/g, '\\$&');

const commandRule = (line: string): string => {
  const { commands, plain } = readShell(line);
  const [only, ...more] = commands;
  const words = only?.words.map(({ text }) => text) ?? [];
  const count = plain && more.length === 0 ? tellingWords(words) : null;
  return count === null ? `Bash(${escaped(line.trim())})` : `Bash(${words.slice(0, count).join(' ')}:*)`;
};

const globEscaped = (path: string, isWindows: boolean): string =>
  path.replace(/[*?[\]{}()!+@|^$\\]/g, isWindows ? '?' : '\\$&');

/** The folder of a file of the workspace, as a pattern from there; a file elsewhere by itself. */
const pathRule = (
  tool: 'Edit' | 'Read',
  path: string,
  workspace: string,
  isFolder: boolean,
): string | null => {
  const absolute = absolutePath(path, workspace);
  const root = absolutePath('.', workspace);
  if (absolute === null || root === null) return null;
  const isWindows = !workspace.startsWith('/');
  const inside =
    absolute === root ? '' : absolute.startsWith(`${root}/`) ? absolute.slice(root.length + 1) : null;
  if (inside === null) return `${tool}(/${globEscaped(absolute, isWindows)}${isFolder ? '/**' : ''})`;
  const folder = isFolder ? inside : inside.replace(/\/?[^/]*$/, '');
  return folder === '' ? `${tool}(./**)` : `${tool}(./${globEscaped(folder, isWindows)}/**)`;
};

/** How rules name each tool that works on files, and where its path is. */
const fileTools: ReadonlyMap<string, { readonly tool: 'Edit' | 'Read'; readonly key: string }> = new Map([
  ['Edit', { tool: 'Edit', key: 'file_path' }],
  ['Write', { tool: 'Edit', key: 'file_path' }],
  ['MultiEdit', { tool: 'Edit', key: 'file_path' }],
  ['NotebookEdit', { tool: 'Edit', key: 'notebook_path' }],
  ['Read', { tool: 'Read', key: 'file_path' }],
  ['NotebookRead', { tool: 'Read', key: 'notebook_path' }],
]);
const searches = new Set(['Grep', 'Glob', 'LS']);

const textAt = (input: ToolCall['input'], key: string): string | null => {
  const value = input[key];
  return typeof value === 'string' && value !== '' ? value : null;
};

const domainRule = (url: string): string | null => {
  const host = /^https?:\/\/([^/?#:@\\\s]+)/i.exec(url)?.[1];
  return host === undefined ? null : `WebFetch(domain:${host.toLowerCase()})`;
};

const ruleFor = ({ toolName, input, workspace }: ToolCall): string | null => {
  if (toolName === 'Bash') return commandRule(textAt(input, 'command') ?? '');
  if (toolName === 'WebFetch') return domainRule(textAt(input, 'url') ?? '');
  if (searches.has(toolName)) return pathRule('Read', textAt(input, 'path') ?? workspace, workspace, true);
  const file = fileTools.get(toolName);
  // A tool that runs what it is given would be allowed to run anything.
  if (file === undefined) return ['command', 'code', 'script'].some((key) => key in input) ? null : toolName;
  const path = textAt(input, file.key);
  return path === null ? null : pathRule(file.tool, path, workspace, false);
};

/**
 * The rule that "always in this workspace" makes of a call: the first words of a command that is known to be told by them,
 * else the very command; the folder of a file; the domain of an address; else the tool. Null when no rule would be sure to
 * mean the call.
 */
export const suggestRule = (call: ToolCall): string | null => {
  const text = ruleFor(call);
  const reading = text === null ? null : parseRule(text);
  if (!reading?.ok) return null;
  return ruleThatAllows([reading.rule], call) === null ? null : reading.rule.text;
};
