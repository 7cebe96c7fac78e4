import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import SqliteDatabase from 'better-sqlite3';
import type { OrchestrationEvent } from '../../src/shared/domain/event.ts';
import { addUsage, noUsage, totalOf } from '../../src/shared/domain/usage.ts';
import type { AttemptRecord, StoredOrchestration } from '../../src/main/engine/store-ports.ts';
import { openStore } from '../../src/main/store/store.ts';
import { seededChance } from './chance.ts';
import { claudeBinary } from './claude.ts';
import { processesOf } from './flow.ts';
import { openTestHost } from './host.ts';
import { openNetraPlace, type NetraPlace, type NetraRun } from './netra.ts';
import { openSpoolReader, type SpoolEvent } from './spool-events.ts';

/** What the engine is in the middle of when it is killed. */
type Moment = 'start' | 'work' | 'upkeep' | 'export';

export type ChaosReport = {
  readonly kills: Readonly<Record<Moment, number>>;
  readonly orchestrations: number;
  readonly attempts: number;
  /** Lines of stdout and stderr that became events. */
  readonly told: number;
  readonly events: number;
  /** Messages that the API served. */
  readonly served: number;
  /** What is not as it should be; nothing when all is well. */
  readonly wrong: readonly string[];
};

export type ChaosOptions = {
  readonly kills: number;
  readonly seed: number;
  /** Hears of each kill. */
  readonly tell?: (line: string) => void;
};

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

type Expected = { readonly prompt: string; readonly messages: number };

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

/** One life of an engine, and its end. */
const live = async (
  place: NetraPlace,
  moment: Moment,
  chance: () => number,
  work: () => Promise<void>,
): Promise<void> => {
  if (moment === 'start') {
    const run = place.start(['serve', '--port', '0']);
    await delay(chance() * 900);
    return kill(run);
  }
  const run = await serve(place);
  if (moment === 'work') await work();
  // Upkeep begins when no commit has come for a moment.
  if (moment === 'upkeep') await delay(600);
  const exported =
    moment === 'export'
      ? place.start(['export', 'all', join(place.claude.root, 'all.netra'), '--force'])
      : null;
  await delay(chance() * (moment === 'export' ? 600 : 1500));
  exported?.kill('SIGKILL');
  await kill(run);
  await exported?.exited;
};

const momentOf = (chance: number): Moment => {
  if (chance < 0.2) return 'start';
  if (chance < 0.75) return 'work';
  return chance < 0.9 ? 'upkeep' : 'export';
};

/** All of a data directory that nobody holds, as the store gives it. */
const readAll = async (dataDir: string) => {
  const store = await openStore({ dataDir });
  try {
    const { items } = await store.orchestrations({ limit: 10_000 });
    const all: { readonly stored: StoredOrchestration; readonly events: readonly OrchestrationEvent[] }[] =
      [];
    for (const { id } of items) {
      const stored = await store.orchestration(id);
      if (stored === null) throw new Error(`${id} is in the list and not in the store`);
      const events: OrchestrationEvent[] = [];
      for (;;) {
        const page = await store.eventsAfter(id, events.at(-1)?.seq ?? 0, 1000);
        if (page.length === 0) break;
        events.push(...page);
      }
      all.push({ stored, events });
    }
    return all;
  } finally {
    await store.close();
  }
};

const numbersOf = (stored: StoredOrchestration, events: readonly OrchestrationEvent[]): readonly string[] => {
  const wrong: string[] = [];
  const { id, name, lastSeq } = stored.orchestration;
  if (events.some(({ seq }, index) => seq !== index + 1))
    wrong.push(`${name}: its events are not numbered from 1 on`);
  if (events.length !== lastSeq)
    wrong.push(`${name}: ${String(events.length)} events, ${String(lastSeq)} by its view`);
  for (const view of stored.instances) {
    const own = events.filter(({ instanceId }) => instanceId === view.id);
    if (own.some(({ n }, index) => n !== index))
      wrong.push(`${id}/${view.name}: its events are not numbered from 0 on`);
    if (own.length !== view.eventCount)
      wrong.push(`${id}/${view.name}: ${String(own.length)} events of ${String(view.eventCount)}`);
    if (view.state !== 'succeeded')
      wrong.push(`${id}/${view.name}: ${view.state}, ${view.failure?.message ?? ''}`);
  }
  return wrong;
};

/** What is stored of an attempt against what its process printed. */
const compare = (
  attempt: AttemptRecord,
  printed: readonly SpoolEvent[],
  events: readonly OrchestrationEvent[],
): readonly string[] => {
  const stored = events
    .filter(({ attemptId, source }) => attemptId === attempt.id && source !== null)
    .map(({ source, body }) => ({ source, body }));
  const same = (index: number): boolean => JSON.stringify(stored[index]) === JSON.stringify(printed[index]);
  const first = Array.from({ length: Math.max(stored.length, printed.length) }, (_, index) => index).find(
    (index) => !same(index),
  );
  if (first === undefined) return [];
  return [
    `attempt ${attempt.id}: event ${String(first)} of ${String(printed.length)} (stored ${String(stored.length)}): ` +
      `printed ${JSON.stringify(printed[first])}, stored ${JSON.stringify(stored[first])}`,
  ];
};

const judgeFile = (dataDir: string): readonly string[] => {
  const db = new SqliteDatabase(join(dataDir, 'netra.db'), { readonly: true });
  try {
    const verdict = String(db.pragma('integrity_check', { simple: true }));
    return verdict === 'ok' ? [] : [`integrity_check: ${verdict}`];
  } finally {
    db.close();
  }
};

const judge = async (
  place: NetraPlace,
  expected: readonly Expected[],
  kills: ChaosReport['kills'],
): Promise<ChaosReport> => {
  const wrong: string[] = [...judgeFile(place.dataDir)];
  const all = await readAll(place.dataDir);
  const reader = await openSpoolReader(place.dataDir);
  let told = 0;
  let usage = noUsage;
  for (const { stored, events } of all) {
    wrong.push(...numbersOf(stored, events));
    usage = addUsage(usage, stored.orchestration.usage);
    for (const attempt of stored.attempts) {
      const printed = await reader.read(attempt.spec);
      told += printed.length;
      wrong.push(...compare(attempt, printed, events));
    }
  }
  reader.close();
  const attempts = all.flatMap(({ stored }) => stored.attempts);
  const totals = place.api.totals();
  for (const { prompt, messages } of expected) {
    const served = totals.byPrompt[prompt] ?? 0;
    if (served !== messages)
      wrong.push(`"${prompt}": the API served ${String(served)} messages, not ${String(messages)}`);
  }
  const { costMicroUsd: _, ...ours } = totalOf(usage);
  const theirs = Object.fromEntries(
    Object.keys(ours).map((kind) => [kind, Number(Reflect.get(totals.all, kind))]),
  );
  if (JSON.stringify(ours) !== JSON.stringify(theirs)) {
    wrong.push(`tokens: counted ${JSON.stringify(ours)}, served ${JSON.stringify(theirs)}`);
  }
  if (usage.basis !== 'exact') wrong.push('the usage is not exact');
  const instances = all.reduce((sum, { stored }) => sum + stored.instances.length, 0);
  if (instances !== expected.length)
    wrong.push(`${String(instances)} instances of ${String(expected.length)}`);
  for (const command of await processesOf(place.claude.root)) wrong.push(`left running: ${command}`);
  const messages = Object.values(totals.byPrompt).reduce((sum, count) => sum + count, 0);
  const eventCount = all.reduce((sum, { events }) => sum + events.length, 0);
  return {
    kills,
    orchestrations: all.length,
    attempts: attempts.length,
    told,
    events: eventCount,
    served: messages,
    wrong,
  };
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
  const counts: Record<Moment, number> = { start: 0, work: 0, upkeep: 0, export: 0 };
  const work = createWorkload(place, chance);
  try {
    for (let killed = 0; killed < kills; killed++) {
      const moment = killed === 0 ? 'work' : momentOf(chance());
      await live(place, moment, chance, work.start);
      counts[moment] += 1;
      tell(`kill ${String(killed + 1)} of ${String(kills)}: ${moment}`);
    }
    const host = await openTestHost(place.dataDir, claudeBinary());
    await host.engine.idle();
    await host.close();
    const report = await judge(place, work.expected(), counts);
    const errors = host.errors.map((error) => `the last engine told an error: ${JSON.stringify(error)}`);
    return { ...report, wrong: [...report.wrong, ...errors] };
  } finally {
    await place.close();
  }
};

/** The seed of a run, so that one that failed can be had again. */
export const seedOf = (text: string | undefined): number =>
  text === undefined ? Date.now() % 2 ** 31 : Number(text);
