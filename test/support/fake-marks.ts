import type { LabelCount } from '../../src/shared/contract/marks.ts';
import { failureError } from '../../src/shared/domain/failure.ts';
import { instantOf, type OrchestrationId } from '../../src/shared/domain/ids.ts';
import { labelKey, uniqueLabels, type MarkChange } from '../../src/shared/domain/marks.ts';
import type { OrchestrationView } from '../../src/shared/domain/orchestration.ts';
import { changeOrchestration, detailOf, type World } from './fake-world.ts';

export const mark = (world: World, id: OrchestrationId, change: MarkChange): OrchestrationView => {
  const before = detailOf(world, id).orchestration;
  const { addLabels = [], removeLabels = [], labels = before.labels, ...marks } = change;
  const removed = new Set(removeLabels.map(labelKey));
  const kept = labels.filter((label) => !removed.has(labelKey(label)));
  return changeOrchestration(world, id, { ...marks, labels: uniqueLabels([...kept, ...addLabels]) });
};

export const markDeleted = (
  world: World,
  ids: readonly OrchestrationId[],
  deleted: boolean,
): readonly OrchestrationId[] => {
  const views = ids.map((id) => detailOf(world, id).orchestration);
  const running = views.find(({ state }) => deleted && state === 'running');
  if (running !== undefined) throw failureError('orchestration.running', `${running.name} has not ended.`);
  const deletedAt = deleted ? instantOf(world.now) : null;
  for (const { id } of views) changeOrchestration(world, id, { deletedAt });
  return ids;
};

export const labelCounts = (world: World): readonly LabelCount[] => {
  const labels = [...world.orchestrations.values()].flatMap((one) => one.labels);
  return uniqueLabels(labels).map((label) => ({
    label,
    count: labels.filter((one) => labelKey(one) === labelKey(label)).length,
  }));
};
