import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { failureError } from '../../../shared/domain/failure.ts';
import type { DataDirHolder } from '../../store/data-dir-lock.ts';
import { attachEngine, type AttachedEngine } from '../connect.ts';
import type { CliContext } from './context.ts';
import { rotateLog } from './log-rotation.ts';

/** How long a new engine may take to be reachable, in milliseconds. */
const patienceMs = 15_000;
const pauseMs = 50;

/** This very program, with the same Node. */
const programArgs = (): readonly string[] => [...process.execArgv, process.argv[1] ?? ''];

const startEngine = async (
  { dataDir, claude }: CliContext,
  command: readonly string[],
): Promise<ChildProcess> => {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const log = join(dataDir, 'engine.log');
  await rotateLog(log);
  const output = await open(log, 'a', 0o600);
  try {
    const args = [...programArgs(), ...command, '--data-dir', dataDir];
    const child = spawn(process.execPath, [...args, ...(claude === undefined ? [] : ['--claude', claude])], {
      cwd: dataDir,
      detached: true,
      stdio: ['ignore', output.fd, output.fd],
      windowsHide: true,
    });
    child.unref();
    return child;
  } finally {
    await output.close();
  }
};

/** The engine of the data directory; one is started in the background, by a command of this program, when there is none. */
const reachEngine = async (context: CliContext, command: readonly string[]): Promise<AttachedEngine> => {
  const present = await attachEngine(context.dataDir);
  if (present !== null) return present;
  const child = await startEngine(context, command);
  const failed = new Promise<Error>((resolve) => child.once('error', resolve));
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const engine = await attachEngine(context.dataDir);
    if (engine !== null) return engine;
    const error = await Promise.race([failed, delay(pauseMs, null)]);
    // One that ended lost against another, which will answer in a moment, or could not open the data directory.
    if (error !== null || Date.now() > deadline || (child.exitCode ?? 0) !== 0) {
      throw failureError(
        'engine.not_started',
        `The background engine did not start. ${join(context.dataDir, 'engine.log')} says why.`,
        error ?? undefined,
      );
    }
  }
};

/**
 * The engine of the data directory; one is started in the background when there is none. It ends by itself when it has
 * had nothing to do for a while.
 * @throws FailureError `engine.not_started`
 */
export const reachBackgroundEngine = (context: CliContext): Promise<AttachedEngine> =>
  reachEngine(context, ['engine']);

/** The same, but one that is started stays. @throws FailureError `engine.not_started` */
export const reachDaemon = (context: CliContext): Promise<AttachedEngine> =>
  reachEngine(context, ['daemon', 'run']);

const staying: readonly string[] = ['desktop', 'web', 'daemon'];

/** True for an engine that does not end by itself, and so can be relied on to start what is due. */
export const isStaying = ({ host }: DataDirHolder): boolean => staying.includes(host);
