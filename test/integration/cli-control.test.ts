import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { eventually } from '../support/eventually.ts';
import { openNetraPlace, type NetraPlace } from '../support/netra.ts';

let place: NetraPlace;

beforeEach(async () => {
  place = await openNetraPlace();
});

afterEach(async () => {
  await place.close();
});

const reportSchema = z.object({
  orchestration: z.object({ state: z.string() }),
  instances: z.array(z.object({ name: z.string(), state: z.string(), result: z.string().nullable() })),
});

const listSchema = z.array(reportSchema);

/** The states of the instances of what runs, by name. */
const states = async (): Promise<Readonly<Record<string, string>>> => {
  const { stdout } = await place.run(['ps', '--format', 'json']);
  const [report] = listSchema.parse(JSON.parse(stdout));
  return Object.fromEntries((report?.instances ?? []).map(({ name, state }) => [name, state]));
};

describe('Work in hand', () => {
  it(
    'is paused, changed, skipped and resumed by name, and ends as was said',
    { timeout: 150_000 },
    async () => {
      const file = await place.plan(
        'Work',
        [
          { name: 'long', prompt: 'WORDS=200 SLOW=60' },
          { name: 'next', prompt: 'WORDS=400' },
          { name: 'spare', prompt: 'WORDS=400' },
        ],
        { concurrency: 1 },
      );
      const run = place.start(['run', file, '--trust', '--format', 'ndjson']);
      await run.shows(/"to":"running"|"state":"running"/);

      const paused = await place.run(['pause', 'Work']);
      expect([paused.code, paused.stderr]).toEqual([0, '']);
      expect(await place.run(['pause', 'Work'])).toMatchObject({ code: 0 });
      const edited = await place.run(['edit', 'Work/next', '-p', 'WORDS=3', '--model', 'haiku']);
      expect([edited.code, edited.stderr]).toEqual([0, '']);
      const skipped = await place.run(['skip', 'Work/spare']);
      expect(skipped.stdout).toContain('skipped');
      await eventually(async () => expect((await states())['long']).toBe('paused'));
      expect(await states()).toEqual({ long: 'paused', next: 'pending', spare: 'skipped' });
      const scaled = await place.run(['scale', 'Work', '2']);
      expect([scaled.code, scaled.stderr]).toEqual([0, '']);
      expect(scaled.stdout).toContain(' at the same time from now on');
      expect((await place.run(['resume', 'Work'])).code).toBe(0);

      const { code } = await run.exited;
      expect(code).toBe(0);
      const shown = await place.run(['sessions', 'show', 'Work', '--format', 'json']);
      const { instances } = reportSchema.parse(JSON.parse(shown.stdout));
      expect(instances.map(({ name, state }) => `${name} ${state}`)).toEqual([
        'long succeeded',
        'next succeeded',
        'spare skipped',
      ]);
      expect(instances[1]?.result?.split(' ')).toHaveLength(3);
    },
  );

  it('is all of a fan-out when that is named', { timeout: 150_000 }, async () => {
    const slow = 'WORDS=4000 SLOW=60';
    const file = await place.plan('Fan', [
      { name: 'work', prompt: slow, forEach: ['x', 'y'] },
      { name: 'other', prompt: slow },
    ]);
    const run = place.start(['run', file, '--trust', '--format', 'ndjson']);
    await eventually(async () => expect(Object.values(await states())).toHaveLength(3));
    const paused = await place.run(['pause', 'Fan/work']);
    expect([paused.code, paused.stdout.trim().split('\n').length]).toEqual([0, 2]);
    await eventually(async () => {
      const { other, ...work } = await states();
      expect([other, ...Object.values(work)]).toEqual(['running', 'paused', 'paused']);
    });
    const stopped = await place.run(['stop', 'Fan/work']);
    expect(stopped.stdout.match(/stopped/g)).toHaveLength(2);
    expect((await states())['other']).toBe('running');
    await place.run(['stop', 'Fan']);
    await run.exited;
  });

  it('is named wrongly: nothing happens, and it is said', async () => {
    const unknown = await place.run(['pause', 'nothing']);
    expect([unknown.code, unknown.stderr]).toEqual([
      2,
      expect.stringContaining('There is no orchestration and no instance "nothing"'),
    ]);
    const count = await place.run(['scale', 'nothing', 'many']);
    expect([count.code, count.stderr]).toEqual([2, expect.stringContaining('must be a whole number')]);
    const change = await place.run(['edit', 'nothing']);
    expect([change.code, change.stderr]).toEqual([2, expect.stringContaining('Say what to change')]);
  });
});
