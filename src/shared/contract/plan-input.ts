import { z } from 'zod';

/** A plan as text; `file` is where it was read from, `baseDir` what its relative paths start from. */
export const planInputSchema = z.object({
  text: z.string().max(1_048_576),
  file: z.string().nullable(),
  baseDir: z.string().nullable(),
});
