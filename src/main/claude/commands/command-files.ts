import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** A file that defines a slash command. */
export type CommandFile = {
  /** From its place in the folder: `git:commit` for `git/commit.md`. */
  readonly name: string;
  readonly kind: 'command' | 'skill';
  readonly path: string;
};

type Entry = { readonly name: string; readonly path: string; readonly isFolder: boolean };

/** A tree of commands is small; these only keep a link to the root of a disk from being walked. */
const mostFolders = 500;
const mostDepth = 12;

const isGone = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  ['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ELOOP'].includes(String(error.code));

/** What a folder holds, links followed; nothing of one that is not there or closed to this person. */
const entriesOf = async (folder: string): Promise<readonly Entry[]> => {
  let names: readonly string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
  const entries = await Promise.all(
    [...names].sort().map(async (name): Promise<readonly Entry[]> => {
      const path = join(folder, name);
      try {
        const found = await stat(path);
        return found.isFile() || found.isDirectory() ? [{ name, path, isFolder: found.isDirectory() }] : [];
      } catch (error) {
        if (isGone(error)) return [];
        throw error;
      }
    }),
  );
  return entries.flat();
};

const skillFile = 'SKILL.md';
const ending = '.md';

const skillIn = (entries: readonly Entry[]): Entry | undefined =>
  entries.find(({ name, isFolder }) => name === skillFile && !isFolder);

/**
 * The commands of a folder such as `.claude/commands`: each `.md` file, by its place (`git/commit.md` is `git:commit`). A
 * sub-folder with a SKILL.md is one command, by the folder's name. As measured with 2.1.330.
 */
export const commandFilesIn = async (root: string): Promise<readonly CommandFile[]> => {
  const found: CommandFile[] = [];
  const seen = new Set<string>();
  const walk = async (folder: string, above: readonly string[]): Promise<void> => {
    const entries = await entriesOf(folder);
    if (entries.length === 0) return;
    const real = await realpath(folder);
    if (seen.has(real) || seen.size >= mostFolders || above.length > mostDepth) return;
    seen.add(real);
    const skill = above.length === 0 ? undefined : skillIn(entries);
    if (skill !== undefined) {
      found.push({ name: above.join(':'), kind: 'skill', path: skill.path });
      return;
    }
    for (const { name, path, isFolder } of entries) {
      if (isFolder) await walk(path, [...above, name]);
      else if (name.endsWith(ending) && name !== ending) {
        found.push({ name: [...above, name.slice(0, -ending.length)].join(':'), kind: 'command', path });
      }
    }
  };
  await walk(root, []);
  return found;
};

/** The skills of a folder such as `.claude/skills`: each sub-folder with a SKILL.md, or the folder itself if it has one. */
export const skillFilesIn = async (root: string): Promise<readonly CommandFile[]> => {
  const entries = await entriesOf(root);
  const own = skillIn(entries);
  if (own !== undefined) return [{ name: basename(root), kind: 'skill', path: own.path }];
  const found = await Promise.all(
    entries
      .filter(({ isFolder }) => isFolder)
      .map(async ({ name, path }): Promise<readonly CommandFile[]> => {
        const skill = skillIn(await entriesOf(path));
        return skill === undefined ? [] : [{ name, kind: 'skill', path: skill.path }];
      }),
  );
  return found.flat();
};
