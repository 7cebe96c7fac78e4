import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { failureError } from '../../../shared/domain/failure.ts';
import { askProgram, type Launch, type ProgramAnswer } from '../process/ask-program.ts';
import {
  FLAGS,
  flagRecord,
  flagsInHelp,
  permissionModesInHelp,
  trialArguments,
  trialVerdict,
  versionIn,
  type ClaudeFeatures,
  type Flag,
} from './features.ts';

/** Runs Claude with some arguments for its answer. */
export type AskClaude = (args: readonly string[]) => Promise<ProgramAnswer>;

/** The CLI answers in 0.2 s; a cold disk, a slow machine and a virus scanner may make it many seconds. */
const PROBE_TIMEOUT_MS = 20_000;

/** Asks a Claude with an environment, away from any project folder, within 20 s. */
export const askClaude =
  (launch: Launch, env: Readonly<Record<string, string>>, cwd: string): AskClaude =>
  (args) =>
    askProgram(launch, args, { env, cwd, timeoutMs: PROBE_TIMEOUT_MS });

/** Some flags are not in the help: they are tried, all at once, and once more for each that is refused. */
async function hiddenFlags(ask: AskClaude, candidates: readonly Flag[]): Promise<ReadonlySet<Flag>> {
  let left = candidates;
  while (left.length > 0) {
    const verdict = trialVerdict((await ask(trialArguments(left))).stderr);
    if (verdict === 'all_known') return new Set(left);
    if (verdict === null || !left.includes(verdict)) return new Set();
    left = left.filter((flag) => flag !== verdict);
  }
  return new Set();
}

/**
 * Asks a Claude what it is and can do: version, the flags in its help, and by trial the ones its help leaves out.
 * Costs about 0.3 s of the real one. @throws FailureError `claude.probe_failed` when it does not answer as Claude does.
 */
export async function probeClaude(ask: AskClaude): Promise<ClaudeFeatures> {
  const [version, help] = await Promise.all([ask(['--version']), ask(['--help'])]);
  const listed = flagsInHelp(help.stdout);
  if (!listed.has('output-format')) {
    const said = help.trouble ?? `it answered: ${(help.stderr || help.stdout).trim().slice(0, 200)}`;
    throw failureError(
      'claude.probe_failed',
      `What was found does not answer "--help" as Claude Code does (${said}). Check that it is Claude Code and starts in a terminal.`,
    );
  }
  const hidden = await hiddenFlags(
    ask,
    FLAGS.filter((flag) => !listed.has(flag)),
  );
  return {
    version: versionIn(version.stdout),
    flags: flagRecord((flag) => listed.has(flag) || hidden.has(flag)),
    permissionModes: permissionModesInHelp(help.stdout),
  };
}

/** Which file was asked; another size or time of change is another Claude. */
const identitySchema = z.object({ path: z.string(), mtimeMs: z.number(), size: z.number() });

const cacheSchema = z.object({
  /** Raised when other flags are asked for. */
  format: z.literal(2),
  program: identitySchema,
  features: z.object({
    version: z.string().nullable(),
    flags: z.record(z.enum(FLAGS), z.boolean()),
    permissionModes: z.array(z.string()),
  }),
});

type ProgramStamp = z.infer<typeof identitySchema>;

async function stampOf(path: string): Promise<ProgramStamp> {
  const { mtimeMs, size } = await stat(path);
  return { path, mtimeMs, size };
}

const same = (a: ProgramStamp, b: ProgramStamp): boolean =>
  a.path === b.path && a.mtimeMs === b.mtimeMs && a.size === b.size;

export type FeatureCache = {
  /** What was found out earlier about the program at `path` as it is now; null when nothing was. */
  read(path: string): Promise<ClaudeFeatures | null>;
  write(path: string, features: ClaudeFeatures): Promise<void>;
};

/** What Claude can do, kept in one small file in the data directory, so that a run does not ask every time. */
export function createFeatureCache(dataDir: string): FeatureCache {
  const file = join(dataDir, 'claude-features.json');
  return {
    read: async (path) => {
      const [text, stamp] = await Promise.all([readFile(file, 'utf8').catch(() => ''), stampOf(path)]);
      const cached = cacheSchema.safeParse(parsed(text));
      return cached.success && same(cached.data.program, stamp) ? cached.data.features : null;
    },
    write: async (path, features) => {
      const content = { format: 2, program: await stampOf(path), features };
      const fresh = `${file}.${String(process.pid)}`;
      await writeFile(fresh, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
      await rename(fresh, file);
    },
  };
}

/** A cache that cannot be read is an empty one: what it held is found out again. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
