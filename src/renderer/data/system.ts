import { createStore, type StoreApi } from 'zustand/vanilla';
import type { EngineInfo } from '../../shared/contract/contract.ts';
import type { DoctorReport } from '../../shared/contract/doctor.ts';
import { failureOf, type Failure } from '../../shared/domain/failure.ts';
import type { Connection } from './connection.ts';

export type SystemState = {
  readonly info: EngineInfo | null;
  readonly doctor: DoctorReport | null;
  /** True while the doctor looks. */
  readonly looking: boolean;
  readonly failure: Failure | null;
};

/** What is known of the engine and of this machine. */
export type SystemFacts = {
  readonly store: StoreApi<SystemState>;
  /** Lets the doctor look (again). */
  readonly look: () => Promise<void>;
  readonly close: () => void;
};

/** Asks for the engine's facts at each connection; for the doctor's only when told to, as that starts programs. */
export const openSystem = (connection: Connection): SystemFacts => {
  const store = createStore<SystemState>(() => ({ info: null, doctor: null, looking: false, failure: null }));
  const close = connection.keep(
    async (client) => {
      store.setState({ info: await client.system.info() });
    },
    (failure) => {
      store.setState({ failure });
    },
  );
  return {
    store,
    close,
    look: async () => {
      if (store.getState().looking) return;
      store.setState({ looking: true, failure: null });
      try {
        store.setState({ doctor: await connection.request((client) => client.system.doctor()) });
      } catch (error) {
        store.setState({ failure: failureOf(error, 'console.error') });
      } finally {
        store.setState({ looking: false });
      }
    },
  };
};
