import picomatch from 'picomatch';

/** How paths are compared: a rule that allows must be sure, one that forbids rather forbids too much. */
export type Strictness = 'allow' | 'deny';

const drive = /^[A-Za-z]:[\\/]/;

/** True for a folder of Windows, by how it is written. */
const isWindowsPath = (path: string): boolean => drive.test(path) || path.startsWith('\\\\');

const withoutDots = (segments: readonly string[]): readonly string[] => {
  const kept: string[] = [];
  for (const segment of segments) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(segment);
  }
  return kept;
};

/** An absolute path as this module compares them: `/home/mia/x`, and `/c/Users/mia` for `C:\Users\mia`. */
const canonical = (path: string, isWindows: boolean): string => {
  if (!isWindows) return `/${withoutDots(path.split('/')).join('/')}`;
  const slashed = path
    .replaceAll('\\', '/')
    .replace(/^([A-Za-z]):\//, (_, letter: string) => `/${letter.toLowerCase()}/`);
  const segments = withoutDots(slashed.split('/'));
  return `${slashed.startsWith('//') ? '//' : '/'}${segments.join('/')}`;
};

/** What Windows reads differently from how it is written: streams, devices, short names, dots and blanks at the end. */
const isDoubtfulOnWindows = (path: string): boolean => {
  const rest = path.replace(drive, '');
  return (
    /^[\\/]{2}[?.][\\/]/.test(path) ||
    /:|~\d|[. ](?:[\\/]|$)/.test(rest.replace(/(^|[\\/])\.{1,2}(?=[\\/]|$)/g, '$1'))
  );
};

/**
 * A path that a tool was given, absolute, with `/`, without `.` and `..`; one that is relative starts at the workspace.
 * Null when what it means cannot be told from its text. Links are not followed.
 */
export const absolutePath = (path: string, workspace: string): string | null => {
  const isWindows = isWindowsPath(workspace);

  if (path === '' || /[\u0000-\u001f]/.test(path) || path.startsWith('~')) return null;
  if (isWindows) {
    if (isDoubtfulOnWindows(path)) return null;
    if (isWindowsPath(path) || path.startsWith('//')) return canonical(path, true);
    // `C:x` and `\x` depend on where the process is.
    if (/^(?:[A-Za-z]:|[\\/])/.test(path)) return null;
    return canonical(`${workspace}\\${path}`, true);
  }
  return canonical(path.startsWith('/') ? path : `${workspace}/${path}`, false);
};

const globSpecial = /[\\*?[\]{}()!+@|^$]/g;
const options = { dot: true, nonegate: true, noextglob: true, windows: false } as const;

/** The glob, or globs, of a pattern as absolute ones. */
const globsOf = (pattern: string, workspace: string, strictness: Strictness): readonly string[] => {
  const isWindows = isWindowsPath(workspace);
  const text = (isWindows ? pattern.replaceAll('\\', '/') : pattern).replace(/\/$/, '/**');
  const above = /^(?:\.\.\/)*/.exec(text)?.[0] ?? '';
  const root = canonical(`${workspace}/${above}`, isWindows).replace(/\/$/, '').replace(globSpecial, '\\$&');
  if (drive.test(text)) return [`/${text.charAt(0).toLowerCase()}${text.slice(2)}`];
  if (text.startsWith('//')) return [text.slice(1)];
  // `/x` is below the workspace, as Claude Code reads it; whoever forbids it may have meant the root of the disk.
  if (text.startsWith('/')) return strictness === 'deny' ? [root + text, text] : [root + text];
  const relative = text.slice(above.length).replace(/^(?:\.\/)+/, '');
  return [relative.includes('/') || above !== '' ? `${root}/${relative}` : `${root}/**/${relative}`];
};

/** True when a pattern can be read: not too long, and without `..` but at its start. */
export const isPathPattern = (pattern: string): boolean =>
  pattern.length <= 1000 && !/[^./\\][/\\](?:.*[/\\])?\.\.(?:[/\\]|$)/.test(pattern);

/**
 * True when the pattern of a rule (as of gitignore: `src/**`, `*.env`, `//abs/**`) names the file, or a folder above it.
 * `path` is what the tool was given.
 */
export const matchesPath = (
  pattern: string,
  { path, workspace }: { readonly path: string; readonly workspace: string },
  strictness: Strictness,
): boolean => {
  const isWindows = isWindowsPath(workspace);
  const lenient = isWindows
    ? path.replace(/[. ]+(?=[\\/]|$)/g, (end) => (/^\.{1,2}$/.test(end) ? end : ''))
    : path;
  const absolute = absolutePath(strictness === 'deny' ? lenient : path, workspace);
  // What cannot be told is neither allowed nor let through.
  if (absolute === null) return strictness === 'deny';
  // Home folders of patterns are written out where rules are taken in.
  if (pattern.startsWith('~')) return strictness === 'deny';
  const nocase = isWindows || strictness === 'deny';
  return globsOf(pattern, workspace, strictness).some((glob) =>
    picomatch([glob, `${glob.replace(/\/$/, '')}/**`], { ...options, nocase })(absolute),
  );
};

/** Names of files and folders from which programs run things unasked: hooks, settings, tasks. */
const traps = ['.git', '.claude', '.mcp.json', '.netra', '.husky', '.vscode', '.idea', '.envrc'];

/** Those of them that a path leads through below the workspace, or elsewhere; in lower case. */
export const trapsIn = (path: string, workspace: string): readonly string[] => {
  const absolute = absolutePath(path, workspace) ?? path;
  const root = `${absolutePath('.', workspace) ?? workspace}/`;
  const below = absolute.startsWith(root) ? absolute.slice(root.length) : absolute;
  const segments = below.toLowerCase().split(/[\\/]/);
  return traps.filter((trap) => segments.includes(trap));
};
