import { setTimeout as delay } from 'node:timers/promises';
import { openEngineHost, type EngineHost } from '../../src/main/hosts/engine-host.ts';
import type { OrchestrationId } from '../../src/shared/domain/ids.ts';
import { newDataDir } from './data-dir.ts';

/**
 * Runs so many instances of a program that tells the time in each message, follows them by the contract, and stops them
 * all. Prints the engine's share of a core meanwhile, the delays from message to subscriber in milliseconds, and how long
 * the stop took. Arguments: data directory, program, count, seconds.
 */
const [folder = '', program = '', count = '50', seconds = '20'] = process.argv.slice(2);
const settleMs = 2000;

const open = async (): Promise<EngineHost> =>
  openEngineHost({
    ...{ dataDir: await newDataDir(folder), host: 'cli', purpose: 'work', claude: program },
    startedInTerminal: true,
    log: {
      warn: (message, details) => {
        console.error(message, details);
      },
      error: (message, error) => {
        console.error(message, error);
      },
    },
  });

const startAll = async ({ client }: EngineHost): Promise<OrchestrationId> => {
  const instances = Array.from({ length: Number(count) }, (_, index) => ({
    name: `i${String(index)}`,
    prompt: 'tell',
  }));
  const plan = {
    name: 'fleet',
    workspace: folder,
    concurrency: Number(count),
    startupDelay: '0s',
    instances,
  };
  const text = JSON.stringify(plan);
  const { orchestration } = await client.orchestrations.start({ text, file: null, baseDir: null });
  return orchestration.id;
};

/** What a subscriber hears: how late each message is, in milliseconds, since `clear` was called. */
const listen = async ({ client }: EngineHost, id: OrchestrationId) => {
  const heard = new Set<string>();
  const all = Promise.withResolvers<undefined>();
  let delays: number[] = [];
  const follow = async (): Promise<void> => {
    for await (const batch of await client.live.stream({ id, instanceId: null, afterSeq: 0 })) {
      if (batch.kind === 'reset') throw new Error('the subscriber fell behind');
      const now = Date.now();
      for (const { body, instanceId } of batch.events) {
        if (body.type !== 'message.text') continue;
        heard.add(instanceId ?? '');
        delays.push(now - Number(body.text));
      }
      if (heard.size === Number(count)) all.resolve(undefined);
    }
  };
  return {
    followed: follow(),
    /** Resolves when each has been heard. */
    all: all.promise,
    delays: () => delays.toSorted((a, b) => a - b),
    clear: () => {
      delays = [];
    },
  };
};

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const host = await open();
const id = await startAll(host);
const told = await listen(host, id);
await Promise.race([told.all, told.followed]);
await delay(settleMs);
told.clear();
const cpuBefore = process.cpuUsage();
const start = performance.now();
await delay(Number(seconds) * 1000);
const { user, system } = process.cpuUsage(cpuBefore);
const ms = performance.now() - start;
const delays = told.delays();
const { instances } = await host.client.orchestrations.get({ id });
const pids = instances.flatMap(({ pid }) => pid ?? []);
const stopStart = performance.now();
await host.client.orchestrations.stopAll({ force: false });
await host.engine.idle();
const stopMs = performance.now() - stopStart;
const left = pids.filter(isAlive).length;
await told.followed;
const at = (share: number): number => delays[Math.floor((delays.length - 1) * share)] ?? Number.NaN;
console.log(
  JSON.stringify({
    ...{ share: (user + system) / 1000 / ms, perSecond: delays.length / (ms / 1000) },
    ...{ p50: at(0.5), p99: at(0.99), max: at(1), stopMs, pids: pids.length, left },
  }),
);
await host.close();
