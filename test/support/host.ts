import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OrchestrationDetail } from '../../src/shared/contract/contract.ts';
import type { OrchestrationEvent } from '../../src/shared/domain/event.ts';
import type { OrchestrationId } from '../../src/shared/domain/ids.ts';
import { openEngineHost, type EngineHost } from '../../src/main/hosts/engine-host.ts';
import { trustAll } from './trust.ts';

export type TestHost = EngineHost & {
  readonly dataDir: string;
  /** What was said to the log as an error. */
  readonly errors: readonly unknown[];
};

/** A temporary data directory, whose engines ask nobody to trust a folder; `remove` takes it away. */
export const openDataDir = async (): Promise<{
  readonly path: string;
  readonly remove: () => Promise<void>;
}> => {
  const path = await mkdtemp(join(tmpdir(), 'netra-data-'));
  await trustAll(path);
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
};

/** The whole engine in this process, on a data directory, with the given program as Claude Code. */
export const openTestHost = async (dataDir: string, claude: string): Promise<TestHost> => {
  const errors: unknown[] = [];
  const host = await openEngineHost({
    ...{ dataDir, claude, host: 'cli', purpose: 'work', startedInTerminal: true },
    log: { warn: () => undefined, error: (message, error) => errors.push([message, error]) },
  });
  return { ...host, dataDir, errors };
};

/** Starts a plan given as an object. */
export const startPlan = (host: EngineHost, plan: object): Promise<OrchestrationDetail> =>
  host.client.orchestrations.start({ text: JSON.stringify(plan), file: null, baseDir: null });

/** Reads the stream of an orchestration until it has ended, or until `until` says so; gives the events. */
export const eventsUntil = async (
  host: EngineHost,
  id: OrchestrationId,
  until: (event: OrchestrationEvent) => boolean = () => false,
): Promise<readonly OrchestrationEvent[]> => {
  const events: OrchestrationEvent[] = [];
  const abort = new AbortController();
  const stream = host.engine.stream({ orchestrationId: id, instanceId: null, afterSeq: 0 }, abort.signal);
  for await (const batch of stream) {
    if (batch.kind === 'reset') throw new Error('the stream was reset');
    events.push(...batch.events);
    if (batch.events.some(until)) break;
  }
  abort.abort();
  return events;
};
