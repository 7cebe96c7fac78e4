import type { OrchestrationDetail, StreamBatch } from '../../../shared/contract/contract.ts';
import type { OrchestrationEvent } from '../../../shared/domain/event.ts';
import { instantOf, type InstanceId, type Instant } from '../../../shared/domain/ids.ts';
import type { InstanceView } from '../../../shared/domain/instance.ts';
import type { OrchestrationView } from '../../../shared/domain/orchestration.ts';
import { eventLine } from './event-line.ts';
import { reportLines } from './report-text.ts';
import { reportOf } from './report.ts';
import type { Streams } from './streams.ts';
import type { Paint } from './terminal-text.ts';

export type Batch = Extract<StreamBatch, { kind: 'batch' }>;

/** How an orchestration is shown while it runs and at its end. */
export interface Display {
  /** Events after this seq are wanted. */
  readonly fromSeq: 'first' | 'now';
  take(batch: Batch): Promise<void>;
  /** Something beside the orchestration changed, such as what a person typed. */
  refresh(): void;
  /** Shows how it ended. */
  end(detail: OrchestrationDetail): Promise<void>;
}

/** The views of an orchestration as they come in. */
export const createLatest = (
  detail: OrchestrationDetail,
): {
  take(batch: Batch): void;
  orchestration(): OrchestrationView;
  instances(): readonly InstanceView[];
  nameOf(id: InstanceId | null): string;
} => {
  let { orchestration } = detail;
  const instances = new Map(detail.instances.map((view) => [view.id, view]));
  return {
    take: (batch) => {
      orchestration = batch.orchestration ?? orchestration;
      for (const view of batch.instances) instances.set(view.id, view);
    },
    orchestration: () => orchestration,
    instances: () => [...instances.values()],
    nameOf: (id) => (id === null ? orchestration.name : (instances.get(id)?.name ?? id)),
  };
};

const now = (): Instant => instantOf(Date.now());

/** The report for people on stdout. */
export const printReport = async (
  { orchestration, instances }: Pick<OrchestrationDetail, 'orchestration' | 'instances'>,
  streams: Streams,
  paint: Paint,
): Promise<void> => {
  const layout = { now: now(), width: streams.columns(), paint };
  for (const line of reportLines(orchestration, instances, layout)) await streams.print(line);
};

/** One report as JSON, at the end. */
export const jsonDisplay = (streams: Streams): Display => ({
  fromSeq: 'now',
  take: async () => undefined,
  refresh: () => undefined,
  end: async ({ orchestration, instances }) => {
    await streams.print(JSON.stringify(reportOf(orchestration, instances, now()), null, 2));
  },
});

/** An event as one line of JSON, the same live and from the store. */
export const eventJson = (event: OrchestrationEvent): string => {
  const { orchestrationId, seq, instanceId, n, attemptId, at, source, body } = event;
  return JSON.stringify({ orchestrationId, seq, instanceId, n, attemptId, at, source, body });
};

/** Each event as a line of JSON as it comes, and nothing else. */
export const ndjsonDisplay = (streams: Streams): Display => ({
  fromSeq: 'first',
  take: async ({ events }) => {
    for (const event of events) await streams.print(eventJson(event));
  },
  refresh: () => undefined,
  end: async () => undefined,
});

/** A line for each thing that matters, then the report: for what is no terminal. */
export const linesDisplay = (detail: OrchestrationDetail, streams: Streams, paint: Paint): Display => {
  const latest = createLatest(detail);
  return {
    fromSeq: 'first',
    take: async (batch) => {
      latest.take(batch);
      for (const event of batch.events) {
        const line = eventLine(event, latest.nameOf(event.instanceId), paint);
        if (line !== null) await streams.print(line);
      }
    },
    refresh: () => undefined,
    end: async (ended) => {
      await streams.print('');
      await printReport(ended, streams, paint);
    },
  };
};
