import type { EngineClient } from '../../../../src/shared/contract/contract.ts';
import type { Failure } from '../../../../src/shared/domain/failure.ts';
import type { Connection, Link } from '../../../../src/renderer/data/connection.ts';
import { openConnection } from '../../../../src/renderer/data/connection.ts';
import type { Schedule } from '../../../../src/renderer/data/frame-queue.ts';
import { createRouterClient } from '@orpc/server';
import { createFakeEngine, type FakeEngine } from '../../../support/fake-engine.ts';
import type { Scenario } from '../../../support/fake-scenarios.ts';

/** Applies at once: a frame for everything. */
export const atOnce: Schedule = (run) => {
  run();
  return () => undefined;
};

export type Line = {
  readonly connection: Connection;
  readonly engine: FakeEngine;
  /** Ends the link that is open, as a lost connection does. */
  readonly cut: (failure?: Failure) => void;
};

/** A connection to a fake engine in this process. */
export const openLine = (scenario: Scenario): Line => {
  const engine = createFakeEngine(scenario);
  let end = (_failure: Failure): void => undefined;
  const connection = openConnection(() => {
    const client: EngineClient = createRouterClient(engine.router);
    const ended = new Promise<Failure>((resolve) => {
      end = resolve;
    });
    const link: Link = {
      client,
      ended,
      close: () => {
        end({ code: 'console.closed', message: 'closed' });
      },
    };
    return Promise.resolve(link);
  });
  return {
    connection,
    engine,
    cut: (failure = { code: 'console.disconnected', message: 'The engine closed the connection.' }) => {
      end(failure);
    },
  };
};
