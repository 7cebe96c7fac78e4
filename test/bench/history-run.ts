import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createHistory } from '../../src/main/hosts/history/history.ts';
import { systemClock } from '../../src/main/hosts/system-clock.ts';
import { openStore } from '../../src/main/store/store.ts';
import { lastOf, listPrices } from '../support/history.ts';

/**
 * Takes in what is new of a history, and prints how long it took, the processor's time in all threads, the peak of memory, and how
 * long somebody else's commits took meanwhile. Arguments: the data directory, the folder.
 */
const [dataDir = '', folder = ''] = process.argv.slice(2);
const log = { warn: () => undefined, error: console.error };
const store = await openStore({ dataDir });
const spoolFolder = join(dataDir, 'spool');
await mkdir(spoolFolder, { recursive: true });
const history = createHistory({
  ...{ store, log, folder, prices: await listPrices(), spoolFolder },
  ...{ clock: systemClock, owner: 'ada', follows: false },
});

const nothing = { events: [], created: [], orchestrations: [], instances: [], attempts: [], specs: [] };
const commits: number[] = [];
let isDone = false;
/** As an engine with running instances does it: a commit, and a little later the next one. */
const commitOn = async (): Promise<void> => {
  while (!isDone) {
    const begun = performance.now();
    await store.commit({ ...nothing, records: [{ kind: 'history', id: 'bench', value: commits.length }] });
    commits.push(performance.now() - begun);
    await new Promise((resume) => setTimeout(resume, 30));
  }
};

const cpuBefore = process.cpuUsage();
const begun = performance.now();
const committing = commitOn();
const { readBytes, newFiles, sessionsAdded, sessionsGrown, problems } = await lastOf(history.import(null));
const ms = performance.now() - begun;
const cpu = process.cpuUsage(cpuBefore);
isDone = true;
await committing;
for (const { path, message } of problems) console.error(`${path}: ${message}`);
const sorted = commits.toSorted((a, b) => a - b);
console.log(
  JSON.stringify({
    ...{ ms, cpuMs: (cpu.user + cpu.system) / 1000, readBytes, newFiles, sessionsAdded, sessionsGrown },
    ...{ problems: problems.length, peakRssMb: process.resourceUsage().maxRSS / 1024 },
    ...{
      commits: commits.length,
      commitMs99: sorted[Math.floor(sorted.length * 0.99)],
      commitMsMost: sorted.at(-1),
    },
  }),
);
await history.close();
await store.close();
