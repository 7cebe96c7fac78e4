import type { Database } from 'better-sqlite3';
import { createCalendar } from '../../../shared/domain/calendar.ts';
import type { UsageQuery } from '../../../shared/domain/usage-report.ts';
import { noModelUsage } from '../../../shared/domain/usage.ts';
import type { Answers } from './answers.ts';
import { conditionsOf, prepareConditions, type Conditions } from './query-conditions.ts';
import { createSpentReader } from './spent-before.ts';
import { createTally, type UsageEntry, type UsageHead } from './usage-tally.ts';

const noTools = { calls: 0, errors: 0, durationMs: 0 };

type Range = { readonly from: number; readonly to: number };

const rangeOf = ({ from, to }: UsageQuery): Range => ({
  from: from === null ? Number.MIN_SAFE_INTEGER : Date.parse(from),
  to: to === null ? Number.MAX_SAFE_INTEGER : Date.parse(to),
});

type ModelRow = readonly [
  ...[at: number, instance: number, orchestration: number, state: string, model: string | null],
  ...[basis: string | null, input: number, output: number, write: number, read: number, cost: number],
];
type ToolRow = readonly [
  ...[at: number, instance: number, orchestration: number, state: string],
  ...[tool: string, calls: number, errors: number, durationMs: number],
];

/** In the order of their starts, for a calendar works out each day once. */
const modelRows = (db: Database) =>
  db
    .prepare<[Range], ModelRow>(
      `SELECT a.started_at, i.key, i.orchestration_key, i.state, u.model, u.basis, coalesce(u.input_tokens, 0),
         coalesce(u.output_tokens, 0), coalesce(u.cache_write_tokens, 0), coalesce(u.cache_read_tokens, 0),
         coalesce(u.cost_micro_usd, 0)
       FROM attempts a JOIN instances i ON i.key = a.instance_key LEFT JOIN usage u ON u.attempt_key = a.key
       WHERE a.started_at >= @from AND a.started_at < @to ORDER BY a.started_at`,
    )
    .raw();

const toolRows = (db: Database) =>
  db
    .prepare<[Range], ToolRow>(
      `SELECT s.at, i.key, i.orchestration_key, i.state, t.tool, t.calls, t.errors, t.duration_ms
       FROM (SELECT instance_key, min(started_at) AS at FROM attempts GROUP BY instance_key) s
         JOIN instances i ON i.key = s.instance_key JOIN tool_usage t ON t.instance_key = i.key
       WHERE s.at >= @from AND s.at < @to ORDER BY s.at`,
    )
    .raw();

type HeadRow = UsageHead & { readonly key: number };

/** What the entries of the orchestrations that are meant stand under; names are read only where they are shown, for they lie in the views. */
const createHeads = (db: Database) => {
  const read = (name: string, plan: string) =>
    db.prepare<[], HeadRow>(
      `SELECT o.key, o.id, ${name} AS name, f.plan, ${plan} AS planTitle, f.workspace, f.owner
       FROM facets f JOIN orchestrations o ON o.key = f.orchestration_key`,
    );
  const found = ({ search, now }: UsageQuery): ReadonlySet<number> | null => {
    if (search === null) return null;
    const { where, values } = conditionsOf(search, { now, withDeleted: true });
    const keys = db.prepare<[Conditions['values']], number>(
      `SELECT f.orchestration_key FROM facets f WHERE ${where}`,
    );
    return new Set(keys.pluck().all(values));
  };
  const plain = read(`''`, `''`);
  const named = read(`json_extract(o.view, '$.name')`, `coalesce(json_extract(o.view, '$.plan'), f.plan)`);
  return (query: UsageQuery): ReadonlyMap<number, UsageHead> => {
    const { by } = query;
    const keys = found(query);
    const rows = by.includes('plan') || by.includes('orchestration') ? named : plain;
    const wanted = rows.all().filter(({ key }) => keys?.has(key) ?? true);
    return new Map(wanted.map((row) => [row.key, row]));
  };
};

/** No key of an instance that is there is below zero; those of a removed orchestration are told apart by its own. */
const removedInstance = (orchestrationKey: number, instance: number): number =>
  -(orchestrationKey * 2 ** 20 + instance + 1);

/** What was removed for good counts on, without its tools and its name; a search finds none of it. */
const createRemoved = (db: Database) => {
  const read = createSpentReader(db);
  return (query: UsageQuery, add: (entry: UsageEntry, head: UsageHead) => void): void => {
    if (query.search !== null || query.by.includes('tool')) return;
    const dayOf = createCalendar(query.timeZone);
    const { from, to } = rangeOf(query);
    for (const { key, attempts, ...rest } of read()) {
      const head = { ...rest, id: `removed ${String(key)}`, name: rest.planTitle };
      for (const [
        at,
        instance,
        succeeded,
        model,
        estimated,
        input,
        output,
        write,
        cached,
        cost,
      ] of attempts) {
        if (at < from || at >= to) continue;
        const usage = {
          ...{ inputTokens: input, outputTokens: output, cacheWriteTokens: write, cacheReadTokens: cached },
          costMicroUsd: cost,
        };
        const instanceKey = removedInstance(key, instance);
        const of = { day: dayOf(at), orchestrationKey: key, instanceKey, hasSucceeded: succeeded === 1 };
        add({ ...of, model, isEstimated: estimated === 1, usage, tool: null, tools: noTools }, head);
      }
    }
  };
};

/** Reads what was used, by what. */
export const readUsage = (db: Database): Pick<Answers, 'usage'> => {
  prepareConditions(db);
  const models = modelRows(db);
  const tools = toolRows(db);
  const headsFor = createHeads(db);
  const addRemoved = createRemoved(db);

  function* modelEntries(query: UsageQuery): Generator<UsageEntry> {
    const dayOf = createCalendar(query.timeZone);
    for (const row of models.iterate(rangeOf(query))) {
      const [at, instanceKey, orchestrationKey, state, model, basis, input, output, write, read, cost] = row;
      yield {
        ...{ day: dayOf(at), orchestrationKey, instanceKey, hasSucceeded: state === 'succeeded', model },
        isEstimated: basis === 'estimated',
        usage: {
          inputTokens: input,
          outputTokens: output,
          cacheWriteTokens: write,
          cacheReadTokens: read,
          costMicroUsd: cost,
        },
        ...{ tool: null, tools: noTools },
      };
    }
  }

  function* toolEntries(query: UsageQuery): Generator<UsageEntry> {
    const dayOf = createCalendar(query.timeZone);
    for (const row of tools.iterate(rangeOf(query))) {
      const [at, instanceKey, orchestrationKey, state, tool, calls, errors, durationMs] = row;
      yield {
        ...{
          day: dayOf(at),
          orchestrationKey,
          instanceKey,
          hasSucceeded: state === 'succeeded',
          model: null,
        },
        ...{ isEstimated: false, usage: noModelUsage, tool, tools: { calls, errors, durationMs } },
      };
    }
  }

  return {
    usage: (query) => {
      const tally = createTally(query.by);
      const heads = headsFor(query);
      for (const entry of query.by.includes('tool') ? toolEntries(query) : modelEntries(query)) {
        const head = heads.get(entry.orchestrationKey);
        if (head !== undefined) tally.add(entry, head);
      }
      addRemoved(query, tally.add);
      return JSON.stringify(tally.report());
    },
  };
};
