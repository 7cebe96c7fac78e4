import { z } from 'zod';
import { instantSchema } from '../ids.ts';

/** Something of a folder that a Claude Code which starts there runs, or allows, without asking anybody. */
export type FolderCode = {
  readonly kind: 'hook' | 'mcp_server' | 'helper' | 'allowed_tools' | 'unreadable';
  /** The event of a hook, the name of a server or setting. */
  readonly name: string;
  /** The command line, address or rules; what is wrong with a file that cannot be read. */
  readonly text: string;
  /** The file that says so, absolute. */
  readonly file: string;
};

const kinds: Readonly<Record<FolderCode['kind'], string>> = {
  hook: 'hook',
  mcp_server: 'MCP server',
  helper: 'setting',
  allowed_tools: 'allows without asking:',
  unreadable: 'not understood:',
};

/** What a folder would run, in a few words: `hook Stop: npm run lint`. */
export const folderCodeText = ({ kind, name, text }: FolderCode): string =>
  kind === 'allowed_tools' ? `${kinds[kind]} ${text}` : `${kinds[kind]} ${name}: ${text}`;

export const trustRecordSchema = z.object({
  /** The real path of a folder, absolute: it and everything below it is trusted. */
  path: z.string(),
  by: z.string(),
  at: instantSchema,
});

/** That somebody trusts a folder. */
export type TrustRecord = Readonly<z.infer<typeof trustRecordSchema>>;

/** How a system writes paths. */
export type PathRules = {
  readonly separator: '/' | '\\';
  /** True where `A` and `a` are one file. */
  readonly ignoresCase: boolean;
};

/** The rules of a platform, as Node calls it. */
export const pathRulesOf = (platform: string): PathRules => ({
  separator: platform === 'win32' ? '\\' : '/',
  ignoresCase: platform === 'win32' || platform === 'darwin',
});

/** The same text for the same folder. The root of a disk has no separator at its end, the root of Unix is empty. */
export const folderKey = (path: string, { separator, ignoresCase }: PathRules): string => {
  let end = path.length;
  while (end > 0 && path[end - 1] === separator) end -= 1;
  const bare = path.slice(0, end);
  return ignoresCase ? bare.normalize('NFC').toLowerCase() : bare;
};

/** The keys of a folder and of all above it, from the inside out. */
const keysUpwards = (path: string, rules: PathRules): readonly string[] => {
  const key = folderKey(path, rules);
  const keys = [key];
  for (let at = key.lastIndexOf(rules.separator); at >= 0; at = key.lastIndexOf(rules.separator, at - 1)) {
    keys.push(folderKey(key.slice(0, at), rules));
    if (at === 0) break;
  }
  return keys;
};

/** What makes a folder trusted: it, or the nearest above it. `path` is a real path, the records are by `folderKey`. */
export const trustIn = <R>(path: string, records: ReadonlyMap<string, R>, rules: PathRules): R | null => {
  for (const key of keysUpwards(path, rules)) {
    const record = records.get(key);
    if (record !== undefined) return record;
  }
  return null;
};
