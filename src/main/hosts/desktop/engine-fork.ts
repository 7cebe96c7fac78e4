import { join } from 'node:path';
import { utilityProcess } from 'electron';
import { allowedEnvironment } from '../../claude/process/environment.ts';
import type { EngineProcess } from './engine-supervisor.ts';

const program = join(import.meta.dirname, 'engine-process.js');

/** What Claude Code may need of the person's environment, and our own settings. */
export const engineEnvironment = (
  inherited: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
  dataDir: string,
): Record<string, string> => {
  const env = allowedEnvironment({ inherited, platform, path: null });
  for (const [name, value] of Object.entries(inherited))
    if (name.startsWith('NETRA_') && value !== undefined) env[name] = value;
  return { ...env, NETRA_HOME: dataDir };
};

/** Starts the engine's process on a data directory. What it prints goes to our own stderr. */
export const forkEngine = (dataDir: string): EngineProcess => {
  const engine = utilityProcess.fork(program, [], {
    env: engineEnvironment(process.env, process.platform, dataDir),
    serviceName: 'Netra engine',
    stdio: 'pipe',
    // It runs other people's programs: on a Mac they ask for permissions in their own name, not in ours.
    disclaim: true,
  });
  engine.stdout?.pipe(process.stderr, { end: false });
  engine.stderr?.pipe(process.stderr, { end: false });
  return engine;
};
