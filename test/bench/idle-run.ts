import diagnosticsChannel from 'node:diagnostics_channel';
import { setTimeout as delay } from 'node:timers/promises';
import { openEngineHost } from '../../src/main/hosts/engine-host.ts';
import { newDataDir } from './data-dir.ts';

/**
 * Runs so many instances of a program that says hello and then waits, and prints what share of a core the engine used
 * while nothing happened, and how many processes it started meanwhile. Arguments: data directory, program, count, seconds.
 */
const [folder = '', program = '', count = '10', seconds = '10'] = process.argv.slice(2);
let spawned = 0;
diagnosticsChannel.subscribe('child_process', () => {
  spawned += 1;
});
const dataDir = await newDataDir(folder);
const host = await openEngineHost({
  ...{ dataDir, host: 'cli', purpose: 'work', claude: program, startedInTerminal: true },
  log: {
    warn: () => undefined,
    error: (message, error) => {
      console.error(message, error);
    },
  },
});
const instances = Array.from({ length: Number(count) }, (_, index) => ({
  name: `i${String(index)}`,
  prompt: 'wait',
}));
const text = JSON.stringify({
  name: 'idle',
  workspace: dataDir,
  concurrency: Number(count),
  startupDelay: '0s',
  instances,
});
const { orchestration } = await host.client.orchestrations.start({ text, file: null, baseDir: null });
let said = 0;
for await (const batch of host.engine.stream({
  orchestrationId: orchestration.id,
  instanceId: null,
  afterSeq: 0,
})) {
  if (batch.kind === 'batch')
    said += batch.events.filter(({ body }) => body.type === 'session.started').length;
  if (said === Number(count)) break;
}
await delay(2000);
const spawnedBefore = spawned;
const before = process.cpuUsage();
const start = performance.now();
await delay(Number(seconds) * 1000);
const used = process.cpuUsage(before);
const share = (used.user + used.system) / 1000 / (performance.now() - start);
const startedMeanwhile = spawned - spawnedBefore;
await host.engine.stopAll('bench', true);
await host.engine.idle();
await host.close();
console.log(JSON.stringify({ share, spawned: startedMeanwhile, spawnedBefore }));
