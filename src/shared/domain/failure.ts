import type { z } from 'zod';
import type { failureSchema } from './failure-schema.ts';

/**
 * What went wrong, as a value: a stable `code` (`area.reason`), a sentence that says what to do, and where in the
 * input it is, if it is somewhere in an input. Failures cross processes; exceptions do not.
 */
export type Failure = Readonly<z.infer<typeof failureSchema>>;

/** A failure on its way up the stack, where returning it as a value would only be passed on. */
export class FailureError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure, options?: ErrorOptions) {
    super(failure.message, options);
    this.name = 'FailureError';
    this.failure = failure;
  }
}

/** Builds the error to throw for a code and a sentence. */
export const failureError = (code: string, message: string, cause?: unknown): FailureError =>
  new FailureError({ code, message }, cause === undefined ? undefined : { cause });

/** Any thrown thing as a failure: a `FailureError`'s own, else `code` with the error's text. */
export const failureOf = (error: unknown, code: string): Failure => {
  if (error instanceof FailureError) return error.failure;
  return { code, message: error instanceof Error ? error.message : String(error) };
};
