import type { InstanceId } from '../../shared/domain/ids.ts';
import { waitBefore } from '../../shared/domain/retry.ts';

/**
 * How far starts are held up because the API is overloaded or a usage limit is reached. Times are epoch milliseconds.
 * `closed`: nothing starts until then. `probing`: one may start, the others wait for what becomes of it. `staggered`:
 * one after the other.
 */
export type BackOff =
  | { readonly kind: 'open' }
  | {
      readonly kind: 'closed';
      readonly until: number;
      /** How often in a row it was closed for overload. */
      readonly level: number;
      /** When the usage limit resets that closed it; null when it was overload. */
      readonly resetsAt: number | null;
      /** The instance whose success opens it: it tries on by itself. */
      readonly probe: InstanceId | null;
    }
  | {
      readonly kind: 'probing';
      readonly level: number;
      readonly resetsAt: number | null;
      readonly probe: InstanceId | null;
      /** How long the probe is waited for. */
      readonly until: number;
    }
  | { readonly kind: 'staggered'; readonly level: number; readonly nextAt: number };

export type BackOffEvent =
  | { readonly kind: 'overloaded' | 'working' | 'started' | 'ended'; readonly id: InstanceId }
  | { readonly kind: 'usage_limit'; readonly resetsAt: number };

export type Moment = { readonly now: number; readonly random: number };

const overloadWaits = { backoffMs: 5000, factor: 2, maxBackoffMs: 300_000, jitter: 0.2 };

/** A probe that says nothing for so long gives way to another one. */
const probePatienceMs = 120_000;

/** A far reset is not waited for blindly: it may hold for one model only, or be lifted. One instance tries every hour. */
const longestBlindMs = 3_600_000;

const staggerMs = 2000;

/** When nobody started for so long after the next one might have, nobody waits any more. */
const quietMs = 10_000;

/** True when a wait is over, or longer than its kind can be: then the clock was set back. */
const isOver = (until: number, now: number, longestMs: number): boolean =>
  now >= until || until - now > longestMs;

/** What time alone makes of it. */
export const atTime = (state: BackOff, now: number): BackOff => {
  if (state.kind === 'closed') {
    const { level, resetsAt, until } = state;
    const longestMs = resetsAt === null ? overloadWaits.maxBackoffMs : longestBlindMs;
    if (!isOver(until, now, longestMs)) return state;
    return resetsAt !== null && now >= resetsAt
      ? { kind: 'staggered', level: 0, nextAt: now }
      : { kind: 'probing', level, resetsAt, probe: null, until: now };
  }
  if (state.kind === 'probing' && state.probe !== null)
    return isOver(state.until, now, probePatienceMs) ? { ...state, probe: null } : state;
  if (state.kind !== 'staggered') return state;
  if (now >= state.nextAt + quietMs) return { kind: 'open' };
  return isOver(state.nextAt, now, staggerMs) ? { ...state, nextAt: Math.min(state.nextAt, now) } : state;
};

/** When the next one may start; null: now. */
export const nextStartAt = (state: BackOff, now: number): number | null => {
  if (state.kind === 'closed') return state.until;
  if (state.kind === 'probing') return state.probe === null ? null : state.until;
  return state.kind === 'staggered' && now < state.nextAt ? state.nextAt : null;
};

const closedBy = (id: InstanceId, level: number, { now, random }: Moment): BackOff => ({
  kind: 'closed',
  until: now + waitBefore(overloadWaits, level + 1, random),
  level,
  resetsAt: null,
  probe: id,
});

/** Overload closes it, longer each time in a row; many that say the same at once count as one. */
const whenOverloaded = (state: BackOff, id: InstanceId, moment: Moment): BackOff => {
  switch (state.kind) {
    case 'closed':
      return state;
    case 'probing':
      if (state.probe === null) return closedBy(id, Math.max(1, state.level), moment);
      return state.probe === id ? closedBy(id, state.level + 1, moment) : state;
    case 'staggered':
      return closedBy(id, state.level + 1, moment);
    case 'open':
      return closedBy(id, 1, moment);
  }
};

/** A usage limit closes it until the reset; the latest of several counts. */
const whenLimited = (state: BackOff, resetsAt: number, { now }: Moment): BackOff => {
  if (resetsAt <= now) return state;
  if (state.kind === 'closed' && state.resetsAt !== null && state.resetsAt >= resetsAt) return state;
  return {
    kind: 'closed',
    until: Math.min(resetsAt, now + longestBlindMs),
    level: 0,
    resetsAt,
    probe: null,
  };
};

const whenStarted = (state: BackOff, id: InstanceId, now: number): BackOff => {
  if (state.kind === 'probing' && state.probe === null)
    return { ...state, probe: id, until: now + probePatienceMs };
  return state.kind === 'staggered' ? { ...state, nextAt: now + staggerMs } : state;
};

/** What an event makes of it. */
export const afterEvent = (before: BackOff, event: BackOffEvent, moment: Moment): BackOff => {
  const state = atTime(before, moment.now);
  switch (event.kind) {
    case 'overloaded':
      return whenOverloaded(state, event.id, moment);
    case 'usage_limit':
      return whenLimited(state, event.resetsAt, moment);
    case 'started':
      return whenStarted(state, event.id, moment.now);
    case 'ended':
    case 'working':
      if ((state.kind !== 'closed' && state.kind !== 'probing') || state.probe !== event.id) return state;
      return event.kind === 'ended'
        ? { ...state, probe: null }
        : { kind: 'staggered', level: state.level, nextAt: moment.now };
  }
};
