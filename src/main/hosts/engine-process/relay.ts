import { isContractProcedure } from '@orpc/contract';
import { implement } from '@orpc/server';
import { contract, type EngineClient } from '../../../shared/contract/contract.ts';
import type { EngineRouter } from '../../api/router.ts';

type Call = (input: unknown, options: { readonly signal: AbortSignal | undefined }) => Promise<unknown>;

const relayed = (part: unknown, client: unknown): unknown => {
  if (isContractProcedure(part)) {
    const call = client as Call;
    return implement(part).handler(({ input, signal }) => call(input, { signal }));
  }
  const parts = Object.entries(part as object);
  return Object.fromEntries(
    parts.map(([name, child]) => [name, relayed(child, Reflect.get(client as object, name))]),
  );
};

/** Serves the contract by asking the engine of another process, with its failures and its streams. */
export const relayRouter = (client: EngineClient): EngineRouter => relayed(contract, client) as EngineRouter;
