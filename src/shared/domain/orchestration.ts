import type { z } from 'zod';
import type { InstanceState, InstanceView } from './instance.ts';
import type {
  groupViewSchema,
  marksSchema,
  orchestrationStateSchema,
  orchestrationViewSchema,
  originSchema,
} from './orchestration-schema.ts';
import { addUsage, noUsage } from './usage.ts';

/** The states of an orchestration; the last three are final, and left only when an instance is restarted. */
export type OrchestrationState = z.infer<typeof orchestrationStateSchema>;

/** A fan-out: pending until its instances are known, then as many as `size` says. */
export type GroupView = Readonly<z.infer<typeof groupViewSchema>>;

/** What people put on a finished or running orchestration; none of it changes what ran. */
export type Marks = Readonly<z.infer<typeof marksSchema>>;

/** Who ran it: this program, Claude Code in somebody's terminal (its own history), or another machine (an archive). */
export type Origin = z.infer<typeof originSchema>;

/** True for what this program ran itself, and can run again. */
export const isRunHere = (origin: Origin): origin is 'netra' | 'demo' =>
  origin === 'netra' || origin === 'demo';

/** Everything a list shows of an orchestration. */
export type OrchestrationView = Readonly<z.infer<typeof orchestrationViewSchema>>;

/** What people may change of an orchestration, running or ended. */
export type Remarked = Marks & Pick<OrchestrationView, 'name'>;

/** Those of a new orchestration. */
export const noMarks: Marks = { labels: [], note: null, pinned: false, deletedAt: null };

/** What an orchestration's instances add up to. */
export type OrchestrationTotals = Pick<OrchestrationView, 'instanceCount' | 'counts' | 'usage' | 'toolCalls'>;

/** Adds up the instances of an orchestration. */
export const totalsOf = (instances: readonly InstanceView[]): OrchestrationTotals => {
  const counts: Partial<Record<InstanceState, number>> = {};
  let usage = noUsage;
  let toolCalls = 0;
  for (const instance of instances) {
    counts[instance.state] = (counts[instance.state] ?? 0) + 1;
    usage = addUsage(usage, instance.usage);
    toolCalls += instance.toolCalls;
  }
  return { instanceCount: instances.length, counts, usage, toolCalls };
};

/**
 * The final state of an orchestration whose instances have all ended: `failed` if any failed, else `stopped` if any was
 * stopped, else `succeeded` (skipped instances count as done).
 */
export const outcomeOf = (states: readonly InstanceState[]): Exclude<OrchestrationState, 'running'> => {
  if (states.includes('failed')) return 'failed';
  return states.includes('stopped') ? 'stopped' : 'succeeded';
};
