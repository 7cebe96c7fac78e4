import type { OrchestrationDetail } from '../../../../shared/contract/contract.ts';
import { failureError } from '../../../../shared/domain/failure.ts';
import type { EngineConnection } from '../../connect.ts';
import type { CliContext } from '../context.ts';
import { findInstances, findOrchestration, listOrchestrations } from '../find-by-name.ts';
import { printable } from '../terminal-text.ts';
import type { Format } from '../formats.ts';
import { watchToEnd } from '../watch.ts';

const newestRunning = async (
  { streams }: CliContext,
  { client }: EngineConnection,
): Promise<OrchestrationDetail> => {
  const running = await listOrchestrations(client, { states: ['running'] });
  const [newest, ...others] = running;
  if (newest === undefined) {
    throw failureError('orchestration.none_running', 'Nothing runs. `netra sessions` lists what was run.');
  }
  for (const { id, name } of others) streams.say(`netra: also running: ${id} ${printable(name)}`);
  return client.orchestrations.get({ id: newest.id });
};

/** `netra attach [ID]`: the newest that runs, when none is named. */
export const attach = (context: CliContext, text: string | null, format: Format): Promise<number> =>
  watchToEnd(
    context,
    async (connection) => {
      if (text === null) return newestRunning(context, connection);
      const { id } = await findOrchestration(connection.client, text);
      return connection.client.orchestrations.get({ id });
    },
    { format, part: 'visit' },
  );

/** `netra restart INSTANCE`, or all of a fan-out */
export const restart = (context: CliContext, text: string, format: Format): Promise<number> =>
  watchToEnd(
    context,
    async ({ client }) => {
      const [first, ...others] = await findInstances(client, text);
      for (const { id } of [first, ...others]) await client.instances.restart({ id });
      return client.orchestrations.get({ id: first.orchestrationId });
    },
    { format, part: 'visit' },
  );
