import { appendFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeCorpus } from './history-corpus.ts';
import { inFolder, measureIn, tell } from './figures.ts';

/**
 * Takes in a history of Claude Code as months of work leave it, then once more with nothing new, then with a file that has grown.
 * Every pass is a process of its own. `--megabytes 10000` is what the figures are wanted for.
 */
const { values } = parseArgs({ options: { megabytes: { type: 'string', default: '2000' } } });

const least = { rate: 100 };
const most = { againMs: 3_000, peakRssMb: 1_000, commitMs: 100 };

const figure = (figures: Readonly<Record<string, number>>, name: string): number =>
  figures[name] ?? Number.NaN;

/** The transcript that was written first. */
const anyTranscript = async (folder: string): Promise<string> => {
  const [project = ''] = await readdir(folder);
  const names = await readdir(join(folder, project));
  return join(folder, project, names.find((name) => name.endsWith('.jsonl')) ?? '');
};

await inFolder(async (root) => {
  const [folder, dataDir] = [join(root, 'projects'), join(root, 'data')];
  const { bytes, files, largest } = writeCorpus(folder, Number(values.megabytes) * 1e6);
  console.log(
    `    ${(bytes / 1e9).toFixed(2)} GB in ${String(files)} files, the largest of ${(largest / 1e6).toFixed(0)} MB`,
  );

  const first = await measureIn('history-run.ts', dataDir, folder);
  if (figure(first, 'readBytes') !== bytes || figure(first, 'problems') > 0)
    throw new Error(`only ${String(first['readBytes'])} bytes were read`);
  const rate = bytes / 1000 / figure(first, 'ms');
  const perCpu = bytes / 1000 / figure(first, 'cpuMs');
  tell({
    ...{ what: 'first pass', measured: `${rate.toFixed(0)} MB/s` },
    ...{ wanted: `≥ ${String(least.rate)} MB/s`, isMet: rate >= least.rate },
  });
  console.log(`    ${perCpu.toFixed(0)} MB for each second of a processor, in all threads`);
  const [peak, commit] = [figure(first, 'peakRssMb'), figure(first, 'commitMs99')];
  tell({
    ...{ what: 'peak memory meanwhile', measured: `${peak.toFixed(0)} MB` },
    ...{ wanted: `≤ ${String(most.peakRssMb)} MB`, isMet: peak <= most.peakRssMb },
  });
  tell({
    ...{ what: 'commits of others meanwhile, 99 of 100', measured: `${commit.toFixed(0)} ms` },
    ...{ wanted: `≤ ${String(most.commitMs)} ms`, isMet: commit <= most.commitMs },
  });

  const again = async (what: string, newFiles: number): Promise<void> => {
    const figures = await measureIn('history-run.ts', dataDir, folder);
    if (figure(figures, 'newFiles') !== newFiles)
      throw new Error(`${String(figures['newFiles'])} files were new`);
    const ms = figure(figures, 'ms');
    tell({
      ...{ what, measured: `${ms.toFixed(0)} ms` },
      ...{ wanted: `≤ ${String(most.againMs)} ms`, isMet: ms <= most.againMs },
    });
  };
  await again('a second pass, with nothing new', 0);
  const path = await anyTranscript(folder);
  const before = (await stat(path)).size;
  await appendFile(
    path,
    `${JSON.stringify({ type: 'ai-title', aiTitle: `After ${String(before)} bytes` })}\n`,
  );
  await again('a third one, with a line in one file', 1);
});
