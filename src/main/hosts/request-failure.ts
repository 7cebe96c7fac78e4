import { ORPCError } from '@orpc/client';
import { failureSchema } from '../../shared/domain/failure-schema.ts';
import { FailureError, type Failure } from '../../shared/domain/failure.ts';

/** What a request to the engine failed with: the engine's own failure; null when it is none, but a defect or a lost connection. */
export const requestFailure = (error: unknown): Failure | null => {
  if (error instanceof FailureError) return error.failure;
  if (!(error instanceof ORPCError)) return null;
  const own = failureSchema.safeParse(error.data);
  return own.success ? own.data : { code: 'engine.error', message: `The engine answered: ${error.message}` };
};
