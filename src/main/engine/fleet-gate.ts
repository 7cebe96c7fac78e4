import type { InstanceId } from '../../shared/domain/ids.ts';

/** Limits over all orchestrations; null: none. */
export type MachineLimits = {
  readonly maxInstances: number | null;
  /** Of one owner. */
  readonly maxInstancesPerUser: number | null;
  /** Nothing starts while less memory is free. */
  readonly memoryFloorBytes: number | null;
};

/** An instance that starts, and whose it is. */
export type Starter = { readonly id: InstanceId; readonly owner: string };

export type StartVerdict =
  | { readonly ok: true }
  /** `reason` is a sentence; `at` says when it is worth asking again (epoch milliseconds), null when nobody knows. */
  | { readonly ok: false; readonly reason: string; readonly at: number | null };

/**
 * What holds starts up over all orchestrations: the machine's limits, an overloaded API, a usage limit. It keeps count of
 * who runs; it starts nothing itself.
 */
export interface FleetGate {
  /** Whether an instance may start now. After `ok`, call `onStarted` before asking for another one. */
  mayStart(starter: Starter): StartVerdict;
  /** It takes a slot: also for one that was taken over. Twice does nothing. */
  onStarted(starter: Starter): void;
  /** It has left its slot: ended, or parked without a process. Twice does nothing. */
  onEnded(id: InstanceId): void;
  /** The API has no capacity: phase `limited` because of it, or an attempt that ended with class `overloaded`. */
  onOverloaded(id: InstanceId): void;
  /** A message of it has come: the API serves. Cheap; call it for each. */
  onWorking(id: InstanceId): void;
  /** The account's usage limit is reached until then (epoch milliseconds); also for one parked by an earlier engine. */
  onUsageLimit(resetsAt: number): void;
  /** Calls `wake` soon after something that was refused may start; the answer ends it. */
  subscribe(wake: () => void): () => void;
  close(): void;
}
