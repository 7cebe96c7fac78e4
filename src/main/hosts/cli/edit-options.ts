import { z } from 'zod';
import { PERMISSION_MODES } from '../../../shared/domain/plan/plan-words.ts';

const text = z.string().optional();
const number = z.number().optional();
const texts = z.array(z.string()).readonly().optional();

/** What `netra edit` is told. */
export const editOptionsSchema = z.object({
  ...{ prompt: text, command: text, model: text, appendSystemPrompt: text },
  permissionMode: z.enum(PERMISSION_MODES).optional(),
  ...{ allowedTools: texts, disallowedTools: texts },
  ...{ maxTurns: number, maxBudget: number, timeout: number, idleTimeout: number },
  unset: z.array(z.string()).readonly().optional(),
});
export type EditOptions = z.infer<typeof editOptionsSchema>;

/** What `--unset` takes away, as the plan calls it, and as the engine does. */
export const unsettable = {
  model: 'model',
  permissionMode: 'permissionMode',
  appendSystemPrompt: 'appendSystemPrompt',
  maxTurns: 'maxTurns',
  maxBudgetUsd: 'maxBudgetMicroUsd',
  timeout: 'timeoutMs',
  idleTimeout: 'idleTimeoutMs',
} as const;
