import { oneLine } from './cut.ts';

/** How a tool's work is said: a verb, and the field of its input that names what it works on. */
type Saying = { readonly verb: string; readonly field: string; readonly isPath?: true };

const sayings: Readonly<Record<string, Saying>> = {
  Agent: { verb: 'delegating', field: 'description' },
  Bash: { verb: 'running', field: 'command' },
  Edit: { verb: 'editing', field: 'file_path', isPath: true },
  Glob: { verb: 'looking for', field: 'pattern' },
  Grep: { verb: 'searching for', field: 'pattern' },
  LS: { verb: 'listing', field: 'path', isPath: true },
  MultiEdit: { verb: 'editing', field: 'file_path', isPath: true },
  NotebookEdit: { verb: 'editing', field: 'notebook_path', isPath: true },
  PowerShell: { verb: 'running', field: 'command' },
  Read: { verb: 'reading', field: 'file_path', isPath: true },
  Skill: { verb: 'using the skill', field: 'skill' },
  Task: { verb: 'delegating', field: 'description' },
  WebFetch: { verb: 'fetching', field: 'url' },
  WebSearch: { verb: 'searching the web for', field: 'query' },
  Write: { verb: 'writing', field: 'file_path', isPath: true },
};

const maxLength = 100;

/** What a tool call does, in a few words: `editing src/x.ts`, `running npm test`. Paths are relative to `cwd`. */
export const activityOf = (tool: string, input: unknown, cwd: string | null): string => {
  const saying = Object.hasOwn(sayings, tool) ? sayings[tool] : undefined;
  const subject = saying === undefined ? null : subjectOf(input, saying, cwd);
  if (saying !== undefined && subject !== null) return oneLine(`${saying.verb} ${subject}`, maxLength);
  return oneLine(`using ${tool.replace(/^mcp__(.+?)__/, '$1: ')}`, maxLength);
};

const subjectOf = (input: unknown, { field, isPath }: Saying, cwd: string | null): string | null => {
  const subject = new Map<string, unknown>(Object.entries(input ?? {})).get(field);
  if (typeof subject !== 'string' || subject.trim() === '') return null;
  return isPath === true ? within(subject, cwd) : subject;
};

const within = (path: string, cwd: string | null): string => {
  const inside = cwd !== null && path.startsWith(cwd) && /^[/\\]./.test(path.slice(cwd.length));
  return inside ? path.slice(cwd.length + 1) : path;
};
