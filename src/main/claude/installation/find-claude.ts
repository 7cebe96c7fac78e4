import { access, constants, readFile, stat } from 'node:fs/promises';
import { posix, win32 } from 'node:path';
import { failureError } from '../../../shared/domain/failure.ts';
import type { Launch } from '../process/ask-program.ts';
import { commandNames, knownPlaces, type Machine } from './known-places.ts';
import { shimTarget } from './windows-shim.ts';

/** What a person said about where Claude is, the strongest first; empty texts count as not said. */
export type ClaudeChoice = {
  readonly flag?: string | undefined;
  readonly setting?: string | undefined;
};

/** What is asked of the world while looking; the disk and the login shell in real life. */
export type FindWorld = Machine & {
  /** The folder that a relative `--claude` starts at. */
  readonly cwd: string;
  /** The `node_modules` folders of our own code, nearest first. */
  readonly ownModules: readonly string[];
  readonly isProgram: (path: string) => Promise<boolean>;
  readonly readText: (path: string) => Promise<string>;
  /** The PATH of the login shell; null where there is none. Asked only when it matters. */
  readonly loginShellPath: () => Promise<string | null>;
  /** A program started in a terminal has the login shell's PATH already: then that shell is asked last. */
  readonly startedInTerminal: boolean;
};

export type FoundClaude = {
  readonly path: string;
  /** In words, for the doctor: "--claude", "PATH", "native installer", … */
  readonly how: string;
  readonly launch: Launch;
};

type Candidate = { readonly path: string; readonly how: string };

const pathOf = (platform: NodeJS.Platform) => (platform === 'win32' ? win32 : posix);

/** The candidates in a PATH text. Relative and empty entries (the current folder) are skipped. */
export function candidatesInPath(
  value: string | null | undefined,
  platform: NodeJS.Platform,
  how: string,
): readonly Candidate[] {
  const path = pathOf(platform);
  return (value ?? '')
    .split(path.delimiter)
    .map((entry) => (platform === 'win32' ? entry.replaceAll('"', '') : entry))
    .filter((entry) => isAbsolute(platform, entry))
    .flatMap((folder) => commandNames(platform).map((name) => ({ path: path.join(folder, name), how })));
}

/** On Windows a path such as `\tools` depends on the current drive: it counts as relative. */
const isAbsolute = (platform: NodeJS.Platform, entry: string): boolean =>
  platform === 'win32' ? /^(?:[a-z]:[\\/]|\\\\)/i.test(entry) : posix.isAbsolute(entry);

/** The PATH of an environment; on Windows its name may be written in any case. */
const pathVariable = (machine: Machine): string | undefined => {
  if (machine.platform !== 'win32') return machine.env['PATH'];
  const name = Object.keys(machine.env).find((each) => each.toUpperCase() === 'PATH');
  return name === undefined ? undefined : machine.env[name];
};

function chosenCandidate(choice: ClaudeChoice, world: FindWorld): Candidate | null {
  const said = [
    { how: '--claude', path: choice.flag },
    { how: 'NETRA_CLAUDE', path: world.env['NETRA_CLAUDE'] },
    { how: 'settings', path: choice.setting },
  ].find(({ path }) => path !== undefined && path.trim() !== '');
  if (said?.path === undefined) return null;
  const path = pathOf(world.platform);
  const expanded = said.path.replace(/^~(?=[\\/])/, () => world.home);
  return { how: said.how, path: path.resolve(world.cwd, expanded) };
}

/** Script shims need Node: the one beside the shim, else the first in PATH. */
async function nodeFor(shim: string, world: FindWorld): Promise<string | null> {
  const folders = (pathVariable(world) ?? '').split(';').filter((entry) => isAbsolute('win32', entry));
  for (const folder of [win32.dirname(shim), ...folders]) {
    const node = win32.join(folder, 'node.exe');
    if (await world.isProgram(node)) return node;
  }
  return null;
}

async function launchOfShim(shim: string, world: FindWorld): Promise<Launch | null> {
  const target = shimTarget(shim, await world.readText(shim));
  if (target === null || !(await world.isProgram(target.path))) return null;
  if (target.kind === 'program') return { file: target.path, prefix: [] };
  const node = await nodeFor(shim, world);
  return node === null ? null : { file: node, prefix: [target.path] };
}

/** How to start a candidate; null when it is not there or is nothing that can be started without a shell. */
async function launchOf(path: string, world: FindWorld): Promise<Launch | null> {
  if (!(await world.isProgram(path))) return null;
  return world.platform === 'win32' && /\.cmd$/i.test(path)
    ? launchOfShim(path, world)
    : { file: path, prefix: [] };
}

async function* candidates(world: FindWorld): AsyncGenerator<Candidate> {
  const inherited = candidatesInPath(pathVariable(world), world.platform, 'PATH');
  const asksShell = world.platform !== 'win32';
  const ofShell = async () =>
    asksShell ? candidatesInPath(await world.loginShellPath(), world.platform, "login shell's PATH") : [];
  if (!world.startedInTerminal) yield* await ofShell();
  yield* inherited;
  yield* knownPlaces(world, world.ownModules);
  if (world.startedInTerminal) yield* await ofShell();
}

const INSTALL_HINT =
  'Install it (https://code.claude.com/docs/en/setup), or say where it is with --claude, NETRA_CLAUDE or in the settings.';

/**
 * Finds Claude Code: what the person said (`--claude`, `NETRA_CLAUDE`, settings) and nothing else if they said
 * something; else the login shell's PATH, the process's PATH, the places installers use, the package beside our
 * own code. Never in the current folder.
 * @throws FailureError `claude.not_found`, naming what was tried.
 */
export async function findClaude(choice: ClaudeChoice, world: FindWorld): Promise<FoundClaude> {
  const chosen = chosenCandidate(choice, world);
  if (chosen !== null) {
    const launch = await launchOf(chosen.path, world);
    if (launch !== null) return { ...chosen, launch };
    throw failureError(
      'claude.not_found',
      `There is no program at ${chosen.path}, where ${chosen.how} says Claude Code is. Correct ${chosen.how}, or leave it out to have Claude Code looked for.`,
    );
  }
  const tried = new Set<string>();
  for await (const candidate of candidates(world)) {
    if (tried.has(candidate.path)) continue;
    const launch = await launchOf(candidate.path, world);
    if (launch !== null) return { ...candidate, launch };
    tried.add(candidate.path);
  }
  throw failureError(
    'claude.not_found',
    `Claude Code was not found. ${INSTALL_HINT} Looked at: ${[...tried].join(', ')}.`,
  );
}

/** What npm's package leaves in place of the program where its install script did not run, and that only says so. */
const placeholder = { mostBytes: 4096, words: 'native binary not installed' };

/**
 * The disk's answer to `FindWorld.isProgram`: a file that this user may execute, and more than the placeholder of the npm
 * package (seen with 2.1.330 installed with `ignore-scripts`).
 */
export async function isProgramOnDisk(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    const file = await stat(path);
    if (!file.isFile()) return false;
    return file.size > placeholder.mostBytes || !(await readFile(path, 'utf8')).includes(placeholder.words);
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}

/** The disk's answer to `FindWorld.readText`. */
export const readTextOnDisk = (path: string): Promise<string> => readFile(path, 'utf8');
