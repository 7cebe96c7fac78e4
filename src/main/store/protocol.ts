import type {
  AttemptRecord,
  EventSearch,
  FoundEvents,
  OrchestrationPage,
  OrchestrationQuery,
  RecordKind,
  Remark,
  Spent,
  Removable,
  SeenEnded,
  StoreCensus,
  StoredOrchestration,
} from '../engine/store-ports.ts';
import type { LabelCount } from '../../shared/contract/marks.ts';
import type { EventBlock } from './event-block.ts';
import type { OrchestrationEvent } from '../../shared/domain/event.ts';
import type { Failure } from '../../shared/domain/failure.ts';
import type { AttemptId, InstanceId, OrchestrationId } from '../../shared/domain/ids.ts';
import type { InstanceView } from '../../shared/domain/instance.ts';
import type { Origin, OrchestrationState } from '../../shared/domain/orchestration.ts';
import type { JsonValue } from '../../shared/domain/plan/plan-spec.ts';
import type { UsageQuery, UsageReport } from '../../shared/domain/usage-report.ts';
import type { HistoryBatch, HistoryRows } from './commits/history-rows.ts';

/**
 * What a worker thread is told when it starts. Only the writer writes and makes the schema; the keeper reads, and writes
 * files beside the database.
 */
export type WorkerStart = {
  readonly role: 'writer' | 'reader' | 'searcher' | 'keeper';
  readonly file: string;
  /** How long after an attempt's end its spool is compressed; ten minutes when nobody says. */
  readonly compressAfterMs?: number;
};

/** Background work by the thread that does it (slices.ts). */
export type SliceName = 'index' | 'tidyIndex' | 'checkpoint' | 'compact' | 'remove' | 'vacuum' | 'compress';

/**
 * Events on their way to the writer: flat, because a thread takes flat arrays over 1.5 times as fast as objects (500
 * events of 500 bytes: 113,000 events/s stored against 76,000 as JSON and 90,000 cloned). `numbers` has
 * `eventWidth` numbers per event (event-layout.ts); ids are indexes into `ids`, absent values are -1.
 */
export type PackedEvents = {
  readonly ids: readonly string[];
  readonly numbers: Float64Array;
  readonly bodies: readonly string[];
};

/** A row whose whole value is `view` (JSON); the other fields are what is filtered, sorted or reported by. */
export type PackedOrchestration = {
  readonly id: OrchestrationId;
  readonly view: string;
  /** Folded. */
  readonly labels: readonly string[];
  readonly models: readonly string[];
  readonly facets: {
    readonly name: string;
    readonly plan: string;
    readonly state: OrchestrationState;
    readonly workspace: string;
    readonly owner: string;
    readonly origin: Origin;
    readonly startedAt: number;
    readonly endedAt: number | null;
    readonly instances: number;
    readonly tokens: number;
    readonly costMicroUsd: number;
    readonly pinned: 0 | 1;
    readonly deletedAt: number | null;
    /** Folded. */
    readonly note: string | null;
  };
};

export type PackedInstance = {
  readonly id: InstanceId;
  readonly orchestrationId: OrchestrationId;
  readonly position: number;
  readonly name: string;
  readonly state: string;
  readonly view: string;
  /** What its tools came to; null when that is stored already. */
  readonly tools: InstanceView['tools'] | null;
};

/** `record` is the JSON of all but `spec`: the spec never changes and may be large, so it is stored once. */
export type PackedAttempt = {
  readonly id: AttemptId;
  readonly instanceId: InstanceId;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly process: AttemptRecord['process'];
  readonly offsets: AttemptRecord['offsets'];
  readonly usage: AttemptRecord['usage'];
  readonly sessionId: string | null;
  readonly number: number;
  readonly record: string;
  readonly spec: string;
};

export type PackedBatch = {
  readonly created: readonly { readonly id: OrchestrationId; readonly source: string }[];
  readonly orchestrations: readonly PackedOrchestration[];
  readonly instances: readonly PackedInstance[];
  readonly attempts: readonly PackedAttempt[];
  readonly specs: readonly { readonly instanceId: InstanceId; readonly spec: string }[];
  readonly records: readonly {
    readonly kind: RecordKind;
    readonly id: string;
    readonly value: string | null;
  }[];
  readonly events: PackedEvents;
  readonly remarks?: readonly Remark[];
};

export type ImportedBlock = EventBlock & { readonly instanceId: InstanceId | null };

/**
 * An orchestration from elsewhere, in steps: its rows, to which a key is given; its events in blocks, some at a time; then it is there,
 * or is given up.
 */
export type ImportStep =
  | { readonly step: 'begin'; readonly rows: PackedBatch }
  | { readonly step: 'blocks'; readonly key: number; readonly blocks: readonly ImportedBlock[] }
  | { readonly step: 'end' | 'drop'; readonly key: number };

/** What the reader answers: for each question its arguments and its result. */
export type Reads = {
  readonly unfinished: { readonly args: readonly []; readonly result: readonly StoredOrchestration[] };
  readonly orchestration: {
    readonly args: readonly [OrchestrationId];
    readonly result: StoredOrchestration | null;
  };
  readonly orchestrations: {
    readonly args: readonly [OrchestrationQuery];
    readonly result: OrchestrationPage;
  };
  readonly search: { readonly args: readonly [EventSearch]; readonly result: FoundEvents };
  readonly instance: { readonly args: readonly [InstanceId]; readonly result: InstanceView | null };
  readonly eventIndex: { readonly args: readonly [InstanceId]; readonly result: string };
  readonly instanceEvents: {
    readonly args: readonly [InstanceId, number, number];
    readonly result: readonly OrchestrationEvent[];
  };
  readonly eventsAfter: {
    readonly args: readonly [OrchestrationId, number, number];
    readonly result: readonly OrchestrationEvent[];
  };
  readonly records: {
    readonly args: readonly [RecordKind];
    readonly result: readonly { readonly id: string; readonly value: JsonValue }[];
  };
  readonly census: { readonly args: readonly []; readonly result: StoreCensus };
  readonly removable: { readonly args: readonly []; readonly result: readonly Removable[] };
  readonly spent: { readonly args: readonly [number, number]; readonly result: Spent };
  readonly labels: { readonly args: readonly []; readonly result: readonly LabelCount[] };
  readonly usage: { readonly args: readonly [UsageQuery]; readonly result: UsageReport };
  readonly historyRows: { readonly args: readonly []; readonly result: HistoryRows };
  readonly historySession: { readonly args: readonly [string]; readonly result: unknown };
  /** Numbers of eight bytes, in base 64. */
  readonly historyMessages: {
    readonly args: readonly [project: string, exceptSession: string | null];
    readonly result: string;
  };
};
export type ReadKind = keyof Reads;

export type ReadRequest = {
  readonly [K in ReadKind]: { readonly kind: K; readonly args: Reads[K]['args'] };
}[ReadKind];

/** `open` comes first, and may be asked again after it failed. Only the writer takes a `commit` and an `import`. */
export type StoreRequest =
  | { readonly kind: 'open' | 'vacuum' | 'close' }
  /** Makes a new database of a damaged one; the thread has none open then. */
  | { readonly kind: 'repair' }
  | { readonly kind: 'commit'; readonly batch: PackedBatch }
  | { readonly kind: 'remove'; readonly seen: readonly SeenEnded[] }
  | { readonly kind: 'import'; readonly step: ImportStep }
  | { readonly kind: 'history'; readonly batch: HistoryBatch }
  /** Does at most about `ms` milliseconds of work; true when there is more. */
  /** The orchestrations that changed since the last time; `isFlush`: everything, in this one call. */
  | {
      readonly kind: 'ledgers';
      readonly changed: readonly string[];
      readonly ms: number;
      readonly isFlush: boolean;
    }
  | { readonly kind: 'slice'; readonly name: SliceName; readonly ms: number }
  | ReadRequest;

/** `result` is JSON text: the thread glues stored JSON together, and only the asking thread parses it, once. */
export type Reply = { readonly id: number; readonly ms: number } & (
  { readonly result: string } | { readonly failure: Failure }
);
