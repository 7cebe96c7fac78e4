import { z } from 'zod';
import { ON_EXCEED } from '../../../shared/domain/budget.ts';
import { PERMISSION_MODES } from '../../../shared/domain/plan/plan-words.ts';
import { formats } from './formats.ts';

const text = z.string().optional();
const number = z.number().optional();
const texts = z.array(z.string()).readonly().optional();
const flag = z.boolean().default(false);

/** What `netra run` is told, beside what it runs. */
export const runOptionsSchema = z.object({
  format: z.enum(formats),
  detach: flag,
  dryRun: flag,
  now: flag,
  trust: flag,
  /** Milliseconds. */
  maxWait: number,
  prompt: text,
  input: z.record(z.string(), z.string()).optional(),
  ...{ name: text, workspace: text, concurrency: number, budget: number, budgetTokens: number },
  onExceed: z.enum(ON_EXCEED).optional(),
  ...{ timeout: text, startAt: text, every: text, cron: text, timeZone: text },
  permissionMode: z.enum(PERMISSION_MODES).optional(),
  ...{ model: text, allowedTools: texts, disallowedTools: texts, maxTurns: number, idleTimeout: text },
  ...{ retry: number, count: number, session: text, check: text, loop: number, resultSchema: text },
  worktree: z.union([z.string(), z.literal(true)]).optional(),
});
export type RunOptions = z.infer<typeof runOptionsSchema>;
