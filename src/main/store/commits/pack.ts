import type { StoreBatch } from '../../engine/store-ports.ts';
import { letterOf, type OrchestrationEvent } from '../../../shared/domain/event.ts';
import type { InstanceId, Instant } from '../../../shared/domain/ids.ts';
import { isFinal, type InstanceView } from '../../../shared/domain/instance.ts';
import type { OrchestrationView } from '../../../shared/domain/orchestration.ts';
import { totalOf } from '../../../shared/domain/usage.ts';
import { eventWidth } from './event-layout.ts';
import { foldName } from '../reads/fold-name.ts';
import type { PackedBatch, PackedEvents, PackedOrchestration } from '../protocol.ts';

const milliseconds = (instant: Instant): number => Date.parse(instant);
const millisecondsOrNull = (instant: Instant | null): number | null =>
  instant === null ? null : milliseconds(instant);

/** Events come in bursts, many of the same instant: the last one's milliseconds are kept. */
const createEventTime = (): ((at: Instant) => number) => {
  let last: Instant | null = null;
  let lastMs = 0;
  return (at) => {
    if (at === last) return lastMs;
    last = at;
    lastMs = milliseconds(at);
    return lastMs;
  };
};

/** Gives each id its place in `ids`, the same one each time; absent ones are -1. */
const createIndex = (ids: string[]): ((id: string | null) => number) => {
  const indexes = new Map<string, number>();
  return (id) => {
    if (id === null) return -1;
    const known = indexes.get(id);
    if (known !== undefined) return known;
    indexes.set(id, ids.length);
    return ids.push(id) - 1;
  };
};

const packEvents = (events: readonly OrchestrationEvent[]): PackedEvents => {
  const ids: string[] = [];
  const indexOf = createIndex(ids);
  const timeOf = createEventTime();
  const numbers = new Float64Array(events.length * eventWidth);
  const bodies: string[] = [];
  let next = 0;
  for (const { orchestrationId, seq, instanceId, n, attemptId, at, source, body } of events) {
    numbers[next++] = indexOf(orchestrationId);
    numbers[next++] = seq;
    numbers[next++] = indexOf(instanceId);
    numbers[next++] = n ?? -1;
    numbers[next++] = indexOf(attemptId);
    numbers[next++] = timeOf(at);
    numbers[next++] = letterOf(body.type).charCodeAt(0);
    numbers[next++] = source === null ? -1 : Number(source.stream === 'stderr');
    numbers[next++] = source?.offset ?? -1;
    numbers[next++] = source?.length ?? -1;
    bodies.push(JSON.stringify(body));
  }
  return { ids, numbers, bodies };
};

/** An orchestration's row. */
export const packOrchestration = (view: OrchestrationView): PackedOrchestration => {
  const { inputTokens, outputTokens, cacheWriteTokens, cacheReadTokens, costMicroUsd } = totalOf(view.usage);
  return {
    id: view.id,
    view: JSON.stringify(view),
    labels: view.labels.map(foldName),
    models: Object.keys(view.usage.byModel),
    facets: {
      name: foldName(view.name),
      plan: foldName(view.plan),
      state: view.state,
      workspace: view.workspace,
      owner: view.owner,
      origin: view.origin,
      startedAt: milliseconds(view.startedAt),
      endedAt: millisecondsOrNull(view.endedAt),
      instances: view.instanceCount,
      tokens: inputTokens + outputTokens + cacheWriteTokens + cacheReadTokens,
      costMicroUsd,
      pinned: view.pinned ? 1 : 0,
      deletedAt: millisecondsOrNull(view.deletedAt),
      note: view.note === null ? null : foldName(view.note),
    },
  };
};

/** A view is written with each batch and its tools change seldom: gives them when they are others than the last time. */
const createToolsFilter = (): ((view: InstanceView) => InstanceView['tools'] | null) => {
  const packed = new Map<InstanceId, InstanceView['tools']>();
  return ({ id, tools, state }) => {
    const isNew = packed.get(id) !== tools;
    if (isFinal(state)) packed.delete(id);
    else packed.set(id, tools);
    return isNew ? tools : null;
  };
};

/**
 * Gives what makes of a batch what the writer thread stores, so that it only binds: texts are made here, once. It counts on
 * every batch being stored; when one is not, make another packer.
 */
export const createPacker = (): ((batch: StoreBatch) => PackedBatch) => {
  const newTools = createToolsFilter();
  return (batch) => packWith(newTools, batch);
};

const packWith = (newTools: ReturnType<typeof createToolsFilter>, batch: StoreBatch): PackedBatch => ({
  created: batch.created.map(({ id, source }) => ({ id, source: JSON.stringify(source) })),
  orchestrations: batch.orchestrations.map(packOrchestration),
  instances: batch.instances.map((view) => ({
    id: view.id,
    orchestrationId: view.orchestrationId,
    position: view.position,
    name: foldName(view.name),
    state: view.state,
    view: JSON.stringify(view),
    tools: newTools(view),
  })),
  attempts: batch.attempts.map(({ spec, ...record }) => ({
    id: record.id,
    instanceId: record.instanceId,
    startedAt: milliseconds(record.startedAt),
    endedAt: millisecondsOrNull(record.endedAt),
    process: record.process,
    offsets: record.offsets,
    usage: record.usage,
    sessionId: record.sessionId,
    number: record.number,
    record: JSON.stringify(record),
    spec: JSON.stringify(spec),
  })),
  specs: batch.specs.map(({ instanceId, spec }) => ({ instanceId, spec: JSON.stringify(spec) })),
  records: batch.records.map(({ kind, id, value }) => ({
    kind,
    id,
    value: value === null ? null : JSON.stringify(value),
  })),
  events: packEvents(batch.events),
  ...(batch.remarks !== undefined && { remarks: batch.remarks }),
});
