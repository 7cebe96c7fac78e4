import { useCallback, useEffect, useState } from 'react';
import type { EngineClient } from '../../shared/contract/contract.ts';
import { failureOf, type Failure } from '../../shared/domain/failure.ts';
import { useEngine } from './engine.tsx';

export type Answer<T> = {
  /** The last answer there was: it stays while the next one is on its way. */
  readonly value: T | null;
  readonly failure: Failure | null;
  readonly pending: boolean;
  readonly reload: () => void;
};

type Settled<T> = { readonly key: string; readonly value: T | null; readonly failure: Failure | null };

/** Asks the engine whenever `key` is another one, and again on `reload`. An answer that came too late is dropped. */
export const useAnswer = <T>(key: string, ask: (client: EngineClient) => Promise<T>): Answer<T> => {
  const { connection } = useEngine();
  const [times, setTimes] = useState(0);
  const [settled, setSettled] = useState<Settled<T>>({ key: '', value: null, failure: null });
  const asked = `${String(times)} ${key}`;
  useEffect(() => {
    let isWanted = true;
    connection.request(ask).then(
      (value) => {
        if (isWanted) setSettled({ key: asked, value, failure: null });
      },
      (error: unknown) => {
        if (!isWanted) return;
        setSettled(({ value }) => ({ key: asked, value, failure: failureOf(error, 'console.error') }));
      },
    );
    return () => {
      isWanted = false;
    };
    // What is asked depends on the key alone.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [connection, asked]);
  const reload = useCallback(() => {
    setTimes((before) => before + 1);
  }, []);
  const pending = settled.key !== asked;
  return { value: settled.value, failure: pending ? null : settled.failure, pending, reload };
};
