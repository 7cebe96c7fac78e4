import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EngineClient } from '../../../../src/shared/contract/contract.ts';
import { failureError, type Failure } from '../../../../src/shared/domain/failure.ts';
import { openConnection, type Connection, type Link } from '../../../../src/renderer/data/connection.ts';

const lost: Failure = { code: 'console.disconnected', message: 'The engine closed the connection.' };

/** Links that open or fail as a test says. */
const links = () => {
  let opened = 0;
  let refusal: Error | null = null;
  let end = (_failure: Failure): void => undefined;
  const open = (): Promise<Link> => {
    opened += 1;
    if (refusal !== null) return Promise.reject(refusal);
    const ended = new Promise<Failure>((resolve) => {
      end = resolve;
    });
    // The jobs of these tests never use the client.
    return Promise.resolve({
      client: {} as EngineClient,
      ended,
      close: () => {
        end(lost);
      },
    });
  };
  return {
    open,
    opened: () => opened,
    refuse: (error: Error | null) => {
      refusal = error;
    },
    cut: (failure = lost) => {
      end(failure);
    },
  };
};

describe('a connection to the engine', () => {
  const tries = links();
  let connection: Connection;
  beforeEach(() => {
    vi.useFakeTimers();
    tries.refuse(null);
    connection = openConnection(tries.open);
  });
  afterEach(() => {
    connection.close();
    vi.useRealTimers();
  });
  const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

  it('says that it is connecting, and then that it is connected', async () => {
    const fresh = openConnection(tries.open);
    expect(fresh.state.getState().kind).toBe('connecting');
    await settle();
    expect(fresh.state.getState().kind).toBe('connected');
    fresh.close();
  });

  it('tells why it was lost and when it tries again, and comes back by itself', async () => {
    await settle();
    tries.cut();
    await settle();
    expect(connection.state.getState()).toEqual({
      kind: 'disconnected',
      failure: lost,
      retryAt: Date.now() + 250,
    });
    await vi.advanceTimersByTimeAsync(250);
    expect(connection.state.getState().kind).toBe('connected');
  });

  it('waits longer after each failed try, up to ten seconds', async () => {
    await settle();
    tries.refuse(failureError('console.unreachable', 'no answer'));
    tries.cut();
    await settle();
    const waits: number[] = [];
    for (let at = 0; at < 8; at += 1) {
      const state = connection.state.getState();
      const wait = state.kind === 'disconnected' ? state.retryAt - Date.now() : -1;
      waits.push(wait);
      await vi.advanceTimersByTimeAsync(wait);
    }
    expect(waits).toEqual([250, 500, 1000, 2000, 5000, 10_000, 10_000, 10_000]);
  });

  it('tries at once when a person says so', async () => {
    await settle();
    tries.refuse(failureError('console.unreachable', 'no answer'));
    tries.cut();
    await vi.advanceTimersByTimeAsync(2000);
    tries.refuse(null);
    connection.retryNow();
    await settle();
    expect(connection.state.getState().kind).toBe('connected');
  });

  it('says signed out when the cookie is missing', async () => {
    await settle();
    tries.cut({ code: 'console.signed_out', message: 'Open the link.' });
    await settle();
    expect(connection.state.getState().kind).toBe('signed_out');
  });

  it('runs a kept job again after each reconnection, and not after it was called off', async () => {
    await settle();
    let runs = 0;
    const stop = connection.keep((_client, signal) => {
      runs += 1;
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(new Error('aborted'));
        });
      });
    });
    tries.cut();
    await vi.advanceTimersByTimeAsync(250);
    expect(runs).toBe(2);
    stop();
    tries.cut();
    await vi.advanceTimersByTimeAsync(1000);
    expect(runs).toBe(2);
  });

  it('does not run a job again that ended by itself', async () => {
    await settle();
    let runs = 0;
    connection.keep(() => {
      runs += 1;
      return Promise.resolve();
    });
    await settle();
    tries.cut();
    await vi.advanceTimersByTimeAsync(1000);
    expect(runs).toBe(1);
  });

  it('runs a job again that broke while the connection held', async () => {
    await settle();
    let runs = 0;
    connection.keep(() => {
      runs += 1;
      return runs === 1 ? Promise.reject(new Error('broke')) : Promise.resolve();
    });
    await vi.advanceTimersByTimeAsync(1000);
    expect(runs).toBe(2);
  });

  it('lets a first request wait for the connection, and fails one that is made while there is none', async () => {
    await expect(connection.request(() => Promise.resolve('answer'))).resolves.toBe('answer');
    tries.refuse(failureError('console.unreachable', 'no answer'));
    tries.cut();
    await settle();
    await expect(connection.request(() => Promise.resolve('answer'))).rejects.toMatchObject({
      failure: { code: 'console.disconnected' },
    });
  });

  it('opens nothing more after it was closed', async () => {
    await settle();
    const before = tries.opened();
    connection.close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(tries.opened()).toBe(before);
    expect(vi.getTimerCount()).toBe(0);
  });
});
