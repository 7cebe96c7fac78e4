import { createORPCClient, isDefinedError, ORPCError, safe } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import { RPCHandler } from '@orpc/server/message-port';
import { afterEach, describe, expect, it } from 'vitest';
import { relayRouter } from '../../../../../src/main/hosts/engine-process/relay.ts';
import {
  contract,
  type EngineClient,
  type OverviewUpdate,
} from '../../../../../src/shared/contract/contract.ts';

const update = (kind: OverviewUpdate['kind']): OverviewUpdate => ({
  kind,
  orchestrations: [],
  instances: [],
});

const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

/** A client that reaches `remote` as the page does: through a MessagePort and the relay. */
const throughRelay = (remote: object): EngineClient => {
  const { port1, port2 } = new MessageChannel();
  const groups = Object.fromEntries(Object.keys(contract).map((name) => [name, {}]));
  const whole = { ...groups, ...remote } as EngineClient;
  new RPCHandler(relayRouter(whole)).upgrade(port1, { context: { by: 'ada' } });
  port1.start();
  port2.start();
  closing.push(() => port1.close());
  return createORPCClient(new RPCLink({ port: port2 }));
};

describe('the relay to an engine of another process', () => {
  it('passes questions and answers on', async () => {
    const asked: unknown[] = [];
    const client = throughRelay({
      plans: {
        read: async (input: { file: string }) => {
          asked.push(input);
          return { ...input, text: 'name: x' };
        },
      },
    });
    expect(await client.plans.read({ file: '/plan.yaml' })).toEqual({ file: '/plan.yaml', text: 'name: x' });
    expect(asked).toEqual([{ file: '/plan.yaml' }]);
  });

  it('passes failures on as what they are', async () => {
    const failure = { code: 'orchestration.unknown', message: 'There is none.' };
    const client = throughRelay({
      system: {
        info: async () => {
          throw new ORPCError('FAILURE', { defined: true, data: failure });
        },
      },
    });
    const { error } = await safe(client.system.info());
    expect(isDefinedError(error)).toBe(true);
    expect(error).toMatchObject({ code: 'FAILURE', data: failure });
  });

  it('passes streams on, and their being called off', async () => {
    const ended = Promise.withResolvers<string>();
    async function* overview(signal: AbortSignal | undefined): AsyncGenerator<OverviewUpdate> {
      yield update('snapshot');
      yield update('changed');
      await new Promise((resolve) => signal?.addEventListener('abort', resolve, { once: true }));
      ended.resolve('called off');
    }
    const client = throughRelay({
      live: { overview: async (_: unknown, { signal }: { signal?: AbortSignal }) => overview(signal) },
    });
    const stop = new AbortController();
    const seen: string[] = [];
    const following = (async () => {
      for await (const { kind } of await client.live.overview(undefined, { signal: stop.signal })) {
        seen.push(kind);
        if (seen.length === 2) stop.abort();
      }
    })().catch(() => 'called off');
    expect(await ended.promise).toBe('called off');
    expect(await following).toBe('called off');
    expect(seen).toEqual(['snapshot', 'changed']);
  });
});
