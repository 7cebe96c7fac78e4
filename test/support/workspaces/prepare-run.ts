import { z } from 'zod';
import { instanceIdSchema } from '../../../src/shared/domain/ids.ts';
import { openWorkspaces } from '../../../src/main/workspace/workspaces.ts';
import { testEnvironment } from './places.ts';

// A process that prepares a workspace, to be killed in the middle of it.

const [dataDir = '', home = '', id, spec = ''] = process.argv.slice(2);

const specSchema = z.object({
  kind: z.enum(['folder', 'worktree', 'copy']),
  path: z.string(),
  base: z.string().nullable(),
  keep: z.enum(['always', 'on_failure', 'never']),
  setup: z.array(z.string()),
});

const { keeper } = await openWorkspaces({
  dataDir,
  environment: () => Promise.resolve(testEnvironment(home)),
  log: { warn: () => undefined, error: console.error },
});
await keeper.prepare(instanceIdSchema.parse(id), 'killed', specSchema.parse(JSON.parse(spec)));
