import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { inFolder, measureIn, tell } from './figures.ts';
import { writePrinter, writeStream } from './lines.ts';

/**
 * A library of a year: by default 1,000 orchestrations with 5,000,000 events, of some 5 GB of raw streams. Making it takes
 * minutes; `--events 500000 --orchestrations 100 --longest 100000` is a smaller one, with the same questions.
 */
const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '5000000' },
    orchestrations: { type: 'string', default: '1000' },
    longest: { type: 'string', default: '1000000' },
    /** A library that was made before, or where to make one that is to stay. */
    keep: { type: 'string' },
  },
});
const most = { readyMs: 300, database: 0.35, spool: 0.15 };
const leastIngest = 0.8;
const ingestRounds = 3;

const sizeOf = async (folder: string, names: RegExp): Promise<number> => {
  const files = (await readdir(folder)).filter((name) => names.test(name));
  const sizes = await Promise.all(files.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
};

const figure = (figures: Readonly<Record<string, number>>, name: string): number =>
  figures[name] ?? Number.NaN;
const share = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`;

/** Runs a program of this folder that prints its own rows. */
const show = async (file: string, ...args: readonly string[]): Promise<void> => {
  const child = spawn(process.execPath, [join(import.meta.dirname, file), ...args], { stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) process.exitCode = 1;
};

const make = async (dataDir: string): Promise<void> => {
  const { orchestrations, events, longest } = values;
  const made = await measureIn('library-make.ts', dataDir, orchestrations, events, longest);
  const raw = figure(made, 'rawBytes');
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(0)} s`;
  console.log(
    `    ${figure(made, 'events').toLocaleString('en')} events of ${(raw / 1e9).toFixed(2)} GB, stored in ` +
      `${seconds(figure(made, 'ms'))}, the database then ${share(figure(made, 'databaseBytes'), raw)}`,
  );
  const upkeep = await measureIn('library-upkeep.ts', dataDir);
  console.log(`    indexed, packed, compressed and written down again in ${seconds(figure(upkeep, 'ms'))}`);
  const database = await sizeOf(dataDir, /\.db(-wal)?$/);
  const spool = await sizeOf(join(dataDir, 'spool'), /^(?!.*ledger)/);
  const ledgers = await sizeOf(join(dataDir, 'spool'), /ledger/);
  tell({
    ...{ what: 'database with its search index, of the raw streams', measured: share(database, raw) },
    ...{ wanted: `≤ ${share(most.database, 1)}`, isMet: database <= most.database * raw },
  });
  tell({
    ...{ what: 'spools, compressed, of the raw streams', measured: share(spool, raw) },
    ...{ wanted: `≤ ${share(most.spool, 1)}`, isMet: spool <= most.spool * raw },
  });
  console.log(`    ledgers, compressed: ${share(ledgers, raw)}`);
};

const ingest = async (folder: string, dataDir: string): Promise<void> => {
  const stream = join(folder, 'stream.ndjson');
  await writeStream(stream, 20_000, 500);
  const printer = await writePrinter(folder, stream);
  const best = { alone: Number.POSITIVE_INFINITY, asked: Number.POSITIVE_INFINITY };
  for (let round = 0; round < ingestRounds; round++) {
    best.alone = Math.min(best.alone, figure(await measureIn('library-ingest.ts', dataDir, printer), 'ms'));
    const asked = await measureIn('library-ingest.ts', dataDir, printer, 'asking');
    best.asked = Math.min(best.asked, figure(asked, 'ms'));
    console.log(
      `    round ${String(round + 1)}: ${String(figure(asked, 'answered'))} questions answered meanwhile`,
    );
  }
  const rate = best.alone / best.asked;
  tell({
    ...{
      what: 'ingest while all questions are asked in a loop, of its rate alone',
      measured: share(rate, 1),
    },
    ...{ wanted: `≥ ${share(leastIngest, 1)}`, isMet: rate >= leastIngest },
  });
};

await inFolder(async (folder) => {
  const dataDir = values.keep ?? join(folder, 'data');
  const isThere = await stat(join(dataDir, 'netra.db')).then(
    () => true,
    () => false,
  );
  if (!isThere) await make(dataDir);
  const starts = [];
  for (let round = 0; round < 5; round++)
    starts.push(figure(await measureIn('library-ready.ts', dataDir), 'readyMs'));
  const readyMs = Math.min(...starts);
  tell({
    ...{ what: 'engine ready after start', measured: `${readyMs.toFixed(0)} ms` },
    ...{ wanted: `≤ ${String(most.readyMs)} ms`, isMet: readyMs <= most.readyMs },
  });
  await show('library-ask.ts', dataDir);
  await ingest(folder, dataDir);
});
