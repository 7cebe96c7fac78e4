import type { CheckVerdict } from '../../../shared/domain/course.ts';
import type { Failure } from '../../../shared/domain/failure.ts';
import type { Instant } from '../../../shared/domain/ids.ts';
import type { InstanceView } from '../../../shared/domain/instance.ts';
import type { InstanceSpec } from '../../../shared/domain/plan/plan-spec.ts';
import type { Asked } from './instance-ending.ts';
import type { RecorderContext } from './instance-recorder.ts';
import type { AttemptDriver, AttemptItem, Chance, Clock, IdSource } from '../ports.ts';
import type { Preparation } from './preparation.ts';
import type { StopTimes } from './stop-ladder.ts';
import type { WorkspaceEnd, WorkspaceOutcome } from '../workspace-ports.ts';

/** What an instance needs of the world and of its orchestration. */
export type InstanceContext = RecorderContext & {
  readonly ids: Pick<IdSource, 'attemptId'>;
  readonly driver: AttemptDriver;
  readonly chance: Chance;
  readonly timers: Pick<Clock, 'after'>;
  readonly stopTimes: StopTimes;
  /** Makes ready what an attempt runs with; answers at once where there is nothing to wait for. The signal ends it. */
  readonly prepare: (
    view: InstanceView,
    spec: InstanceSpec,
    signal: AbortSignal,
  ) => Preparation | Promise<Preparation>;
  /** Whether the result counts, by the instance's check. */
  readonly check: (view: InstanceView, spec: InstanceSpec, signal: AbortSignal) => Promise<CheckVerdict>;
  /** Tidies up the workspaces that were made for it. */
  readonly tidy: (view: InstanceView, outcome: WorkspaceOutcome) => Promise<readonly WorkspaceEnd[]>;
  /** Called when open questions or the state may have changed: policies answer, the fleet learns. */
  readonly onProgress: (items: readonly AttemptItem[]) => void;
  /** Called when an attempt did not do; gives how the instance is to end for it, null: as its plan says. */
  readonly onFailure: (failure: Failure, resetsAt: Instant | null) => Asked | null;
  /** Called when the instance has left its slot: others may start, the orchestration may have ended. */
  readonly onIdle: () => void;
};
