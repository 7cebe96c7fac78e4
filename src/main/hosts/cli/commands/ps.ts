import { instantOf } from '../../../../shared/domain/ids.ts';
import type { EngineConnection } from '../../connect.ts';
import { withEngine, type CliContext } from '../context.ts';
import { printReport } from '../display.ts';
import { listOrchestrations } from '../find-by-name.ts';
import { reportOf } from '../report.ts';

const whoRunsIt = (connection: EngineConnection): string => {
  if (connection.kind === 'own') {
    return 'netra: no engine watches this any more; `netra attach` takes it up, `netra stop` stops it.';
  }
  const { host, pid } = connection.holder;
  return `netra: in the engine of ${host} (process ${String(pid)}).`;
};

/** `netra ps` */
export const ps = (context: CliContext, format: 'text' | 'json'): Promise<number> =>
  withEngine(context, 'settle', async (connection) => {
    const { client } = connection;
    const { streams, paint } = context;
    const { storeTrouble } = await client.system.info();
    if (storeTrouble !== null) {
      streams.say(
        `netra: what happens cannot be stored at the moment: ${storeTrouble.message} The instances go on, and nothing is lost: ` +
          'it is stored as soon as that works again.',
      );
    }
    const views = await listOrchestrations(client, { states: ['running'] });
    const details = await Promise.all(views.map(({ id }) => client.orchestrations.get({ id })));
    if (format === 'json') {
      const now = instantOf(Date.now());
      const reports = details.map(({ orchestration, instances }) => reportOf(orchestration, instances, now));
      await streams.print(JSON.stringify(reports, null, 2));
      return 0;
    }
    streams.say(details.length === 0 ? 'netra: nothing runs.' : whoRunsIt(connection));
    for (const [index, detail] of details.entries()) {
      if (index > 0) await streams.print('');
      await printReport(detail, streams, paint);
    }
    return 0;
  });
