/** The variable by which the processes of an attempt are told from all others. */
export const ATTEMPT_MARKER = 'NETRA_ATTEMPT_ID';

/** Taken over as they are, on every system. Written in capitals. */
const NAMES: ReadonlySet<string> = new Set([
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LANGUAGE', 'TERM', 'COLORTERM', 'TZ'],
  ...['TMPDIR', 'TEMP', 'TMP', 'SSH_AUTH_SOCK', 'SSH_AGENT_PID', 'DBUS_SESSION_BUS_ADDRESS'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'],
  ...['NODE_EXTRA_CA_CERTS', 'NODE_USE_SYSTEM_CA', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
  // The person's own wish about what Claude Code sends home, in its documented words.
  ...['DISABLE_TELEMETRY', 'DISABLE_ERROR_REPORTING', 'DISABLE_AUTOUPDATER', 'DO_NOT_TRACK'],
  ...['DISABLE_BUG_COMMAND', 'DISABLE_FEEDBACK_COMMAND'],
  // The person's own sign-in and its cloud.
  ...['CLAUDE_CONFIG_DIR', 'CLOUD_ML_REGION', 'GCLOUD_PROJECT'],
  ...[
    'CLAUDE_CODE_OAUTH_TOKEN',
    'CLAUDE_CODE_USE_BEDROCK',
    'CLAUDE_CODE_USE_VERTEX',
    'CLAUDE_CODE_USE_FOUNDRY',
  ],
  ...['CLAUDE_CODE_SKIP_BEDROCK_AUTH', 'CLAUDE_CODE_SKIP_VERTEX_AUTH', 'CLAUDE_CODE_SKIP_FOUNDRY_AUTH'],
  ...['CLAUDE_CODE_CLIENT_CERT', 'CLAUDE_CODE_CLIENT_KEY', 'CLAUDE_CODE_CLIENT_KEY_PASSPHRASE'],
]);

const PREFIXES: readonly string[] = [
  ...['LC_', 'XDG_', 'ANTHROPIC_', 'AWS_', 'GOOGLE_', 'CLOUDSDK_', 'AZURE_'],
  'VERTEX_REGION_',
];

/** Programs of Windows do not start, or find nothing, without these. */
const WINDOWS_NAMES: ReadonlySet<string> = new Set([
  ...['SYSTEMROOT', 'SYSTEMDRIVE', 'WINDIR', 'COMSPEC', 'PATHEXT', 'OS', 'PSMODULEPATH'],
  ...['APPDATA', 'LOCALAPPDATA', 'USERPROFILE', 'USERNAME', 'USERDOMAIN', 'HOMEDRIVE', 'HOMEPATH', 'PUBLIC'],
  ...['PROGRAMFILES', 'PROGRAMFILES(X86)', 'PROGRAMW6432', 'PROGRAMDATA', 'ALLUSERSPROFILE'],
  ...['COMMONPROGRAMFILES', 'COMMONPROGRAMFILES(X86)', 'COMMONPROGRAMW6432'],
  ...['NUMBER_OF_PROCESSORS', 'PROCESSOR_ARCHITECTURE', 'COMPUTERNAME', 'SESSIONNAME'],
  'CLAUDE_CODE_GIT_BASH_PATH',
]);

/** Proxies are written in small letters as well, on every system. */
const SMALL_NAMES: ReadonlySet<string> = new Set(['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy']);

function isAllowed(name: string, platform: NodeJS.Platform): boolean {
  const windows = platform === 'win32';
  const known = windows ? name.toUpperCase() : name;
  if (NAMES.has(known) || SMALL_NAMES.has(name)) return true;
  if (windows && WINDOWS_NAMES.has(known)) return true;
  return PREFIXES.some((prefix) => known.startsWith(prefix));
}

export type EnvironmentSources = {
  readonly inherited: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** The PATH that Claude and its tools get; the inherited one when null. */
  readonly path: string | null;
};

/**
 * What a program that we start gets of our own environment: an allowlist. Everything that would bind it to the
 * Claude Code, Node or Electron that we may run under (CLAUDECODE, CLAUDE_CODE_*, NODE_OPTIONS,
 * ELECTRON_RUN_AS_NODE) is left out; what carries the person's own sign-in stays.
 */
export function allowedEnvironment(sources: EnvironmentSources): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(sources.inherited)) {
    if (value !== undefined && isAllowed(name, sources.platform)) kept[name] = value;
  }
  return sources.path === null ? kept : withVariable(kept, 'PATH', sources.path, sources.platform);
}

function withVariable(
  env: Readonly<Record<string, string>>,
  name: string,
  value: string,
  platform: NodeJS.Platform,
): Record<string, string> {
  const same = (other: string): boolean =>
    platform === 'win32' ? other.toUpperCase() === name.toUpperCase() : other === name;
  const others = Object.entries(env).filter(([other]) => !same(other));
  return { ...Object.fromEntries(others), [name]: value };
}

/**
 * The whole environment of an attempt: what is allowed of ours, then what the plan says (which may be anything), then
 * the marker that only we set. May hold secrets: it goes to the child and nowhere else.
 */
export function attemptEnvironment(
  sources: EnvironmentSources,
  planned: Readonly<Record<string, string>>,
  attemptId: string,
): Record<string, string> {
  let env = allowedEnvironment(sources);
  for (const [name, value] of Object.entries(planned)) env = withVariable(env, name, value, sources.platform);
  return withVariable(env, ATTEMPT_MARKER, attemptId, sources.platform);
}

const secretName =
  /key|token|secret|passw|passphrase|credential|auth|cookie|session|private|signature|salt|dsn/i;
/** A user and password in an address, and words that are known to begin a credential. */
const secretValue = /\/\/[^/\s@]+@|^(sk-|ghp_|github_pat_|glpat-|xox[abp]-|AKIA|eyJ|Bearer )/i;

/** An environment as it may be shown: what looks like a secret, by its name or by itself, is `***`. */
export const maskedEnvironment = (env: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(env).map(([name, value]) => [
      name,
      secretName.test(name) || secretValue.test(value) ? '***' : value,
    ]),
  );
