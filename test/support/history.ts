import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HistoryProgress } from '../../src/shared/contract/history.ts';
import { readPrices, type PriceTable } from '../../src/main/claude/stream/price-table.ts';
import { createHistory, type History } from '../../src/main/hosts/history/history.ts';
import { systemClock } from '../../src/main/hosts/system-clock.ts';
import { openStore, type OpenedStore } from '../../src/main/store/store.ts';

const root = join(import.meta.dirname, '../..');

/** Transcripts that versions of Claude Code wrote, by version and what happens in them: the ids of the sessions. */
export const historyFixtures = join(root, 'test/fixtures/claude-history');

export const fixtureSessions = async (): Promise<
  Readonly<Record<string, Readonly<Record<string, string>>>>
> =>
  JSON.parse(await readFile(join(historyFixtures, 'sessions.json'), 'utf8')) as Record<
    string,
    Record<string, string>
  >;

export const listPrices = async (): Promise<PriceTable> =>
  readPrices(await readFile(join(root, 'resources/prices.json'), 'utf8'), null);

/** A data directory and a folder of Claude Code's history, with what takes that in. Remove it. */
export type HistoryBench = {
  readonly root: string;
  readonly dataDir: string;
  readonly folder: string;
  readonly store: () => OpenedStore;
  readonly history: () => History;
  /** Takes in what is new, to the end. */
  readonly importAll: (folder?: string) => Promise<HistoryProgress>;
  /** Ends and opens again. */
  readonly reopen: () => Promise<void>;
  /** Ends, so that another process may open it. */
  readonly close: () => Promise<void>;
  readonly remove: () => Promise<void>;
};

const quiet = { warn: () => undefined, error: () => undefined };

export const lastOf = async (progress: AsyncIterable<HistoryProgress>): Promise<HistoryProgress> => {
  let last: HistoryProgress | null = null;
  for await (const one of progress) last = one;
  if (last === null) throw new Error('Nothing was told of the import.');
  return last;
};

/** Makes one, with the transcripts of these versions. */
export const openHistoryBench = async (...versions: readonly string[]): Promise<HistoryBench> => {
  const place = await mkdtemp(join(tmpdir(), 'netra-history-'));
  const folder = join(place, 'projects');
  const dataDir = join(place, 'data');
  await mkdir(folder);
  for (const version of versions) {
    await cp(join(historyFixtures, version, '-home-ada-shop'), join(folder, `-home-ada-${version}`), {
      recursive: true,
      preserveTimestamps: true,
    });
  }
  const prices = await listPrices();
  const spoolFolder = join(dataDir, 'spool');
  const open = async () => {
    const store = await openStore({ dataDir });
    await mkdir(spoolFolder, { recursive: true });
    const history = createHistory({
      ...{ store, prices, log: quiet, spoolFolder, folder },
      ...{ clock: systemClock, owner: 'ada', follows: false },
    });
    return { store, history };
  };
  let opened = await open();
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    await opened.history.close();
    await opened.store.close();
  };
  return {
    ...{ root: place, dataDir, folder },
    store: () => opened.store,
    history: () => opened.history,
    importAll: (from) => lastOf(opened.history.import(from ?? null)),
    reopen: async () => {
      await close();
      opened = await open();
      isOpen = true;
    },
    close,
    remove: async () => {
      await close();
      await rm(place, { recursive: true, force: true });
    },
  };
};
