import type { EventBody } from '../../../src/shared/domain/event.ts';
import type { Failure } from '../../../src/shared/domain/failure.ts';
import { instantOf, type AttemptId } from '../../../src/shared/domain/ids.ts';
import { noUsage } from '../../../src/shared/domain/usage.ts';
import type {
  Attempt,
  AttemptChange,
  AttemptDriver,
  AttemptEnd,
  AttemptItem,
  AttemptOutput,
  AttemptProgress,
  AttemptSpec,
  PermissionAnswer,
  SpoolOffsets,
} from '../../../src/main/engine/ports.ts';

const noProgress: AttemptProgress = {
  sessionId: null,
  model: null,
  usage: noUsage,
  turns: 0,
  retries: 0,
  toolCalls: 0,
  tools: {},
  ttftMs: null,
  activity: null,
  said: null,
  questions: [],
  result: null,
  structured: null,
  results: 0,
  openTools: 0,
};

/** What happened to an attempt of the scripted driver, and the means to make something happen. */
export type ScriptedAttempt = {
  readonly spec: AttemptSpec;
  readonly takenOver: boolean;
  readonly prompts: readonly string[];
  readonly signals: readonly string[];
  /** The messages that were sent after the prompt. */
  readonly sent: readonly string[];
  readonly changes: readonly AttemptChange[];
  /** `request-id:decision` of each. */
  readonly answers: readonly string[];
  readonly answered: readonly PermissionAnswer[];
  readonly inputEnded: () => boolean;
  readonly hasEnded: () => boolean;
  /** Lets it print: events (or changes of phase), and the progress they lead to. */
  print(items: readonly (EventBody | AttemptItem)[], progress?: Partial<AttemptProgress>): Promise<void>;
  /** Lets following it fail, while its process goes on. */
  lose(error: Error): void;
  /** Ends it; a success unless said otherwise. */
  end(how?: Partial<Omit<AttemptEnd, 'progress'>> & { readonly failure?: Failure | null }): void;
};

/** What became of processes, by attempt: it outlives the engine, as they do. */
export type ScriptedProcesses = Map<
  AttemptId,
  { progress: AttemptProgress; end: AttemptEnd | null; hasWork: boolean }
>;

export type ScriptedDriver = AttemptDriver & {
  readonly attempts: readonly ScriptedAttempt[];
  /** The attempts that have begun and not ended. */
  readonly running: () => number;
  /** The next start fails with this. */
  failStart(error: Error): void;
};

const isItem = (one: EventBody | AttemptItem): one is AttemptItem => 'kind' in one;

/** A driver whose processes do what the test says; `processes` are those that an earlier driver left. */
export const createScriptedDriver = (
  now: () => number,
  processes: ScriptedProcesses = new Map(),
): ScriptedDriver => {
  const attempts: ScriptedAttempt[] = [];
  let running = 0;
  let startError: Error | null = null;

  const create = (spec: AttemptSpec, offsets: SpoolOffsets, takenOver: boolean): Attempt => {
    const ended = Promise.withResolvers<AttemptEnd | null>();
    const prompts: string[] = [];
    const signals: string[] = [];
    const sent: string[] = [];
    const changes: AttemptChange[] = [];
    const answers: string[] = [];
    const answered: PermissionAnswer[] = [];
    let take: ((output: AttemptOutput) => Promise<void>) | null = null;
    const process = processes.get(spec.attemptId) ?? {
      progress: noProgress,
      end: null,
      hasWork: takenOver,
    };
    processes.set(spec.attemptId, process);
    let offset = offsets.stdout;
    let inputEnded = false;
    let hasEnded = process.end !== null;
    running += Number(!hasEnded);
    if (hasEnded) ended.resolve(process.end);

    const takesInput = (): boolean => !takenOver && !inputEnded && !hasEnded && spec.instance.mode === 'live';

    const itemOf = (one: EventBody | AttemptItem): AttemptItem => {
      if (isItem(one)) return one;
      offset += 100;
      const source = { stream: 'stdout', offset: offset - 100, length: 99 } as const;
      return { kind: 'event', at: instantOf(now()), source, body: one };
    };

    const end: ScriptedAttempt['end'] = (how = {}) => {
      if (hasEnded) return;
      hasEnded = true;
      running -= 1;
      process.end = {
        ...{ exitCode: 0, signal: null, failure: null, worked: true, told: true, limitResetsAt: null },
        ...how,
        progress: process.progress,
      };
      ended.resolve(process.end);
    };

    attempts.push({
      spec,
      takenOver,
      prompts,
      signals,
      sent,
      changes,
      answers,
      answered,
      inputEnded: () => inputEnded,
      hasEnded: () => hasEnded,
      lose: (error) => {
        ended.reject(error);
      },
      print: async (items, change = {}) => {
        process.progress = { ...process.progress, ...change };
        const { progress } = process;
        if (take === null) throw new Error('nobody follows this attempt');
        const given = items.map(itemOf);
        await take({ items: given, deltas: [], progress, offsets: { stdout: offset, stderr: 0 } });
      },
      end,
    });

    return {
      process: { pid: 1000 + attempts.length, startToken: String(attempts.length) },
      follow: (given) => {
        take = given;
        // Its input ended with the engine that gave it nothing to do.
        if (takenOver && !process.hasWork) end({ worked: false });
        // What an earlier engine read and did not store is folded again.
        const { progress } = process;
        const standing = { items: [], deltas: [], progress, offsets: { stdout: offset, stderr: 0 } };
        return takenOver && !hasEnded ? given(standing).then(() => ended.promise) : ended.promise;
      },
      catchUp: (given) => {
        take = given;
        return hasEnded ? ended.promise : Promise.resolve(null);
      },
      prompt: (text) => {
        if (takenOver) return false;
        prompts.push(text);
        process.hasWork = true;
        return true;
      },
      send: (text) => {
        if (!takesInput() || prompts.length === 0) return false;
        sent.push(text);
        return true;
      },
      configure: (change) => {
        if (!takesInput()) return false;
        changes.push(change);
        return true;
      },
      answer: (question, answer) => {
        if (takenOver) return false;
        answered.push(answer);
        answers.push(`${question.requestId}:${answer.decision}`);
        return true;
      },
      endInput: () => {
        inputEnded = true;
      },
      signal: (how) => {
        signals.push(how);
        return Promise.resolve();
      },
      release: () => {
        ended.resolve(null);
      },
    };
  };

  return {
    attempts,
    running: () => running,
    failStart: (error) => {
      startError = error;
    },
    start: async (spec) => {
      await Promise.resolve();
      if (startError !== null) {
        const error = startError;
        startError = null;
        throw error;
      }
      const attempt = create(spec, { stdout: 0, stderr: 0 }, false);
      return { attempt, command: ['claude', '-p'], claudeVersion: '2.1.330', warnings: [] };
    },
    preview: ({ instance }) =>
      Promise.resolve({
        command: ['claude', '-p'],
        env: instance.env,
        prompt: instance.prompt ?? instance.command ?? '',
      }),
    takeOver: (spec, _process, offsets) => Promise.resolve(create(spec, offsets, true)),
    readRaw: () => Promise.resolve('{}'),
  };
};
