import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { failureError } from '../../shared/domain/failure.ts';
import { MAX_PLAN_LENGTH } from '../../shared/domain/plan/plan-syntax.ts';

/** No plan that can be read is longer in UTF-8: three bytes for each character, and a byte order mark. */
const mostBytes = 3 * MAX_PLAN_LENGTH + 3;

/** The first bytes of a file, one more than a plan may have at most; so it is with pipes and devices too. */
const firstBytes = (path: string): Promise<Buffer> => buffer(createReadStream(path, { end: mostBytes }));

const reasonOf = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'it is not there';
  return code === 'EISDIR' ? 'it is a folder' : String(error);
};

/** Reads a plan file, and no more of it than a plan may be long. @throws FailureError `plan.unreadable`, `plan.too_large` */
export const readPlanFile = async (
  file: string,
): Promise<{ readonly file: string; readonly text: string }> => {
  const path = resolve(file);
  const bytes = await firstBytes(path).catch((error: unknown) => {
    throw failureError('plan.unreadable', `Cannot read the plan ${path}: ${reasonOf(error)}.`, error);
  });
  if (bytes.length <= mostBytes) return { file: path, text: bytes.toString('utf8') };
  throw failureError(
    'plan.too_large',
    `The plan ${path} is larger than a plan may be (1 MiB of text): split it, or choose another file.`,
  );
};
