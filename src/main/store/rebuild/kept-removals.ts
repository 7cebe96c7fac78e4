import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { attemptIdSchema, orchestrationIdSchema, type AttemptId } from '../../../shared/domain/ids.ts';
import { removeFilesOf } from '../upkeep/remove.ts';
import { openDamaged } from './salvage.ts';
import { highestKey, readableRows } from './salvage-rows.ts';

const rowSchema = z.object({
  key: z.int().positive().max(highestKey),
  id: orchestrationIdSchema,
  begunAt: z.int(),
  endedAt: z.int().nullable(),
});
type Row = Readonly<z.infer<typeof rowSchema>>;

/** An orchestration that was removed for good. Of one whose removal was under way, the attempts whose files are left. */
export type KeptRemoval = Row & { readonly attempts: readonly AttemptId[] };

type Owned = { readonly key: number; readonly owner: number };

/** The attempts of orchestrations, by the keys of these. */
const attemptsOf = (db: Database, owners: ReadonlySet<number>): ReadonlyMap<number, readonly AttemptId[]> => {
  const found = new Map<number, AttemptId[]>([...owners].map((key) => [key, []]));
  if (owners.size === 0) return found;
  const instances = new Map<number, number>();
  const allInstances = 'SELECT key, orchestration_key AS owner FROM instances';
  for (const { key, owner } of readableRows<Owned>(db, allInstances, 0, highestKey)) {
    if (owners.has(owner)) instances.set(key, owner);
  }
  const allAttempts = 'SELECT key, instance_key AS owner, id FROM attempts';
  for (const { owner, id } of readableRows<Owned & { readonly id: string }>(db, allAttempts, 0, highestKey)) {
    const attempt = attemptIdSchema.safeParse(id);
    if (attempt.success) found.get(instances.get(owner) ?? -1)?.push(attempt.data);
  }
  return found;
};

/** What a database, sound or damaged, says of removals; nothing when there is none. */
export const readRemovals = (file: string): readonly KeptRemoval[] => {
  const db = openDamaged(file);
  if (db === null) return [];
  try {
    const select =
      'SELECT orchestration_key AS key, id, begun_at AS begunAt, ended_at AS endedAt FROM removals';
    const rows = [...readableRows<{ readonly key: number }>(db, select, 0, highestKey)].flatMap((row) => {
      const read = rowSchema.safeParse(row);
      return read.success ? [read.data] : [];
    });
    const open = rows.filter(({ endedAt }) => endedAt === null).map(({ key }) => key);
    const attempts = attemptsOf(db, new Set(open));
    return rows.map((row) => ({ ...row, attempts: attempts.get(row.key) ?? [] }));
  } finally {
    db.close();
  }
};

/**
 * Ends the removals that were under way: their files go at once, so that nothing is made anew from them. Should no new database
 * come of it, the old one ends them as it would have.
 */
export const endRemovals = (removals: readonly KeptRemoval[], spoolFolder: string): void => {
  for (const { id, endedAt, attempts } of removals)
    if (endedAt === null) removeFilesOf(spoolFolder, id, attempts);
};

/** Puts removals into a new database: keys of what is gone are never given again. */
export const putRemovals = (db: Database, removals: readonly KeptRemoval[]): void => {
  const put = db.prepare(
    'INSERT INTO removals (orchestration_key, id, begun_at, ended_at) VALUES (?, ?, ?, ?)',
  );
  for (const { key, id, begunAt, endedAt } of removals) put.run(key, id, begunAt, endedAt ?? Date.now());
};
