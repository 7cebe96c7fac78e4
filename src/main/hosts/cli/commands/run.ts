import type { EngineClient, OrchestrationDetail } from '../../../../shared/contract/contract.ts';
import { isDemoAsWritten } from '../../../demo/outcome.ts';
import type { EngineConnection } from '../../connect.ts';
import { requestFailure } from '../../request-failure.ts';
import { reachBackgroundEngine } from '../background-engine.ts';
import type { RunOptions } from '../run-options.ts';
import type { CliContext } from '../context.ts';
import { planInputOf, type PlanInput } from '../run-input.ts';
import { watchToEnd, type WatchOptions } from '../watch.ts';

type ShowOptions = Pick<RunOptions, 'format' | 'detach'>;

/** Says what another engine, which was there already, does not take from this command line. */
const sayWhoseEngine = ({ streams, claude }: CliContext, connection: EngineConnection): void => {
  if (connection.kind === 'own') return;
  const { host, pid } = connection.holder;
  const unused = claude === undefined ? '' : ' --claude is not used: that engine chose its own.';
  streams.say(`netra: runs in the engine of ${host} (process ${String(pid)}).${unused}`);
};

const begin = async (
  context: CliContext,
  { format, detach, ...options }: ShowOptions & Pick<WatchOptions, 'isGood' | 'maxWaitMs'>,
  start: (client: EngineClient) => Promise<OrchestrationDetail>,
): Promise<number> => {
  if (!detach) {
    const startHere = async (connection: EngineConnection): Promise<OrchestrationDetail> => {
      const detail = await start(connection.client);
      sayWhoseEngine(context, connection);
      return detail;
    };
    return watchToEnd(context, startHere, { ...options, format, part: 'run' });
  }
  const engine = await reachBackgroundEngine(context);
  try {
    const { orchestration } = await start(engine.client);
    const { id, name } = orchestration;
    await context.streams.print(format === 'text' ? id : JSON.stringify({ id, name }));
    return 0;
  } finally {
    await engine.close();
  }
};

/** Trusts the folders of a plan, those that are known before it runs. */
const trustFolders = async (client: EngineClient, plan: PlanInput): Promise<void> => {
  const { summary } = await client.plans.check(plan);
  const folders = new Set(summary?.instances.map(({ workspace }) => workspace));
  for (const folder of folders) if (!folder.includes('{{')) await client.trust.add({ folder });
};

/** `netra run PLAN` and `netra run -p PROMPT` */
export const run = async (
  context: CliContext,
  planName: string | null,
  options: RunOptions,
): Promise<number> => {
  const plan = await planInputOf(context, planName, options);
  if (options.dryRun) return (await import('./dry-run.ts')).dryRun(context, plan, options.format);
  const { format, detach, now, trust, maxWait: maxWaitMs } = options;
  try {
    return await begin(context, { format, detach, maxWaitMs }, async (client) => {
      if (trust) await trustFolders(client, plan);
      return client.orchestrations.start({ ...plan, now });
    });
  } catch (error) {
    if (requestFailure(error)?.code !== 'plan.scheduled') throw error;
    const { addSchedule } = await import('./schedule.ts');
    return addSchedule(context, plan, format === 'text' ? 'text' : 'json');
  }
};

/** `netra demo`: it ends well when it went as written, with the one failure that it is there to show. */
export const demo = (context: CliContext, options: ShowOptions): Promise<number> => {
  const isGood = ({ instances }: OrchestrationDetail): boolean => isDemoAsWritten(instances);
  return begin(context, { ...options, isGood }, (client) => client.orchestrations.startDemo());
};
