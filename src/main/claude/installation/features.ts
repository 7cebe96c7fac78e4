/** The flags of Claude Code that we pass, by the names they are looked for in its help. */
export const FLAGS = [
  'input-format',
  'output-format',
  'verbose',
  'include-partial-messages',
  'permission-prompt-tool',
  'session-id',
  'resume',
  'model',
  'fallback-model',
  'permission-mode',
  'allowedTools',
  'disallowedTools',
  'append-system-prompt',
  'add-dir',
  'mcp-config',
  'settings',
  'max-turns',
  'max-budget-usd',
  'json-schema',
] as const;
export type Flag = (typeof FLAGS)[number];

/** What an installed Claude Code can do, found out by asking it. */
export type ClaudeFeatures = {
  /** As `claude --version` prints it, without the product's name; null when it gave none. */
  readonly version: string | null;
  readonly flags: Readonly<Record<Flag, boolean>>;
  /** The words that `--permission-mode` lists; empty when the help does not say. */
  readonly permissionModes: readonly string[];
};

/** A value that lets a hidden flag pass the CLI's own checks; null for a flag that takes none. */
const TRIAL_VALUES: Partial<Readonly<Record<Flag, string>>> = {
  'input-format': 'stream-json',
  'output-format': 'stream-json',
  'permission-prompt-tool': 'stdio',
  'session-id': '00000000-0000-4000-8000-000000000000',
  resume: '00000000-0000-4000-8000-000000000000',
  model: 'sonnet',
  'fallback-model': 'haiku',
  'permission-mode': 'plan',
  allowedTools: 'Read',
  disallowedTools: 'Read',
  'append-system-prompt': 'x',
  'add-dir': '.',
  'mcp-config': '{"mcpServers":{}}',
  settings: '{}',
  'max-turns': '1',
  'max-budget-usd': '1',
  'json-schema': '{}',
};

/** No version of any program has this flag: that it is refused says that those before it were not. */
const UNKNOWN_FLAG = '--netra-knows-what-you-can-do';

/** The version in what `claude --version` prints ("2.1.330 (Claude Code)"). */
export const versionIn = (output: string): string | null => /\d+\.\d+\.\d+\S*/.exec(output)?.[0] ?? null;

/** The flags that a help text lists as options of their own (not those it only mentions in a sentence). */
export function flagsInHelp(help: string): ReadonlySet<Flag> {
  const listed = new Set<string>();
  for (const line of help.split(/\r?\n/)) {
    const [, names] = /^ {2,8}((?:-\w, )?--[\w-]+(?:, --[\w-]+)*)/.exec(line) ?? [];
    for (const [, name] of (names ?? '').matchAll(/--([\w-]+)/g)) if (name !== undefined) listed.add(name);
  }
  return new Set(FLAGS.filter((flag) => listed.has(flag)));
}

/** The choices that the help lists for `--permission-mode`. */
export function permissionModesInHelp(help: string): readonly string[] {
  const [, rest] = help.split(/^ +--permission-mode /m);
  const [own] = (rest ?? '').split(/^ {2,8}-/m);
  const [, choices] = /\(choices:([^)]*)\)/.exec(own ?? '') ?? [];
  return [...(choices ?? '').matchAll(/"([^"]+)"/g)].flatMap(([, word]) => word ?? []);
}

/**
 * The arguments of a run that can do nothing but name the first flag the CLI does not know: options are parsed before
 * anything is done, and the last one is unknown to all.
 */
export function trialArguments(flags: readonly Flag[]): readonly string[] {
  const tried = flags.map((flag) => {
    const value = TRIAL_VALUES[flag];
    return value === undefined ? `--${flag}` : `--${flag}=${value}`;
  });
  return ['-p', ...tried, UNKNOWN_FLAG];
}

/** What a trial's stderr says: the flag that is missing, `all_known`, or null when it says neither. */
export function trialVerdict(stderr: string): Flag | 'all_known' | null {
  const [, name] = /unknown option '?(--[\w-]+)/.exec(stderr) ?? [];
  if (name === UNKNOWN_FLAG) return 'all_known';
  return FLAGS.find((flag) => `--${flag}` === name) ?? null;
}

/** A record with an answer for each flag. */
export function flagRecord(has: (flag: Flag) => boolean): Readonly<Record<Flag, boolean>> {
  const entries = FLAGS.map((flag): [Flag, boolean] => [flag, has(flag)]);
  return Object.fromEntries(entries) as Record<Flag, boolean>;
}

/** What is taken for granted while nobody has asked yet: a current version. */
export const assumedFeatures: ClaudeFeatures = {
  version: null,
  flags: flagRecord(() => true),
  permissionModes: [],
};
