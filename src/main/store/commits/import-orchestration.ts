import type { Database } from 'better-sqlite3';
import type { EventPages, StoredOrchestration } from '../../engine/store-ports.ts';
import { letterOf, type OrchestrationEvent } from '../../../shared/domain/event.ts';
import { FailureError } from '../../../shared/domain/failure.ts';
import type { InstanceId } from '../../../shared/domain/ids.ts';
import { blockCharacters, blockEvents, type BlockEvent, encodeBlock } from '../event-block.ts';
import type { ImportedBlock, ImportStep, PackedBatch } from '../protocol.ts';
import { nextKey } from './commit.ts';
import type { Keys } from './keys.ts';
import { createPacker } from './pack.ts';
import { createPutBlock } from './put-block.ts';
import { checkpoint } from '../database.ts';

/** Blocks that one transaction stores: some milliseconds, and what an import holds in memory. */
const blocksAtOnce = 16;

/** Characters that wait in open blocks, over however many instances: when it is more, all of them are closed. */
const mostWaiting = 16 * 1024 * 1024;

const blockEventOf = ({ seq, n, attemptId, at, source, body }: OrchestrationEvent): BlockEvent => ({
  ...{ seq, n, attemptId, source },
  at: Date.parse(at),
  letter: letterOf(body.type),
  body: JSON.stringify(body),
});

/**
 * Bytes after which what the log holds is put into the database: in small parts, for with a full log it would be a commit of
 * what runs that has to wait for all of it.
 */
const checkpointBytes = 2 * 1024 * 1024;

type Open = { events: BlockEvent[]; characters: number };

/** Packs events into blocks of each instance, and gives some blocks at a time. */
async function* blocksOf(pages: EventPages): AsyncGenerator<readonly ImportedBlock[], void> {
  const open = new Map<InstanceId | null, Open>();
  let waiting = 0;
  let blocks: ImportedBlock[] = [];
  const close = (instanceId: InstanceId | null, { events, characters }: Open): void => {
    open.delete(instanceId);
    waiting -= characters;
    blocks.push({ instanceId, ...encodeBlock(events) });
  };
  const add = (event: OrchestrationEvent): void => {
    const { instanceId } = event;
    const filling = open.get(instanceId) ?? { events: [], characters: 0 };
    open.set(instanceId, filling);
    const packed = blockEventOf(event);
    filling.events.push(packed);
    filling.characters += packed.body.length;
    waiting += packed.body.length;
    if (filling.events.length >= blockEvents || filling.characters >= blockCharacters) {
      close(instanceId, filling);
    }
  };
  const taken = (): readonly ImportedBlock[] => {
    const full = blocks;
    blocks = [];
    return full;
  };
  for await (const page of pages) {
    for (const event of page) {
      add(event);
      if (waiting >= mostWaiting) for (const [instanceId, filling] of open) close(instanceId, filling);
      while (blocks.length >= blocksAtOnce) yield blocks.splice(0, blocksAtOnce);
    }
  }
  for (const [instanceId, filling] of open) close(instanceId, filling);
  yield taken();
}

/** The rows of an orchestration from elsewhere. */
const rowsOf = ({ orchestration, source, instances, attempts, specs }: StoredOrchestration): PackedBatch =>
  createPacker()({
    created: [{ id: orchestration.id, source }],
    orchestrations: [orchestration],
    instances,
    attempts,
    specs: instances.flatMap(({ id: instanceId }) => {
      const spec = specs[instanceId];
      return spec === undefined ? [] : [{ instanceId, spec }];
    }),
    records: [],
    events: [],
  });

/**
 * Has an orchestration from elsewhere stored, by the steps that `ask` sends to the writer: whatever its length, only some blocks of
 * its events are in memory, and what runs can commit between any two steps. @throws what `ask` and `events` do
 */
export const importInSteps = async (
  imported: StoredOrchestration,
  events: EventPages,
  ask: (step: ImportStep) => Promise<string>,
): Promise<void> => {
  const key = Number(await ask({ step: 'begin', rows: rowsOf(imported) }));
  try {
    for await (const blocks of blocksOf(events)) await ask({ step: 'blocks', key, blocks });
    await ask({ step: 'end', key });
  } catch (error) {
    // A store that is closed does not hear it; its next one takes away what is there.
    await ask({ step: 'drop', key }).catch(() => 'null');
    throw error;
  }
};

type Table = 'orchestrations' | 'instances' | 'attempts';

/** Gives what fails when an id of these rows is known. */
const createRefusal = (db: Database): ((rows: PackedBatch) => void) => {
  const taken = (table: Table) => db.prepare<[string], number>(`SELECT 1 FROM ${table} WHERE id = ?`).pluck();
  const tables = {
    orchestrations: taken('orchestrations'),
    instances: taken('instances'),
    attempts: taken('attempts'),
  };
  return (rows) => {
    for (const table of ['orchestrations', 'instances', 'attempts'] as const) {
      const known = rows[table].find(({ id }) => tables[table].get(id) !== undefined);
      if (known === undefined) continue;
      const message = `There are ${table} with the id ${known.id} already, and of another orchestration.`;
      throw new FailureError({ code: 'store.id_taken', message });
    }
  };
};

const statementsOf = (db: Database) => ({
  newKey: db.prepare<[], number>(`SELECT ${nextKey}`).pluck(),
  orchestration: db.prepare<[number, string]>(
    "INSERT INTO orchestrations (key, id, view) VALUES (?, ?, '{}')",
  ),
  removal: db.prepare<[number, string, number]>(
    'INSERT INTO removals (orchestration_key, id, begun_at) VALUES (?, ?, ?)',
  ),
  instance: db.prepare<[string, number, number]>(
    `INSERT INTO instances (id, orchestration_key, position, name, state, view) VALUES (?, ?, ?, '', 'stopped', '{}')`,
  ),
  name: db.prepare<[string, number]>('UPDATE orchestrations SET id = ? WHERE key = ?'),
  nameInstances: db.prepare<[number, number]>(
    'UPDATE instances SET id = substr(id, ?) WHERE orchestration_key = ?',
  ),
  lastSeq: db.prepare<[number, number]>(
    `UPDATE facets SET last_seq = coalesce((SELECT max(last_seq) FROM event_blocks WHERE orchestration_key = ?), 0)
     WHERE orchestration_key = ?`,
  ),
  keep: db.prepare<[number]>('DELETE FROM removals WHERE orchestration_key = ?'),
});

/** What stores orchestrations from elsewhere, step by step. */
export interface Imports {
  /** Gives the key of what it began, as JSON. @throws SqliteError, FailureError `store.id_taken` */
  take(step: ImportStep): string;
  /** Whether what is stored under a key is still coming. */
  isUnderWay(key: number): boolean;
}

/** What the ids of an import begin with until it is whole: nobody asks for them. */
const hidden = (key: number): string => `import ${String(key)} `;

/**
 * Takes a database open for writing. From its first step to its last an import is an orchestration that is being removed, under
 * ids that nobody asks for: nobody sees it, and when this process is killed, or the import given up, what is there of it is taken
 * away as any other removed one. The last step gives it its ids, rows and place in the lists, in one transaction.
 */
export const createImports = (db: Database, commit: (batch: PackedBatch) => void, keys: Keys): Imports => {
  const underWay = new Map<number, PackedBatch>();
  let sinceCheckpoint = 0;
  const refuseKnown = createRefusal(db);
  const statements = statementsOf(db);
  const putBlock = createPutBlock(db);

  const begin = db.transaction((rows: PackedBatch): number => {
    refuseKnown(rows);
    const key = statements.newKey.get() ?? 1;
    statements.orchestration.run(key, hidden(key));
    statements.removal.run(key, hidden(key), Date.now());
    for (const { id, position } of rows.instances) statements.instance.run(hidden(key) + id, key, position);
    return key;
  });
  const add = db.transaction((key: number, blocks: readonly ImportedBlock[]): void => {
    for (const { instanceId, ...block } of blocks) {
      const instance = instanceId === null ? null : keys.instance(hidden(key) + instanceId);
      putBlock({ orchestration: key, instance }, block);
    }
  });
  const end = db.transaction((key: number, rows: PackedBatch): void => {
    refuseKnown(rows);
    statements.name.run(rows.orchestrations[0]?.id ?? '', key);
    statements.nameInstances.run(hidden(key).length + 1, key);
    commit(rows);
    statements.lastSeq.run(key, key);
    statements.keep.run(key);
  });
  const finish = (key: number): void => {
    const rows = underWay.get(key);
    if (rows === undefined) throw new Error('an import that was not begun');
    try {
      end.immediate(key, rows);
    } catch (error) {
      // Keys given in what was rolled back are of no row, or soon of another.
      keys.forget();
      throw error;
    }
  };
  return {
    take: (step) => {
      if (step.step === 'begin') {
        const key = begin.immediate(step.rows);
        underWay.set(key, step.rows);
        return String(key);
      }
      const { key } = step;
      if (step.step === 'blocks') {
        add.immediate(key, step.blocks);
        sinceCheckpoint += step.blocks.reduce((bytes, { data }) => bytes + data.length, 0);
        if (sinceCheckpoint >= checkpointBytes) checkpoint(db);
        sinceCheckpoint %= checkpointBytes;
      }
      if (step.step === 'end') finish(key);
      if (step.step !== 'blocks') underWay.delete(key);
      return 'null';
    },
    isUnderWay: (key) => underWay.has(key),
  };
};
