import type { LabelCount } from '../../shared/contract/marks.ts';
import type { DatabaseStats, VacuumReport } from '../../shared/contract/database.ts';
import type { Spending } from '../../shared/domain/budget.ts';
import type { EventType, OrchestrationEvent } from '../../shared/domain/event.ts';
import type { AttemptId, InstanceId, Instant, OrchestrationId } from '../../shared/domain/ids.ts';
import type { InstanceFigures, InstanceView } from '../../shared/domain/instance.ts';
import type { OrchestrationState, OrchestrationView, Remarked } from '../../shared/domain/orchestration.ts';
import type { InstanceSpec, JsonValue, ResolvedPlan } from '../../shared/domain/plan/plan-spec.ts';
import type { SearchQuery } from '../../shared/domain/search/search-query.ts';
import type { Usage, UsageBasis } from '../../shared/domain/usage.ts';
import type { UsageQuery, UsageReport } from '../../shared/domain/usage-report.ts';
import type { AttemptSpec, ProcessIdentity, SpoolOffsets } from './ports.ts';

/** What is kept of an attempt, enough to take it over. */
export type AttemptRecord = {
  readonly id: AttemptId;
  readonly instanceId: InstanceId;
  readonly orchestrationId: OrchestrationId;
  readonly number: number;
  readonly spec: AttemptSpec;
  /** Null until the process exists. */
  readonly process: ProcessIdentity | null;
  readonly offsets: SpoolOffsets;
  readonly startedAt: Instant;
  readonly endedAt: Instant | null;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly sessionId: string | null;
  readonly usage: Usage;
  /** Stop was asked for: a later engine goes on stopping it. */
  readonly stopRequested: boolean;
  /** The permission prompts that were answered, by request id. */
  readonly answered: readonly string[];
  /** What the instance's earlier attempts came to. */
  readonly before: InstanceFigures;
};

/** What an orchestration was made from. */
export type OrchestrationSource = {
  readonly plan: ResolvedPlan;
  readonly planText: string;
};

/** What is kept beyond orchestrations; what a value looks like is its subject's affair. */
export type RecordKind = 'schedule' | 'permission_rule' | 'trust' | 'budget' | 'spent' | 'history';

/** Something kept, by kind and an id of its own; null deletes it. */
export type RecordChange = {
  readonly kind: RecordKind;
  readonly id: string;
  readonly value: JsonValue | null;
};

/** What attempts used: tokens of all four kinds, and micro-dollars. */
export type Spent = Spending & {
  /** Estimated when any part is. */
  readonly basis: UsageBasis;
  /** True when a model is among it whose cost is not known. */
  readonly atLeast: boolean;
};

/** Everything that one commit makes durable, together or not at all. Rows replace the ones with the same id. */
export type StoreBatch = {
  readonly events: readonly OrchestrationEvent[];
  /** New orchestrations; their source is written once. */
  readonly created: readonly { readonly id: OrchestrationId; readonly source: OrchestrationSource }[];
  readonly orchestrations: readonly OrchestrationView[];
  readonly instances: readonly InstanceView[];
  readonly attempts: readonly AttemptRecord[];
  /** The specs of instances that have one of their own, and not their plan's. */
  readonly specs: readonly { readonly instanceId: InstanceId; readonly spec: InstanceSpec }[];
  readonly records: readonly RecordChange[];
  /**
   * Names and marks of orchestrations whose views others write beside the engine: they are put into the view that is there
   * when this is committed.
   */
  readonly remarks?: readonly Remark[];
};

export type Remark = { readonly id: OrchestrationId; readonly change: Partial<Remarked> };

export type StoredOrchestration = {
  readonly orchestration: OrchestrationView;
  readonly source: OrchestrationSource;
  readonly instances: readonly InstanceView[];
  /** All attempts, oldest first. */
  readonly attempts: readonly AttemptRecord[];
  /** Of the instances that have a spec of their own. */
  readonly specs: Readonly<Record<InstanceId, InstanceSpec>>;
};

/** Orchestrations with the same value stand in the order of their making. */
export type OrchestrationSort = {
  readonly by: 'started' | 'ended' | 'name' | 'state' | 'cost' | 'tokens' | 'duration' | 'instances';
  readonly direction: 'asc' | 'desc';
};

export type OrchestrationQuery = {
  /** All that are not deleted if left out. */
  readonly query?: SearchQuery | undefined;
  readonly states?: readonly OrchestrationState[] | undefined;
  /** The newest first if left out. */
  readonly sort?: OrchestrationSort | undefined;
  /** What `duration` of one that runs counts up to, in epoch milliseconds. */
  readonly now?: number | undefined;
  readonly limit: number;
  /** As given by the page before. */
  readonly cursor?: string | undefined;
};

export type OrchestrationPage = {
  readonly items: readonly OrchestrationView[];
  readonly nextCursor: string | null;
  /** How many there are in all that match. */
  readonly total: number;
};

export type EventSearch = {
  readonly query: SearchQuery;
  readonly limit: number;
  /** As given by the page before. */
  readonly cursor?: string | undefined;
};

/** An event that was found: what its snippet shows, and where in it the words are (UTF-16 positions, the second exclusive). */
export type FoundEvent = {
  readonly orchestrationId: OrchestrationId;
  readonly orchestrationName: string;
  readonly instanceId: InstanceId | null;
  readonly instanceName: string | null;
  readonly seq: number;
  readonly n: number | null;
  readonly at: Instant;
  readonly type: EventType;
  readonly tool: string | null;
  readonly snippet: { readonly text: string; readonly marks: readonly (readonly [number, number])[] };
};

/** At most as many as asked for; fewer, with a cursor, where finding more took too long. */
export type FoundEvents = {
  readonly hits: readonly FoundEvent[];
  readonly nextCursor: string | null;
  /** Events that are stored and not in the index yet. */
  readonly pending: number;
};

/** The events of an orchestration, some at a time, in order. */
export type EventPages = AsyncIterable<readonly OrchestrationEvent[]>;

/** What a data directory holds, and the room that its files take (see `DatabaseStats`). */
export type StoreCensus = Omit<DatabaseStats, 'dataDir' | 'retention'>;

/** An orchestration that ended and is not pinned; `bytes` is what it takes about. */
export type Removable = {
  readonly id: OrchestrationId;
  readonly name: string;
  readonly endedAtMs: number;
  readonly deletedAtMs: number | null;
  readonly bytes: number;
};

/** What an orchestration was like when it was decided that it may go. */
export type SeenEnded = Pick<Removable, 'id' | 'endedAtMs' | 'deletedAtMs'>;

/** Everything kept. Writes go one commit at a time, in order; reads never hold up a write. Newest orchestrations first. */
export interface Store {
  commit(batch: StoreBatch): Promise<void>;
  /**
   * Stores an orchestration that ended elsewhere, with all its events, in one commit: when this rejects, or `events`
   * throws, there is nothing of it. @throws FailureError `store.id_taken` when one of its ids is known already
   */
  importOrchestration(imported: StoredOrchestration, events: EventPages): Promise<void>;
  /**
   * Takes orchestrations away for good, with their spools and ledgers: at once they are nowhere any more, and their room is
   * given back in quiet moments, by the next engine if need be. Gives those it took: what is at work, pinned, unknown, or was
   * restored, deleted or run anew since it was seen stays.
   */
  remove(seen: readonly SeenEnded[]): Promise<readonly OrchestrationId[]>;
  /** Orchestrations that have not ended: what a new engine takes over. */
  unfinished(): Promise<readonly StoredOrchestration[]>;
  orchestration(id: OrchestrationId): Promise<StoredOrchestration | null>;
  orchestrations(query: OrchestrationQuery): Promise<OrchestrationPage>;
  /** Finds events by what was said and run. */
  search(search: EventSearch): Promise<FoundEvents>;
  instance(id: InstanceId): Promise<InstanceView | null>;
  /** The letters of an instance's events, by `n` (see `letterOf`). */
  eventIndex(instanceId: InstanceId): Promise<string>;
  /** Events of an instance with `n` from `from`, at most `limit`, in order. */
  instanceEvents(instanceId: InstanceId, from: number, limit: number): Promise<readonly OrchestrationEvent[]>;
  /** Events of an orchestration with a seq above `afterSeq`, at most `limit`, in order. */
  eventsAfter(id: OrchestrationId, afterSeq: number, limit: number): Promise<readonly OrchestrationEvent[]>;
  /** All of a kind, by id in order. */
  records(kind: RecordKind): Promise<readonly { readonly id: string; readonly value: JsonValue }[]>;
  /** What the attempts of ours came to that started from one time on and before another (epoch milliseconds). */
  spent(fromMs: number, beforeMs: number): Promise<Spent>;
  /** All labels, as they were written last, those of the most orchestrations first. */
  labels(): Promise<readonly LabelCount[]>;
  /** What was used, by what. */
  usage(query: UsageQuery): Promise<UsageReport>;
  close(): Promise<void>;
}

/** What keeps a store small. It looks at every file: seldom, and never on the way of a person's question. */
export interface StoreCare {
  census(): Promise<StoreCensus>;
  /** Those that may be removed, the first ended first. */
  removable(): Promise<readonly Removable[]>;
  /** Makes the database as small as it can be; nothing is written meanwhile. */
  vacuum(): Promise<VacuumReport>;
}
