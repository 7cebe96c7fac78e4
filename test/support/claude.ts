import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { addFigures, noFigures, type Figures } from '../../src/main/demo/figures.ts';

/** Arguments of the two ways to run Claude Code without a terminal. */
export const oneShotArgs = ['-p', '--output-format', 'stream-json', '--verbose'] as const;
export const liveArgs = [
  ...oneShotArgs,
  '--input-format',
  'stream-json',
  '--include-partial-messages',
  '--permission-prompt-tool',
  'stdio',
] as const;

/** The real Claude Code of this project's node_modules. @throws where npm has no build of it for this system */
export function claudeBinary(): string {
  const name = `@anthropic-ai/claude-code-${process.platform}-${process.arch}`;
  const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  const binary = join(folder, process.platform === 'win32' ? 'claude.exe' : 'claude');
  if (!existsSync(binary)) throw new Error(`${name} has no binary in it.`);
  return binary;
}

/** A temporary home and workspace for Claude processes, and the environment that keeps them on a local API. */
export interface ClaudePlace {
  readonly root: string;
  readonly workspace: string;
  readonly env: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

/** Makes a place whose processes talk to `apiUrl`; with `apiKey: null` they are signed out. Remove it. */
export async function openClaudePlace(
  apiUrl: string,
  apiKey: string | null = 'test-key',
): Promise<ClaudePlace> {
  const root = await mkdtemp(join(tmpdir(), 'netra-claude-'));
  const home = join(root, 'home');
  const workspace = join(root, 'workspace');
  await Promise.all([mkdir(home), mkdir(workspace)]);
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    USERPROFILE: home,
    TMPDIR: root,
    CLAUDE_CONFIG_DIR: join(home, '.claude'),
    ANTHROPIC_BASE_URL: apiUrl,
    ...(apiKey === null ? {} : { ANTHROPIC_API_KEY: apiKey }),
    DISABLE_TELEMETRY: '1',
    DISABLE_ERROR_REPORTING: '1',
    DISABLE_AUTOUPDATER: '1',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  };
  const remove = (): Promise<void> => rm(root, { recursive: true, force: true, maxRetries: 5 });
  return { root, workspace, env, remove };
}

const lineSchema = z.looseObject({ type: z.string(), subtype: z.string().optional() });

/** One line of Claude's stdout. */
export type ClaudeLine = z.infer<typeof lineSchema>;

export interface ClaudeExit {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stderr: string;
  readonly lines: readonly ClaudeLine[];
}

export interface ClaudeRun {
  readonly pid: number;
  /** Writes one JSON line to stdin. */
  send(message: object): void;
  /** Ends stdin, with a last text where given. */
  end(text?: string): void;
  kill(signal: NodeJS.Signals): void;
  /** The first line, past or to come, that fits. Rejects when the process ends without one. */
  line(fits: (line: ClaudeLine) => boolean): Promise<ClaudeLine>;
  readonly exited: Promise<ClaudeExit>;
}

/** Starts the real Claude Code in a place. The caller sees to its end: `end`, `kill`, or the script of the API. */
export function startClaude(
  place: ClaudePlace,
  args: readonly string[],
  env: Record<string, string> = {},
): ClaudeRun {
  const child = spawn(claudeBinary(), args, { cwd: place.workspace, env: { ...place.env, ...env } });
  const lines: ClaudeLine[] = [];
  const listeners = new Set<() => void>();
  let rest = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const pieces = (rest + text).split('\n');
    rest = pieces.pop() ?? '';
    for (const piece of pieces) lines.push(lineSchema.parse(JSON.parse(piece)));
    for (const listener of listeners) listener();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const exited = new Promise<ClaudeExit>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      resolve({ code, signal, stderr, lines });
    });
  });
  return {
    pid: child.pid ?? 0,
    send: (message) => child.stdin.write(`${JSON.stringify(message)}\n`),
    end: (text = '') => child.stdin.end(text),
    kill: (signal) => child.kill(signal),
    line: (fits) => firstLine({ lines, listeners, exited }, fits),
    exited,
  };
}

interface Watched {
  readonly lines: readonly ClaudeLine[];
  readonly listeners: Set<() => void>;
  readonly exited: Promise<ClaudeExit>;
}

async function firstLine(watched: Watched, fits: (line: ClaudeLine) => boolean): Promise<ClaudeLine> {
  const found = Promise.withResolvers<ClaudeLine>();
  const look = (): void => {
    const line = watched.lines.find(fits);
    if (line) found.resolve(line);
  };
  watched.listeners.add(look);
  look();
  watched.exited.then(({ stderr }) => {
    look();
    found.reject(new Error(`Claude Code ended without the line. ${stderr}`));
  }, found.reject);
  try {
    return await found.promise;
  } finally {
    watched.listeners.delete(look);
  }
}

/** The stdin line of one user turn in live mode. */
export function userTurn(text: string): object {
  const message = { role: 'user', content: [{ type: 'text', text }] };
  return { type: 'user', message, parent_tool_use_id: null, session_id: '' };
}

const resultSchema = z.object({
  is_error: z.boolean(),
  subtype: z.string(),
  result: z.string().optional(),
  terminal_reason: z.string().optional(),
  model_usage_since_last_result: z.record(
    z.string(),
    z.object({
      inputTokens: z.int(),
      outputTokens: z.int(),
      cacheReadInputTokens: z.int(),
      cacheCreationInputTokens: z.int(),
    }),
  ),
});

/** The `result` lines of a run, in order. */
export function resultsOf(lines: readonly ClaudeLine[]): readonly z.infer<typeof resultSchema>[] {
  return lines.filter((line) => line.type === 'result').map((line) => resultSchema.parse(line));
}

/** What Claude Code itself says it used, per model: the sum of the deltas of all its results. */
export function usageOf(lines: readonly ClaudeLine[]): Readonly<Record<string, Figures>> {
  const sums: Record<string, Figures> = {};
  for (const result of resultsOf(lines)) {
    for (const [model, usage] of Object.entries(result.model_usage_since_last_result)) {
      sums[model] = addFigures(sums[model] ?? noFigures, {
        inputTokens: usage.inputTokens,
        outputTokens: usage.outputTokens,
        cacheWriteTokens: usage.cacheCreationInputTokens,
        cacheReadTokens: usage.cacheReadInputTokens,
      });
    }
  }
  return sums;
}
