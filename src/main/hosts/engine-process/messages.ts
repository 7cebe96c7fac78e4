import { z } from 'zod';
import { failureSchema } from '../../../shared/domain/failure-schema.ts';
import { orchestrationIdSchema } from '../../../shared/domain/ids.ts';
import { orchestrationStateSchema } from '../../../shared/domain/orchestration-schema.ts';

/** What the desktop's main process tells the engine's process. A `connect` brings a MessagePort for a client. */
export const toEngineSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('connect') }),
  /** Ends the process. `stopWork` first stops all instances; else they go on, for the next engine to take over. */
  z.object({ kind: z.literal('close'), stopWork: z.boolean() }),
]);
export type ToEngine = Readonly<z.infer<typeof toEngineSchema>>;

const endedOrchestrationSchema = z.object({
  id: orchestrationIdSchema,
  name: z.string(),
  state: orchestrationStateSchema,
  instanceCount: z.int().nonnegative(),
  failed: z.int().nonnegative(),
});
export type EndedOrchestration = Readonly<z.infer<typeof endedOrchestrationSchema>>;

/** What the engine's process tells the desktop's main process; the page talks to the engine by its own port. */
export const fromEngineSchema = z.discriminatedUnion('kind', [
  /** It serves clients now. */
  z.object({ kind: z.literal('ready') }),
  /** It could not be opened, and ends. */
  z.object({ kind: z.literal('failed'), failure: failureSchema }),
  /** How many instances have not ended, whenever that changes. */
  z.object({ kind: z.literal('work'), unfinishedInstances: z.int().nonnegative() }),
  z.object({ kind: z.literal('ended'), orchestration: endedOrchestrationSchema }),
]);
export type FromEngine = Readonly<z.infer<typeof fromEngineSchema>>;
