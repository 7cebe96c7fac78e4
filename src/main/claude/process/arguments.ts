import { failureError, type Failure } from '../../../shared/domain/failure.ts';
import type { InstanceSpec } from '../../../shared/domain/plan/plan-spec.ts';
import type { ClaudeFeatures, Flag } from '../installation/features.ts';

/** Text that must not be seen in a list of processes: written to a private file, whose path is the argument. */
export type ArgumentFile = { readonly path: string; readonly text: string };

export type ClaudeArguments = {
  readonly args: readonly string[];
  /** What was left out because this CLI lacks it. */
  readonly warnings: readonly Failure[];
  /** To be written (0600) before the start. */
  readonly files: readonly ArgumentFile[];
};

/** One flag to pass: why, and what is lost without it. */
type Wish = {
  readonly flag: Flag;
  /** Absent for a flag without a value. */
  readonly value?: string;
  /** The plan's key, when a person asked for it: then a CLI without the flag is an error. */
  readonly askedAs?: string;
  /** For flags that we add: what is missing without it. Absent where nothing is lost. */
  readonly loss?: string;
};

/**
 * True when an instance is talked to over its stdin: a live one, and one that is given slash commands before its prompt
 * (one prompt cannot hold several: measured, 2.1.330).
 */
export const speaksLive = ({ mode, before }: InstanceSpec): boolean =>
  mode === 'live' || (before !== undefined && before.length > 0);

const asking: Wish = {
  flag: 'permission-prompt-tool',
  value: 'stdio',
  loss: 'tools that need a permission are denied instead of asked for',
};

/** What the driver itself adds: the form of the conversation. */
function formOf(spec: InstanceSpec): readonly Wish[] {
  const stream: readonly Wish[] = [
    { flag: 'verbose' },
    {
      flag: 'include-partial-messages',
      loss: 'text is not shown while it is written, and live figures are counted by message',
    },
  ];
  if (speaksLive(spec)) {
    return [
      { flag: 'input-format', value: 'stream-json', askedAs: 'mode: live' },
      { flag: 'output-format', value: 'stream-json', askedAs: 'mode: live' },
      ...stream,
      ...(spec.mode === 'live' ? [asking] : []),
    ];
  }
  return [
    { flag: 'output-format', value: spec.outputFormat, askedAs: 'outputFormat' },
    ...(spec.outputFormat === 'stream-json' ? stream : []),
  ];
}

const wish = (flag: Flag, askedAs: string, value: string | undefined): readonly Wish[] =>
  value === undefined ? [] : [{ flag, askedAs, value }];

const wishes = (flag: Flag, askedAs: string, values: readonly string[]): readonly Wish[] =>
  values.map((value) => ({ flag, askedAs, value }));

/** `default` became `manual`; each version takes the word it lists, and new ones still take the old one. */
function permissionMode(mode: string | undefined, known: readonly string[]): string | undefined {
  if (mode === undefined || known.length === 0 || known.includes(mode)) return mode;
  if (mode === 'manual' && known.includes('default')) return 'default';
  if (mode === 'default' && known.includes('manual')) return 'manual';
  throw failureError(
    'claude.flag_unsupported',
    `This version of Claude Code has no permissionMode "${mode}"; it has ${known.join(', ')}. Choose one of these or update Claude Code.`,
  );
}

function sessionOf({ session }: InstanceSpec): readonly Wish[] {
  if (session === undefined) return [];
  return 'resume' in session
    ? wish('resume', 'session.resume', session.resume)
    : wish('session-id', 'session.new', session.new);
}

/** Micro-dollars as a decimal text without an exponent. */
const dollarsText = (micro: number): string => (micro / 1_000_000).toFixed(6).replace(/\.?0+$/, '');

type Inline = { readonly wishes: readonly Wish[]; readonly files: readonly ArgumentFile[] };

/** A path is passed on; an object may hold secrets and goes into a file. */
function inline(
  flag: 'settings' | 'mcp-config',
  askedAs: string,
  value: InstanceSpec['settings'],
  privateFile: (name: string) => string,
): Inline {
  if (value === undefined) return { wishes: [], files: [] };
  if (typeof value === 'string') return { wishes: wish(flag, askedAs, value), files: [] };
  const path = privateFile(flag);
  return { wishes: wish(flag, askedAs, path), files: [{ path, text: JSON.stringify(value) }] };
}

function askedFor(spec: InstanceSpec, features: ClaudeFeatures): readonly Wish[] {
  return [
    ...sessionOf(spec),
    ...wish('model', 'model', spec.model),
    ...wish('fallback-model', 'fallbackModel', spec.fallbackModel),
    ...wish(
      'permission-mode',
      'permissionMode',
      permissionMode(spec.permissionMode, features.permissionModes),
    ),
    ...wishes('allowedTools', 'allowedTools', spec.allowedTools),
    ...wishes('disallowedTools', 'disallowedTools', spec.disallowedTools),
    ...wish('append-system-prompt', 'appendSystemPrompt', spec.appendSystemPrompt),
    ...wishes('add-dir', 'addDirs', spec.addDirs),
    ...wish('max-turns', 'maxTurns', spec.maxTurns?.toString()),
    ...wish(
      'max-budget-usd',
      'maxBudgetUsd',
      spec.maxBudgetMicroUsd === undefined ? undefined : dollarsText(spec.maxBudgetMicroUsd),
    ),
    ...wish(
      'json-schema',
      'result.schema',
      spec.resultSchema === undefined ? undefined : JSON.stringify(spec.resultSchema),
    ),
  ];
}

function refuse(missing: Wish): never {
  throw failureError(
    'claude.flag_unsupported',
    `This version of Claude Code has no --${missing.flag}, which ${missing.askedAs ?? 'the run'} needs. Update Claude Code, or take ${missing.askedAs ?? 'it'} out of the plan.`,
  );
}

const warningOf = ({ flag, loss }: Wish): readonly Failure[] =>
  loss === undefined
    ? []
    : [{ code: 'claude.flag_missing', message: `This version of Claude Code has no --${flag}: ${loss}.` }];

/** What came to Claude Code with some version; the other keys are as old as its stream. */
const YOUNGER_KEYS = [
  'fallbackModel',
  'mcpConfig',
  'settings',
  'maxTurns',
  'maxBudgetMicroUsd',
  'resultSchema',
] as const;
const OLDEST_MODES: readonly string[] = ['acceptEdits', 'bypassPermissions', 'plan'];

/** True when what an instance asks for is not in every version: only then must its start wait to know this one. */
export const needsFeatures = (spec: InstanceSpec): boolean =>
  YOUNGER_KEYS.some((key) => spec[key] !== undefined) ||
  (spec.permissionMode !== undefined && !OLDEST_MODES.includes(spec.permissionMode)) ||
  (spec.session !== undefined && 'new' in spec.session) ||
  spec.addDirs.length > 0;

/**
 * The command line of an instance. The prompt is not in it: it goes by stdin. Each value is in one argument with its
 * flag (`--flag=value`, repeated for lists), so that no value can become a flag or swallow another. `privateFile`
 * gives the path of a file for a name. Pure.
 * @throws FailureError `claude.flag_unsupported` where the person asked for what this CLI lacks.
 */
export function claudeArguments(
  spec: InstanceSpec,
  features: ClaudeFeatures,
  privateFile: (name: string) => string,
): ClaudeArguments {
  const mcp = inline('mcp-config', 'mcpConfig', spec.mcpConfig, privateFile);
  const settings = inline('settings', 'settings', spec.settings, privateFile);
  const all = [...formOf(spec), ...askedFor(spec, features), ...mcp.wishes, ...settings.wishes];
  const missing = all.filter(({ flag }) => !features.flags[flag]);
  const refused = missing.find(({ askedAs }) => askedAs !== undefined);
  if (refused !== undefined) refuse(refused);
  return {
    args: ['-p', ...all.filter((each) => !missing.includes(each)).map(argumentOf)],
    warnings: missing.flatMap(warningOf),
    files: [...mcp.files, ...settings.files],
  };
}

const argumentOf = ({ flag, value }: Wish): string =>
  value === undefined ? `--${flag}` : `--${flag}=${value}`;
