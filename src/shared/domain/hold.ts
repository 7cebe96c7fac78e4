import { z } from 'zod';
import { instantSchema } from './ids.ts';

/** Since when it is held. */
const since = instantSchema;

/** Tokens of all kinds, and millionths of a US dollar; null: no limit of that kind. */
const limitSchema = z.object({
  tokens: z.int().positive().nullable(),
  costMicroUsd: z.int().positive().nullable(),
});

/** What keeps an instance from going on although nothing failed: somebody must let go of it. */
export const holdSchema = z.discriminatedUnion('kind', [
  /** Paused by somebody, itself or as part of its orchestration. */
  z.object({
    kind: z.literal('person'),
    by: z.string(),
    scope: z.enum(['instance', 'orchestration']),
    since,
  }),
  /** A budget is used up; goes on when it is raised. */
  z.object({
    kind: z.literal('budget'),
    /** The id of the account, as the budgets name it: the same for everything that this budget holds. */
    account: z.string(),
    /** The account in words: `the day's budget`, `the budget of "review"`. */
    name: z.string(),
    limit: limitSchema.readonly(),
    used: z.object({ tokens: z.int().nonnegative(), costMicroUsd: z.int().nonnegative() }).readonly(),
    since,
  }),
  /** The folder was never worked in; Claude Code would run what it brings along. */
  z.object({
    kind: z.literal('trust'),
    /** Absolute. */
    folder: z.string(),
    /** What would run unasked, each in a few words: hooks, MCP servers. */
    runs: z.array(z.string()).readonly(),
    since,
  }),
  /** Claude Code is signed out, or its key was refused. */
  z.object({ kind: z.literal('sign_in'), message: z.string(), since }),
]);
export type Hold = Readonly<z.infer<typeof holdSchema>>;
