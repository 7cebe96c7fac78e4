import type { OverviewUpdate } from '../../../shared/contract/contract.ts';
import type { InstanceId, OrchestrationId } from '../../../shared/domain/ids.ts';
import type { InstanceView } from '../../../shared/domain/instance.ts';
import type { OrchestrationView } from '../../../shared/domain/orchestration.ts';
import type { Clock } from '../ports.ts';
import { createNews, type Publication, type Publications } from './publications.ts';

const createChanged = () => {
  const orchestrations = new Map<OrchestrationId, OrchestrationView>();
  const instances = new Map<InstanceId, InstanceView>();
  return {
    add: (publication: Publication): void => {
      for (const view of publication.orchestrations) orchestrations.set(view.id, view);
      for (const view of publication.instances) instances.set(view.id, view);
    },
    drain: (): OverviewUpdate => {
      const update = {
        kind: 'changed' as const,
        orchestrations: [...orchestrations.values()],
        instances: [...instances.values()],
      };
      orchestrations.clear();
      instances.clear();
      return update;
    },
  };
};

/** Yields the snapshot, then at most one update a frame; a view that changed twice in a frame comes once. */
export async function* overviewUpdates(
  publications: Publications,
  clock: Clock,
  snapshot: () => Promise<OverviewUpdate>,
  abort?: AbortSignal,
): AsyncGenerator<OverviewUpdate, void> {
  const news = createNews(clock, abort);
  const changed = createChanged();
  const unlisten = publications.listen((publication) => {
    changed.add(publication);
    if (publication.orchestrations.length + publication.instances.length > 0) news.raise();
  });
  try {
    yield await snapshot();
    while (abort?.aborted !== true) {
      await news.next();
      const update = changed.drain();
      if (update.orchestrations.length + update.instances.length > 0) yield update;
    }
  } finally {
    unlisten();
    news.dispose();
  }
}
