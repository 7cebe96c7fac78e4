import { implement, ORPCError } from '@orpc/server';
import { contract } from '../../shared/contract/contract.ts';
import { FailureError } from '../../shared/domain/failure.ts';

/** Who asks, as it goes into events. */
export type Caller = { readonly by: string };

/** A `Failure` crosses as the contract's one error; anything else is a defect and crosses without its text. */
const crossing = (error: unknown): unknown =>
  error instanceof FailureError
    ? new ORPCError('FAILURE', {
        defined: true,
        data: error.failure,
        message: error.message,
        cause: error,
      })
    : error;

/** What an answer that comes in pieces fails with crosses as that of any other: it is out of a route's hands when it fails. */
export async function* pieces<T>(items: AsyncGenerator<T, void>): AsyncGenerator<T, void> {
  try {
    yield* items;
  } catch (error) {
    throw crossing(error);
  }
}

/** What every route of the contract starts from. */
export const base = implement(contract)
  .$context<Caller>()
  .use(async ({ next }) => {
    try {
      return await next();
    } catch (error) {
      throw crossing(error);
    }
  });
