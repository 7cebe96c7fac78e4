import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readHolder } from '../../src/main/store/data-dir-lock.ts';
import { eventually } from '../support/eventually.ts';
import { killed, openFlow, type Flow, type Scenario } from '../support/flow.ts';

let flow: Flow;

beforeAll(async () => {
  flow = await openFlow();
}, 60_000);

afterEach(async () => {
  await eventually(async () => {
    expect(await flow.processes()).toEqual([]);
  });
});

afterAll(async () => {
  await flow.close();
}, 60_000);

const patience = { timeout: 200_000 };

/** Kills whatever program is the engine. */
const killEngine = async (): Promise<void> => {
  const holder = await readHolder(flow.place.dataDir);
  if (holder === null) throw new Error('There is no engine.');
  process.kill(holder.pid, 'SIGKILL');
};

const checked = (name: string): Scenario => ({
  name,
  plan: ({ stop }) => ({
    instances: [
      { name: 'a', prompt: 'SAY=done', check: `${stop}; true` },
      { name: 'b', dependsOn: ['a'], prompt: 'SAY="{{ instances.a.result }}"' },
    ],
  }),
});

const asChecked = {
  instances: ['a succeeded', 'b succeeded'],
  ...{ steps: { a: ['passed'] }, prompts: { 'SAY=done': 1, 'SAY="done"': 1 }, uncounted: 0 },
};

describe('A plan in an engine that stays', () => {
  it('goes on when netra serve is killed and started again', patience, async () => {
    const { place } = flow;
    const outcome = await flow.playBy(checked('Served'), async ({ file, reached, letPass }) => {
      const server = place.start(['serve']);
      await server.shows(/code=/);
      expect((await place.run(['run', file, '--detach'])).code).toBe(0);
      await reached();
      await letPass();
      await killed(server);
      const next = place.start(['serve']);
      await next.shows(/code=/);
      expect((await place.run(['attach', 'Served'])).code).toBe(0);
      next.kill('SIGINT');
      await next.exited;
    });
    expect(outcome).toMatchObject(asChecked);
  });

  it('waits for another orchestration over the death of the daemon', patience, async () => {
    const { place } = flow;
    const after = await place.plan('After it', [
      {
        ...{ name: 'last', prompt: 'SAY=last' },
        dependsOn: [{ orchestration: 'First of all', run: 'latest' }],
      },
    ]);
    const outcome = await flow.playBy(checked('First of all'), async ({ file, reached, letPass }) => {
      expect((await place.run(['daemon', 'start'])).code).toBe(0);
      expect((await place.run(['run', file, '--detach'])).code).toBe(0);
      expect((await place.run(['run', after, '--detach'])).code).toBe(0);
      await reached();
      expect(place.api.totals().byPrompt).not.toHaveProperty('SAY=last');
      await letPass();
      await killEngine();
      expect((await place.run(['daemon', 'start'])).code).toBe(0);
      expect((await place.run(['attach', 'After it'])).code).toBe(0);
      expect((await place.run(['daemon', 'stop'])).code).toBe(0);
    });
    // What the other one used is not this one's.
    const { uncounted: _, ...alone } = asChecked;
    expect(outcome).toMatchObject({ ...alone, prompts: { ...alone.prompts, 'SAY=last': 1 } });
  });
});

describe('A plan whose engine is killed again and again', () => {
  it('comes to the same as one that is left alone', patience, async () => {
    const scenario: Scenario = {
      name: 'Again and again',
      plan: () => ({
        instances: [
          {
            name: 'list',
            prompt: 'SAY="[\\"x\\",\\"y\\"]" SLOW=50',
          },
          {
            ...{ name: 'work', dependsOn: ['list'], forEach: '{{ instances.list.json }}' },
            ...{ prompt: 'SAY={{ item }} SLOW=300', check: 'echo checked' },
          },
          { name: 'end', dependsOn: ['work'], prompt: 'SAY="{{ instances.work.results[1].result }}"' },
        ],
      }),
    };
    const calm = await flow.play(scenario);
    expect(calm).toMatchObject({ state: 'succeeded', results: { end: 'y' }, uncounted: 0 });
    const { place } = flow;
    const outcome = await flow.playBy(scenario, async ({ file }) => {
      const run = place.start(['run', file, '--format', 'ndjson']);
      await run.shows(/"type":"prompt.sent"/);
      await killed(run);
      for (const moment of [/"type":"group.changed"/, /"text":"SAY=y/, /"type":"check.finished"/]) {
        const visitor = place.start(['attach', 'Again and again', '--format', 'ndjson']);
        await visitor.shows(moment);
        await killed(visitor);
      }
    });
    expect(outcome).toEqual(calm);
  });
});
