import type { EngineInfo } from '../../../shared/contract/contract.ts';
import { connectEngine, type EngineConnection } from '../connect.ts';
import type { EngineHostOptions } from '../engine-host.ts';
import { requestFailure } from '../request-failure.ts';
import type { LogFile } from './log-file.ts';
import type { Streams } from './streams.ts';
import type { Paint } from './terminal-text.ts';

/** What every command works with. */
export type CliContext = {
  readonly dataDir: string;
  /** Where Claude Code is, if `--claude` says it. */
  readonly claude: string | undefined;
  readonly streams: Streams;
  readonly paint: Paint;
  readonly log: LogFile;
};

/** How this program opens an engine of its own. */
export const hostOptionsOf = (
  { dataDir, claude, log }: CliContext,
  purpose: EngineHostOptions['purpose'],
  host: EngineInfo['host'] = 'cli',
): EngineHostOptions => ({ dataDir, claude, log, purpose, host, startedInTerminal: true });

/** How often an engine may end while it is asked. */
const mostLosses = 3;

/**
 * Asks the engine something and lets go of it. When the engine of another program ends meanwhile, as that of a `netra run`
 * does with its run, `ask` is called again with the next one.
 */
export const withEngine = async <T>(
  context: CliContext,
  purpose: EngineHostOptions['purpose'],
  ask: (connection: EngineConnection) => Promise<T>,
): Promise<T> => {
  for (let losses = 0; ; losses += 1) {
    const connection = await connectEngine(hostOptionsOf(context, purpose));
    try {
      return await ask(connection);
    } catch (error) {
      const isLost = connection.kind === 'attached' && requestFailure(error) === null;
      if (!isLost || losses === mostLosses) throw error;
    } finally {
      await connection.close();
    }
  }
};
