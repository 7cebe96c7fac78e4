import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import type { EngineClient, OrchestrationDetail } from '../../../../shared/contract/contract.ts';
import { failureError } from '../../../../shared/domain/failure.ts';
import { isDemoAsWritten } from '../../../demo/outcome.ts';
import type { EngineConnection } from '../../connect.ts';
import { reachBackgroundEngine } from '../background-engine.ts';
import type { CliContext } from '../context.ts';
import type { Format } from '../formats.ts';
import { watchToEnd, type WatchOptions } from '../watch.ts';

export type RunOptions = { readonly format: Format; readonly detach: boolean };

type PlanInput = Parameters<EngineClient['orchestrations']['start']>[0];

/** The plan as it stands in a file, or on stdin for `-`. @throws FailureError `plan.unreadable` */
export const planFrom = async (file: string, stdin: NodeJS.ReadableStream): Promise<PlanInput> => {
  if (file === '-') return { text: await text(stdin), file: null, baseDir: process.cwd() };
  const path = resolve(file);
  try {
    return { text: await readFile(path, 'utf8'), file: path, baseDir: null };
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const reason = isMissing ? 'it is not there' : String(error);
    throw failureError('plan.unreadable', `Cannot read the plan ${path}: ${reason}.`, error);
  }
};

/** Says what another engine, which was there already, does not take from this command line. */
const sayWhoseEngine = ({ streams, claude }: CliContext, connection: EngineConnection): void => {
  if (connection.kind === 'own') return;
  const { host, pid } = connection.holder;
  const unused = claude === undefined ? '' : ' --claude is not used: that engine chose its own.';
  streams.say(`netra: runs in the engine of ${host} (process ${String(pid)}).${unused}`);
};

const begin = async (
  context: CliContext,
  { format, detach, ...options }: RunOptions & Pick<WatchOptions, 'isGood'>,
  start: (client: EngineClient) => Promise<OrchestrationDetail>,
): Promise<number> => {
  if (!detach) {
    const startHere = (connection: EngineConnection): Promise<OrchestrationDetail> => {
      sayWhoseEngine(context, connection);
      return start(connection.client);
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

/** `netra run PLAN` */
export const run = async (context: CliContext, file: string, options: RunOptions): Promise<number> => {
  const plan = await planFrom(file, context.streams.stdin);
  return begin(context, options, (client) => client.orchestrations.start(plan));
};

/** `netra demo`: it ends well when it went as written, with the one failure that it is there to show. */
export const demo = (context: CliContext, options: RunOptions): Promise<number> => {
  const isGood = ({ instances }: OrchestrationDetail): boolean => isDemoAsWritten(instances);
  return begin(context, { ...options, isGood }, (client) => client.orchestrations.startDemo());
};
