import { z } from 'zod';

/** A failure from another process or program. */
export const failureSchema = z.object({
  code: z.string().regex(/^[a-z_]+\.[a-z_]+$/),
  message: z.string(),
  path: z
    .array(z.union([z.string(), z.number()]))
    .readonly()
    .optional(),
});
