import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { BUDGET_PERIODS, type BudgetPeriod } from '../../shared/contract/budgets.ts';
import type { RetentionTerms } from '../../shared/contract/database.ts';
import { parseDuration } from '../../shared/domain/duration.ts';
import { ON_EXCEED, type BudgetSpec } from '../../shared/domain/budget.ts';
import { failureError } from '../../shared/domain/failure.ts';
import { PLAN_DEFAULTS } from '../../shared/domain/plan/plan-defaults.ts';
import { microUsd } from '../../shared/domain/usage.ts';
import type { MachineLimits } from '../engine/fleet-gate.ts';

const MIB = 1024 ** 2;
const DAY_MS = 86_400_000;
const UNITS: Readonly<Record<string, number>> = { MB: 1e6, GB: 1e9, MiB: MIB, GiB: 1024 * MIB };

const memoryTextSchema = z.string().regex(/^\d{1,9}(\.\d{1,3})? ?[MG]i?B$/, {
  error: 'Give a number of MiB, or a text such as "512MiB" or "1.5GiB".',
});

/** An amount of memory: a number of MiB, or a text with its unit; gives bytes. */
const memorySchema = z.union([z.number().positive().max(1e9), memoryTextSchema]).transform((amount) => {
  if (typeof amount === 'number') return Math.round(amount * MIB);
  const unit = UNITS[amount.replace(/^[\d. ]+/, '')] ?? MIB;
  return Math.round(Number.parseFloat(amount) * unit);
});

/** A limit in dollars, tokens or both, as plans write it. */
const budgetSchema = z
  .strictObject({
    usd: z.number().min(0.000_001).max(1_000_000).exactOptional(),
    tokens: z.int().positive().exactOptional(),
    onExceed: z.enum(ON_EXCEED).default(PLAN_DEFAULTS.onExceed),
  })
  .refine(({ usd, tokens }) => usd !== undefined || tokens !== undefined, 'Give usd, tokens or both.')
  .transform(({ usd, tokens, onExceed }): BudgetSpec => ({
    ...(usd !== undefined && { costMicroUsd: microUsd(usd) }),
    ...(tokens !== undefined && { tokens }),
    onExceed,
  }));

const durationSchema = z.string().transform((text, issue) => {
  const ms = parseDuration(text.trim());
  if (ms !== undefined && ms > 0) return ms;
  issue.addIssue({ code: 'custom', message: 'Give a time such as "90d", "12h" or "10m".' });
  return z.NEVER;
});

const retentionSchema = z.strictObject({
  /** Sessions that ended longer ago are removed, unless they are pinned. */
  maxAge: durationSchema.exactOptional(),
  /** While everything takes more, the sessions that ended first are removed, unless they are pinned. */
  maxSize: memorySchema.exactOptional(),
  /** What was deleted is removed for good after so long. */
  trash: durationSchema.default(7 * DAY_MS),
  /** Spools are compressed so long after their attempt has ended. */
  compressAfter: durationSchema.default(10 * 60_000),
});

const instanceCount = z.int().min(1).max(10_000);

export const QUIT_WAYS = ['ask', 'keep', 'stop'] as const;
export type QuitWay = (typeof QUIT_WAYS)[number];

const settingsSchema = z.strictObject({
  /** Where Claude Code is, when it is to be another one than the one that is found. */
  claude: z.string().min(1).optional(),
  /** The longest line of Claude Code's output that is read whole, in bytes. */
  maxLineBytes: z.int().min(4096).max(268_435_456).optional(),
  /** Whether a folder that was never worked in must be trusted by somebody first. */
  trust: z.enum(['ask', 'always']).default('ask'),
  /** How many instances run at once over all orchestrations. */
  maxInstances: instanceCount.optional(),
  /** The same, of one person. */
  maxInstancesPerUser: instanceCount.optional(),
  /** Nothing starts while less memory is free. */
  memoryFloor: memorySchema.optional(),
  /** What becomes of work in hand when the console is quit: `ask` asks, the others know. */
  quit: z.enum(QUIT_WAYS).default('ask'),
  /** Claude Code's own history: whether it is taken in as it is written. */
  history: z.strictObject({ follow: z.boolean().default(false) }).default({ follow: false }),
  /** How long what is kept: everything for ever, but for what was deleted, when nobody says. */
  retention: retentionSchema.prefault({}),
  /** Over everything that runs on a day, in a month. */
  budgets: z.partialRecord(z.enum(BUDGET_PERIODS), budgetSchema).default({}),
});

/** What a person has set for a data directory, in `settings.json` there. */
export type Settings = Readonly<z.infer<typeof settingsSchema>>;

/** The limits over all orchestrations, for the engine. */
export const machineLimitsOf = (settings: Settings): MachineLimits => ({
  maxInstances: settings.maxInstances ?? null,
  maxInstancesPerUser: settings.maxInstancesPerUser ?? null,
  memoryFloorBytes: settings.memoryFloor ?? null,
});

/** How long what is kept. */
export const retentionTermsOf = ({ retention }: Settings): RetentionTerms => ({
  maxAgeMs: retention.maxAge ?? null,
  maxBytes: retention.maxSize ?? null,
  trashMs: retention.trash,
  compressAfterMs: retention.compressAfter,
});

/** The limits of every day and month, for the engine. */
export const standingBudgetsOf = ({ budgets }: Settings): ReadonlyMap<BudgetPeriod, BudgetSpec> =>
  new Map(
    BUDGET_PERIODS.flatMap((period) => {
      const spec = budgets[period];
      return spec === undefined ? [] : [[period, spec] as const];
    }),
  );

export const settingsFile = (dataDir: string): string => join(dataDir, 'settings.json');

/** The keys that there are. */
export const settingsKeys: readonly string[] = Object.keys(settingsSchema.shape);

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** The text of the settings; null where there is no file. @throws FailureError `settings.unreadable` */
export const readSettingsText = async (dataDir: string): Promise<string | null> => {
  const file = settingsFile(dataDir);
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return null;
    throw failureError(
      'settings.unreadable',
      `Cannot read the settings in ${file}: ${String(error)}.`,
      error,
    );
  }
};

const parseJson = (file: string, text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw failureError(
      'settings.invalid',
      `${file} is not JSON: ${String(error)}. Correct it, or remove it.`,
      error,
    );
  }
};

/** What is wrong with settings, a sentence each with its place; null when they are right. */
export const problemsOf = (value: unknown): string | null => {
  const parsed = settingsSchema.safeParse(value);
  if (parsed.success) return null;
  return parsed.error.issues
    .map(({ path, message }) => (path.length === 0 ? `${message}.` : `${path.join('.')}: ${message}.`))
    .join(' ')
    .replaceAll('..', '.');
};

/** The settings that a text holds. @throws FailureError `settings.invalid` */
export const parseSettings = (file: string, text: string): Settings => {
  const value = parseJson(file, text);
  const parsed = settingsSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw failureError(
    'settings.invalid',
    `${file} is not valid. ${problemsOf(value) ?? ''} Correct it there.`,
  );
};

/**
 * Reads the settings of a data directory; there are none where there is no file.
 * @throws FailureError `settings.unreadable`, `settings.invalid`
 */
export const readSettings = async (dataDir: string): Promise<Settings> =>
  parseSettings(settingsFile(dataDir), (await readSettingsText(dataDir)) ?? '{}');
