import type { OrchestrationDetail, StreamBatch } from '../../../shared/contract/contract.ts';
import type { OrchestrationEvent } from '../../../shared/domain/event.ts';
import { instantOf, type InstanceId, type Instant } from '../../../shared/domain/ids.ts';
import type { InstanceView } from '../../../shared/domain/instance.ts';
import type { OrchestrationView } from '../../../shared/domain/orchestration.ts';
import { eventLine } from './event-line.ts';
import { failureLines, reportLines } from './report-text.ts';
import { reportOf } from './report.ts';
import type { Streams } from './streams.ts';
import { tableLines } from './table.ts';
import { printableLines, type Paint } from './terminal-text.ts';

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
  add(view: InstanceView): void;
  /** Null for an instance that did not come in yet. */
  nameOf(id: InstanceId | null): string | null;
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
    add: (view) => void instances.set(view.id, view),
    nameOf: (id) => (id === null ? orchestration.name : (instances.get(id)?.name ?? null)),
  };
};

const now = (): Instant => instantOf(Date.now());

/** What an instance said at last, whole: the table has room for its beginning only. */
const printResult = async ({ result }: InstanceView, streams: Streams): Promise<void> => {
  if (result === null || result.trim() === '') return;
  await streams.print('');
  for (const line of printableLines(result)) await streams.print(line);
};

/** The report for people on stdout; of a single instance with its result. */
export const printReport = async (
  { orchestration, instances }: Pick<OrchestrationDetail, 'orchestration' | 'instances'>,
  streams: Streams,
  paint: Paint,
): Promise<void> => {
  const layout = { now: now(), width: streams.columns(), paint };
  for (const line of reportLines(orchestration, instances, layout)) await streams.print(line);
  const [only] = instances;
  if (instances.length === 1 && only !== undefined) await printResult(only, streams);
};

/** An instance for people: its line, why it failed, and what it said at last, whole. */
export const printInstance = async (view: InstanceView, streams: Streams, paint: Paint): Promise<void> => {
  const layout = { now: now(), width: streams.columns(), paint };
  for (const line of tableLines([view], layout)) await streams.print(line);
  for (const line of failureLines([view], paint)) await streams.print(`\n${line}`);
  await printResult(view, streams);
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
  let held: readonly OrchestrationEvent[] = [];
  const show = async (events: readonly OrchestrationEvent[]): Promise<void> => {
    for (const event of events) {
      const line = eventLine(event, latest.nameOf(event.instanceId) ?? event.instanceId ?? '', paint);
      if (line !== null) await streams.print(line);
    }
  };
  return {
    fromSeq: 'first',
    take: async (batch) => {
      latest.take(batch);
      const events = [...held, ...batch.events];
      // Events of a fan-out may come before its instances; their lines wait until those are known by name.
      const unknown = events.findIndex(({ instanceId }) => latest.nameOf(instanceId) === null);
      held = unknown < 0 ? [] : events.slice(unknown);
      await show(unknown < 0 ? events : events.slice(0, unknown));
    },
    refresh: () => undefined,
    end: async (ended) => {
      for (const view of ended.instances) latest.add(view);
      await show(held);
      await streams.print('');
      await printReport(ended, streams, paint);
    },
  };
};
