import { connectEngine, openEndpoint, type OwnEngine } from '../../connect.ts';
import type { WebHost } from '../../web/web-host.ts';
import { hostOptionsOf, type CliContext } from '../context.ts';

/** Resolves when the engine has had no work and no visitor for `idleMs`. */
const untilIdle = async (engine: OwnEngine, web: WebHost, idleMs: number): Promise<void> => {
  let lastBusy = Date.now();
  const done = Promise.withResolvers<undefined>();
  const timer = setInterval(
    () => {
      const isBusy = engine.host.engine.unfinished().length > 0 || web.connections() > 0;
      if (isBusy) lastBusy = Date.now();
      else if (Date.now() - lastBusy >= idleMs) done.resolve(undefined);
    },
    Math.min(1000, idleMs),
  );
  const end = (): void => done.resolve(undefined);
  process.on('SIGTERM', end).on('SIGINT', end);
  await done.promise;
  process.off('SIGTERM', end).off('SIGINT', end);
  clearInterval(timer);
};

/**
 * `netra engine`, which `--detach` starts: an engine without a console of its own. It ends when it has been idle; told
 * to end earlier, it lets go of its work, which goes on.
 */
export const engine = async (context: CliContext, idleMs: number): Promise<number> => {
  const connection = await connectEngine(hostOptionsOf(context, 'work', 'background'));
  if (connection.kind === 'attached') {
    await connection.close();
    return 0;
  }
  try {
    const web = await openEndpoint(connection.host, { port: 0, log: context.log });
    try {
      await untilIdle(connection, web, idleMs);
    } finally {
      await web.close();
    }
  } finally {
    await connection.close();
  }
  return 0;
};
