import type { Log } from '../engine/ports.ts';
import type {
  EventSearch,
  FoundEvents,
  Removable,
  Store,
  StoreBatch,
  StoreCare,
  StoreCensus,
} from '../engine/store-ports.ts';
import type { VacuumReport } from '../../shared/contract/database.ts';
import { FailureError, type Failure } from '../../shared/domain/failure.ts';
import type { OrchestrationId } from '../../shared/domain/ids.ts';
import { spoolFolderOf } from '../spool/files.ts';
import { openBackground, type Background } from './upkeep/background.ts';
import { databaseFile, prepareDatabaseFile, prepareDataDir, sizeOfDatabase } from './data-dir.ts';
import { ledgerIds } from './ledger/ledger-files.ts';
import { memoryOf } from './event-block.ts';
import { importInSteps } from './commits/import-orchestration.ts';
import type { Keeper } from './upkeep/keeper.ts';
import type { HistoryStore } from './commits/history-rows.ts';
import { createPacker } from './commits/pack.ts';
import type { ReadKind, ReadRequest, Reads } from './protocol.ts';
import { openReading, type Reading } from './reading.ts';
import type { RebuildReport } from './rebuild/rebuild.ts';
import { swapIn } from './rebuild/swap.ts';
import { upgradeInstance, upgradeOrchestration, upgradeStored } from './commits/view-defaults.ts';
import { openWorkerLink, type WorkerLink } from './worker-link.ts';

/**
 * A store, what a person should be told of its opening (`store.moved_aside`, where a damaged database went;
 * `store.made_anew`, for one that was gone), and what does its background work, which takes on that of others.
 */
export type OpenedStore = Store &
  StoreCare & {
    readonly notice: Failure | null;
    readonly keeper: Keeper;
    /** Claude Code's own history. */
    readonly history: HistoryStore;
  };

/** What came back of a damaged database, as a sentence. */
const cameBack = ({ orchestrations, events, lostEvents, lostOrchestrations }: RebuildReport): string => {
  const lost = [
    ...(lostEvents === 0 ? [] : [`${String(lostEvents)} events are lost`]),
    ...(lostOrchestrations.length === 0
      ? []
      : [`too little was left of the orchestrations ${lostOrchestrations.join(', ')}`]),
  ];
  const back = `Of what could be read of it and of the ledgers a new one was made, with ${String(orchestrations)} orchestrations and ${String(events)} events`;
  return `${[back, ...lost].join('; ')}. Nothing was deleted.`;
};

/** Lets the writer open the database; of a damaged one a new one is made, with all that can be had back. */
const openDatabase = async (writer: WorkerLink, dataDir: string): Promise<Failure | null> => {
  try {
    await writer.ask({ kind: 'open' });
    return null;
  } catch (error) {
    if (!(error instanceof FailureError) || error.failure.code !== 'store.corrupt') throw error;
    const report = await repairedBy(writer);
    await writer.ask({ kind: 'open' });
    const message = `${error.message} It was moved to ${report.movedTo ?? dataDir}. ${cameBack(report)}`;
    return { code: 'store.moved_aside', message };
  }
};

const repairedBy = async (writer: WorkerLink): Promise<RebuildReport> =>
  // Written by the thread.
  JSON.parse(await writer.ask({ kind: 'repair' })) as RebuildReport;

/** True when there is none, or an empty file, though there are ledgers of what was in it. */
const isDatabaseLost = async (dataDir: string): Promise<boolean> =>
  (await sizeOfDatabase(dataDir)) === 0 && (await ledgerIds(spoolFolderOf(dataDir))).length > 0;

/** Makes a database that is lost anew, in a thread of its own: nobody must have the old one open. Null where none is lost. */
const makeAnew = async (dataDir: string, log: Log | undefined): Promise<Failure | null> => {
  if (!(await isDatabaseLost(dataDir))) return null;
  const file = databaseFile(dataDir);
  const writer = openWorkerLink({ role: 'writer', file }, log);
  try {
    const report = await repairedBy(writer);
    return { code: 'store.made_anew', message: `The database ${file} was gone. ${cameBack(report)}` };
  } finally {
    await writer.close();
  }
};

/** The orchestrations that a batch has something of; whatever it has, their views are there too, or an event. */
const touchedBy = ({
  orchestrations,
  remarks = [],
  instances,
  events,
  attempts,
}: StoreBatch): readonly string[] => [
  ...new Set([
    ...[...orchestrations, ...remarks].map(({ id }) => id),
    ...[...instances, ...events, ...attempts].map(({ orchestrationId }) => orchestrationId),
  ]),
];

const createReads = (reading: Pick<Reading, 'ask'>) => {
  const read = async <K extends ReadKind>(kind: K, ...args: Reads[K]['args']): Promise<Reads[K]['result']> =>
    // Written by this program only, under a schema of a known version.
    JSON.parse(await reading.ask({ kind, args } as unknown as ReadRequest)) as Reads[K]['result'];
  return {
    unfinished: async () => (await read('unfinished')).map(upgradeStored),
    orchestration: async (id) => {
      const stored = await read('orchestration', id);
      return stored === null ? null : upgradeStored(stored);
    },
    orchestrations: async (query) => {
      const page = await read('orchestrations', query);
      return { ...page, items: page.items.map(upgradeOrchestration) };
    },
    search: (search) => read('search', search),
    instance: async (id) => {
      const view = await read('instance', id);
      return view === null ? null : upgradeInstance(view);
    },
    eventIndex: (id) => read('eventIndex', id),
    instanceEvents: (id, from, limit) => read('instanceEvents', id, from, limit),
    eventsAfter: (id, afterSeq, limit) => read('eventsAfter', id, afterSeq, limit),
    records: (kind) => read('records', kind),
    spent: (fromMs, beforeMs) => read('spent', fromMs, beforeMs),
    labels: () => read('labels'),
    usage: (query) => read('usage', query),
    historyRows: () => read('historyRows'),
    historySession: (id: string) => read('historySession', id),
    historyMessages: (project: string, except: string | null) => read('historyMessages', project, except),
  } satisfies Omit<Store, 'commit' | 'importOrchestration' | 'remove' | 'close'> & Record<string, unknown>;
};

/** How long somebody who searches waits for what is not in the index yet, where too little is found without it. */
const mostCatchUpMs = 100;

const searchFresh =
  (
    search: (query: EventSearch) => Promise<FoundEvents>,
    background: Background,
    log: Log | undefined,
  ): typeof search =>
  async (query) => {
    const page = await search(query);
    if (page.pending === 0 || page.hits.length === query.limit) return page;
    try {
      await background.catchUp(mostCatchUpMs);
    } catch (error) {
      // What there is of the index is right all the same.
      log?.error('the index of words could not catch up', error);
      return page;
    }
    return search(query);
  };

/** What comes and goes as a whole. */
const createWholes = (
  writer: WorkerLink,
  background: Background,
): Pick<Store, 'importOrchestration' | 'remove'> => ({
  importOrchestration: async (imported, events) => {
    try {
      await importInSteps(imported, events, (step) =>
        writer.ask({ kind: 'import', step }, step.step === 'blocks' ? memoryOf(step.blocks) : []),
      );
    } finally {
      // What was given up is to be taken away.
      background.committed([imported.orchestration.id]);
    }
  },
  remove: async (seen) => {
    const removed = JSON.parse(await writer.ask({ kind: 'remove', seen })) as readonly OrchestrationId[];
    // Their ledgers are let go of, too.
    background.committed(removed);
    return removed;
  },
});

const historyStore = (
  reads: ReturnType<typeof createReads>,
  writer: WorkerLink,
  background: Background,
): HistoryStore => ({
  take: async (batch) => {
    const taken = await writer.ask({ kind: 'history', batch }, memoryOf(batch.session?.blocks ?? []));
    if (batch.session !== null) background.committed([batch.session.orchestration.id]);
    return taken === 'true';
  },
  rows: reads.historyRows,
  session: reads.historySession,
  messages: async (project, except) => {
    const bytes = Uint8Array.from(Buffer.from(await reads.historyMessages(project, except), 'base64'));
    return new Float64Array(bytes.buffer);
  },
});

const createCare = (writer: WorkerLink, background: Background): StoreCare => ({
  census: async () => JSON.parse(await background.ask({ kind: 'census', args: [] })) as StoreCensus,
  removable: async () =>
    JSON.parse(await background.ask({ kind: 'removable', args: [] })) as readonly Removable[],
  vacuum: async () => JSON.parse(await writer.ask({ kind: 'vacuum' })) as VacuumReport,
});

/**
 * Opens the database of a data directory, made if missing. Writes go through one thread and reads through another, so
 * that neither holds up the other or the caller; what takes long to find gets a third. Whoever opens it holds the directory's lock (data-dir-lock.ts).
 * An `orchestrations` query with no states in it is for all of them. Whoever makes a commit before the one before it
 * was answered accepts that the second may hold without the first.
 * @throws FailureError `data_dir.not_writable`, `store.newer`, `store.schema_changed`, `store.disk_full`, `store.failed`
 */
export const openStore = async (options: {
  readonly dataDir: string;
  readonly log?: Log;
  /** How long after an attempt's end its spool is compressed. */
  readonly compressAfterMs?: number;
}): Promise<OpenedStore> => {
  const { dataDir, log, ...rest } = options;
  await prepareDataDir(dataDir);
  await swapIn(dataDir);
  const lost = await makeAnew(dataDir, log);
  await prepareDatabaseFile(dataDir);
  const file = databaseFile(dataDir);
  const writer = openWorkerLink({ role: 'writer', file }, log);
  const reading = openReading(file, writer, log);
  let pack = createPacker();
  const background = openBackground({ file, ...rest }, writer, log);
  let isClosed = false;
  const close = async (): Promise<void> => {
    isClosed = true;
    await background.close();
    // The last to close puts the log into the database, which readers may not.
    await reading.close();
    await writer.close();
  };
  try {
    const notice = (await openDatabase(writer, dataDir)) ?? lost;
    if (notice !== null) log?.warn(notice.message, { code: notice.code });
    const reads = createReads(reading);
    return {
      notice,
      keeper: background.keeper,
      commit: async (batch) => {
        const done = writer.ask({ kind: 'commit', batch: pack(batch) });
        reading.begin();
        await done.catch((error: unknown) => {
          pack = createPacker();
          throw error;
        });
        if (!isClosed) background.committed(touchedBy(batch));
      },
      ...createWholes(writer, background),
      ...reads,
      search: searchFresh(reads.search, background, log),
      history: historyStore(reads, writer, background),
      ...createCare(writer, background),
      close,
    };
  } catch (error) {
    await background.keeper.close();
    await writer.close();
    throw error;
  }
};
