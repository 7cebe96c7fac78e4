import { programName, reachOf } from './command-reach.ts';
import type { Failure } from '../failure.ts';
import { isPathPattern, matchesPath, trapsIn, type Strictness } from './path-rule.ts';
import { readShell, type ShellCommand, type ShellWord } from '../expression/shell-command.ts';

/** A rule that names tool calls, as Claude Code writes them: `Read`, `Bash(git log:*)`, `Edit(src/**)`, `mcp__docs`. */
export type PermissionRule = { readonly text: string; readonly tool: string } & RuleContent;

type RuleContent =
  /** Every call of the tool; of `mcp__…` tools all that begin so. */
  | { readonly kind: 'tool' }
  /** The command, word by word. Null: it is not a single plain command, only the very same text is meant. */
  | { readonly kind: 'exact'; readonly command: string; readonly words: readonly string[] | null }
  /** Commands that begin with these words. */
  | { readonly kind: 'prefix'; readonly words: readonly string[] }
  /** Commands with these pieces in this order, and anything between them. */
  | { readonly kind: 'wildcard'; readonly pieces: readonly string[] }
  | { readonly kind: 'path'; readonly pattern: string }
  | { readonly kind: 'domain'; readonly domain: string }
  /** One field of the input has this value. */
  | { readonly kind: 'field'; readonly field: string; readonly value: string };

/** What a tool is asked to do, and where. */
export type ToolCall = {
  readonly toolName: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** Absolute. */
  readonly workspace: string;
};

export type RuleReading =
  { readonly ok: true; readonly rule: PermissionRule } | { readonly ok: false; readonly failure: Failure };

/** Tools that a rule of the name holds for, beside the tool itself; and where each has its path. */
const families: Readonly<Record<string, readonly string[]>> = {
  Edit: ['Write', 'MultiEdit', 'NotebookEdit'],
  Read: ['NotebookRead', 'Grep', 'Glob', 'LS'],
  Agent: ['Task'],
  Task: ['Agent'],
};
const pathTools = new Set([
  'Read',
  'Edit',
  'Write',
  'MultiEdit',
  'NotebookEdit',
  'NotebookRead',
  'Grep',
  'Glob',
  'LS',
]);
const fieldsOfTools: Readonly<Record<string, string>> = {
  Agent: 'subagent_type',
  Task: 'subagent_type',
  Skill: 'skill',
};

const longest = 10_000;

const invalid = (text: string, why: string): RuleReading => ({
  ok: false,
  failure: { code: 'rule.invalid', message: `"${text}" is no permission rule: ${why}` },
});

const wordsOf = (text: string): readonly string[] | null => {
  const { commands, plain } = readShell(text);
  const [only, ...more] = commands;
  if (!plain || only === undefined || more.length > 0) return null;
  return only.words.map((word) => word.text);
};

/** In a rule `\\(`, `\\)` and `\\*` stand for the characters themselves. */
const unescaped = (text: string): string => text.replace(/\\([()*])/g, '$1');
const star = /(?<!\\)\*/;

const commandContent = (content: string): RuleContent | string => {
  const text = content.trim();
  if (/^:?\*$/.test(text)) return { kind: 'tool' };
  const prefix = /^([^]*?)(?::\*| \*)$/.exec(text)?.[1]?.trim();
  if (prefix !== undefined && !star.test(prefix)) {
    const words = wordsOf(unescaped(prefix));
    return words === null
      ? 'before :* there must be the first words of one command.'
      : { kind: 'prefix', words };
  }
  if (text.endsWith(':*')) return 'a * may not stand before :*.';
  if (star.test(text)) return { kind: 'wildcard', pieces: text.split(star).map(unescaped) };
  const command = unescaped(text);
  return { kind: 'exact', command, words: wordsOf(command) };
};

const domainContent = (content: string): RuleContent | string => {
  const domain = /^domain:((?:\*\.)?[a-z\d-]+(?:\.[a-z\d-]+)*)\.?$/i.exec(content.trim())?.[1];
  return domain === undefined
    ? 'for WebFetch it is written WebFetch(domain:example.com).'
    : { kind: 'domain', domain: domain.toLowerCase() };
};

const contentOf = (tool: string, content: string): RuleContent | string => {
  if (tool === 'Bash') return commandContent(content);
  if (tool === 'WebFetch') return domainContent(content);
  if (pathTools.has(tool)) {
    if (!isPathPattern(content)) return 'the path is too long, or has .. in its middle.';
    return { kind: 'path', pattern: content };
  }
  const field = fieldsOfTools[tool];
  if (field === undefined) return `rules for ${tool} take nothing in brackets. Write ${tool}.`;
  return { kind: 'field', field, value: content };
};

/** Reads a rule. The failure is `rule.invalid`, with a sentence that says what is wrong. */
export const parseRule = (text: string): RuleReading => {
  const rule = text.trim();
  if (rule.length > longest) return invalid(`${rule.slice(0, 60)}…`, 'it is too long.');
  const [, tool, content] = /^([A-Za-z][\w-]*\*?)(?:\(([^]*)\))?$/.exec(rule) ?? [];
  if (tool === undefined)
    return invalid(rule, 'write a tool, as Read, or a tool and what it may do, as Bash(git log:*).');
  if (tool.includes('*') && !tool.startsWith('mcp__')) {
    return invalid(rule, 'a * may stand at the end of the name of an MCP tool only, as in mcp__docs__*.');
  }
  if (content === undefined) return { ok: true, rule: { text: rule, tool, kind: 'tool' } };
  if (content.trim() === '') return invalid(rule, 'there is nothing in the brackets.');
  const read = contentOf(tool, content);
  return typeof read === 'string' ? invalid(rule, read) : { ok: true, rule: { text: rule, tool, ...read } };
};

/** A rule whose path starts with `~/`, with the home folder in its place; any other as it is. */
export const ruleWithHome = (text: string, home: string): string => {
  const found = /^(\s*[A-Za-z]\w*\()~(?=[/\\)])/.exec(text);
  if (found === null) return text;
  const absolute = home.startsWith('/') ? `/${home}` : home;
  return `${found[1] ?? ''}${absolute.replace(/[\\/]+$/, '')}${text.slice(found[0].length)}`;
};

const isOfTool = ({ tool }: PermissionRule, toolName: string): boolean => {
  if (tool === toolName || (families[tool]?.includes(toolName) ?? false)) return true;
  if (!tool.startsWith('mcp__')) return false;
  if (tool.endsWith('*')) return toolName.startsWith(tool.slice(0, -1));
  // `mcp__server` is all its tools, `mcp__server__tool` one.
  return !tool.slice('mcp__'.length).includes('__') && toolName.startsWith(`${tool}__`);
};

// --- Commands -------------------------------------------------------------------------------------------------------

const likeWildcard = ([first = '', ...rest]: readonly string[], text: string): boolean => {
  const between = rest.slice(0, -1);
  const last = rest.at(-1) ?? '';
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const piece of between) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
};

const beginsWith = (words: readonly ShellWord[], wanted: readonly string[]): boolean =>
  wanted.every((word, index) => words[index]?.text === word);

/** Where the words go on when options before them are left out, each with a value of its own or without. */
const pastOptions = (words: readonly string[], from: ReadonlySet<number>): ReadonlySet<number> => {
  const places = new Set(from);
  for (const [at, word] of words.entries()) {
    if (places.has(at) && word.startsWith('-')) places.add(at + 1).add(at + 2);
  }
  return places;
};

/** The same for a rule that forbids: options before the words do not hide them, nor does the program's folder. */
const comesDownTo = (words: readonly ShellWord[], wanted: readonly string[]): boolean => {
  const [program, ...rest] = words.map(({ text }) => text);
  const [wantedProgram, ...wantedRest] = wanted;
  if (program === undefined || wantedProgram === undefined) return false;
  if (program !== wantedProgram && programName(program) !== wantedProgram.toLowerCase()) return false;
  let places: ReadonlySet<number> = new Set([0]);
  for (const next of wantedRest) {
    places = new Set([...pastOptions(rest, places)].filter((at) => rest[at] === next).map((at) => at + 1));
  }
  return places.size > 0;
};

const canonicalText = ({ words }: ShellCommand): string => words.map(({ text }) => text).join(' ');

const allowsCommand = (rule: PermissionRule, command: ShellCommand): boolean => {
  if (rule.kind === 'tool') return true;
  if (rule.kind === 'prefix') return beginsWith(command.words, rule.words);
  if (rule.kind === 'wildcard') return likeWildcard(rule.pieces, command.text);
  if (rule.kind !== 'exact' || rule.words === null) return false;
  return rule.words.length === command.words.length && beginsWith(command.words, rule.words);
};

const deniesCommand = (rule: PermissionRule, command: ShellCommand): boolean => {
  if (rule.kind === 'prefix') return comesDownTo(command.words, rule.words);
  if (rule.kind === 'wildcard') {
    return [command.text, canonicalText(command)].some((text) => likeWildcard(rule.pieces, text));
  }
  if (rule.kind !== 'exact' || rule.words === null) return false;
  return rule.words.length === command.words.length && comesDownTo(command.words, rule.words);
};

const commandIn = ({ input }: ToolCall): string => {
  const command = input['command'];
  return typeof command === 'string' ? command : '';
};

/** The rules that together allow a command line: each of its commands must be allowed. Null when one is not. */
const allowCommandLine = (rules: readonly PermissionRule[], call: ToolCall): PermissionRule | null => {
  const line = commandIn(call).trim();
  const whole = rules.find(
    (rule) => rule.kind === 'tool' || (rule.kind === 'exact' && rule.command === line),
  );
  if (whole !== undefined) return whole;
  const { commands, plain } = readShell(line);
  if (!plain) return null;
  const used = commands.map((command) => rules.find((rule) => allowsCommand(rule, command)));
  return used.includes(undefined) ? null : (used[0] ?? null);
};

// --- Other tools ----------------------------------------------------------------------------------------------------

const pathOf = ({ toolName, input, workspace }: ToolCall): string => {
  const path = input['file_path'] ?? input['notebook_path'] ?? input['path'];
  if (typeof path === 'string' && path !== '') return path;
  return ['Grep', 'Glob', 'LS'].includes(toolName) ? workspace : '';
};

/** A search by pattern may itself lead out of the folder it starts in. */
const searchesElsewhere = ({ toolName, input }: ToolCall): boolean => {
  const pattern = input['pattern'];
  return toolName === 'Glob' && typeof pattern === 'string' && /^[\\/~]|^[A-Za-z]:|\.\./.test(pattern);
};

/** Whether an edit is of what programs run unasked (hooks, settings), while the pattern does not say so. */
const isUnnamedTrap = (pattern: string, call: ToolCall): boolean =>
  families['Edit']?.concat('Edit').includes(call.toolName) === true &&
  trapsIn(pathOf(call), call.workspace).some((trap) => !pattern.toLowerCase().includes(trap));

const matchesPathOf = (pattern: string, call: ToolCall, strictness: Strictness): boolean => {
  if (strictness === 'allow' && (searchesElsewhere(call) || isUnnamedTrap(pattern, call))) return false;
  return matchesPath(pattern, { path: pathOf(call), workspace: call.workspace }, strictness);
};

/** The host of an address; null when the address is not plainly one. */
const hostOf = ({ input }: ToolCall, strictness: Strictness): string | null => {
  const url = input['url'];
  if (typeof url !== 'string') return null;
  const plain = /^https?:\/\/([a-z\d-]+(?:\.[a-z\d-]+)*)\.?(?::\d+)?(?:[/?#]|$)/i.exec(url)?.[1];
  if (plain !== undefined || strictness === 'allow') return plain?.toLowerCase() ?? null;
  const authority =
    url
      .trim()
      .replace(/^[a-z+.-]*:?[\\/]*/i, '')
      .split(/[\\/?#]/)[0] ?? '';
  return authority
    .replace(/^.*@/, '')
    .replace(/\.?(?::\d*)?$/, '')
    .toLowerCase();
};

const matchesDomain = (domain: string, call: ToolCall, strictness: Strictness): boolean => {
  const host = hostOf(call, strictness);
  if (host === null) return false;
  if (domain.startsWith('*.')) return host.endsWith(domain.slice(1));
  return host === domain || (strictness === 'deny' && host.endsWith(`.${domain}`));
};

const matches = (rule: PermissionRule, call: ToolCall, strictness: Strictness): boolean => {
  if (rule.kind === 'tool') return true;
  if (rule.kind === 'path') return matchesPathOf(rule.pattern, call, strictness);
  if (rule.kind === 'domain') return matchesDomain(rule.domain, call, strictness);
  return rule.kind === 'field' && call.input[rule.field] === rule.value;
};

/**
 * The rule by which a call is allowed, or null. A command line is allowed when each command in it is, by whichever rule,
 * and when it does nothing else: a rule for `git log` does not allow `git log && rm -rf x`, `git log $(…)` or
 * `git log > file`. Paths are compared by their text; links are not followed.
 */
export const ruleThatAllows = (rules: readonly PermissionRule[], call: ToolCall): PermissionRule | null => {
  const own = rules.filter((rule) => isOfTool(rule, call.toolName));
  // What leaves Claude Code's own sandbox is more than any rule says.
  if (call.input['dangerouslyDisableSandbox'] === true) return null;
  if (call.toolName === 'Bash') return allowCommandLine(own, call);
  return own.find((rule) => matches(rule, call, 'allow')) ?? null;
};

/**
 * The rule by which a call is forbidden, or null. Of a command line any command that it may come to run is enough, also in
 * a substitution, under `sudo` or in the text of `sh -c`. What a text cannot tell (variables, scripts) it does not see.
 */
export const ruleThatDenies = (rules: readonly PermissionRule[], call: ToolCall): PermissionRule | null => {
  const own = rules.filter((rule) => isOfTool(rule, call.toolName));
  if (call.toolName !== 'Bash') return own.find((rule) => matches(rule, call, 'deny')) ?? null;
  const line = commandIn(call);
  const { commands } = reachOf(line);
  return (
    own.find(
      (rule) =>
        rule.kind === 'tool' ||
        (rule.kind === 'exact' && rule.command === line.trim()) ||
        commands.some((command) => deniesCommand(rule, command)),
    ) ?? null
  );
};

/** True when a command line may run what rules that forbid cannot see: then a bare `Bash` must not let it through. */
export const hidesCommands = (call: ToolCall): boolean =>
  call.toolName === 'Bash' && reachOf(commandIn(call)).hidden;
