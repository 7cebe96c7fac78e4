import { performance } from 'node:perf_hooks';
import type { EngineClient } from '../../src/shared/contract/contract.ts';
import type { InstanceView } from '../../src/shared/domain/instance.ts';
import { openEngineHost, type EngineHost } from '../../src/main/hosts/engine-host.ts';

/** Opens an engine on a library; `claude` is the program that its instances run. Says how long that took. */
export const openLibrary = async (
  dataDir: string,
  claude?: string,
): Promise<{ readonly host: EngineHost; readonly readyMs: number }> => {
  const start = performance.now();
  const host = await openEngineHost({
    ...{ dataDir, host: 'daemon', purpose: 'work', claude, startedInTerminal: true },
    log: {
      warn: (message, details) => {
        if (message !== 'slow query') console.error(message, details);
      },
      error: (message, error) => {
        console.error(message, error);
      },
    },
  });
  return { host, readyMs: performance.now() - start };
};

/** The instance with the most events. */
export const longestOf = async (client: EngineClient): Promise<InstanceView> => {
  const { items } = await client.orchestrations.list({
    limit: 200,
    sort: { by: 'tokens', direction: 'desc' },
  });
  const [most] = items.toSorted((a, b) => b.lastSeq - a.lastSeq);
  if (most === undefined) throw new Error('the library is empty');
  const { instances } = await client.orchestrations.get({ id: most.id });
  const [longest] = instances.toSorted((a, b) => b.eventCount - a.eventCount);
  if (longest === undefined) throw new Error('the longest has no instances');
  return longest;
};
