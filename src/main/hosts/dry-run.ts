import { join } from 'node:path';
import type { DryRun } from '../../shared/contract/dry-run.ts';
import { dryRun, type DryRunWorld } from '../api/dry-run.ts';
import type { PlanInput } from '../api/plans.ts';
import type { ClaudeInstallation } from '../claude/installation/installation.ts';
import { createPreview } from '../claude/stream/preview.ts';
import { createSpool } from '../claude/spool/spool.ts';
import { createFiles } from '../workspace/files.ts';
import { systemClock, systemIds } from './system-clock.ts';

/** Dry runs on this machine. They need no engine and change nothing. */
export const createDryRun = (
  dataDir: string,
  installation: ClaudeInstallation,
): ((input: PlanInput) => Promise<DryRun>) => {
  const files = createFiles(dataDir);
  const world: DryRunWorld = {
    preview: createPreview(installation, createSpool(join(dataDir, 'spool'))),
    glob: (folder, pattern, most) => files.glob(folder, pattern, most),
    attemptId: () => systemIds.attemptId(),
    now: () => systemClock.now(),
  };
  return (input) => dryRun(input, world);
};
