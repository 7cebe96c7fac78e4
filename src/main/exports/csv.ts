import type { AttemptRecord, StoredOrchestration } from '../engine/store-ports.ts';
import type { InstanceView } from '../../shared/domain/instance.ts';
import { csvLine } from './csv-line.ts';
import { exactDollars } from './figures.ts';
import type { TextFormat } from './format.ts';
import type { Session } from './session.ts';

type Row = {
  readonly stored: StoredOrchestration;
  readonly instance: InstanceView | undefined;
  readonly attempt: AttemptRecord;
  readonly model: string;
};

const usageOf = ({ attempt, model }: Row) => attempt.usage.byModel[model];

/** The columns in order. */
const columns: Readonly<Record<string, (row: Row) => string | number | null | undefined>> = {
  orchestration_id: ({ stored }) => stored.orchestration.id,
  orchestration: ({ stored }) => stored.orchestration.name,
  plan: ({ stored }) => stored.orchestration.plan,
  origin: ({ stored }) => stored.orchestration.origin,
  owner: ({ stored }) => stored.orchestration.owner,
  labels: ({ stored }) => stored.orchestration.labels.join(' '),
  workspace: ({ instance, stored }) => instance?.workspace ?? stored.orchestration.workspace,
  instance_id: ({ attempt }) => attempt.instanceId,
  instance: ({ instance }) => instance?.name,
  instance_state: ({ instance }) => instance?.state,
  attempt: ({ attempt }) => attempt.number,
  attempt_id: ({ attempt }) => attempt.id,
  session_id: ({ attempt }) => attempt.sessionId,
  started_at: ({ attempt }) => attempt.startedAt,
  ended_at: ({ attempt }) => attempt.endedAt,
  model: ({ model }) => model,
  basis: ({ attempt }) => attempt.usage.basis,
  input_tokens: (row) => usageOf(row)?.inputTokens,
  output_tokens: (row) => usageOf(row)?.outputTokens,
  cache_write_tokens: (row) => usageOf(row)?.cacheWriteTokens,
  cache_read_tokens: (row) => usageOf(row)?.cacheReadTokens,
  cost_micro_usd: (row) => usageOf(row)?.costMicroUsd,
  cost_usd: (row) => exactDollars(usageOf(row)?.costMicroUsd ?? 0),
};

const rowsOf = (stored: StoredOrchestration): readonly Row[] => {
  const instances = new Map(stored.instances.map((view) => [view.id, view]));
  return stored.attempts.flatMap((attempt) =>
    Object.keys(attempt.usage.byModel).map((model) => ({
      stored,
      attempt,
      model,
      instance: instances.get(attempt.instanceId),
    })),
  );
};

async function* write(sessions: AsyncIterable<Session>): AsyncGenerator<string, void> {
  yield csvLine(Object.keys(columns));
  for await (const { stored } of sessions) {
    for (const row of rowsOf(stored)) yield csvLine(Object.values(columns).map((value) => value(row)));
  }
}

/**
 * What was used, a row for each attempt and model (RFC 4180). No cell is taken for a formula: a text that looks like one has
 * an apostrophe in front, as spreadsheets write it.
 */
export const csvFormat: TextFormat = {
  extension: 'csv',
  mediaType: 'text/csv',
  write: (sessions) => write(sessions),
};
