import { performance } from 'node:perf_hooks';
import { openEngineHost } from '../../src/main/hosts/engine-host.ts';
import { newDataDir } from './data-dir.ts';

/**
 * Runs so many instances of a program that only prints, and prints the milliseconds from start to end, the events that
 * were stored and the peak memory. Arguments: data directory, the program, how many of it.
 */
const [folder = '', program = '', count = '1'] = process.argv.slice(2);
const dataDir = await newDataDir(folder);
const host = await openEngineHost({
  ...{ dataDir, host: 'cli', purpose: 'work', claude: program, startedInTerminal: true },
  log: {
    warn: (message) => {
      console.error(message);
    },
    error: (message, error) => {
      console.error(message, error);
    },
  },
});
const instances = Array.from({ length: Number(count) }, (_, index) => ({
  name: `i${String(index)}`,
  prompt: 'print',
  mode: 'oneshot',
}));
const text = JSON.stringify({
  name: 'bench',
  workspace: dataDir,
  concurrency: Number(count),
  startupDelay: '0s',
  instances,
});
const loopBefore = performance.eventLoopUtilization();
const cpuBefore = process.cpuUsage();
const start = performance.now();
const { orchestration } = await host.client.orchestrations.start({ text, file: null, baseDir: null });
await host.engine.idle();
const ms = performance.now() - start;
const cpu = process.cpuUsage(cpuBefore);
const mainMs = performance.eventLoopUtilization(loopBefore).active;
const done = await host.client.orchestrations.get({ id: orchestration.id });
const events = done.instances.reduce((sum, { eventCount }) => sum + eventCount, 0);
const tokens = Object.values(done.orchestration.usage.byModel).reduce(
  (sum, { inputTokens }) => sum + inputTokens,
  0,
);
console.log(
  JSON.stringify({
    ...{ ms, mainMs, cpuMs: (cpu.user + cpu.system) / 1000, events, tokens, state: done.orchestration.state },
    peakRssMb: process.resourceUsage().maxRSS / 1024,
  }),
);
await host.close();
