import { isFinal, type InstanceView } from '../../shared/domain/instance.ts';
import type { OrchestrationView } from '../../shared/domain/orchestration.ts';

export type InstanceControl = 'pause' | 'resume' | 'skip' | 'stop' | 'restart';

/** What a person may do to an instance as it stands. */
export const controlsOf = ({
  state,
  course: { ending, hold },
}: Pick<InstanceView, 'state' | 'course'>): readonly InstanceControl[] => {
  if (isFinal(state)) return ['restart'];
  if (ending?.kind === 'hold') return ['resume', 'stop'];
  if (ending !== null) return ['stop'];
  if (state !== 'paused') return ['pause', 'skip', 'stop'];
  // One that a budget holds goes on when that is raised, and not before.
  return hold?.kind === 'budget' ? ['skip', 'stop'] : ['resume', 'skip', 'stop'];
};

/** The same of an orchestration. */
export const orchestrationControlsOf = ({
  state,
  pausedBy,
}: Pick<OrchestrationView, 'state' | 'pausedBy'>): readonly ('pause' | 'resume' | 'stop')[] => {
  if (state !== 'running') return [];
  return [pausedBy === null ? 'pause' : 'resume', 'stop'];
};
