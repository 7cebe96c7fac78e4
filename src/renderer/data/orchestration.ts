import { createStore, type StoreApi } from 'zustand/vanilla';
import type { OrchestrationDetail } from '../../shared/contract/contract.ts';
import type { Failure } from '../../shared/domain/failure.ts';
import type { OrchestrationId } from '../../shared/domain/ids.ts';
import type { InstanceView } from '../../shared/domain/instance.ts';
import type { OrchestrationView } from '../../shared/domain/orchestration.ts';
import { byPlace } from './attention.ts';
import type { Connection } from './connection.ts';
import type { Library } from './library.ts';
import type { Overview, OverviewState } from './overview.ts';

export type OrchestrationPageState =
  | { readonly status: 'loading' }
  | { readonly status: 'failed'; readonly failure: Failure }
  | {
      readonly status: 'ready';
      readonly orchestration: OrchestrationView;
      /** In plan order. */
      readonly instances: readonly InstanceView[];
      readonly planText: string;
    };

export type OrchestrationPage = {
  readonly store: StoreApi<OrchestrationPageState>;
  readonly close: () => void;
};

/**
 * What was asked for once, with what the overview has told since: the overview is always the newer one, and knows the
 * instances of fan-outs that began later.
 */
const joined = (detail: OrchestrationDetail, overview: OverviewState): OrchestrationPageState => {
  const { id } = detail.orchestration;
  const told = [...overview.instances.values()].filter((one) => one.orchestrationId === id);
  const instances = new Map([...detail.instances, ...told].map((one) => [one.id, one]));
  return {
    status: 'ready',
    planText: detail.planText,
    orchestration: overview.orchestrations.get(id) ?? detail.orchestration,
    instances: [...instances.values()].toSorted(byPlace),
  };
};

type Sources = { readonly connection: Connection; readonly overview: Overview; readonly library: Library };

/** One orchestration, past or running: its detail once per connection, kept fresh by the overview. */
export const openOrchestration = (
  { connection, overview, library }: Sources,
  id: OrchestrationId,
): OrchestrationPage => {
  const store = createStore<OrchestrationPageState>(() => ({ status: 'loading' }));
  let detail: OrchestrationDetail | null = null;
  const show = (): void => {
    if (detail !== null) store.setState(joined(detail, overview.store.getState()), true);
  };
  const stopAsking = connection.keep(
    async (client, signal) => {
      const answer = await client.orchestrations.get({ id });
      signal.throwIfAborted();
      detail = answer;
      show();
    },
    (failure) => {
      store.setState({ status: 'failed', failure }, true);
    },
  );
  const stopHearing = library.onChange((change) => {
    const marked = change.kind === 'marked' ? change.views.find((view) => view.id === id) : undefined;
    if (marked === undefined || detail === null) return;
    detail = { ...detail, orchestration: marked };
    show();
  });
  const stopListening = overview.store.subscribe((now, before) => {
    const mine = now.orchestrations.get(id);
    if (mine !== undefined && (now.instances !== before.instances || mine !== before.orchestrations.get(id)))
      show();
  });
  return {
    store,
    close: () => {
      stopAsking();
      stopHearing();
      stopListening();
    },
  };
};
