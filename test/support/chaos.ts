import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { seededChance } from './chance.ts';
import {
  archiveOf,
  judge,
  judgeFile,
  readAll,
  type ChaosReport,
  type Expected,
  type Moment,
} from './chaos-judge.ts';
import { claudeBinary } from './claude.ts';
import { openTestHost } from './host.ts';
import { openNetraPlace, type NetraPlace, type NetraRun } from './netra.ts';

export type ChaosOptions = {
  readonly kills: number;
  readonly seed: number;
  /** Hears of each kill. */
  readonly tell?: (line: string) => void;
};

/** Milliseconds after its start from which an engine tidies up. */
const upkeepFromMs = 5_200;

/** How many instances are kept at work. */
const atWork = 3;

/** How an instance of each kind is asked for, and how many messages the API serves it when nobody disturbs it. */
const kinds: readonly ((chance: () => number) => { readonly prompt: string; readonly messages: number })[] = [
  (chance) => ({ prompt: `SLOW=${String(5 + Math.floor(chance() * 30))} WORDS=40`, messages: 1 }),
  (chance) => {
    const steps = 1 + Math.floor(chance() * 4);
    return { prompt: `STEPS=${String(steps)} SLOW=4 WORDS=12`, messages: steps + 1 };
  },
  () => ({ prompt: 'THINK=30 WORDS=20 SLOW=6', messages: 1 }),
  () => ({ prompt: 'TOOL=head -c 30000 /dev/zero | tr "\\0" x\nWORDS=5', messages: 2 }),
  () => ({ prompt: 'WORDS=3 WAIT=20', messages: 1 }),
];

/** Starts plans until so many instances are at work; remembers what each is to come to. */
const createWorkload = (place: NetraPlace, chance: () => number) => {
  const expected: Expected[] = [];
  let plans = 0;
  const start = async (): Promise<void> => {
    const made = Array.from({ length: 1 + Math.floor(chance() * atWork) }, () => {
      const kind = kinds[Math.floor(chance() * kinds.length)];
      if (kind === undefined) throw new Error('there is no such kind');
      const { prompt, messages } = kind(chance);
      // Each prompt is another one, so that the API can say how often it was asked.
      const one = { prompt: `Number ${String(expected.length + 1)}: ${prompt}`, messages };
      expected.push(one);
      return one;
    });
    const name = `chaos ${String(++plans)}`;
    const instances = made.map(({ prompt }, index) => ({
      ...{ name: `worker-${String(index)}`, prompt, allowedTools: ['Bash'] },
    }));
    const file = await place.plan(name, instances, { concurrency: atWork });
    const { code, stderr } = await place.run(['run', file, '--detach']);
    if (code !== 0) throw new Error(`The plan was not taken: ${stderr}`);
  };
  return { start, expected: (): readonly Expected[] => expected };
};

const serve = async (place: NetraPlace): Promise<NetraRun> => {
  const run = place.start(['serve', '--port', '0']);
  await run.shows(/http:\/\/127\.0\.0\.1:/);
  return run;
};

const kill = async (run: NetraRun): Promise<void> => {
  run.kill('SIGKILL');
  await run.exited;
};

const secondVersion = new URL('../fixtures/store/v2.sqlite', import.meta.url);

/**
 * A database of an earlier version, whose migration is killed; the next start takes it to the end. What must be there
 * afterwards is checked at once, for it is another data directory each time.
 */
const migrate = async (place: NetraPlace, chance: () => number): Promise<readonly string[]> => {
  const dataDir = await mkdtemp(join(place.claude.root, 'old-'));
  try {
    await copyFile(secondVersion, join(dataDir, 'netra.db'));
    const run = place.start(['--data-dir', dataDir, 'ps']);
    await delay(150 + chance() * 700);
    await kill(run);
    const events = (await readAll(dataDir)).map(
      ({ stored, events: all }) => `${stored.orchestration.name}: ${String(all.length)}`,
    );
    const wanted = ['Ended Über: 7', 'running: '];
    return wanted.every((start) => events.some((one) => one.startsWith(start)))
      ? judgeFile(dataDir)
      : [`after a killed migration there is ${events.join(', ')}`];
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
};

/** How a database is written anew as a whole. */
const remakes = ['rebuild', 'repair', 'vacuum'] as const;

/** One life of an engine, and its end. */
const live = async (
  place: NetraPlace,
  moment: Exclude<Moment, 'migration'>,
  chance: () => number,
  work: () => Promise<void>,
): Promise<void> => {
  if (moment === 'start') {
    const run = place.start(['serve', '--port', '0']);
    await delay(chance() * 900);
    return kill(run);
  }
  if (moment === 'remake') {
    const how = remakes[Math.floor(chance() * remakes.length)] ?? 'rebuild';
    const run = place.start(['db', how]);
    await delay(300 + chance() * 1200);
    return kill(run);
  }
  const run = await serve(place);
  if (moment === 'work') await work();
  // Upkeep begins some seconds after the start: search index, ledgers, blocks of events, compressed spools.
  if (moment === 'upkeep') await delay(upkeepFromMs);
  const exported =
    moment === 'export' ? place.start(['export', 'all', '-o', archiveOf(place), '--force']) : null;
  await delay(chance() * (moment === 'export' ? 600 : 1500));
  exported?.kill('SIGKILL');
  await kill(run);
  await exported?.exited;
};

/** The first kills are of each kind, so that a short run has all of them; then they come as they come. */
const firstMoments: readonly Moment[] = ['work', 'work', 'remake', 'upkeep', 'export', 'migration'];

const momentOf = (killed: number, chance: number): Moment => {
  const first = firstMoments[killed];
  if (first !== undefined) return first;
  if (chance < 0.15) return 'start';
  if (chance < 0.65) return 'work';
  if (chance < 0.75) return 'upkeep';
  if (chance < 0.85) return 'remake';
  return chance < 0.93 ? 'export' : 'migration';
};

/**
 * Runs plans of real Claude Code processes under an engine that is killed with SIGKILL again and again, lets the last one
 * finish, and compares what is stored with what every process printed and with what the API served.
 */
export const runChaos = async ({
  kills,
  seed,
  tell = () => undefined,
}: ChaosOptions): Promise<ChaosReport> => {
  const chance = seededChance(seed);
  const place = await openNetraPlace();
  const counts: Record<Moment, number> = { start: 0, work: 0, upkeep: 0, export: 0, migration: 0, remake: 0 };
  const wrong: string[] = [];
  const work = createWorkload(place, chance);
  try {
    for (let killed = 0; killed < kills; killed++) {
      const moment = momentOf(killed, chance());
      if (moment === 'migration') wrong.push(...(await migrate(place, chance)));
      else await live(place, moment, chance, work.start);
      counts[moment] += 1;
      tell(`kill ${String(killed + 1)} of ${String(kills)}: ${moment}`);
    }
    const host = await openTestHost(place.dataDir, claudeBinary());
    await host.engine.idle();
    await host.close();
    wrong.push(...host.errors.map((error) => `the last engine told an error: ${JSON.stringify(error)}`));
    const report = await judge(place, work.expected(), counts);
    return { ...report, wrong: [...wrong, ...report.wrong] };
  } finally {
    await place.close();
  }
};

/** The seed of a run, so that one that failed can be had again. */
export const seedOf = (text: string | undefined): number =>
  text === undefined ? Date.now() % 2 ** 31 : Number(text);
