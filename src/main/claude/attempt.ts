import { failureOf, type Failure } from '../../shared/domain/failure.ts';
import type { Instant } from '../../shared/domain/ids.ts';
import type {
  Attempt,
  AttemptEnd,
  AttemptOutput,
  AttemptSpec,
  Clock,
  Log,
  ProcessIdentity,
} from '../engine/ports.ts';
import { speaksLive } from './process/arguments.ts';
import { createConversation, type AttemptConversation } from './attempt-conversation.ts';
import { answerLine, configureLines, interruptLine } from './attempt-input.ts';
import type { AttemptStream } from './stream/attempt-stream.ts';
import type { ClaudeProcess } from './process/claude-process.ts';
import { watchDisk } from './spool/disk-watch.ts';
import { interruptedFailure, type AttemptExit } from './stream/outcome.ts';
import {
  interruptProcess,
  killGroup,
  sweepGroup,
  terminateGroup,
  type AttemptGroup,
} from './process/process-group.ts';
import { isAlive, untilGone } from './process/process-identity.ts';
import { diskFull, type Spool } from './spool/spool.ts';

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

/** What is known of an attempt here, beside its stream. */
type Course = {
  /** It was given its work by us. */
  prompted: boolean;
  /** Somebody asked it to stop. */
  signalled: boolean;
  /** The processes that it had when it was last asked to end. */
  members: readonly number[];
  /** Why we ended it ourselves. */
  ended: Failure | null;
};

/** Nobody could ask how the process ended: it was no child of ours. */
const UNKNOWN_EXIT: AttemptExit = { exitCode: null, signal: null };

/** How long what a stopped Claude left behind may take to end after SIGTERM. */
const SWEEP_GRACE_MS = 500;

/** An attempt, over its process and the stream of its spool. */
export function createAttempt(parts: AttemptParts): Attempt {
  const { identity, child, clock } = parts;
  const course: Course = { prompted: false, signalled: false, members: [], ended: null };
  const talk = child !== null && speaksLive(parts.spec.instance) ? createConversation(child, clock) : null;
  return {
    process: identity,
    ...inputOf(parts, course, talk),
    ...readingOf(parts, course, talk),
    async signal(how) {
      course.signalled = true;
      talk?.breakOff();
      if (how === 'kill') await killGroup(await groupOf(parts), course.members);
      else if (how === 'terminate') course.members = await terminateGroup(await groupOf(parts));
      else if (!(await interruptProcess(identity)) && talk !== null && course.prompted) {
        // No signal can be sent to it on this system.
        child?.write(interruptLine());
        child?.endInput();
      }
    },
  };
}

const groupOf = async ({ spec, identity, child }: AttemptParts): Promise<AttemptGroup> => ({
  leader: identity,
  attemptId: spec.attemptId,
  // A group of 1 would be everybody.
  isOurs: identity.pid > 1 && (child !== null || (await isAlive(identity))),
});

function inputOf(
  { spec, child, stream }: AttemptParts,
  course: Course,
  talk: AttemptConversation | null,
): Pick<Attempt, 'prompt' | 'send' | 'configure' | 'answer' | 'endInput'> {
  const live = spec.instance.mode === 'live';
  const endInput = (): void => {
    if (talk === null) child?.endInput();
    else talk.finish();
  };
  return {
    prompt(text) {
      if (child === null) return false;
      course.prompted = talk?.begin([...(spec.instance.before ?? []), text]) ?? child.write(text);
      if (!live) endInput();
      return course.prompted;
    },
    send: (text) => live && course.prompted && talk?.say(text) === true,
    configure: (change) => live && child?.write(configureLines(change)) === true,
    answer(question, answer) {
      // Questions show a long input cut to size; what is allowed is the input as it was asked about.
      const input = stream.permissionInput(question.requestId);
      if (child === null || !live || input === null) return false;
      return child.write(answerLine({ ...question, input: { ...input } }, answer));
    },
    endInput,
  };
}

function readingOf(
  parts: AttemptParts,
  course: Course,
  talk: AttemptConversation | null,
): Pick<Attempt, 'follow' | 'catchUp' | 'release'> {
  const { identity, child, stream } = parts;
  const letGo = new AbortController();
  const hearing =
    (take: Take): Take =>
    (output) => {
      talk?.heard(stream.standing());
      return take(output);
    };
  return {
    async follow(take: Take) {
      child?.holdOpen(true);
      const stopLooking = watchDisk({ ...parts, onFull: () => endForFullDisk(parts, course) });
      const exit = child?.exited ?? untilGone(identity, letGo.signal).then(() => UNKNOWN_EXIT);
      try {
        const readAll = await stream.follow(hearing(take), exit, letGo.signal);
        return readAll ? await settle(parts, course, await exit, talk) : null;
      } catch (error) {
        // What nobody can hear any more must not go on.
        if (failureOf(error, 'spool.failed').code === 'spool.missing') await killGroup(await groupOf(parts));
        throw error;
      } finally {
        letGo.abort();
        stopLooking();
        talk?.letGo();
        child?.holdOpen(false);
      }
    },
    async catchUp(take: Take) {
      const ended = !(await isAlive(identity));
      await stream.catchUp(take, ended);
      return ended ? settle(parts, course, (await child?.exited) ?? UNKNOWN_EXIT, talk) : null;
    },
    release() {
      letGo.abort();
      child?.holdOpen(false);
    },
  };
}

async function endForFullDisk(parts: AttemptParts, course: Course): Promise<void> {
  course.ended = diskFull(parts.spool.folder).failure;
  await killGroup(await groupOf(parts));
}

async function settle(
  parts: AttemptParts,
  course: Course,
  exit: AttemptExit,
  talk: AttemptConversation | null,
): Promise<AttemptEnd> {
  const { spec, stream, spool, log } = parts;
  const failure = course.ended ?? (await failureOfEnd(parts, exit)) ?? cutOff(parts, course);
  // A good end may have started something to stay, such as a server for the person; a stop or a crash leaves nothing.
  if (course.signalled || failure !== null) {
    await sweepGroup(await groupOf(parts), course.members, SWEEP_GRACE_MS).catch((error: unknown) => {
      log.error(`Processes of attempt ${spec.attemptId} may be left`, error);
    });
  }
  await spool.removePrivate(parts.privateFiles);
  // An engine that ended while the commands before the prompt were at work took the prompt with it.
  const told = talk?.saidAll() ?? !endedBeforePrompt(parts);
  const worked = (told || failure !== null) && (course.prompted || (await hasWorked(parts)));
  const limitResetsAt = limitOf(parts, failure);
  return { ...exit, progress: stream.progress(), failure, worked, told, limitResetsAt };
}

/** What the end comes to; a failure on a full disk is the disk's. */
async function failureOfEnd({ stream, spool }: AttemptParts, exit: AttemptExit): Promise<Failure | null> {
  const failure = stream.outcome(exit);
  return failure !== null && (await spool.isFull()) ? diskFull(spool.folder).failure : failure;
}

/** A background task that was ended with it leaves a good last result behind, and yet the work is not done. */
function cutOff({ stream }: AttemptParts, { signalled }: Course): Failure | null {
  const { isBusy, backgroundTasks } = stream.standing();
  return signalled && (isBusy || backgroundTasks > 0) ? interruptedFailure : null;
}

/** Of an attempt that another engine started: no more of it was answered than the commands before its prompt. */
function endedBeforePrompt({ spec, stream }: AttemptParts): boolean {
  const before = spec.instance.before?.length ?? 0;
  return before > 0 && stream.standing().answered <= before;
}

const limitOf = ({ stream }: AttemptParts, failure: Failure | null): Instant | null =>
  failure?.code === 'claude.usage_limit' ? stream.limitResetsAt() : null;

/** What the CLI says on stderr when its input ended before anything came. */
const NO_INPUT = 'Input must be provided';

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
