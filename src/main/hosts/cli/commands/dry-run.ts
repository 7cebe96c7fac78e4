import { formatProblem } from '../../../../shared/domain/plan/plan-problem.ts';
import { createDryRun } from '../../dry-run.ts';
import { installationFor } from '../../engine-host.ts';
import { readSettings } from '../../settings.ts';
import { hostOptionsOf, type CliContext } from '../context.ts';
import { dryRunLines } from '../dry-run-text.ts';
import type { Format } from '../formats.ts';
import type { PlanInput } from '../run-input.ts';

/** `netra run … --dry-run`: 0 when all of it could be started. It needs no engine. */
export const dryRun = async (context: CliContext, plan: PlanInput, format: Format): Promise<number> => {
  const { streams, paint, dataDir } = context;
  const installation = installationFor(hostOptionsOf(context, 'settle'), await readSettings(dataDir));
  const found = await createDryRun(dataDir, installation)(plan);
  if (format === 'text') {
    const shown = plan.file ?? 'plan';
    for (const warning of found.warnings) streams.say(`${formatProblem(warning, shown)} (warning)`);
    for (const line of dryRunLines(found, { width: streams.columns(), paint })) await streams.print(line);
  } else await streams.print(JSON.stringify(found, null, format === 'json' ? 2 : undefined));
  const runs = found.instances.flatMap(({ run, alternatives }) => [run, ...alternatives]);
  return runs.some((run) => 'code' in run) ? 1 : 0;
};
