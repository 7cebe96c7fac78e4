import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkDatabase } from '../../src/main/store/check/check.ts';
import { catchUpLedgers } from '../../src/main/store/rebuild/catch-up.ts';
import { rebuildDatabase } from '../../src/main/store/rebuild/rebuild.ts';
import { openStore } from '../../src/main/store/store.ts';
import { dumpOf } from '../support/store/dump.ts';
import { creationOf, emptyBatch, eventsOf, sampleOf, type Sample } from '../support/store/samples.ts';
import { temporaryDirectory } from '../support/store/temporary-directory.ts';

const fileOf = (dataDir: string): string => join(dataDir, 'netra.db');

const usage = { inputTokens: 1, outputTokens: 2, cacheWriteTokens: 3, cacheReadTokens: 4, costMicroUsd: 50 };

const ended = ({ orchestration, instances, attempts, source }: Sample, events: number): Sample => ({
  source,
  orchestration: {
    ...orchestration,
    ...{ state: 'succeeded', lastSeq: events, labels: ['nightly'], endedAt: orchestration.startedAt },
    usage: { basis: 'exact', byModel: { opus: usage } },
  },
  instances: instances.map((view) => ({
    ...view,
    ...{ state: 'succeeded', eventCount: events / 2 },
    tools: { Bash: { calls: 2, errors: 0, durationMs: 10 } },
  })),
  attempts: attempts.map((attempt) => ({
    ...attempt,
    endedAt: attempt.startedAt,
    usage: { basis: 'exact', byModel: { opus: usage } },
  })),
});

/** A closed data directory with two ended orchestrations: one in blocks, the other as rows; with ledgers and an index. */
const makeUsed = async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'netra-check-'));
  const samples = [ended(sampleOf('packed'), 1200), ended(sampleOf('rows'), 40)] as const;
  const [packed, rows] = samples;
  const store = await openStore({ dataDir });
  await store.commit({ ...creationOf(packed), events: eventsOf(packed, 1200) });
  await store.keeper.idle();
  // While it runs its events stay rows, however long the index takes.
  const { orchestration, instances } = rows;
  const running = {
    ...rows,
    orchestration: { ...orchestration, state: 'running' as const, endedAt: null },
    instances: instances.map((view) => ({ ...view, state: 'running' as const })),
  };
  await store.commit({ ...creationOf(running), events: eventsOf(rows, 40) });
  const query = {
    clauses: [[{ kind: 'text', not: false, text: '39', prefix: false }]],
    after: null,
    before: null,
  };
  while ((await store.search({ query: query as never, limit: 1 })).pending > 0);
  await store.commit({ ...emptyBatch, orchestrations: [orchestration], instances });
  await store.close();
  await catchUpLedgers(dataDir);
  return { dataDir, packed, rows };
};

let made: Awaited<ReturnType<typeof makeUsed>>;
beforeAll(async () => {
  made = await makeUsed();
});
afterAll(() => rm(made.dataDir, { recursive: true }));

/** A copy of it for each test. */
const used = async () => {
  const dataDir = await temporaryDirectory();
  await cp(made.dataDir, dataDir, { recursive: true });
  const ledger = (sample: Sample) => join(dataDir, 'spool', `${sample.orchestration.id}.ledger.ndjson`);
  return { ...made, dataDir, ledger };
};
type Used = Awaited<ReturnType<typeof used>>;

const findingsOf = async (dataDir: string): Promise<readonly string[]> => {
  const found: string[] = [];
  for await (const { name, findings } of checkDatabase(dataDir))
    found.push(...findings.map(({ kind, text }) => `${name}: ${kind}: ${text}`));
  return found;
};

const inDatabase =
  (change: (db: Database, place: Used) => void, file = 'netra.db') =>
  (place: Used): Promise<void> => {
    const db = new SqliteDatabase(join(place.dataDir, file));
    db.pragma('foreign_keys = OFF');
    change(db, place);
    db.close();
    return Promise.resolve();
  };
const sql = (text: string, file?: string) => inDatabase((db) => void db.exec(text), file);

/** Flips the middle of a block's data. */
const damageBlock = inDatabase((db) => {
  const row = db
    .prepare<[], { key: number; data: Buffer }>('SELECT key, data FROM event_blocks LIMIT 1')
    .get();
  if (row === undefined) throw new Error('there is no block');
  const middle = Math.floor(row.data.length / 2);
  row.data.fill(0xa5, middle, middle + 40);
  db.prepare('UPDATE event_blocks SET data = ? WHERE key = ?').run(row.data, row.key);
});

/** Writes a ledger anew, uncompressed. */
const changeLedger =
  (change: (lines: string[]) => void) =>
  async ({ ledger, rows }: Used): Promise<void> => {
    const path = ledger(rows);
    const lines = zstdDecompressSync(await readFile(`${path}.zst`))
      .toString()
      .split('\n');
    change(lines);
    await rm(`${path}.zst`);
    await writeFile(path, lines.join('\n'));
  };

type Fault = readonly [name: string, plant: (place: Used) => Promise<void>, expected: RegExp];

const withState = `(SELECT orchestration_key FROM facets WHERE name = 'rows')`;
const faults: readonly Fault[] = [
  [
    'a facet',
    sql("UPDATE facets SET cost_micro_usd = 9 WHERE name = 'rows'"),
    /^lists: problem: .* other figures/,
  ],
  [
    'a label',
    sql(`DELETE FROM labels WHERE orchestration_key = ${withState}`),
    /^lists: problem: The orchestration/,
  ],
  [
    'a model that was used',
    sql("DELETE FROM used WHERE kind = 'model'"),
    /^lists: problem: The orchestration/,
  ],
  ['what a tool came to', sql('UPDATE tool_usage SET calls = calls + 1'), /^lists: problem: The instance/],
  ['an instance', sql("UPDATE instances SET state = 'failed'"), /^lists: problem: The instance/],
  ['usage', sql('UPDATE usage SET cost_micro_usd = cost_micro_usd + 1'), /^lists: problem: The attempt/],
  [
    'the last number',
    sql("UPDATE facets SET last_seq = 39 WHERE name = 'rows'"),
    /searched up to event 39 of 40/,
  ],
  ['an event', sql('DELETE FROM events WHERE seq = 7'), /^events: problem: Event 3 of the instance/],
  ['the last event', sql('DELETE FROM events WHERE seq = 40'), /says that its last event is 40; it is 39/],
  [
    'a text in an event',
    sql("UPDATE events SET body = replace(body, 'xx', 'yy')"),
    /^ledgers: problem: .* differs/,
  ],
  ['a block', damageBlock, /^events: problem: Block 1 of events is damaged/],
  ['a block that is gone', sql('DELETE FROM event_blocks WHERE key = 2'), /^events: problem: .* are there/],
  [
    'a line of a ledger',
    changeLedger((lines) => void (lines[9] = '{"k":"event",')),
    /1 lines of the ledger .* are damaged/,
  ],
  [
    'the source in a ledger',
    changeLedger((lines) => void (lines[1] = lines[1]?.slice(0, -5) ?? '')),
    /1 lines of the ledger .* are damaged/,
  ],
  [
    'an event that a ledger lacks',
    changeLedger(
      (lines) =>
        void lines.splice(
          lines.findIndex((line) => line.includes('"seq":5,')),
          1,
        ),
    ),
    /^ledgers: problem: .* differs from the database in 1 events/,
  ],
  [
    'another event in a ledger',
    changeLedger((lines) => {
      const at = lines.findIndex((line) => line.includes('"seq":5,'));
      lines[at] = lines[at]?.replace('xx', 'zz') ?? '';
    }),
    /^ledgers: problem: .* differs from the database in 1 events/,
  ],
  [
    'a compressed ledger',
    async ({ ledger, packed }) => {
      const bytes = await readFile(`${ledger(packed)}.zst`);
      bytes.fill(0xa5, 200, 240);
      await writeFile(`${ledger(packed)}.zst`, bytes);
    },
    /^ledgers: problem: .* damaged/,
  ],
  [
    'a piece of the index',
    sql('DELETE FROM pieces WHERE count > 3', 'search.db'),
    /^search: problem: The index of words has/,
  ],
  [
    'the index',
    async (place) => {
      await inDatabase((db) => void db.pragma('wal_checkpoint(TRUNCATE)'), 'search.db')(place);
      const { dataDir } = place;
      const bytes = await readFile(join(dataDir, 'search.db'));
      bytes.fill(0xa5, 4096 * 2, bytes.length - 4096);
      await writeFile(join(dataDir, 'search.db'), bytes);
    },
    /^search: problem/,
  ],
];

const notes: readonly Fault[] = [
  [
    'a ledger that is behind',
    async ({ ledger, rows }) => {
      for (const suffix of ['', '.zst']) await rm(ledger(rows) + suffix);
    },
    /^ledgers: note: .* 1 orchestrations are behind/,
  ],
  [
    'a ledger that nobody knows',
    ({ dataDir }) =>
      appendFile(join(dataDir, 'spool/01a206cc-ea4a-770f-82d4-7715ee933e53.ledger.ndjson'), ''),
    /^ledgers: note: There is a ledger/,
  ],
  [
    'a spool that nobody knows',
    ({ dataDir }) => appendFile(join(dataDir, 'spool/01a206cc-ea4a-770f-82d4-7715ee933e53.ndjson'), '{}'),
    /^spools: note: 01a206cc/,
  ],
  [
    'an index that is behind',
    sql('UPDATE indexed SET seq = seq - 2', 'search.db'),
    /^search: note: 4 events are not in/,
  ],
  ['no index', ({ dataDir }) => rm(join(dataDir, 'search.db')), /^search: note: There is no index/],
  [
    'an index of another database',
    sql('PRAGMA application_id = 1', 'search.db'),
    /^search: note: The index of words is of another/,
  ],
];

describe('the check of a database', { timeout: 60_000 }, () => {
  it('finds nothing where there is nothing', async () => {
    expect(await findingsOf((await used()).dataDir)).toEqual([]);
  });

  it.each(faults)('finds a fault in %s, and a repair mends it', async (_, plant, expected) => {
    const place = await used();
    const before = dumpOf(fileOf(place.dataDir));
    await plant(place);
    const findings = await findingsOf(place.dataDir);
    expect(findings.some((finding) => expected.test(finding))).toBe(true);
    expect(findings.filter((finding) => finding.includes(': note: '))).toEqual([]);
    const report = await rebuildDatabase({ dataDir: place.dataDir, salvage: true });
    expect(report).toMatchObject({ events: 1240, lostEvents: 0, lostOrchestrations: [] });
    const after = dumpOf(fileOf(place.dataDir));
    // Of two that differ the ledger is believed.
    if (!/another event/.test(_)) expect(after).toEqual(before);
    const left = await findingsOf(place.dataDir);
    expect(left.filter((finding) => finding.includes(': problem: '))).toEqual([]);
  });

  it.each(notes)('says that there is %s, which is no fault', async (_, plant, expected) => {
    const place = await used();
    await plant(place);
    const findings = await findingsOf(place.dataDir);
    expect(findings).toEqual([expect.stringMatching(expected)]);
  });
});

describe('a repair', () => {
  it('takes marks that are newer than the ledger', async () => {
    const place = await used();
    const { orchestration } = place.rows;
    const db = new SqliteDatabase(fileOf(place.dataDir));
    const view = JSON.stringify({ ...orchestration, labels: ['since'], pinned: true });
    db.prepare('UPDATE orchestrations SET view = ? WHERE id = ?').run(view, orchestration.id);
    db.close();
    await rebuildDatabase({ dataDir: place.dataDir, salvage: true });
    const store = await openStore({ dataDir: place.dataDir });
    const stored = await store.orchestration(orchestration.id);
    await store.commit(emptyBatch);
    await store.close();
    expect(stored?.orchestration).toMatchObject({ labels: ['since'], pinned: true });
  });
});
