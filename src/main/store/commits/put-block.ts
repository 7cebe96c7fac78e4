import type { Database } from 'better-sqlite3';
import type { EventBlock } from '../event-block.ts';

/** Whose events a block holds, by their keys: an instance's, or those of an orchestration itself. */
export type BlockOwner = { readonly orchestration: number; readonly instance: number | null };

/** Gives what stores a block; whether its events are also rows, and what else says how far they go, is the caller's affair. */
export const createPutBlock = (db: Database): ((owner: BlockOwner, block: EventBlock) => void) => {
  const insert = db.prepare(
    `INSERT INTO event_blocks (orchestration_key, instance_key, first_n, count, first_seq, last_seq, letters, data)
     VALUES (@orchestration, @instance, @firstN, @count, @firstSeq, @lastSeq, @letters, @data)`,
  );
  return ({ orchestration, instance }, block) => {
    insert.run({ ...block, orchestration, instance });
  };
};
