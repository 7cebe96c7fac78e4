import { diffLines, type DiffLine } from './diff-lines.ts';

export type ToolIcon = 'command' | 'file' | 'edit' | 'search' | 'agent' | 'web' | 'list' | 'plug' | 'tool';

/** What a tool call is about, in one line. */
export type ToolWords = {
  readonly icon: ToolIcon;
  /** What it does, when the subject does not say it: `Subagent`, the name of the tool. */
  readonly verb: string | null;
  /** The command, file, pattern, …; may be long. */
  readonly subject: string;
};

/** What an edit changes in one file. */
export type FileChange = { readonly file: string; readonly lines: readonly DiffLine[] };

type Input = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Input =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const inputOf = (input: unknown): Input => (isRecord(input) ? input : {});

const textAt = (input: Input, key: string): string | null => {
  const value = input[key];
  return typeof value === 'string' && value !== '' ? value : null;
};

/** A path as the reader knows it: from the workspace on, where it is inside. */
export const pathIn = (workspace: string, path: string): string => {
  const root = workspace.replace(/[\\/]+$/, '');
  const inside = root !== '' && path.startsWith(root) && /^[\\/]./.test(path.slice(root.length));
  return inside ? path.slice(root.length + 1) : path;
};

const oneLine = (text: string): string => text.trim().replaceAll(/\s*\n\s*/g, ' ⏎ ');

const searched = (input: Input, workspace: string): string => {
  const path = textAt(input, 'path');
  const where = path === null ? '' : ` in ${pathIn(workspace, path)}`;
  return `${textAt(input, 'pattern') ?? ''}${where}`;
};

const todos = (input: Input): string => {
  const items = Array.isArray(input['todos']) ? input['todos'].filter(isRecord) : [];
  const done = items.filter((item) => item['status'] === 'completed').length;
  const current = items.find((item) => item['status'] === 'in_progress');
  const now = current === undefined ? null : (textAt(current, 'activeForm') ?? textAt(current, 'content'));
  return `${String(done)} of ${String(items.length)} done${now === null ? '' : `: ${now}`}`;
};

type Describe = (input: Input, workspace: string) => ToolWords | null;

const about =
  (icon: ToolIcon, verb: string | null, key: string, path = false): Describe =>
  (input, workspace) => {
    const value = textAt(input, key);
    if (value === null) return null;
    return { icon, verb, subject: path ? pathIn(workspace, value) : oneLine(value) };
  };

const agent = about('agent', 'Subagent', 'description');

const known: Readonly<Record<string, Describe>> = {
  Bash: about('command', null, 'command'),
  BashOutput: about('command', 'Output of', 'bash_id'),
  KillShell: about('command', 'Kill', 'shell_id'),
  Read: about('file', 'Read', 'file_path', true),
  NotebookRead: about('file', 'Read', 'notebook_path', true),
  LS: about('file', 'List', 'path', true),
  Edit: about('edit', null, 'file_path', true),
  MultiEdit: about('edit', null, 'file_path', true),
  Write: about('edit', 'Write', 'file_path', true),
  NotebookEdit: about('edit', null, 'notebook_path', true),
  Grep: (input, workspace) => ({ icon: 'search', verb: 'Grep', subject: searched(input, workspace) }),
  Glob: (input, workspace) => ({ icon: 'search', verb: 'Glob', subject: searched(input, workspace) }),
  Task: agent,
  Agent: agent,
  WebFetch: about('web', 'Fetch', 'url'),
  WebSearch: about('web', 'Search the web:', 'query'),
  TodoWrite: (input) => ({ icon: 'list', verb: 'To do:', subject: todos(input) }),
  Skill: about('tool', 'Skill', 'skill'),
};

const compact = (input: unknown): string => {
  const text = JSON.stringify(input) as string | undefined;
  return text === undefined || text === '{}' ? '' : text;
};

/** The line of a tool call; tools that are not Claude Code's own show their name and their input. */
export const toolWords = (name: string, input: unknown, workspace: string): ToolWords => {
  const own = Object.hasOwn(known, name) ? known[name]?.(inputOf(input), workspace) : null;
  if (own !== null && own !== undefined) return own;
  const mcp = /^mcp__(.+?)__(.+)$/.exec(name);
  if (mcp !== null)
    return { icon: 'plug', verb: `${mcp[1] ?? ''}: ${mcp[2] ?? ''}`, subject: compact(input) };
  return { icon: 'tool', verb: name, subject: compact(input) };
};

const reading: ReadonlySet<string> = new Set(['Read', 'NotebookRead', 'Grep', 'Glob', 'LS']);

/** True for a tool that only looks: several of these in a row are folded into one line. */
export const onlyReads = (name: string): boolean => reading.has(name);

/** True for a tool that starts a subagent. */
export const startsSubagent = (name: string): boolean => name === 'Task' || name === 'Agent';

const editOf = (value: unknown): readonly DiffLine[] => {
  const edit = inputOf(value);
  return diffLines(textAt(edit, 'old_string') ?? '', textAt(edit, 'new_string') ?? '');
};

/** What a call of Edit, MultiEdit or Write changes; null for all other calls. */
export const fileChange = (name: string, input: unknown, workspace: string): FileChange | null => {
  const record = inputOf(input);
  const path = textAt(record, 'file_path');
  if (path === null) return null;
  const file = pathIn(workspace, path);
  if (name === 'Edit') return { file, lines: editOf(record) };
  if (name === 'Write') return { file, lines: diffLines('', textAt(record, 'content') ?? '') };
  if (name === 'MultiEdit' && Array.isArray(record['edits']))
    return { file, lines: record['edits'].flatMap(editOf) };
  return null;
};

const folderOf = (path: string): string => path.replace(/[\\/]?[^\\/]*$/, '');

const plural = (count: number, one: string, many: string): string =>
  count === 1 ? one : `${String(count)} ${many}`;

/** The line of several reading calls: `Read 6 files in src/routes`, `Read 2 files, searched 3 times`. */
export const readsWords = (
  calls: readonly { readonly name: string; readonly input: unknown }[],
  workspace: string,
): string => {
  const paths = calls.flatMap(({ name, input }) => {
    const key = name === 'Read' ? 'file_path' : name === 'NotebookRead' ? 'notebook_path' : null;
    return key === null ? [] : [pathIn(workspace, textAt(inputOf(input), key) ?? '')];
  });
  const files = new Set(paths).size;
  const folders = new Set(paths.map(folderOf));
  const [folder = ''] = folders;
  const searches = calls.length - paths.length;
  const where = folders.size === 1 && folder !== '' ? ` in ${folder}` : '';
  const parts = [
    ...(files === 0 ? [] : [`read ${plural(files, 'one file', 'files')}${where}`]),
    ...(searches === 0 ? [] : [`searched ${plural(searches, 'once', 'times')}`]),
  ];
  const text = parts.join(', ');
  return text.charAt(0).toUpperCase() + text.slice(1);
};
