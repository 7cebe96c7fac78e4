import { afterEach, describe, expect, it } from 'vitest';
import { grouped, stateCounts } from '../../../../src/renderer/data/attention.ts';
import { openOverview, type Overview } from '../../../../src/renderer/data/overview.ts';
import { instanceId, orchestrationId, usageOf } from '../../../support/fake-data.ts';
import { instantOf } from '../../../../src/shared/domain/ids.ts';
import { morningScenario } from '../../../support/fake-scenarios.ts';
import { atOnce, openLine, type Line } from './fake-link.ts';
import { eventually } from '../../../support/eventually.ts';

describe('the overview', () => {
  const opened: (() => void)[] = [];
  afterEach(() => {
    for (const close of opened.splice(0)) close();
  });

  const open = async (): Promise<Line & { readonly overview: Overview }> => {
    const line = openLine(morningScenario(Date.now()));
    const overview = openOverview(line.connection, { schedule: atOnce });
    opened.push(overview.close, line.connection.close);
    await eventually(() => {
      expect(overview.store.getState().loaded).toBe(true);
    });
    return { ...line, overview };
  };

  it('starts with all that runs', async () => {
    const { overview } = await open();
    expect(overview.store.getState().instances.get(instanceId(2))?.name).toBe('api-refactor');
    expect(overview.store.getState().orchestrations.has(orchestrationId(1))).toBe(true);
  });

  it('tells each change once, with what was before', async () => {
    const { overview, engine } = await open();
    const told: string[] = [];
    overview.onChange((now, before) => told.push(`${now.name}: ${before?.state ?? 'new'} → ${now.state}`));
    engine.change(instanceId(2), { state: 'succeeded' });
    await eventually(() => {
      expect(told).toEqual(['api-refactor: running → succeeded']);
    });
  });

  it('leaves the views alone that did not change, so that nothing else draws again', async () => {
    const { overview, engine } = await open();
    const before = overview.store.getState().instances.get(instanceId(3));
    engine.change(instanceId(2), { activity: 'Bash npm test' });
    await eventually(() => {
      expect(overview.store.getState().instances.get(instanceId(2))?.activity).toBe('Bash npm test');
    });
    expect(overview.store.getState().instances.get(instanceId(3))).toBe(before);
  });

  it('knows why nothing can be stored, also after a lost connection, until it can again', async () => {
    const { overview, engine, cut, connection } = await open();
    const trouble = {
      code: 'store.disk_full',
      message: 'The disk is full.',
      since: instantOf(Date.UTC(2026, 10, 23, 14)),
    };
    engine.storeTrouble(trouble);
    await eventually(() => {
      expect(overview.store.getState().storeTrouble).toEqual(trouble);
    });
    engine.change(instanceId(2), { activity: 'goes on' });
    cut();
    await eventually(() => {
      expect(connection.state.getState().kind).toBe('disconnected');
    });
    await eventually(() => {
      expect(connection.state.getState().kind).toBe('connected');
      expect(overview.store.getState().storeTrouble).toEqual(trouble);
      expect(overview.store.getState().instances.get(instanceId(2))?.activity).toBe('goes on');
    });
    engine.storeTrouble(null);
    await eventually(() => {
      expect(overview.store.getState().storeTrouble).toBeNull();
    });
  });

  it('has a new snapshot after a lost connection', async () => {
    const { overview, engine, cut, connection } = await open();
    cut();
    await eventually(() => {
      expect(connection.state.getState().kind).toBe('disconnected');
    });
    engine.change(instanceId(2), { activity: 'while nobody looked' });
    await eventually(() => {
      expect(overview.store.getState().instances.get(instanceId(2))?.activity).toBe('while nobody looked');
    });
  });

  it('counts output tokens that arrive, not those that were there', async () => {
    const { overview, engine } = await open();
    engine.change(instanceId(6), { state: 'running', usage: usageOf(600) });
    await eventually(() => {
      expect(overview.throughput.perMinute(Date.now() + 30_000)).toBeGreaterThan(0);
    });
    const perMinute = overview.throughput.perMinute(Date.now() + 30_000) ?? 0;
    expect(perMinute).toBeGreaterThan(1500);
    expect(perMinute).toBeLessThan(1700);
  });

  it('is grouped by orchestration, newest first, what needs a person before what works', async () => {
    const { overview } = await open();
    const { orchestrations, instances } = overview.store.getState();
    const groups = grouped(orchestrations.values(), instances.values());
    expect(groups[0]?.orchestration.name).toBe('nightly-review');
    expect(groups[0]?.instances.map((one) => one.state)).toEqual([
      'waiting',
      'running',
      'running',
      'running',
      'limited',
      'pending',
      'pending',
    ]);
    expect(stateCounts(groups[0]?.instances ?? [])).toEqual({
      running: 3,
      waiting: 1,
      limited: 1,
      queued: 2,
    });
  });
});
