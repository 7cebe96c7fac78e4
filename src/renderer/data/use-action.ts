import { useState } from 'react';
import type { EngineClient } from '../../shared/contract/contract.ts';
import { failureOf, type Failure } from '../../shared/domain/failure.ts';
import { useEngine } from './engine.tsx';

export type Action<A extends readonly unknown[]> = {
  /** Asks the engine; true when it did it. Does nothing while the one before is under way. */
  readonly run: (...args: A) => Promise<boolean>;
  readonly pending: boolean;
  readonly failure: Failure | null;
  readonly dismiss: () => void;
};

/** Something a person tells the engine to do, with what a button needs to show of it. */
export const useAction = <A extends readonly unknown[], T>(
  ask: (client: EngineClient, ...args: A) => Promise<T>,
  onDone?: (answer: T) => void,
): Action<A> => {
  const { connection } = useEngine();
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const run = async (...args: A): Promise<boolean> => {
    if (pending) return false;
    setPending(true);
    setFailure(null);
    try {
      const answer = await connection.request((client) => ask(client, ...args));
      onDone?.(answer);
      return true;
    } catch (error) {
      setFailure(failureOf(error, 'console.error'));
      return false;
    } finally {
      setPending(false);
    }
  };
  return {
    run,
    pending,
    failure,
    dismiss: () => {
      setFailure(null);
    },
  };
};
