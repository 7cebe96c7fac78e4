import type { Database } from 'better-sqlite3';
import type { EventPages, StoredOrchestration } from '../../engine/store-ports.ts';
import { letterOf, type OrchestrationEvent } from '../../../shared/domain/event.ts';
import type { InstanceId } from '../../../shared/domain/ids.ts';
import { blockCharacters, blockEvents, type BlockEvent, encodeBlock } from '../event-block.ts';
import type { Keys } from './keys.ts';
import { createPacker } from './pack.ts';
import { createPutBlock } from './put-block.ts';
import type { PackedBatch, PackedImport } from '../protocol.ts';
import { FailureError } from '../../../shared/domain/failure.ts';

const blockEventOf = ({ seq, n, attemptId, at, source, body }: OrchestrationEvent): BlockEvent => ({
  ...{ seq, n, attemptId, source },
  at: Date.parse(at),
  letter: letterOf(body.type),
  body: JSON.stringify(body),
});

type ImportedBlock = PackedImport['blocks'][number];

type Open = { events: BlockEvent[]; characters: number };

/** Blocks of each instance, filled as its events come. */
const createBlocks = () => {
  const blocks: ImportedBlock[] = [];
  const open = new Map<InstanceId | null, Open>();
  const close = (instanceId: InstanceId | null, { events }: Open): void => {
    open.delete(instanceId);
    blocks.push({ instanceId, ...encodeBlock(events) });
  };
  return {
    add: (event: OrchestrationEvent): void => {
      const { instanceId } = event;
      const filling = open.get(instanceId) ?? { events: [], characters: 0 };
      open.set(instanceId, filling);
      const packed = blockEventOf(event);
      filling.events.push(packed);
      filling.characters += packed.body.length;
      if (filling.events.length >= blockEvents || filling.characters >= blockCharacters) {
        close(instanceId, filling);
      }
    },
    all: (): readonly ImportedBlock[] => {
      for (const [instanceId, filling] of open) close(instanceId, filling);
      return blocks;
    },
  };
};

/** All that is stored of an orchestration from elsewhere; its events are held compressed. */
export const packImport = async (
  imported: StoredOrchestration,
  events: EventPages,
): Promise<PackedImport> => {
  const { orchestration, source, instances, attempts, specs } = imported;
  const blocks = createBlocks();
  for await (const page of events) for (const event of page) blocks.add(event);
  const batch = createPacker()({
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
  return { batch, blocks: blocks.all() };
};

/**
 * Takes a database open for writing and what stores a batch, and gives the function that stores a whole orchestration in one
 * transaction. It throws SqliteError, or FailureError `store.id_taken`.
 */
export const createImport = (
  db: Database,
  commit: (batch: PackedBatch) => void,
  keys: Keys,
): ((imported: PackedImport) => void) => {
  const taken = (table: 'orchestrations' | 'instances' | 'attempts') =>
    db.prepare<[string], number>(`SELECT 1 FROM ${table} WHERE id = ?`).pluck();
  const tables = {
    orchestrations: taken('orchestrations'),
    instances: taken('instances'),
    attempts: taken('attempts'),
  };
  const putBlock = createPutBlock(db);
  const lastSeq = db.prepare('UPDATE facets SET last_seq = max(last_seq, ?) WHERE orchestration_key = ?');
  const refuseKnown = (table: keyof typeof tables, rows: readonly { readonly id: string }[]): void => {
    const known = rows.find(({ id }) => tables[table].get(id) !== undefined);
    if (known === undefined) return;
    const message = `There are ${table} with the id ${known.id} already, and of another orchestration.`;
    throw new FailureError({ code: 'store.id_taken', message });
  };
  const store = db.transaction(({ batch, blocks }: PackedImport) => {
    refuseKnown('orchestrations', batch.orchestrations);
    refuseKnown('instances', batch.instances);
    refuseKnown('attempts', batch.attempts);
    commit(batch);
    const orchestration = keys.orchestration(batch.created[0]?.id ?? '');
    for (const { instanceId, ...block } of blocks) {
      const instance = instanceId === null ? null : keys.instance(instanceId);
      putBlock({ orchestration, instance }, block);
      lastSeq.run(block.lastSeq, orchestration);
    }
  });
  return (imported) => {
    try {
      store.immediate(imported);
    } catch (error) {
      // Keys given in what was rolled back are of no row, or soon of another.
      keys.forget();
      throw error;
    }
  };
};
