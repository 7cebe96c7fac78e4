import type { z } from 'zod';
import type {
  instanceStateSchema,
  instanceViewSchema,
  permissionQuestionSchema,
  toolStatsSchema,
} from './instance-schema.ts';

/** The states of an instance; the last four are final. */
export type InstanceState = z.infer<typeof instanceStateSchema>;

/** What a person is asked before a tool may run. */
export type PermissionQuestion = Readonly<z.infer<typeof permissionQuestionSchema>>;

/** Calls of one tool: how many, how many failed, how long they took together (milliseconds). */
export type ToolStats = Readonly<z.infer<typeof toolStatsSchema>>;

/** Everything a list, a tile or a report shows of an instance: the fold of its events, over all its attempts. */
export type InstanceView = Readonly<z.infer<typeof instanceViewSchema>>;

/** The figures of an instance that add up over its attempts. */
export type InstanceFigures = Pick<InstanceView, 'usage' | 'turns' | 'retries' | 'toolCalls' | 'tools'>;

/** The one transition table. A final state is left only by a restart, back to `pending`. */
const transitions: Readonly<Record<InstanceState, readonly InstanceState[]>> = {
  pending: ['starting', 'waiting', 'limited', 'paused', 'stopped', 'skipped', 'failed'],
  starting: ['running', 'waiting', 'pending', 'paused', 'failed', 'stopped', 'skipped'],
  running: ['waiting', 'limited', 'paused', 'succeeded', 'failed', 'stopped', 'skipped', 'pending'],
  waiting: [
    'running',
    'limited',
    'paused',
    'starting',
    'succeeded',
    'failed',
    'stopped',
    'skipped',
    'pending',
  ],
  limited: [
    'running',
    'waiting',
    'paused',
    'starting',
    'succeeded',
    'failed',
    'stopped',
    'skipped',
    'pending',
  ],
  paused: ['pending', 'stopped', 'skipped', 'failed'],
  succeeded: ['pending'],
  failed: ['pending'],
  stopped: ['pending'],
  skipped: ['pending'],
};

/** True when an instance may go from one state to the other. */
export const canTransition = (from: InstanceState, to: InstanceState): boolean =>
  transitions[from].includes(to);

const finalStates: readonly InstanceState[] = ['succeeded', 'failed', 'stopped', 'skipped'];

/** True for a state that an instance leaves only by a restart. */
export const isFinal = (state: InstanceState): boolean => finalStates.includes(state);

const activeStates: readonly InstanceState[] = ['starting', 'running', 'waiting', 'limited'];

/** True for a state in which an instance is at work, or was and goes on by itself or when a person answers. */
export const isActive = (state: InstanceState): boolean => activeStates.includes(state);

/** True for one that waits for a person or for a limit to end without a process: it takes no slot. */
export const isParked = ({ state, pid }: Pick<InstanceView, 'state' | 'pid'>): boolean =>
  (state === 'waiting' || state === 'limited') && pid === null;

/** True for an instance that takes a slot. */
export const takesSlot = (view: Pick<InstanceView, 'state' | 'pid'>): boolean =>
  isActive(view.state) && !isParked(view);
