import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openNetraPlace, type NetraPlace } from '../support/netra.ts';

let place: NetraPlace;

const hitsSchema = z.array(
  z.object({
    orchestrationName: z.string(),
    instanceName: z.string().nullable(),
    instanceId: z.string().nullable(),
    n: z.number().nullable(),
    type: z.string(),
    snippet: z.object({ text: z.string(), marks: z.array(z.tuple([z.number(), z.number()])) }),
  }),
);

beforeAll(async () => {
  place = await openNetraPlace();
  for (const [name, prompt] of [
    ['Zebra watch', 'WORDS=5 count the zebras'],
    ['Plain', 'WORDS=9 nothing of interest'],
  ] as const) {
    const file = await place.plan(name, [{ name: 'first', prompt }]);
    expect((await place.run(['run', file, '--trust', '--format', 'json'])).code).toBe(0);
  }
}, 150_000);

afterAll(() => place.close());

describe('netra search', () => {
  it('finds what was said and shows how to open it', { timeout: 90_000 }, async () => {
    const { stdout } = await place.run(['search', 'zebra*', 'state:succeeded', '--format', 'json']);
    const hits = hitsSchema.parse(JSON.parse(stdout));
    const prompt = hits.find(({ type }) => type === 'prompt.sent');
    expect(prompt).toMatchObject({ orchestrationName: 'Zebra watch', instanceName: 'first' });
    const [mark = [0, 0]] = prompt?.snippet.marks ?? [];
    expect(prompt?.snippet.text.slice(...mark)).toBe('zebras');
    const opened = await place.run([
      'sessions',
      'show',
      prompt?.instanceId ?? '',
      '--event',
      String(prompt?.n),
    ]);
    expect(opened.stdout).toContain('WORDS=5 count the zebras');
    const text = await place.run(['search', 'interest']);
    expect(text.stdout).toMatch(
      /^Plain \/ first {2}\S+ \S+ {2}prompt\.sent\n {2}WORDS=9 nothing of interest\n/m,
    );
    expect(text.stderr).toContain('netra sessions show');
  });

  it('says what of a query is not right', { timeout: 60_000 }, async () => {
    const wrong = await place.run(['search', 'zebras stat:failed']);
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toContain('Did you mean "state"?');
    const sort = await place.run(['sessions', '--sort', 'price']);
    expect(sort.code).toBe(2);
    expect(sort.stderr).toContain('started, ended, name');
  });
});

describe('netra sessions', () => {
  it('finds sessions by what was said in them, in any order', { timeout: 90_000 }, async () => {
    const names = async (...args: readonly string[]) => {
      const { stdout } = await place.run(['sessions', 'list', ...args, '--format', 'json']);
      return z
        .array(z.object({ name: z.string() }))
        .parse(JSON.parse(stdout))
        .map(({ name }) => name);
    };
    expect(await names('--sort', 'name')).toEqual(['Plain', 'Zebra watch']);
    expect(await names('--sort', 'name:desc')).toEqual(['Zebra watch', 'Plain']);
    expect(await names('--search', 'interest')).toEqual(['Plain']);
    expect(await names('--search', 'interest OR zebra', '--sort', 'started:asc')).toEqual([
      'Zebra watch',
      'Plain',
    ]);
  });
});
