import { join } from 'node:path';
import { inFolder, measureIn, median, tell } from './figures.ts';
import { writePrinter, writeStream } from './lines.ts';

/**
 * Everything parsed, stored and counted, against a program that only reads, splits and parses, in the same run. The best
 * of each counts: other programs on the machine only ever add to a time.
 */
const rounds = 5;
const lineBytes = 500;
const most = { ratio: 3, rssMb: 300, doubling: 2.2 };

const figure = (figures: Readonly<Record<string, number>>, name: string): number =>
  figures[name] ?? Number.NaN;

await inFolder(async (folder) => {
  const stream = join(folder, 'stream.ndjson');
  await writeStream(stream, 20_000, lineBytes);
  const printer = await writePrinter(folder, stream);
  const times = { engine: Number.POSITIVE_INFINITY, plain: Number.POSITIVE_INFINITY };
  const rss: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const plain = await measureIn('read-plainly.ts', printer, '10');
    const engine = await measureIn('ingest-run.ts', join(folder, `data-${String(round)}`), printer, '10');
    if (figure(engine, 'events') < 200_000)
      throw new Error(`only ${String(engine['events'])} events were stored`);
    times.engine = Math.min(times.engine, figure(engine, 'ms'));
    times.plain = Math.min(times.plain, figure(plain, 'ms'));
    rss.push(figure(engine, 'peakRssMb'));
    console.log(
      `    round ${String(round + 1)}: ${figure(engine, 'ms').toFixed(0)} ms, plainly ${figure(plain, 'ms').toFixed(0)} ms`,
    );
  }
  const [ratio, peak] = [times.engine / times.plain, median(rss)];
  tell({
    ...{
      what: '10 × 20,000 lines of 500 bytes, wall over a plain reader',
      measured: `${ratio.toFixed(2)} ×`,
    },
    ...{ wanted: `≤ ${String(most.ratio)} ×`, isMet: ratio <= most.ratio },
  });
  tell({
    ...{ what: 'peak memory of the engine meanwhile', measured: `${peak.toFixed(0)} MB` },
    ...{ wanted: `≤ ${String(most.rssMb)} MB`, isMet: peak <= most.rssMb },
  });
});

await inFolder(async (folder) => {
  const times = new Map<number, number[]>();
  const peaks = new Map<number, number>();
  for (const lines of [100_000, 200_000]) {
    const stream = join(folder, `${String(lines)}.ndjson`);
    await writeStream(stream, lines, lineBytes);
    const printer = await writePrinter(folder, stream);
    for (let round = 0; round < rounds; round++) {
      const run = await measureIn(
        'ingest-run.ts',
        join(folder, `${String(lines)}-${String(round)}`),
        printer,
        '1',
      );
      times.set(lines, [...(times.get(lines) ?? []), figure(run, 'ms')]);
      peaks.set(lines, Math.max(peaks.get(lines) ?? 0, figure(run, 'peakRssMb')));
    }
  }
  const [half, whole] = [Math.min(...(times.get(100_000) ?? [])), Math.min(...(times.get(200_000) ?? []))];
  const growth = (peaks.get(200_000) ?? Number.NaN) / (peaks.get(100_000) ?? Number.NaN);
  tell({
    ...{
      what: 'one instance, 200,000 lines over 100,000 lines, wall',
      measured: `${(whole / half).toFixed(2)} ×`,
    },
    ...{ wanted: `≤ ${String(most.doubling)} ×`, isMet: whole / half <= most.doubling },
  });
  tell({
    ...{ what: 'the same, peak memory', measured: `${growth.toFixed(2)} ×` },
    ...{ wanted: '≤ 1.2 × (flat)', isMet: growth <= 1.2 },
  });
});
