import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import { z } from 'zod';
import type { EngineClient } from '../../shared/contract/contract.ts';
import { failureError, type Failure } from '../../shared/domain/failure.ts';
import type { Link } from './connection.ts';

/** What the preload posts to the page, with the port beside it. */
const portMessageSchema = z.object({ kind: z.literal('engine-port'), nonce: z.string() });

const PORT_WAIT_MS = 10_000;

const gone: Failure = {
  code: 'console.disconnected',
  message: 'The engine stopped. It is being started again.',
};

const nextPort = (nonce: string, ask: (nonce: string) => void): Promise<MessagePort> =>
  new Promise((resolve, reject) => {
    const settle = (): void => {
      clearTimeout(timer);
      removeEventListener('message', take);
    };
    const take = (event: MessageEvent): void => {
      const message = portMessageSchema.safeParse(event.data);
      const [port] = event.ports;
      if (event.source !== window || !message.success || message.data.nonce !== nonce || port === undefined)
        return;
      settle();
      resolve(port);
    };
    const timer = setTimeout(() => {
      settle();
      reject(failureError('console.unreachable', 'The engine has not started yet.'));
    }, PORT_WAIT_MS);
    addEventListener('message', take);
    ask(nonce);
  });

/** Opens a MessagePort straight to the engine's process, by the desktop host. Throws `console.unreachable`. */
export const openPortLink = async (ask: (nonce: string) => void): Promise<Link> => {
  const port = await nextPort(crypto.randomUUID(), ask);
  const ended = new Promise<Failure>((resolve) => {
    port.addEventListener('close', () => {
      resolve(gone);
    });
  });
  const client: EngineClient = createORPCClient(new RPCLink({ port }));
  port.start();
  return {
    client,
    ended,
    close: () => {
      port.close();
    },
  };
};
