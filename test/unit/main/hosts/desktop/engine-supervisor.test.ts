import { EventEmitter } from 'node:events';
import type { MessagePortMain } from 'electron';
import { describe, expect, it } from 'vitest';
import {
  openEngineSupervisor,
  type SupervisorOptions,
} from '../../../../../src/main/hosts/desktop/engine-supervisor.ts';
import type { FromEngine, ToEngine } from '../../../../../src/main/hosts/engine-process/messages.ts';

const ended: FromEngine = {
  kind: 'ended',
  orchestration: {
    id: '019aa000-0000-7000-8000-000000000001' as never,
    name: 'demo',
    state: 'succeeded',
    instanceCount: 2,
    failed: 0,
  },
};

class FakeEngine extends EventEmitter {
  readonly told: ToEngine[] = [];
  readonly ports: MessagePortMain[] = [];
  killed = 0;
  postMessage(message: ToEngine, transfer: MessagePortMain[] = []): void {
    this.told.push(message);
    this.ports.push(...transfer);
  }
  kill(): boolean {
    this.killed += 1;
    return this.emit('exit', 9);
  }
  says(message: FromEngine | object): void {
    this.emit('message', message);
  }
}

/** A supervisor over fake processes, with a clock that a test moves. */
const supervised = () => {
  const engines: FakeEngine[] = [];
  const timers: { readonly delayMs: number; readonly run: () => void; cancelled: boolean }[] = [];
  const failures: string[] = [];
  const reports: string[] = [];
  const endings: string[] = [];
  const clock = { nowMs: 0 };
  const options: SupervisorOptions = {
    fork: () => {
      const engine = new FakeEngine();
      engines.push(engine);
      return engine;
    },
    onFailed: ({ code }) => failures.push(code),
    onEnded: ({ name }) => endings.push(name),
    report: (message) => reports.push(message),
    now: () => clock.nowMs,
    after: (delayMs, run) => {
      const timer = { delayMs, run, cancelled: false };
      timers.push(timer);
      return () => (timer.cancelled = true);
    },
  };
  const supervisor = openEngineSupervisor(options);
  const last = (): FakeEngine => {
    const engine = engines.at(-1);
    if (engine === undefined) throw new Error('nothing was forked');
    return engine;
  };
  return { supervisor, engines, timers, failures, reports, endings, clock, last };
};

const port = (name: string): MessagePortMain => ({ name }) as unknown as MessagePortMain;

describe('the engine supervisor', () => {
  it('brings a client to the engine once it is ready', () => {
    const { supervisor, last } = supervised();
    supervisor.connect(1, (give) => give(port('early')));
    expect(last().ports).toEqual([]);
    last().says({ kind: 'ready' });
    supervisor.connect(2, (give) => give(port('late')));
    expect(last().ports).toEqual([port('early'), port('late')]);
    expect(last().told).toEqual([{ kind: 'connect' }, { kind: 'connect' }]);
  });

  it('serves only the latest wish of a client that asks again while it waits', () => {
    const { supervisor, last } = supervised();
    supervisor.connect(1, (give) => give(port('first')));
    supervisor.connect(1, (give) => give(port('second')));
    last().says({ kind: 'ready' });
    expect(last().ports).toEqual([port('second')]);
  });

  it('starts a lost engine again, later each time, and at once after one that lasted', () => {
    const { timers, engines, last, clock } = supervised();
    for (const expected of [0, 250, 1000, 2000, 5000, 10_000, 10_000]) {
      last().emit('exit', 1);
      expect(timers.at(-1)?.delayMs).toBe(expected);
      timers.at(-1)?.run();
    }
    expect(engines).toHaveLength(8);
    clock.nowMs += 60_000;
    last().emit('exit', 1);
    expect(timers.at(-1)?.delayMs).toBe(0);
  });

  it('brings clients that ask meanwhile to the new engine', () => {
    const { supervisor, timers, engines, last } = supervised();
    last().says({ kind: 'ready' });
    last().emit('exit', 1);
    supervisor.connect(1, (give) => give(port('again')));
    timers.at(-1)?.run();
    last().says({ kind: 'ready' });
    expect(engines).toHaveLength(2);
    expect(last().ports).toEqual([port('again')]);
  });

  it('leaves it to the person when the engine says that it cannot be opened', () => {
    const { supervisor, failures, timers, engines, last } = supervised();
    last().says({ kind: 'failed', failure: { code: 'data_dir.held', message: 'Somebody else has it.' } });
    last().emit('exit', 1);
    expect(failures).toEqual(['data_dir.held']);
    expect(timers).toEqual([]);
    supervisor.start();
    expect(engines).toHaveLength(2);
  });

  it('knows how much work is in hand, and tells of what ends', () => {
    const { supervisor, endings, last } = supervised();
    last().says({ kind: 'work', unfinishedInstances: 3 });
    expect(supervisor.unfinishedInstances()).toBe(3);
    last().says(ended);
    expect(endings).toEqual(['demo']);
  });

  it('reports what it does not understand, and goes on', () => {
    const { reports, last } = supervised();
    last().says({ kind: 'work', unfinishedInstances: -1 });
    expect(reports).toHaveLength(1);
  });

  it.each([true, false])('closes the engine in its own time (work stopped first: %s)', async (stopWork) => {
    const { supervisor, timers, engines, last } = supervised();
    const closing = supervisor.close(stopWork);
    expect(last().told).toEqual([{ kind: 'close', stopWork }]);
    last().emit('exit', 0);
    await closing;
    expect(timers.map(({ cancelled }) => cancelled)).toEqual([true]);
    expect(engines).toHaveLength(1);
    expect(last().killed).toBe(0);
  });

  it('kills an engine that does not close', async () => {
    const { supervisor, timers, last } = supervised();
    const closing = supervisor.close(false);
    timers.at(-1)?.run();
    await closing;
    expect(last().killed).toBe(1);
  });
});
