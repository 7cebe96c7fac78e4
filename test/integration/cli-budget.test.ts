import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openNetraPlace, type NetraPlace } from '../support/netra.ts';

let place: NetraPlace;

beforeEach(async () => {
  place = await openNetraPlace();
});

afterEach(async () => {
  await place.close();
});

const reportSchema = z.object({
  instances: z.array(z.object({ name: z.string(), state: z.string(), attempts: z.number() })),
});

const accountSchema = z.object({
  scope: z.string(),
  limit: z.object({ tokens: z.number().optional(), costMicroUsd: z.number().optional() }).nullable(),
  onExceed: z.string().nullable(),
  spent: z.object({ tokens: z.number(), costMicroUsd: z.number() }),
  usedUp: z.boolean(),
});

const budgets = async (...args: readonly string[]) => {
  const { stdout } = await place.run(['budget', 'list', ...args, '--format', 'json']);
  return z.array(accountSchema).parse(JSON.parse(stdout));
};

const instancesIn = (stdout: string) => reportSchema.parse(JSON.parse(stdout)).instances;

describe('netra budget', () => {
  it(
    'a budget that is used up stops the message in hand and what waits; raised, both go on to their end',
    { timeout: 150_000 },
    async () => {
      const file = await place.plan(
        'Thrifty',
        [
          { name: 'long', prompt: 'WORDS=400 SLOW=20' },
          { name: 'next', prompt: 'WORDS=5' },
        ],
        { concurrency: 1, budget: { tokens: 10 } },
      );
      const stopped = await place.run(['run', file, '--trust', '--format', 'json']);
      expect(stopped.code).toBe(1);
      expect(instancesIn(stopped.stdout)).toMatchObject([
        { name: 'long', state: 'stopped', attempts: 1 },
        { name: 'next', state: 'stopped', attempts: 0 },
      ]);
      // One message was begun, and no other: what is over the limit is that message.
      expect(await budgets('Thrifty')).toMatchObject([
        { scope: 'orchestration', usedUp: true, onExceed: 'stop' },
      ]);
      const { messages, cut } = place.api.totals();
      expect(messages + cut.messages).toBe(1);

      const raised = await place.run(['budget', 'raise', 'Thrifty', '--tokens', '100000000']);
      expect([raised.code, raised.stderr]).toEqual([0, '']);
      const attached = await place.run(['attach', 'Thrifty', '--format', 'json']);
      expect(instancesIn(attached.stdout)).toMatchObject([
        { name: 'long', state: 'succeeded' },
        { name: 'next', state: 'succeeded' },
      ]);
    },
  );

  it('sets those of every day, raises this one, and takes them away', { timeout: 60_000 }, async () => {
    expect(await place.run(['budget', 'set', 'day', '--usd', '20', '--on-exceed', 'pause'])).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect(await place.run(['budget', 'raise', 'day', '--usd', '30.50'])).toMatchObject({ code: 0 });
    const [day] = await budgets();
    expect(day).toMatchObject({ limit: { costMicroUsd: 30_500_000 }, onExceed: 'pause', usedUp: false });
    const lower = await place.run(['budget', 'raise', 'day', '--usd', '1']);
    expect([lower.code, lower.stderr]).toEqual([
      1,
      'netra: This budget has a higher limit in dollars already. (budget.lower)\n',
    ]);
    expect((await place.run(['budget', 'set', 'week', '--usd', '1'])).code).toBe(2);
    expect((await place.run(['budget', 'set', 'day'])).code).toBe(2);
    expect((await place.run(['budget', 'set', 'day', '--none'])).code).toBe(0);
    expect((await budgets())[0]).toMatchObject({ limit: null, onExceed: null });
  });
});
