import type { OrchestrationDetail } from '../../../../shared/contract/contract.ts';
import { failureError } from '../../../../shared/domain/failure.ts';
import type { EngineConnection } from '../../connect.ts';
import type { CliContext } from '../context.ts';
import { listOrchestrations, findInstance, findOrchestration } from '../find-by-name.ts';
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

/** `netra restart INSTANCE` */
export const restart = (context: CliContext, text: string, format: Format): Promise<number> =>
  watchToEnd(
    context,
    async ({ client }) => {
      const { id, orchestrationId } = await findInstance(client, text);
      await client.instances.restart({ id });
      return client.orchestrations.get({ id: orchestrationId });
    },
    { format, part: 'visit' },
  );
