import { describe, expect, it } from 'vitest';
import { openTrust, type Trust } from '../../../../../src/main/engine/asking/trust.ts';
import type { JsonValue } from '../../../../../src/shared/domain/plan/plan-spec.ts';
import { pathRulesOf } from '../../../../../src/shared/domain/permission/trust.ts';

/** A store of records, and trusts opened on it one after the other. */
const createWorld = () => {
  const records = new Map<string, JsonValue>();
  const errors: string[] = [];
  const open = (mode: 'ask' | 'always' = 'ask', ours: readonly string[] = []): Promise<Trust> =>
    openTrust({
      ...{ mode, ours, rules: pathRulesOf('linux') },
      store: { records: async () => [...records].map(([id, value]) => ({ id, value })) },
      clock: { now: () => Date.UTC(2026, 10, 23) },
      log: { warn: () => undefined, error: (message) => errors.push(message) },
      append: async ({ records: changes }) => {
        for (const { kind, id, value } of changes) {
          expect(kind).toBe('trust');
          if (value === null) records.delete(id);
          else records.set(id, value);
        }
      },
    });
  return { records, errors, open };
};

describe('trusted folders', () => {
  it('are those that somebody trusts and all below them, also for a later engine', async () => {
    const world = createWorld();
    const trust = await world.open();
    expect(trust.isTrusted('/work/shop')).toBe(false);
    const record = await trust.trust('/work/shop', 'ada');
    expect(record).toEqual({ path: '/work/shop', by: 'ada', at: '2026-11-23T00:00:00.000Z' });
    const later = await world.open();
    for (const each of [trust, later]) {
      expect(each.isTrusted('/work/shop/src')).toBe(true);
      expect(each.isTrusted('/work')).toBe(false);
      expect(each.recordFor('/work/shop/src')).toEqual(record);
      expect(each.list()).toEqual([record]);
    }
  });

  it('stay as they are when they are trusted again', async () => {
    const trust = await createWorld().open();
    const first = await trust.trust('/work/shop', 'ada');
    expect(await trust.trust('/work/shop/', 'bob')).toBe(first);
    expect(trust.list()).toHaveLength(1);
  });

  it('can be the root of the disk', async () => {
    const world = createWorld();
    await (await world.open()).trust('/', 'ada');
    expect((await world.open()).isTrusted('/anything')).toBe(true);
    await (await world.open()).revoke('/');
    expect(world.records.size).toBe(0);
  });

  it('are revoked one by one', async () => {
    const world = createWorld();
    const trust = await world.open();
    await trust.trust('/work', 'ada');
    await trust.trust('/work/shop', 'ada');
    await trust.revoke('/work');
    expect([trust.isTrusted('/work'), trust.isTrusted('/work/shop')]).toEqual([false, true]);
    expect((await world.open()).isTrusted('/work')).toBe(false);
  });

  it('are not revoked by a folder below, and the failure names the one above', async () => {
    const trust = await createWorld().open();
    await trust.trust('/work', 'ada');
    await expect(trust.revoke('/work/shop')).rejects.toMatchObject({
      failure: { code: 'trust.unknown', message: expect.stringContaining('because /work is') as string },
    });
    await expect(trust.revoke('/home')).rejects.toMatchObject({ failure: { code: 'trust.unknown' } });
  });

  it('wake what waits', async () => {
    const trust = await createWorld().open();
    let woken = 0;
    const end = trust.subscribe(() => (woken += 1));
    await trust.trust('/a', 'ada');
    end();
    await trust.trust('/b', 'ada');
    expect(woken).toBe(1);
  });

  it('are ours, and all when the person has set that', async () => {
    const world = createWorld();
    const asking = await world.open('ask', ['/data/workspaces']);
    expect(asking.isTrusted('/data/workspaces/1/shop')).toBe(true);
    expect(asking.isTrusted('/data')).toBe(false);
    expect((await world.open('always')).isTrusted('/anything')).toBe(true);
    expect(asking.list()).toEqual([]);
  });

  it('leave out a record that cannot be read, and say so', async () => {
    const world = createWorld();
    world.records.set('/x', { path: 7 });
    expect((await world.open()).list()).toEqual([]);
    expect(world.errors).toHaveLength(1);
  });
});
