import { access, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import type { OrchestrationEvent } from '../../src/shared/domain/event.ts';
import { addUsage, noUsage, totalOf } from '../../src/shared/domain/usage.ts';
import type { AttemptRecord, StoredOrchestration } from '../../src/main/engine/store-ports.ts';
import { openStore } from '../../src/main/store/store.ts';
import { processesOf } from './flow.ts';
import type { NetraPlace } from './netra.ts';
import { openSpoolReader, type SpoolEvent } from './spool-events.ts';

/** What the engine is in the middle of when it is killed. */
export type Moment = 'start' | 'work' | 'upkeep' | 'export' | 'migration' | 'remake';

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

/** A prompt, and how many messages the API serves it when nobody disturbs it. */
export type Expected = { readonly prompt: string; readonly messages: number };

/** All of a data directory that nobody holds, as the store gives it. */
export const readAll = async (dataDir: string) => {
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

const statesOf = ({ orchestration, instances }: StoredOrchestration): readonly string[] =>
  instances
    .filter(({ state }) => state !== 'succeeded')
    .map((view) => `${orchestration.id}/${view.name}: ${view.state}, ${view.failure?.message ?? ''}`);

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

/** What SQLite says of the database's file. */
export const judgeFile = (dataDir: string): readonly string[] => {
  const db = new SqliteDatabase(join(dataDir, 'netra.db'), { readonly: true });
  try {
    const verdict = String(db.pragma('integrity_check', { simple: true }));
    return verdict === 'ok' ? [] : [`integrity_check: ${verdict}`];
  } finally {
    db.close();
  }
};

type Kept = Awaited<ReturnType<typeof readAll>>;

/** What is stored against what every process printed; gives how many events there were to compare. */
export const judgeLines = async (
  dataDir: string,
  all: Kept,
): Promise<{ readonly told: number; readonly wrong: readonly string[] }> => {
  const reader = await openSpoolReader(dataDir);
  const wrong: string[] = [];
  let told = 0;
  for (const { stored, events } of all) {
    wrong.push(...numbersOf(stored, events));
    for (const attempt of stored.attempts) {
      const printed = await reader.read(attempt.spec);
      told += printed.length;
      wrong.push(...compare(attempt, printed, events));
    }
  }
  reader.close();
  return { told, wrong };
};

/** What was counted against what the API served: nothing twice, nothing left out. */
const judgeServed = ({ api }: NetraPlace, all: Kept, expected: readonly Expected[]): readonly string[] => {
  const served = api.totals();
  const wrong = expected
    .filter(({ prompt, messages }) => (served.byPrompt[prompt] ?? 0) !== messages)
    .map(
      ({ prompt, messages }) =>
        `"${prompt}": the API served ${String(served.byPrompt[prompt])} messages of ${String(messages)}`,
    );
  const usage = all.reduce((sum, { stored }) => addUsage(sum, stored.orchestration.usage), noUsage);
  const { costMicroUsd: _, ...ours } = totalOf(usage);
  const theirs = Object.fromEntries(
    Object.keys(ours).map((kind) => [kind, Number(Reflect.get(served.all, kind))]),
  );
  if (JSON.stringify(ours) !== JSON.stringify(theirs)) {
    wrong.push(`tokens: counted ${JSON.stringify(ours)}, served ${JSON.stringify(theirs)}`);
  }
  if (usage.basis !== 'exact') wrong.push('the usage is not exact');
  const instances = all.flatMap(({ stored }) => stored.instances).length;
  if (instances !== expected.length)
    wrong.push(`${String(instances)} instances of ${String(expected.length)}`);
  return wrong;
};

/** The database is sound, a database made anew from the ledgers equals it, and an export that has its name is whole. */
const judgeCare = async (place: NetraPlace, all: Kept): Promise<readonly string[]> => {
  const wrong = [...judgeFile(place.dataDir)];
  const run = async (...args: readonly string[]): Promise<void> => {
    const { code, stdout, stderr } = await place.run(args);
    if (code !== 0) wrong.push(`netra ${args.join(' ')} ended with ${String(code)}: ${stdout}${stderr}`);
  };
  await run('db', 'check');
  await run('db', 'rebuild');
  if (JSON.stringify(await readAll(place.dataDir)) !== JSON.stringify(all)) {
    wrong.push('a database made anew from the ledgers is another one');
  }
  const other = await mkdtemp(join(place.claude.root, 'taken-in-'));
  const archive = archiveOf(place);
  const isThere = await access(archive).then(
    () => true,
    () => false,
  );
  if (isThere) await run('--data-dir', other, 'import', 'archive', archive);
  await rm(other, { recursive: true, force: true });
  return wrong;
};

/** Where a run exports to. */
export const archiveOf = ({ claude }: NetraPlace): string => join(claude.root, 'all.netra.zst');

/** Compares what is stored with what every process printed and with what the API served. */
export const judge = async (
  place: NetraPlace,
  expected: readonly Expected[],
  kills: ChaosReport['kills'],
): Promise<ChaosReport> => {
  const all = await readAll(place.dataDir);
  const { told, wrong } = await judgeLines(place.dataDir, all);
  const states = all.flatMap(({ stored }) => statesOf(stored));
  const left = (await processesOf(place.claude.root)).map((command) => `left running: ${command}`);
  const messages = Object.values(place.api.totals().byPrompt);
  return {
    kills,
    orchestrations: all.length,
    attempts: all.flatMap(({ stored }) => stored.attempts).length,
    told,
    events: all.flatMap(({ events }) => events).length,
    served: messages.reduce((sum, count) => sum + count, 0),
    wrong: [
      ...left,
      ...states,
      ...wrong,
      ...judgeServed(place, all, expected),
      ...(await judgeCare(place, all)),
    ],
  };
};
