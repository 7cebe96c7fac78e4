import { createStore, type StoreApi } from 'zustand/vanilla';
import type { PlanCheck } from '../../../shared/contract/plan-check.ts';
import { failureOf, type Failure } from '../../../shared/domain/failure.ts';
import type { Connection } from '../../data/connection.ts';
import { pause } from '../../data/pause.ts';
import type { PlanDraft } from './plan-draft.ts';

export type PlanCheckState = {
  /** The outcome for the newest text that was checked; stays while a newer one is. */
  readonly check: PlanCheck | null;
  /** True while the text is another than the one that `check` is about. */
  readonly checking: boolean;
  readonly failure: Failure | null;
};

export type PlanChecker = {
  readonly store: StoreApi<PlanCheckState>;
  /** Has the engine check a plan once nothing newer came for a moment. An empty one needs no check. */
  readonly check: (draft: PlanDraft) => Promise<void>;
};

/** While somebody types on, nothing is checked (milliseconds). */
const TYPING_MS = 250;

/** Checks plans as they are written. An answer about an older text than the newest is dropped. */
export const createPlanChecker = (
  connection: Pick<Connection, 'request'>,
  wait: (ms: number) => Promise<void> = pause,
): PlanChecker => {
  const store = createStore<PlanCheckState>(() => ({ check: null, checking: false, failure: null }));
  let newest = 0;
  return {
    store,
    check: async ({ text, file }) => {
      newest += 1;
      const mine = newest;
      if (text.trim() === '') {
        store.setState({ check: null, checking: false, failure: null });
        return;
      }
      store.setState({ checking: true });
      await wait(TYPING_MS);
      if (mine !== newest) return;
      try {
        const check = await connection.request((client) => client.plans.check({ text, file, baseDir: null }));
        if (mine === newest) store.setState({ check, checking: false, failure: null });
      } catch (error) {
        if (mine !== newest) return;
        store.setState({ check: null, checking: false, failure: failureOf(error, 'console.error') });
      }
    },
  };
};
