import { join } from 'node:path';
import { inFolder, measureIn, tell } from './figures.ts';

/** Fifty real processes at work that end when they are interrupted: from `stopAll` until each is settled and gone. */
const rounds = 3;
const count = 50;
const most = { ms: 2000 };
const program = join(import.meta.dirname, 'teller.mjs');

const times: number[] = [];
let left = 0;
await inFolder(async (folder) => {
  for (let round = 0; round < rounds; round++) {
    const data = join(folder, `data-${String(round)}`);
    const figures = await measureIn('fleet-run.ts', data, program, String(count), '1');
    const { stopMs = Number.NaN, pids = 0 } = figures;
    if (pids !== count) throw new Error(`only ${String(pids)} processes ran`);
    times.push(stopMs);
    left += figures['left'] ?? Number.NaN;
    console.log(`    round ${String(round + 1)}: ${stopMs.toFixed(0)} ms`);
  }
});
const ms = Math.min(...times);
tell({
  ...{ what: '50 willing processes stopped, best of 3', measured: `${ms.toFixed(0)} ms` },
  ...{ wanted: `≤ ${String(most.ms)} ms`, isMet: ms <= most.ms },
});
tell({ what: 'processes left', measured: String(left), wanted: '0', isMet: left === 0 });
