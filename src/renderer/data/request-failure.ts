import { ORPCError } from '@orpc/client';
import { failureSchema } from '../../shared/domain/failure-schema.ts';
import { FailureError, type Failure } from '../../shared/domain/failure.ts';

/**
 * What went wrong with a request, as a failure: the engine's own where it gave one, else `engine.error` (it answered
 * with something else) or `console.lost` (no answer came).
 */
export const requestFailure = (error: unknown): Failure => {
  if (error instanceof FailureError) return error.failure;
  if (error instanceof ORPCError) {
    const own = failureSchema.safeParse(error.data);
    if (own.success) return own.data;
    return { code: 'engine.error', message: `The engine could not do that: ${error.message}` };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'console.lost', message: `The engine gave no answer: ${message}` };
};

/** True for a failure that the engine itself reported, so that asking again would change nothing. */
export const isEngineFailure = (error: unknown): boolean =>
  error instanceof ORPCError && failureSchema.safeParse(error.data).success;
