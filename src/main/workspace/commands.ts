import type { CommandRunner } from '../engine/workspace-ports.ts';
import type { Programs } from './programs.ts';

/** Errors go the way of all output, so that both stand in the order in which they were printed. */
const inOrder = (command: string): string =>
  process.platform === 'win32' ? command : `exec 2>&1; ${command}`;

/** Runs shell commands of the plan's author: by `/bin/sh`, on Windows by `cmd`. */
export function createCommandRunner(programs: Programs): CommandRunner {
  return {
    run: async ({ command, ...request }, signal) => {
      const program = { ...request, file: inOrder(command), args: [], shell: true };
      const { exitCode, timedOut, output } = await programs.run(program, signal);
      return { exitCode, timedOut, output };
    },
  };
}
