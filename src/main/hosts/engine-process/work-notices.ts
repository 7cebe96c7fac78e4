import type { OverviewUpdate } from '../../../shared/contract/contract.ts';
import type { OrchestrationId } from '../../../shared/domain/ids.ts';
import { instanceStateSchema } from '../../../shared/domain/instance-schema.ts';
import { isFinal } from '../../../shared/domain/instance.ts';
import type { OrchestrationView } from '../../../shared/domain/orchestration.ts';
import type { FromEngine } from './messages.ts';

const unfinishedStates = instanceStateSchema.options.filter((state) => !isFinal(state));

const unfinishedOf = ({ counts }: OrchestrationView): number =>
  unfinishedStates.reduce((sum, state) => sum + (counts[state] ?? 0), 0);

const endedOf = ({ id, name, state, instanceCount, counts }: OrchestrationView): FromEngine => ({
  kind: 'ended',
  orchestration: { id, name, state, instanceCount, failed: counts.failed ?? 0 },
});

/** Turns the overview into what the desktop wants to know: how much work is in hand, and which orchestrations end. */
export const createWorkNotices = (): ((update: OverviewUpdate) => readonly FromEngine[]) => {
  const running = new Map<OrchestrationId, number>();
  let told = 0;

  return ({ orchestrations }) => {
    const notices: FromEngine[] = [];
    for (const view of orchestrations) {
      if (view.state === 'running') running.set(view.id, unfinishedOf(view));
      else if (running.delete(view.id)) notices.push(endedOf(view));
    }
    const unfinishedInstances = [...running.values()].reduce((sum, count) => sum + count, 0);
    if (unfinishedInstances === told) return notices;
    told = unfinishedInstances;
    return [...notices, { kind: 'work', unfinishedInstances }];
  };
};
