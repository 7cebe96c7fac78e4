import type { OverviewUpdate } from '../../../shared/contract/contract.ts';
import type { InstanceId, OrchestrationId } from '../../../shared/domain/ids.ts';
import type { InstanceView } from '../../../shared/domain/instance.ts';
import type { OrchestrationView } from '../../../shared/domain/orchestration.ts';
import type { Clock } from '../ports.ts';
import { createNews, type Publication, type Publications } from './publications.ts';

const createChanged = () => {
  const orchestrations = new Map<OrchestrationId, OrchestrationView>();
  const instances = new Map<InstanceId, InstanceView>();
  let trouble: Pick<OverviewUpdate, 'storeTrouble'> = {};
  let isNews = false;
  return {
    /** True when there is something to tell. */
    add: (publication: Publication): boolean => {
      for (const view of publication.orchestrations) orchestrations.set(view.id, view);
      for (const view of publication.instances) instances.set(view.id, view);
      const { storeTrouble } = publication;
      if (storeTrouble !== undefined) trouble = { storeTrouble };
      isNews ||= storeTrouble !== undefined || orchestrations.size + instances.size > 0;
      return isNews;
    },
    /** What changed since it was asked last; null when nothing did. */
    drain: (): OverviewUpdate | null => {
      if (!isNews) return null;
      const update = {
        kind: 'changed' as const,
        orchestrations: [...orchestrations.values()],
        instances: [...instances.values()],
        ...trouble,
      };
      orchestrations.clear();
      instances.clear();
      trouble = {};
      isNews = false;
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
    if (changed.add(publication)) news.raise();
  });
  try {
    yield await snapshot();
    while (abort?.aborted !== true) {
      await news.next();
      const update = changed.drain();
      if (update !== null) yield update;
    }
  } finally {
    unlisten();
    news.dispose();
  }
}
