import type { AttemptRecord, OrchestrationSource } from '../../engine/store-ports.ts';
import type { SpoolRange } from '../../../shared/domain/event.ts';
import type { OrchestrationId } from '../../../shared/domain/ids.ts';
import type { InstanceView } from '../../../shared/domain/instance.ts';
import type { OrchestrationView } from '../../../shared/domain/orchestration.ts';
import type { EventBlock } from '../event-block.ts';

/**
 * A file of Claude Code's history as it was when it was read last. `head` tells whether it is still the same file: hashes of its
 * first bytes, and of the last ones that were read. `ours`: of a session that this program ran; `empty`: nothing of a talk is in it.
 */
export type HistoryFileRow = {
  readonly path: string;
  readonly sessionId: string;
  readonly size: number;
  readonly modifiedAt: number;
  readonly readTo: number;
  readonly head: string;
  readonly state: 'read' | 'ours' | 'empty';
};

/** A session that was taken in; it is gone when it was deleted here since. */
export type HistorySessionRow = {
  readonly sessionId: string;
  /** The folder of the project that it was found in. */
  readonly project: string;
  readonly orchestrationId: OrchestrationId | null;
  readonly isGone: boolean;
};

/** All that was read of Claude Code's history, and the sessions that this program ran itself. */
export type HistoryRows = {
  readonly files: readonly HistoryFileRow[];
  readonly sessions: readonly HistorySessionRow[];
  readonly ours: readonly string[];
};

/** A part of a session, to be made durable together. */
export type HistoryBatch = {
  readonly sessionId: string;
  /** The folder of the project: messages are counted once in it. */
  readonly project: string;
  readonly files: readonly HistoryFileRow[];
  /** Keys of messages counted now for the first time: numbers of eight bytes. */
  readonly messages: Uint8Array;
  /** Null where nothing is kept of the session but that its files were read. */
  readonly session: {
    /** What it takes to read on: JSON. */
    readonly state: string;
    /** True when what was read of it before is to go: its files are others now. */
    readonly isAnew: boolean;
    readonly orchestration: OrchestrationView;
    readonly instance: InstanceView;
    readonly attempt: AttemptRecord;
    readonly source: OrchestrationSource;
    /** The name that it got the last time: another one was given by a person and stays. */
    readonly nameBefore: string | null;
    readonly blocks: readonly EventBlock[];
    /** Events after those in blocks, numbered on from `eventsFrom`. */
    readonly events: readonly HistoryRowEvent[];
    readonly eventsFrom: number;
  } | null;
};

export type HistoryRowEvent = {
  readonly at: number;
  readonly letter: string;
  readonly source: SpoolRange;
  readonly body: string;
};

/** What is kept of Claude Code's history beside its sessions. */
export interface HistoryStore {
  /** False, and nothing is kept, when this program ran the session itself. */
  take(batch: HistoryBatch): Promise<boolean>;
  rows(): Promise<HistoryRows>;
  /** What it takes to read a session on; null when it was never read, or that is not known of all of its events. */
  session(sessionId: string): Promise<unknown>;
  /** Keys of the messages of a project that were counted, but for those of one session. */
  messages(project: string, exceptSession: string | null): Promise<Float64Array>;
}
