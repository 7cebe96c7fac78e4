import { win32 } from 'node:path';

/** What a shim of npm or pnpm starts: a program, or a script for Node. */
export type ShimTarget = { readonly kind: 'program' | 'script'; readonly path: string };

/**
 * Reads a `.cmd` shim and says what it starts, so that no `cmd.exe` (with its own rules of quoting) is needed.
 * `shimPath` is absolute. Null when the text is no shim of npm, pnpm or yarn.
 */
export function shimTarget(shimPath: string, text: string): ShimTarget | null {
  const match = /"%(?:~dp0|dp0%)[\\/]*([^"%\r\n]+\.(exe|[cm]?js))"\s+%\*/i.exec(text);
  const [, relative, extension] = match ?? [];
  if (relative === undefined || extension === undefined) return null;
  return {
    kind: extension.toLowerCase() === 'exe' ? 'program' : 'script',
    path: win32.join(win32.dirname(shimPath), relative),
  };
}
