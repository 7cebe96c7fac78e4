import { letterOf, type OrchestrationEvent } from '../../../src/shared/domain/event.ts';
import type { InstanceSpec, JsonValue } from '../../../src/shared/domain/plan/plan-spec.ts';
import type { InstanceId } from '../../../src/shared/domain/ids.ts';
import type { InstanceView } from '../../../src/shared/domain/instance.ts';
import { hasUnknownCost, spentOf } from '../../../src/shared/domain/budget.ts';
import { addUsage, noUsage } from '../../../src/shared/domain/usage.ts';
import type {
  AttemptRecord,
  RecordKind,
  Store,
  StoreBatch,
  StoredOrchestration,
} from '../../../src/main/engine/store-ports.ts';

export type MemoryStore = Store & {
  /** All events of all orchestrations, in the order of their commits. */
  readonly events: readonly OrchestrationEvent[];
  readonly commits: readonly StoreBatch[];
  /** Makes the next commits fail, so many times. */
  failNext(times: number): void;
};

/** A fake of the store for tests of the engine alone: it keeps everything in memory, in the port's words. */
export const createMemoryStore = (): MemoryStore => {
  const events: OrchestrationEvent[] = [];
  const commits: StoreBatch[] = [];
  const orchestrations = new Map<string, Omit<StoredOrchestration, 'instances' | 'attempts' | 'specs'>>();
  const instances = new Map<string, InstanceView>();
  const attempts = new Map<string, AttemptRecord>();
  const specs = new Map<InstanceId, InstanceSpec>();
  const records = new Map<RecordKind, Map<string, JsonValue>>();
  let failures = 0;

  const stored = (id: string): StoredOrchestration | null => {
    const found = orchestrations.get(id);
    if (found === undefined) return null;
    const own = [...instances.values()].filter((view) => view.orchestrationId === id);
    return {
      ...found,
      instances: own.toSorted((a, b) => a.position - b.position),
      specs: Object.fromEntries(
        [...specs].filter(([instanceId]) => instances.get(instanceId)?.orchestrationId === id),
      ),
      attempts: [...attempts.values()].filter((record) => record.orchestrationId === id),
    };
  };

  const apply = (batch: StoreBatch): void => {
    for (const { id, source } of batch.created) {
      const view = batch.orchestrations.find((one) => one.id === id);
      if (view === undefined) throw new Error(`created without a view: ${id}`);
      orchestrations.set(id, { orchestration: view, source });
    }
    for (const view of batch.orchestrations) {
      const found = orchestrations.get(view.id);
      if (found === undefined) throw new Error(`view of an unknown orchestration: ${view.id}`);
      orchestrations.set(view.id, { ...found, orchestration: view });
    }
    for (const { id, change } of batch.remarks ?? []) {
      const found = orchestrations.get(id);
      if (found !== undefined)
        orchestrations.set(id, { ...found, orchestration: { ...found.orchestration, ...change } });
    }
    for (const view of batch.instances) instances.set(view.id, view);
    for (const record of batch.attempts) attempts.set(record.id, record);
    for (const { instanceId, spec } of batch.specs) specs.set(instanceId, spec);
    for (const { kind, id, value } of batch.records) {
      const ofKind = records.get(kind) ?? new Map<string, JsonValue>();
      records.set(kind, ofKind);
      if (value === null) ofKind.delete(id);
      else ofKind.set(id, value);
    }
    events.push(...batch.events);
    commits.push(batch);
  };

  return {
    events,
    commits,
    failNext: (times) => {
      failures = times;
    },
    commit: async (batch) => {
      await Promise.resolve();
      if (failures > 0) {
        failures -= 1;
        throw new Error('the disk is full');
      }
      // As JSON, like the real one: what was one object in a batch is several afterwards.
      apply(JSON.parse(JSON.stringify(batch)) as StoreBatch);
    },
    importOrchestration: async ({ orchestration, source, specs: own, ...rows }, pages) => {
      const all: OrchestrationEvent[] = [];
      for await (const page of pages) all.push(...page);
      apply({
        ...rows,
        created: [{ id: orchestration.id, source }],
        orchestrations: [orchestration],
        specs: rows.instances.flatMap(({ id: instanceId }) => {
          const spec = own[instanceId];
          return spec === undefined ? [] : [{ instanceId, spec }];
        }),
        records: [],
        events: all,
      });
    },
    remove: (seen) => {
      const removed = seen.filter(({ id, endedAtMs, deletedAtMs }) => {
        const view = orchestrations.get(id)?.orchestration;
        if (view === undefined || view.pinned || view.endedAt === null) return false;
        const isAsSeen =
          Date.parse(view.endedAt) === endedAtMs &&
          (view.deletedAt === null ? null : Date.parse(view.deletedAt)) === deletedAtMs;
        return isAsSeen && orchestrations.delete(id);
      });
      return Promise.resolve(removed.map(({ id }) => id));
    },
    unfinished: () =>
      Promise.resolve(
        [...orchestrations.keys()]
          .flatMap((id) => stored(id) ?? [])
          .filter(({ orchestration }) => orchestration.state === 'running'),
      ),
    orchestration: (id) => Promise.resolve(stored(id)),
    orchestrations: ({ limit }) => {
      const items = [...orchestrations.values()].map(({ orchestration }) => orchestration).reverse();
      return Promise.resolve({ items: items.slice(0, limit), nextCursor: null, total: items.length });
    },
    search: () => Promise.resolve({ hits: [], nextCursor: null, pending: events.length }),
    instance: (id) => Promise.resolve(instances.get(id) ?? null),
    eventIndex: (id) =>
      Promise.resolve(
        events
          .filter(({ instanceId }) => instanceId === id)
          .map(({ body }) => letterOf(body.type))
          .join(''),
      ),
    instanceEvents: (id, from, limit) =>
      Promise.resolve(events.filter((one) => one.instanceId === id && (one.n ?? -1) >= from).slice(0, limit)),
    eventsAfter: (id, afterSeq, limit) =>
      Promise.resolve(
        events.filter((one) => one.orchestrationId === id && one.seq > afterSeq).slice(0, limit),
      ),
    records: (kind) =>
      Promise.resolve(
        [...(records.get(kind) ?? [])]
          .map(([id, value]) => ({ id, value }))
          .toSorted((a, b) => (a.id < b.id ? -1 : 1)),
      ),
    spent: (fromMs, beforeMs) => {
      const usages = [...attempts.values()]
        .filter(({ startedAt }) => Date.parse(startedAt) >= fromMs && Date.parse(startedAt) < beforeMs)
        .map(({ usage }) => usage);
      const basis = usages.reduce(addUsage, noUsage).basis;
      const parts = usages.map(spentOf);
      return Promise.resolve({
        tokens: parts.reduce((sum, { tokens }) => sum + tokens, 0),
        costMicroUsd: parts.reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0),
        basis,
        atLeast: usages.some(hasUnknownCost),
      });
    },
    labels: () => Promise.resolve([]),
    usage: () => Promise.reject(new Error('usage is reported by the real store')),
    close: () => Promise.resolve(),
  };
};
