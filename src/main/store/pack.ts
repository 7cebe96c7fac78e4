import type { StoreBatch } from '../engine/ports.ts';
import { letterOf, type OrchestrationEvent } from '../../shared/domain/event.ts';
import type { Instant } from '../../shared/domain/ids.ts';
import { eventWidth } from './event-layout.ts';
import { foldName } from './fold-name.ts';
import type { PackedBatch, PackedEvents } from './protocol.ts';

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

const packEvents = (events: readonly OrchestrationEvent[]): PackedEvents => {
  const ids: string[] = [];
  const indexes = new Map<string, number>();
  const indexOf = (id: string | null): number => {
    if (id === null) return -1;
    const known = indexes.get(id);
    if (known !== undefined) return known;
    indexes.set(id, ids.length);
    return ids.push(id) - 1;
  };
  const numbers = new Float64Array(events.length * eventWidth);
  const timeOf = createEventTime();
  let next = 0;
  const put = (value: number): void => {
    numbers[next++] = value;
  };
  for (const event of events) {
    put(indexOf(event.orchestrationId));
    put(event.seq);
    put(indexOf(event.instanceId));
    put(event.n ?? -1);
    put(indexOf(event.attemptId));
    put(timeOf(event.at));
    put(letterOf(event.body.type).charCodeAt(0));
    put(event.source === null ? -1 : Number(event.source.stream === 'stderr'));
    put(event.source?.offset ?? -1);
    put(event.source?.length ?? -1);
  }
  return { ids, numbers, bodies: events.map((event) => JSON.stringify(event.body)) };
};

/** Makes of a batch what the writer thread stores, so that it only binds: texts are made here, once. */
export const packBatch = (batch: StoreBatch): PackedBatch => ({
  created: batch.created.map(({ id, source }) => ({ id, source: JSON.stringify(source) })),
  orchestrations: batch.orchestrations.map((view) => ({
    id: view.id,
    name: foldName(view.name),
    state: view.state,
    startedAt: milliseconds(view.startedAt),
    endedAt: millisecondsOrNull(view.endedAt),
    view: JSON.stringify(view),
  })),
  instances: batch.instances.map((view) => ({
    id: view.id,
    orchestrationId: view.orchestrationId,
    position: view.position,
    name: foldName(view.name),
    state: view.state,
    view: JSON.stringify(view),
  })),
  attempts: batch.attempts.map(({ spec, ...record }) => ({
    id: record.id,
    instanceId: record.instanceId,
    startedAt: milliseconds(record.startedAt),
    endedAt: millisecondsOrNull(record.endedAt),
    process: record.process,
    offsets: record.offsets,
    usage: record.usage,
    number: record.number,
    record: JSON.stringify(record),
    spec: JSON.stringify(spec),
  })),
  events: packEvents(batch.events),
});
