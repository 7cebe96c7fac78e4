import { z } from 'zod';
import type { JsonValue } from './plan/plan-spec.ts';

/** Any value as JSON has it. */
export const jsonSchema: z.ZodType<JsonValue> = z.json();
