import type { StoredOrchestration } from '../../../src/main/engine/store-ports.ts';
import type { OrchestrationEvent } from '../../../src/shared/domain/event.ts';
import { instantOf } from '../../../src/shared/domain/ids.ts';
import { eventsOf, sampleOf } from './samples.ts';

export type Imported = {
  readonly stored: StoredOrchestration;
  readonly events: readonly OrchestrationEvent[];
};

/** An orchestration that ended on another machine, with so many events, and ids of its own at each call. */
export const importedOf = (eventCount: number): Imported => {
  const sample = sampleOf('from elsewhere');
  const { orchestration, instances, attempts, source } = sample;
  const endedAt = instantOf(Date.UTC(2026, 3, 5, 8));
  return {
    events: eventsOf(sample, eventCount),
    stored: {
      source,
      specs: {},
      orchestration: { ...orchestration, origin: 'archive', state: 'stopped', endedAt, lastSeq: eventCount },
      instances: instances.map((view) => ({
        ...view,
        ...{ state: 'stopped', endedAt, eventCount: eventCount / instances.length },
      })),
      attempts: attempts.map((attempt) => ({ ...attempt, process: null, endedAt })),
    },
  };
};

/** Its events a page at a time. */
export const pagesOf = function* ({ events }: Imported): Generator<readonly OrchestrationEvent[], void> {
  for (let at = 0; at < events.length; at += 500) yield events.slice(at, at + 500);
};
