import { implement, ORPCError } from '@orpc/server';
import { contract } from '../../shared/contract/contract.ts';
import { FailureError } from '../../shared/domain/failure.ts';

/** Who asks, as it goes into events. */
export type Caller = { readonly by: string };

/** What every route of the contract starts from. */
export const base = implement(contract)
  .$context<Caller>()
  .use(async ({ next }) => {
    try {
      return await next();
    } catch (error) {
      // A `Failure` crosses as the contract's one error; anything else is a defect and crosses without its text.
      if (!(error instanceof FailureError)) throw error;
      throw new ORPCError('FAILURE', {
        defined: true,
        data: error.failure,
        message: error.message,
        cause: error,
      });
    }
  });
