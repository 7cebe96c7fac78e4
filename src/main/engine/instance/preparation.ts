import type { EventBody } from '../../../shared/domain/event.ts';
import type { Hold } from '../../../shared/domain/hold.ts';
import type { InstanceSpec } from '../../../shared/domain/plan/plan-spec.ts';
import type { PreparedWorkspace } from '../workspace-ports.ts';

/** All that an attempt starts with. */
export type ReadyToStart = {
  readonly kind: 'ready';
  /** Every template filled in, the workspace a folder that is there. */
  readonly spec: InstanceSpec;
  /** What the instance is to do, for show. */
  readonly prompt: string;
  /** What the attempt is told first: the same, or how to go on. */
  readonly text: string;
  /** A workspace of its own; null for a folder that was there. */
  readonly workspace: PreparedWorkspace | null;
  /** What was done to make it ready. */
  readonly events: readonly EventBody[];
};

/** What comes of making an attempt ready; `held`: a person must be asked first. */
export type Preparation =
  ReadyToStart | { readonly kind: 'held'; readonly hold: Hold; readonly reason: string };
