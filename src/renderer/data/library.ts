import type { EngineClient } from '../../shared/contract/contract.ts';
import type { OrchestrationId } from '../../shared/domain/ids.ts';
import type { OrchestrationView } from '../../shared/domain/orchestration.ts';
import type { Connection } from './connection.ts';

type Marks = Omit<Parameters<EngineClient['orchestrations']['mark']>[0], 'id'>;

/** What somebody did to sessions here. */
export type LibraryChange =
  | { readonly kind: 'marked'; readonly views: readonly OrchestrationView[] }
  | { readonly kind: 'deleted' | 'restored'; readonly ids: readonly OrchestrationId[] };

/** Marks on sessions, and their deletion. All of it throws `FailureError`. */
export type Library = {
  /** Puts marks on sessions, one after the other; what was done before one failed stays done. */
  readonly mark: (ids: readonly OrchestrationId[], marks: Marks) => Promise<void>;
  /** Deletes ended ones; gives those that are deleted now. */
  readonly remove: (ids: readonly OrchestrationId[]) => Promise<readonly OrchestrationId[]>;
  readonly restore: (ids: readonly OrchestrationId[]) => Promise<void>;
  /** Calls back after each change, so that lists show it at once. */
  readonly onChange: (listener: (change: LibraryChange) => void) => () => void;
};

/** The sessions as somebody keeps them. */
export const createLibrary = (connection: Connection): Library => {
  const listeners = new Set<(change: LibraryChange) => void>();
  const tell = (change: LibraryChange): void => {
    for (const listener of listeners) listener(change);
  };
  return {
    mark: async (ids, marks) => {
      for (const id of ids) {
        const view = await connection.request((client) => client.orchestrations.mark({ id, ...marks }));
        tell({ kind: 'marked', views: [view] });
      }
    },
    remove: async (ids) => {
      const { deleted } = await connection.request((client) =>
        client.orchestrations.delete({ ids: [...ids] }),
      );
      tell({ kind: 'deleted', ids: deleted });
      return deleted;
    },
    restore: async (ids) => {
      const { restored } = await connection.request((client) =>
        client.orchestrations.restore({ ids: [...ids] }),
      );
      tell({ kind: 'restored', ids: restored });
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};
