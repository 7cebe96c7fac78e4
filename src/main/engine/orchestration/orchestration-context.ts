import type { Failure } from '../../../shared/domain/failure.ts';
import type { Instant } from '../../../shared/domain/ids.ts';
import type { InstanceView } from '../../../shared/domain/instance.ts';
import type { OrchestrationView } from '../../../shared/domain/orchestration.ts';
import type { Dependency, InstanceSpec, JsonValue } from '../../../shared/domain/plan/plan-spec.ts';
import type { BudgetHold, BudgetLedger } from '../budget/budget-ledger.ts';
import type { FleetGate } from '../fleet-gate.ts';
import type { InstanceContext } from '../instance/instance-context.ts';
import type { InstanceRun } from '../instance/instance-run.ts';
import type { ScopeSource } from '../instance/instance-scope.ts';
import type { OrchestrationRecorderContext } from './orchestration-recorder.ts';
import type { AttemptItem, IdSource } from '../ports.ts';
import type { EdgeOutcome } from './readiness.ts';

/** What runs between the instances of an orchestration: templates, conditions, fan-outs, checks. */
export type DataFlow = Pick<InstanceContext, 'prepare' | 'check'> & {
  /** Whether a condition holds: of an instance, or with null of its place as a whole. @throws FailureError */
  readonly holds: (spec: InstanceSpec, view: InstanceView | null) => boolean;
  /** What a fan-out runs over. @throws FailureError */
  readonly items: (spec: InstanceSpec) => Promise<readonly JsonValue[]>;
};

/** What an orchestration needs of the engine. */
export type OrchestrationContext = Omit<
  InstanceContext,
  'append' | 'show' | 'onIdle' | 'onProgress' | 'onFailure' | 'prepare' | 'check' | 'ids'
> &
  OrchestrationRecorderContext & {
    readonly onProgress: (run: InstanceRun, items: readonly AttemptItem[]) => void;
    readonly onFailure: (run: InstanceRun, failure: Failure, resetsAt: Instant | null) => void;
    readonly ids: Pick<IdSource, 'attemptId' | 'instanceId'>;
    /** False in an engine that only stops or settles what was left: nothing is started. */
    readonly startsWork: boolean;
    /** False in an engine that only settles what has ended: what is alive is left alone. */
    readonly followsWork: boolean;
    readonly gate: FleetGate;
    readonly ledger: BudgetLedger;
    readonly dataFlow: (source: ScopeSource) => DataFlow;
    /** Tells how another orchestration that is depended on turns out, now and whenever that changes. */
    readonly watch: (
      dependency: Extract<Dependency, { kind: 'orchestration' }>,
      dependent: OrchestrationView,
      tell: (outcome: EdgeOutcome) => void,
    ) => void;
    /** A budget is exceeded: what runs on it is to be held up, here and in other orchestrations. */
    readonly onExceeded: (hold: BudgetHold) => void;
    /** Called when all instances have ended, or one was put back to work. */
    readonly onStateChange: () => void;
  };
