import type { Failure } from '../../shared/domain/failure.ts';
import type {
  Attempt,
  AttemptEnd,
  AttemptOutput,
  AttemptSpec,
  Clock,
  Log,
  ProcessIdentity,
} from '../engine/ports.ts';
import { answerLine, interruptLine, userLine } from './attempt-input.ts';
import type { AttemptStream } from './attempt-stream.ts';
import type { ClaudeProcess } from './claude-process.ts';
import type { AttemptExit } from './outcome.ts';
import {
  interruptProcess,
  killGroup,
  sweepGroup,
  terminateGroup,
  type AttemptGroup,
} from './process-group.ts';
import { isAlive, untilGone } from './process-identity.ts';
import { diskFull, type Spool } from './spool.ts';

export type AttemptParts = {
  readonly spec: AttemptSpec;
  readonly identity: ProcessIdentity;
  /** Our own child; null for an attempt that another engine started. */
  readonly child: ClaudeProcess | null;
  readonly stream: AttemptStream;
  readonly spool: Spool;
  /** Paths of files that only this attempt needs; removed at its end. */
  readonly privateFiles: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
};

type Take = (output: AttemptOutput) => Promise<void>;

/** Nobody could ask how the process ended: it was no child of ours. */
const UNKNOWN_EXIT: AttemptExit = { exitCode: null, signal: null };

/** How long what a stopped Claude left behind may take to end after SIGTERM. */
const SWEEP_GRACE_MS = 500;

const DISK_LOOK_MS = 2000;

/** What the CLI says on stderr when its input ended before anything came. */
const NO_INPUT = 'Input must be provided';

/** An attempt, over its process and the stream of its spool. */
export function createAttempt(parts: AttemptParts): Attempt {
  const { spec, identity, child, stream, clock, log } = parts;
  const live = spec.instance.mode === 'live';
  const letGo = new AbortController();
  let signalled = false;
  let prompted = false;
  let ended = false;
  let following = false;
  let full: Failure | null = null;

  const group = async (): Promise<AttemptGroup> => ({
    leader: identity,
    attemptId: spec.attemptId,
    isOurs: child !== null || (await isAlive(identity)),
  });

  const sweep = async (): Promise<void> => sweepGroup(await group(), SWEEP_GRACE_MS);

  const settle = async (exit: AttemptExit): Promise<AttemptEnd> => {
    const failure = full ?? (await failureOfEnd(parts, exit));
    if (signalled || failure !== null) {
      await sweep().catch((error: unknown) => {
        log.error(`Processes of attempt ${spec.attemptId} may be left`, error);
      });
    }
    await parts.spool.removePrivate(parts.privateFiles);
    return { ...exit, progress: stream.progress(), failure, worked: prompted || (await hasWorked(parts)) };
  };

  /** A full disk may leave Claude hanging or going on unheard: it is ended as soon as it is seen. */
  const watchDisk = (): (() => void) => {
    let cancel = clock.after(DISK_LOOK_MS, look);
    function look(): void {
      void endWhenFull().finally(() => {
        if (full === null && !letGo.signal.aborted && !ended) cancel = clock.after(DISK_LOOK_MS, look);
      });
    }
    const endWhenFull = async (): Promise<void> => {
      try {
        if (!(await parts.spool.isFull())) return;
        full = diskFull(parts.spool.folder).failure;
        await killGroup(await group());
      } catch (error) {
        log.error(`The spool of attempt ${spec.attemptId} could not be looked after`, error);
      }
    };
    return () => cancel();
  };

  return {
    process: identity,
    async follow(take: Take) {
      following = true;
      child?.holdOpen(true);
      const stopDiskWatch = watchDisk();
      const exit = child?.exited ?? untilGone(identity, letGo.signal).then(() => UNKNOWN_EXIT);
      const over = exit.then((how) => {
        ended = true;
        return how;
      });
      try {
        const readAll = await stream.follow(take, over, letGo.signal);
        return readAll ? await settle(await over) : null;
      } finally {
        stopDiskWatch();
        child?.holdOpen(false);
      }
    },
    async catchUp(take: Take) {
      ended = !(await isAlive(identity));
      await stream.catchUp(take, ended);
      return ended ? settle(child === null ? UNKNOWN_EXIT : await child.exited) : null;
    },
    prompt(text) {
      if (child === null) return false;
      prompted = child.write(live ? userLine(text) : text);
      if (!live) child.endInput();
      return prompted;
    },
    answer: (question, answer) => child !== null && live && child.write(answerLine(question, answer)),
    endInput: () => child?.endInput(),
    async signal(how) {
      signalled = true;
      if (how === 'kill') return killGroup(await group());
      if (how === 'terminate') return terminateGroup(await group());
      if (live && prompted && child?.write(interruptLine()) === true) return;
      await interruptProcess(identity);
    },
    release() {
      letGo.abort();
      child?.holdOpen(false);
      // The one who follows closes the files, after the read in hand.
      if (!following) stream.close();
    },
  };
}

/** What the end comes to; a failure on a full disk is the disk's. */
async function failureOfEnd({ stream, spool }: AttemptParts, exit: AttemptExit): Promise<Failure | null> {
  const failure = stream.outcome(exit);
  return failure !== null && (await spool.isFull()) ? diskFull(spool.folder).failure : failure;
}

/**
 * Whether an attempt that another engine started was given its work: a stream begins with the first piece of work. One
 * result at the end shows nothing until then, but the CLI complains when it got no input.
 */
async function hasWorked({ spec, spool }: AttemptParts): Promise<boolean> {
  const { attemptId, instance } = spec;
  if ((await spool.bytes(attemptId)) > 0) return true;
  if (instance.outputFormat !== 'json') return false;
  const stderr = await spool.readRaw(attemptId, { stream: 'stderr', offset: 0, length: 4096 }, 4096);
  return !stderr.includes(NO_INPUT);
}
