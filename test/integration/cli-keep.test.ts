import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { openNetraPlace, type NetraPlace } from '../support/netra.ts';
import { writeTranscripts } from '../support/transcripts.ts';

const newPlace = async (): Promise<NetraPlace> => {
  const place = await openNetraPlace();
  onTestFinished(() => place.close());
  return place;
};

/** A place with three sessions that ended months ago. */
const oldPlace = async (): Promise<NetraPlace> => {
  const place = await newPlace();
  const folder = join(place.claude.root, 'history');
  const said = { prompt: 'Look', answer: 'Seen' };
  await writeTranscripts(folder, [
    { ...said, id: '11111111-1111-4111-8111-111111111111', title: 'January', at: '2026-01-10T10:00:00.000Z' },
    {
      ...said,
      id: '22222222-2222-4222-8222-222222222222',
      title: 'February',
      at: '2026-02-10T10:00:00.000Z',
    },
    { ...said, id: '33333333-3333-4333-8333-333333333333', title: 'March', at: '2026-03-10T10:00:00.000Z' },
  ]);
  expect((await place.run(['import', 'claude', '--from', folder])).code).toBe(0);
  return place;
};

const asJson = async <T>(place: NetraPlace, schema: z.ZodType<T>, ...args: readonly string[]): Promise<T> => {
  const { code, stdout } = await place.run([...args, '--format', 'json']);
  expect({ args, code }).toEqual({ args, code: 0 });
  return schema.parse(JSON.parse(stdout));
};

const named = z.array(z.object({ name: z.string() })).transform((all) => all.map(({ name }) => name));
const pruned = z.object({ dryRun: z.boolean(), removed: named, bytes: z.number() });
const stats = z.object({
  ...{ events: z.number(), instances: z.number(), attempts: z.number() },
  orchestrations: z.object({ total: z.number(), pinned: z.number(), deleted: z.number() }),
  bytes: z.record(z.string(), z.number()),
});
const spent = z.object({ total: z.object({ costMicroUsd: z.number(), inputTokens: z.number() }) });

describe('netra db stats', { timeout: 120_000 }, () => {
  it('counts what is kept, for people and for programs', async () => {
    const place = await oldPlace();
    await place.run(['pin', 'March']);
    const counted = await asJson(place, stats, 'db', 'stats');
    expect(counted).toMatchObject({
      orchestrations: { total: 3, pinned: 1, deleted: 0 },
      instances: 3,
      attempts: 3,
    });
    const shown = await Promise.all(
      ['January', 'February', 'March'].map((name) =>
        place.run(['sessions', 'show', name, '--format', 'ndjson']),
      ),
    );
    expect(counted.events).toBe(shown.flatMap(({ stdout }) => stdout.trim().split('\n')).length);
    const { total = 0, free = 0, ...parts } = counted.bytes;
    expect(Object.values(parts).reduce((sum, bytes) => sum + bytes, 0)).toBe(total);
    expect(free).toBeLessThan(total);
    const text = (await place.run(['db'])).stdout;
    expect(text).toMatch(/^orchestrations +3 \(0 unfinished, 1 pinned, 0 deleted\)$/m);
    expect(text).toMatch(/^sessions are kept +for ever; deleted ones for 7d; pinned ones for ever$/m);
  });

  it('has nothing to count, and db check nothing to check, where nothing was ever run', async () => {
    const place = await newPlace();
    expect(await place.run(['db', 'check'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('no database') as string,
    });
    expect(await asJson(place, stats, 'db')).toMatchObject({ events: 0, orchestrations: { total: 0 } });
  });
});

describe('netra db prune', { timeout: 120_000 }, () => {
  it('removes what the settings do not keep, after it has said what would go; what was spent stays', async () => {
    const place = await oldPlace();
    expect(await asJson(place, pruned, 'db', 'prune')).toMatchObject({ dryRun: false, removed: [] });
    const before = await asJson(place, spent, 'usage', '--by', 'month');
    await place.run(['settings', 'set', 'retention.maxAge', '30d']);
    await place.run(['pin', 'January']);

    const would = await asJson(place, pruned, 'db', 'prune', '--dry-run');
    expect(would).toMatchObject({ dryRun: true, removed: ['February', 'March'] });
    expect((await place.run(['db', 'prune', '--dry-run'])).stdout).toMatch(
      /2026-02-10 {2}too old .* February\n.*2026-03-10 {2}too old .* March\nwould remove {2}2, about \d/,
    );
    expect(await asJson(place, named, 'sessions')).toHaveLength(3);

    expect(await asJson(place, pruned, 'db', 'prune')).toMatchObject({
      dryRun: false,
      removed: ['February', 'March'],
    });
    expect(await asJson(place, named, 'sessions')).toEqual(['January']);
    expect(
      (await place.run(['search', 'Seen', '--format', 'ndjson'])).stdout.trim().split('\n'),
    ).toHaveLength(1);
    expect(await asJson(place, spent, 'usage', '--by', 'month')).toEqual(before);
    expect(await place.run(['db', 'check'])).toMatchObject({ code: 0 });
    expect(await asJson(place, pruned, 'db', 'prune')).toMatchObject({ removed: [] });
  });

  it('takes away what was deleted when its time in the trash is over', async () => {
    const place = await oldPlace();
    await place.run(['delete', 'March']);
    expect(await asJson(place, pruned, 'db', 'prune')).toMatchObject({ removed: [] });
    await place.run(['settings', 'set', 'retention.trash', '1ms']);
    expect((await place.run(['db', 'prune'])).stdout).toMatch(/deleted .* March\nremoved {2}1,/);
    expect((await place.run(['restore', 'March'])).code).toBe(2);
  });
});

describe('netra db vacuum', { timeout: 120_000 }, () => {
  it('says the size before and after, and leaves the database sound', async () => {
    const place = await oldPlace();
    const sizes = await asJson(place, z.object({ before: z.number(), after: z.number() }), 'db', 'vacuum');
    expect(sizes.after).toBeLessThanOrEqual(sizes.before);
    expect((await place.run(['db', 'vacuum'])).stdout).toMatch(/^\d+ KB before, \d+ KB now\n$/);
    expect(await place.run(['db', 'check'])).toMatchObject({ code: 0 });
    expect(await asJson(place, named, 'sessions')).toHaveLength(3);
  });

  it('is refused while something runs', async () => {
    const place = await newPlace();
    const run = place.start(['run', await place.plan('busy', [{ name: 'a', prompt: 'WORDS=400 SLOW=100' }])]);
    await run.shows(/● running/);
    const refused = await place.run(['db', 'vacuum']);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/run/i);
    run.kill('SIGINT');
    await run.exited;
  });
});

describe('netra settings', { timeout: 120_000 }, () => {
  it('shows and changes retention, one key at a time, as it is written', async () => {
    const place = await newPlace();
    const get = async (...args: readonly string[]): Promise<string> =>
      (await place.run(['settings', 'get', ...args])).stdout;
    expect(await get('retention')).toBe('{"trash":"7d","compressAfter":"10m"}\n');
    await place.run(['settings', 'set', 'retention.maxAge', '90d']);
    await place.run(['settings', 'set', 'retention.maxSize', '20GB']);
    expect(await get('retention.maxAge')).toBe('90d\n');
    expect(JSON.parse(await get('retention'))).toEqual({
      ...{ trash: '7d', compressAfter: '10m', maxAge: '90d', maxSize: '20GB' },
    });
    expect((await place.run(['db', 'stats'])).stdout).toContain(
      'for 90d, up to 20.0 GB; deleted ones for 7d',
    );
    await place.run(['settings', 'unset', 'retention.maxSize']);
    const file = join(place.dataDir, 'settings.json');
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ retention: { maxAge: '90d' } });
    await place.run(['settings', 'unset', 'retention.maxAge']);
    expect(JSON.parse(await readFile(file, 'utf8'))).not.toHaveProperty('retention');
  });

  it('refuses what is none, with what is right', async () => {
    const place = await newPlace();
    const wrong = [
      ['retention.maxAge', '90 days', 'Give a time such as "90d"'],
      ['retention.maxage', '90d', 'maxage'],
      ['retention', '90d', 'retention'],
      ['quit', 'never', '"keep"'],
      ['retentoin', '{}', 'Did you mean retention?'],
    ] as const;
    for (const [key, value, sentence] of wrong) {
      const refused = await place.run(['settings', 'set', key, value]);
      expect({ key, ...refused }).toMatchObject({ key, code: 2, stdout: '' });
      expect(refused.stderr).toContain(sentence);
    }
    expect((await place.run(['settings', 'get', 'quit'])).stdout).toBe('ask\n');
  });

  it('says what becomes of work in hand when the console ends', async () => {
    const place = await newPlace();
    await place.run(['settings', 'set', 'quit', 'stop']);
    expect((await place.run(['settings', 'get', 'quit'])).stdout).toBe('stop\n');
    const server = place.start(['serve'], { inTerminal: true });
    await server.shows(/\?code=/);
    const run = place.start(['run', await place.plan('held', [{ name: 'a', prompt: 'WORDS=400 SLOW=100' }])]);
    await run.shows(/● running/);
    server.type('\u0003');
    expect((await server.exited).stdout).toContain('stopping what runs');
    expect((await run.exited).stdout).toMatch(/held {2}\S+ stopped/);
    expect((await place.run(['ps'])).stderr).toContain('nothing runs');
  });
});
