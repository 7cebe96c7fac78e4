import type { InstanceChanges, InstanceConfiguration } from '../../shared/contract/control.ts';
import type { InstanceId, OrchestrationId } from '../../shared/domain/ids.ts';
import type { InstanceView } from '../../shared/domain/instance.ts';
import type { OrchestrationView } from '../../shared/domain/orchestration.ts';

/** How many may run at the same time: in all, or of the fan-out that `group` names. */
export type Scale = { readonly concurrency: number; readonly group: string | null };

/** What a person may do to work in hand. `by` is who asked. All may be asked at any moment, and twice. */
export interface Controls {
  /** @throws FailureError `orchestration.unknown`, as all three */
  pause(id: OrchestrationId, by: string): Promise<OrchestrationView>;
  resume(id: OrchestrationId, by: string): Promise<OrchestrationView>;
  /** @throws FailureError `orchestration.no_group` when it has no fan-out of that name */
  scale(id: OrchestrationId, scale: Scale, by: string): Promise<OrchestrationView>;
  /** @throws FailureError `instance.unknown`, as all that follow */
  pauseInstance(id: InstanceId, by: string): Promise<InstanceView>;
  resumeInstance(id: InstanceId, by: string): Promise<InstanceView>;
  skipInstance(id: InstanceId, by: string): Promise<InstanceView>;
  /** @throws FailureError `instance.not_live` when it cannot take a message */
  send(id: InstanceId, text: string, by: string): Promise<InstanceView>;
  /** @throws FailureError `instance.not_live` when it runs and cannot be told */
  configure(id: InstanceId, change: InstanceConfiguration, by: string): Promise<InstanceView>;
  /** @throws FailureError `instance.started` */
  edit(id: InstanceId, changes: InstanceChanges, by: string): Promise<InstanceView>;
}
