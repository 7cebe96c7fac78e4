import { z } from 'zod';

/**
 * A plan as text; `file` is where it was read from, `baseDir` what its relative paths start from. `inputs` are the values
 * for the plan's inputs; texts are read as the type that the plan says. Without them, a check does not ask for any.
 */
export const planInputSchema = z.object({
  text: z.string().max(2_097_152), // twice what a plan may be: it is the reading of the plan that says so
  file: z.string().nullable(),
  baseDir: z.string().nullable(),
  inputs: z.record(z.string(), z.json()).optional(),
});
