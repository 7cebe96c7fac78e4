import { instantOf, type InstanceId } from '../../shared/domain/ids.ts';
import { afterEvent, atTime, nextStartAt, type BackOff, type BackOffEvent } from './back-off.ts';
import type { Chance, Clock } from './ports.ts';
import { createWakeUp } from './wake-up.ts';
import type { Machine } from './workspace-ports.ts';

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

export type FleetGateOptions = {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly machine: Machine;
  readonly limits: MachineLimits;
};

const memoryCheckMs = 5000;

/** A process that started takes its memory only little by little: so much is set aside for it, for so long. */
const startingBytes = 256 * 1024 * 1024;
const startingMs = 10_000;

const gigabytes = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(1)} GB`;

const minuteOf = (epochMs: number): string => `${instantOf(epochMs).slice(0, 16).replace('T', ' ')} UTC`;

const reasonOf = (state: Exclude<BackOff, { readonly kind: 'open' }>): string => {
  if (state.kind === 'staggered') return 'The API held starts up: now they go one after the other.';
  if (state.resetsAt !== null)
    return `The usage limit of the account is reached; it resets at ${minuteOf(state.resetsAt)}.`;
  return state.kind === 'closed'
    ? 'The API is overloaded: starts wait, then one goes first to try it.'
    : 'The API was overloaded: one instance tries it, the others wait for what becomes of it.';
};

/** Keeps count of who runs, and what the machine's limits say to one more. */
const createSlots = ({ maxInstances, maxInstancesPerUser }: MachineLimits) => {
  const owners = new Map<InstanceId, string>();
  const perOwner = new Map<string, number>();
  const change = (owner: string, by: number): void => {
    perOwner.set(owner, (perOwner.get(owner) ?? 0) + by);
  };
  return {
    add: ({ id, owner }: Starter): boolean => {
      if (owners.has(id)) return false;
      owners.set(id, owner);
      change(owner, 1);
      return true;
    },
    remove: (id: InstanceId): void => {
      const owner = owners.get(id);
      if (owners.delete(id) && owner !== undefined) change(owner, -1);
    },
    refusal: (owner: string): string | null => {
      if (maxInstances !== null && owners.size >= maxInstances)
        return `Waits for a slot: ${owners.size} of ${maxInstances} instances run on this machine.`;
      const own = perOwner.get(owner) ?? 0;
      if (maxInstancesPerUser === null || own < maxInstancesPerUser) return null;
      return `Waits for a slot: ${own} of ${maxInstancesPerUser} instances of ${owner} run.`;
    },
  };
};

/** What the memory floor says to one more. */
const createMemory = (clock: Clock, machine: Machine, floor: number | null) => {
  let starts: readonly number[] = [];
  return {
    started: (): void => {
      if (floor !== null) starts = [...starts, clock.monotonic()];
    },
    refusal: (): string | null => {
      if (floor === null) return null;
      const since = clock.monotonic() - startingMs;
      starts = starts.filter((at) => at > since);
      const free = machine.freeMemoryBytes() - starts.length * startingBytes;
      if (free >= floor) return null;
      const starting = starts.length > 0 ? ' after what is starting' : '';
      return `Waits for memory: ${gigabytes(Math.max(0, free))} is free${starting}, ${gigabytes(floor)} must be.`;
    },
  };
};

export const createFleetGate = ({ clock, chance, machine, limits }: FleetGateOptions): FleetGate => {
  const wakeUp = createWakeUp(clock);
  const slots = createSlots(limits);
  const memory = createMemory(clock, machine, limits.memoryFloorBytes);
  let backOff: BackOff = { kind: 'open' };

  const happened = (event: BackOffEvent): void => {
    const now = clock.now();
    backOff = afterEvent(backOff, event, { now, random: chance.next() });
    if (nextStartAt(backOff, now) === null) wakeUp.soon();
  };

  const refusal = (owner: string): { readonly reason: string; readonly at: number | null } | null => {
    const slot = slots.refusal(owner);
    if (slot !== null) return { reason: slot, at: null };
    const now = clock.now();
    backOff = atTime(backOff, now);
    const next = nextStartAt(backOff, now);
    if (backOff.kind !== 'open' && next !== null) return { reason: reasonOf(backOff), at: next };
    const reason = memory.refusal();
    return reason === null ? null : { reason, at: now + memoryCheckMs };
  };

  return {
    mayStart: ({ owner }) => {
      const refused = refusal(owner);
      if (refused === null) return { ok: true };
      wakeUp.wait(refused.at);
      return { ok: false, ...refused };
    },
    onStarted: (starter) => {
      if (!slots.add(starter)) return;
      memory.started();
      if (backOff.kind !== 'open') happened({ kind: 'started', id: starter.id });
    },
    onEnded: (id) => {
      slots.remove(id);
      if (backOff.kind !== 'open') happened({ kind: 'ended', id });
      // Also while it is closed: who waits for a slot then waits for the gate, and must know until when.
      wakeUp.soon();
    },
    onOverloaded: (id) => {
      happened({ kind: 'overloaded', id });
    },
    onWorking: (id) => {
      if (backOff.kind === 'closed' || backOff.kind === 'probing') happened({ kind: 'working', id });
    },
    onUsageLimit: (resetsAt) => {
      happened({ kind: 'usage_limit', resetsAt });
    },
    subscribe: (wake) => wakeUp.subscribe(wake),
    close: () => {
      wakeUp.close();
    },
  };
};
