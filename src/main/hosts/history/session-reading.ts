import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { isFields } from '../../claude/stream/message-lines.ts';
import {
  createHistoryFold,
  type HistoryAgent,
  type HistoryEvent,
  type HistoryFacts,
} from '../../claude/history/history-fold.ts';
import { historyIds } from '../../claude/history/history-session.ts';
import type { UsageEntry } from '../../claude/history/history-usage.ts';
import type { AttemptId } from '../../../shared/domain/ids.ts';
import { blockCharacters, blockEvents, encodeBlock, type EventBlock } from '../../store/event-block.ts';
import { compressedSuffix, spoolFile } from '../../spool/files.ts';
import { sessionLines, type SessionFile, type SessionLine } from './session-lines.ts';
import { openSessionSpool, type SessionSpool } from './session-spool.ts';

/** A file of a session, to be read from a place on. `head` is what it was marked with, to see that it is still the same. */
export type JobFile = {
  readonly path: string;
  readonly from: number;
  readonly head: string | null;
  readonly agentId: string | null;
  readonly isQuiet: boolean;
};

/** Where a session stands that was read before: what its next lines go on from. */
export type ReadSession = {
  readonly facts: HistoryFacts;
  readonly spoolBytes: number;
  readonly events: number;
};

/** A part of a session to read: at most `maxBytes` of its lines, so that no more than that is held or lost. */
export type SessionJob = {
  readonly sessionId: string;
  readonly by: string;
  readonly spoolFolder: string;
  readonly files: readonly JobFile[];
  readonly before: ReadSession | null;
  /** Whose copy it is; null where the session's first time has to say it. */
  readonly attempt: AttemptId | null;
  /** Whether full blocks are packed; else all events are given one by one. */
  readonly packs: boolean;
  readonly maxBytes: number;
};

export type FileRead = { readonly path: string; readonly readTo: number; readonly head: string };

/** What a part of a session came to. `isAll` is false when there is more of it to read. */
export type SessionRead = {
  readonly facts: HistoryFacts;
  readonly usage: readonly UsageEntry[];
  readonly blocks: readonly EventBlock[];
  readonly events: readonly HistoryEvent[];
  readonly eventCount: number;
  readonly spoolBytes: number;
  readonly files: readonly FileRead[];
  readonly bytes: number;
  readonly isAll: boolean;
};

const markLength = 512;

/** What Claude Code writes of a subagent beside its transcript, from 2.1 on. */
const agentOf = ({ path, agentId }: JobFile): HistoryAgent | null => {
  if (agentId === null) return null;
  try {
    const about: unknown = JSON.parse(readFileSync(path.replace(/\.jsonl$/, '.meta.json'), 'utf8'));
    const toolUseId = isFields(about) && typeof about['toolUseId'] === 'string' ? about['toolUseId'] : null;
    return { id: agentId, toolUseId };
  } catch (error) {
    const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (isAbsent || error instanceof SyntaxError) return { id: agentId, toolUseId: null };
    throw error;
  }
};

const isReplaced = ({ path, from, head }: JobFile): boolean =>
  head !== null && (statSync(path).size < from || !markOf(path, from).startsWith(head));

/**
 * Hashes of the first bytes of a file and of the last ones before a place: they tell one that was replaced, or written anew up to
 * there, from one that has grown.
 */
const markOf = (path: string, readTo: number): string => {
  const fd = openSync(path, 'r');
  const hashAt = (at: number): string => {
    const buffer = Buffer.alloc(Math.min(readTo, markLength));
    const count = readSync(fd, buffer, 0, buffer.length, at);
    return createHash('sha256').update(buffer.subarray(0, count)).digest('base64url').slice(0, 16);
  };
  try {
    return hashAt(0) + (readTo > markLength ? hashAt(readTo - markLength) : '');
  } finally {
    closeSync(fd);
  }
};

/** Where the copy of a session's lines is. */
export const copyOf = (folder: string, attempt: AttemptId): string =>
  spoolFile(folder, attempt, 'stdout') + compressedSuffix;

/** Packs events as they come. */
const createPacking = (job: SessionJob) => {
  const blocks: EventBlock[] = [];
  let pending: HistoryEvent[] = [];
  let characters = 0;
  let next = job.before?.events ?? 0;
  const pack = (attempt: AttemptId): void => {
    if (pending.length === 0) return;
    blocks.push(
      encodeBlock(
        pending.map((event) => {
          next += 1;
          return { ...event, seq: next, n: next - 1, attemptId: attempt };
        }),
      ),
    );
    pending = [];
    characters = 0;
  };
  return {
    add: (events: readonly HistoryEvent[], attempt: AttemptId | null): void => {
      for (const event of events) {
        pending.push(event);
        characters += event.body.length;
        const isFull = pending.length >= blockEvents || characters >= blockCharacters;
        if (isFull && attempt !== null && job.packs) pack(attempt);
      }
    },
    /** What is no full block is packed all the same, or given one by one. */
    finish: (attempt: AttemptId) => {
      if (job.packs) pack(attempt);
      return { blocks, events: pending, eventCount: next + pending.length };
    },
  };
};

/** A name for what is not finished that no attempt has. */
const partFile = (job: SessionJob): string =>
  `${job.spoolFolder}/history-${createHash('sha256').update(job.sessionId).digest('hex').slice(0, 16)}.part`;

const openSpool = (job: SessionJob): SessionSpool => {
  const { before, attempt } = job;
  const old =
    before === null || attempt === null
      ? null
      : { path: copyOf(job.spoolFolder, attempt), keep: before.spoolBytes };
  return openSessionSpool(partFile(job), old);
};

/** Reads the lines of a part; gives how many bytes they had, and whether they were all. */
const readLines = (
  { maxBytes, files }: { readonly maxBytes: number; readonly files: readonly SessionFile[] },
  ends: number[],
  take: (line: SessionLine) => void,
): Pick<SessionRead, 'bytes' | 'isAll'> => {
  let bytes = 0;
  for (const line of sessionLines(files)) {
    if (bytes >= maxBytes) return { bytes, isAll: false };
    bytes += line.bytes.length + 1;
    ends[line.file] = line.end;
    take(line);
  }
  return { bytes, isAll: true };
};

const filesRead = (job: SessionJob, ends: readonly number[]): readonly FileRead[] =>
  job.files.map(({ path }, i) => ({ path, readTo: ends[i] ?? 0, head: markOf(path, ends[i] ?? 0) }));

/**
 * Reads a part of a session: copies its lines to our own spool, folds them and packs the events. `empty` when there is nothing of
 * a talk in it (no line with a time): such a file is no session. `replaced` when a file is another one than it was.
 * @throws as `node:fs` does
 */
export const readSession = (job: SessionJob): SessionRead | 'empty' | 'replaced' => {
  if (job.files.some(isReplaced)) return 'replaced';
  const files = job.files.map((file) => ({ ...file, agent: agentOf(file) }));
  const fold = createHistoryFold(job.before?.facts ?? null, job);
  const packing = createPacking(job);
  const usage: UsageEntry[] = [];
  const ends = files.map(({ from }) => from);
  let { attempt } = job;
  const spool = openSpool(job);
  try {
    const { bytes, isAll } = readLines({ maxBytes: job.maxBytes, files }, ends, (line) => {
      const offset = spool.line(line.bytes);
      const source = { stream: 'stdout', offset, length: line.bytes.length } as const;
      fold.push(
        { text: line.text, kind: line.kind, agent: files[line.file]?.agent ?? null, source },
        line.read,
      );
      const firstAt = fold.firstAt();
      if (attempt === null && firstAt !== null) attempt = historyIds(job.sessionId, firstAt).attempt;
      const taken = fold.take();
      usage.push(...taken.usage);
      packing.add(taken.events, attempt);
    });
    if (attempt === null || fold.firstAt() === null) {
      spool.abandon();
      return 'empty';
    }
    const spoolBytes = spool.finish(copyOf(job.spoolFolder, attempt));
    const packed = packing.finish(attempt);
    return { facts: fold.facts(), usage, ...packed, spoolBytes, files: filesRead(job, ends), bytes, isAll };
  } catch (error) {
    spool.abandon();
    throw error;
  }
};

/** Reads only which messages a session has, and what they used: for one that is not kept, so that copies of them are known. */
export const readKeys = (job: SessionJob): SessionRead | 'empty' | 'replaced' => {
  const files = job.files.map((file) => ({ ...file, agent: null }));
  const fold = createHistoryFold(null, job);
  const ends = files.map(({ from }) => from);
  const read = readLines({ maxBytes: job.maxBytes, files }, ends, ({ text, kind, read: line, bytes }) => {
    const source = { stream: 'stdout', offset: 0, length: bytes.length } as const;
    fold.push({ text, kind, agent: null, source }, line);
  });
  const { usage } = fold.take();
  const nothing = { blocks: [], events: [], eventCount: 0, spoolBytes: 0 };
  return { facts: fold.facts(), usage, ...nothing, files: filesRead(job, ends), ...read };
};
