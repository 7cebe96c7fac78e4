import { mkdir } from 'node:fs/promises';
import type {
  AttemptDriver,
  AttemptSpec,
  Clock,
  Log,
  SpoolOffsets,
  StartedAttempt,
} from '../engine/ports.ts';
import { claudeArguments, needsFeatures, type ClaudeArguments } from './process/arguments.ts';
import type { Launch } from './process/ask-program.ts';
import { createAttemptStream, type AttemptStream } from './stream/attempt-stream.ts';
import { createAttempt } from './attempt.ts';
import { startClaudeProcess, type ClaudeProcess } from './process/claude-process.ts';
import { attemptEnvironment } from './process/environment.ts';
import { assumedFeatures, type ClaudeFeatures } from './installation/features.ts';
import type { ClaudeInstallation } from './installation/installation.ts';
import { createPreview } from './stream/preview.ts';
import type { PriceTable } from './stream/price-table.ts';
import { openSpoolWatch } from './spool/spool-watch.ts';
import { createSpool, type Spool } from './spool/spool.ts';

export type ClaudeDriverOptions = {
  readonly installation: ClaudeInstallation;
  readonly spoolFolder: string;
  readonly prices: PriceTable;
  readonly clock: Clock;
  readonly log: Log;
  /** The longest line of the stream that is read whole, in bytes; 16 MiB unless said. */
  readonly maxLineBytes?: number;
};

/** Runs attempts on the Claude Code CLI. Close it when no attempt is followed any more. */
export type ClaudeDriver = AttemptDriver & { close(): void };

const NOTHING_STORED: SpoolOffsets = { stdout: 0, stderr: 0 };

/** The names of the private files that an instance may have; see `claudeArguments`. */
const PRIVATE_NAMES = ['mcp-config', 'settings'] as const;

/** Opens the driver over a spool folder, which is made when it is missing. @throws where it cannot be made */
export async function openClaudeDriver(options: ClaudeDriverOptions): Promise<ClaudeDriver> {
  const { installation, clock, log } = options;
  await mkdir(options.spoolFolder, { recursive: true, mode: 0o700 });
  const spool = createSpool(options.spoolFolder);
  const watch = openSpoolWatch(options.spoolFolder, clock, (error) => {
    log.warn('The spool folder cannot be watched; its files are looked at five times a second', { error });
  });

  const streamOf = (spec: AttemptSpec, stored: SpoolOffsets): AttemptStream => {
    const { session } = spec.instance;
    return createAttemptStream({
      files: spool.files(spec.attemptId),
      stored,
      clock,
      watch,
      prices: options.prices,
      wantsStructured: spec.instance.resultSchema !== undefined,
      resumed: session !== undefined && 'resume' in session ? { from: null } : null,
      ...(options.maxLineBytes === undefined ? {} : { maxLineBytes: options.maxLineBytes }),
    });
  };

  const privateFiles = ({ attemptId }: AttemptSpec): readonly string[] =>
    PRIVATE_NAMES.map((name) => spool.privateFile(attemptId, name));

  return {
    async start(spec) {
      const { launch } = await installation.find();
      const features = await featuresFor(spec, launch, installation);
      const line = claudeArguments(spec.instance, features ?? assumedFeatures, (name) =>
        spool.privateFile(spec.attemptId, name),
      );
      const env = attemptEnvironment(await installation.environment(), spec.instance.env, spec.attemptId);
      const child = await startWithSpool({ spec, launch, line, env, spool });
      const stream = streamOf(spec, NOTHING_STORED);
      const parts = { spec, stream, spool, clock, log, privateFiles: privateFiles(spec) };
      return {
        attempt: createAttempt({ ...parts, identity: child.identity, child }),
        command: [launch.file, ...launch.prefix, ...line.args],
        claudeVersion: features?.version ?? null,
        warnings: line.warnings,
      } satisfies StartedAttempt;
    },
    preview: createPreview(installation, spool),
    takeOver: async (spec, identity, offsets) => {
      // Only a database that was made anew from older records knows less of an attempt than that it has ended.
      await spool.expand(spec.attemptId);
      const stream = streamOf(spec, offsets);
      const parts = { spec, stream, spool, clock, log, privateFiles: privateFiles(spec) };
      return createAttempt({ ...parts, identity, child: null });
    },
    readRaw: (attemptId, range, maxBytes) => spool.readRaw(attemptId, range, maxBytes),
    close: () => watch.close(),
  };
}

/** Null when it is not known yet what this version can do and the instance asks for nothing that depends on it. */
function featuresFor(
  { instance }: AttemptSpec,
  launch: Launch,
  installation: ClaudeInstallation,
): Promise<ClaudeFeatures | null> {
  return needsFeatures(instance) ? installation.features(launch) : installation.knownFeatures(launch);
}

type Start = {
  readonly spec: AttemptSpec;
  readonly launch: Launch;
  readonly line: ClaudeArguments;
  readonly env: Readonly<Record<string, string>>;
  readonly spool: Spool;
};

/** The files are the child's once it runs; ours are closed in any case. What a failed start has written is removed. */
async function startWithSpool({ spec, launch, line, env, spool }: Start): Promise<ClaudeProcess> {
  const files = await spool.create(spec.attemptId);
  try {
    await spool.writePrivate(line.files);
    return await startClaudeProcess({ launch, args: line.args, cwd: spec.workspace, env, spool: files });
  } catch (error) {
    await spool.remove(spec.attemptId, line.files);
    throw error;
  } finally {
    await files.close();
  }
}
