import { ORPCError } from '@orpc/client';
import { z } from 'zod';
import { failureSchema } from '../../shared/domain/failure-schema.ts';
import { FailureError, type Failure } from '../../shared/domain/failure.ts';

/** What the contract says of a request that it does not take. */
const issuesSchema = z.object({
  issues: z.array(z.object({ message: z.string(), path: z.array(z.unknown()).optional() })).min(1),
});

const refusalOf = (code: unknown, data: unknown): Failure | null => {
  const refused = code === 'BAD_REQUEST' ? issuesSchema.safeParse(data) : null;
  if (refused?.success !== true) return null;
  const sentences = refused.data.issues.map(({ message }) => message);
  return { code: 'arguments.refused', message: [...new Set(sentences)].join(' ') };
};

/** What a request to the engine failed with: the engine's own failure; null when it is none, but a defect or a lost connection. */
export const requestFailure = (error: unknown): Failure | null => {
  if (error instanceof FailureError) return error.failure;
  if (!(error instanceof ORPCError)) return null;
  const own = failureSchema.safeParse(error.data);
  if (own.success) return own.data;
  return (
    refusalOf(error.code, error.data) ?? {
      code: 'engine.error',
      message: `The engine answered: ${error.message}`,
    }
  );
};
