import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openNetraPlace, type NetraPlace } from '../support/netra.ts';

let place: NetraPlace;
let ids: readonly string[];

const listed = z.array(z.object({ id: z.string(), name: z.string() }));
const viewSchema = z.object({
  ...{ id: z.string(), name: z.string(), plan: z.string(), pinned: z.boolean() },
  ...{ labels: z.array(z.string()), note: z.string().nullable() },
});

const list = async (...args: readonly string[]) => {
  const { stdout } = await place.run(['sessions', 'list', ...args, '--format', 'json']);
  return listed.parse(JSON.parse(stdout));
};

/** What a command answers that shows an orchestration as data. */
const marked = async (...args: readonly string[]) => {
  const { stdout, stderr } = await place.run([...args, '--format', 'json']);
  expect(stderr).toBe('');
  return viewSchema.parse(JSON.parse(stdout));
};

beforeAll(async () => {
  place = await openNetraPlace();
  const file = await place.plan('Review', [
    { name: 'first', prompt: 'WORDS=5' },
    { name: 'second', prompt: 'WORDS=9' },
  ]);
  for (let run = 0; run < 2; run += 1) {
    expect((await place.run(['run', file, '--trust', '--format', 'json'])).code).toBe(0);
  }
  ids = (await list()).map(({ id }) => id).toReversed();
}, 150_000);

afterAll(() => place.close());

const idAt = (index: number): string => ids[index] ?? '';

describe('marks', () => {
  it('are put on what ended, and it is found by its new name', { timeout: 150_000 }, async () => {
    const name = 'Überprüfung "夜" 👩‍🚀';
    expect(await marked('rename', idAt(0), name)).toMatchObject({ id: idAt(0), name, plan: 'Review' });
    const labels = await marked('label', name, 'Urgent', 'to do', '--remove', 'nothing');
    expect(labels.labels).toEqual(['Urgent', 'to do']);
    expect((await marked('label', name, 'URGENT', '--remove', 'TO DO')).labels).toEqual(['Urgent']);
    expect((await marked('note', name, 'two\nlines')).note).toBe('two\nlines');
    expect((await place.run(['note', name])).stdout).toBe('two\nlines\n');
    expect((await marked('pin', name)).pinned).toBe(true);
    expect((await place.run(['labels'])).stdout).toMatch(/^ *1 {2}Urgent$/m);
    expect((await list('--search', 'label:urgent is:pinned')).map(({ id }) => id)).toEqual([idAt(0)]);
    expect((await marked('unpin', name)).pinned).toBe(false);
  });

  it('that cannot be say what is right', { timeout: 150_000 }, async () => {
    const wrong = await Promise.all([
      place.run(['rename', idAt(0), '\u001b[31mred']),
      place.run(['label', idAt(0), 'x'.repeat(61)]),
      place.run(['label', idAt(0)]),
    ]);
    expect(wrong.map(({ code }) => code)).toEqual([2, 2, 2]);
    expect(wrong.map(({ stderr }) => stderr).join('')).toMatch(
      /one line, without control characters[^]*at most 60 characters[^]*Say the labels/,
    );
  });

  it('delete and restore it', { timeout: 150_000 }, async () => {
    const deleted = await place.run(['delete', idAt(1)]);
    expect(deleted).toMatchObject({ code: 0, stdout: `${idAt(1)}  Review\n` });
    expect(deleted.stderr).toContain(`netra restore ${idAt(1).slice(0, 13)}`);
    expect((await list()).map(({ id }) => id)).toEqual([idAt(0)]);
    expect((await list('--search', 'is:deleted')).map(({ id }) => id)).toEqual([idAt(1)]);
    const spent = await place.run(['usage', '--by', 'plan', '--format', 'json']);
    expect(JSON.parse(spent.stdout)).toMatchObject({ total: { orchestrations: 2, instances: 4 } });
    expect((await place.run(['restart', 'Review/first'])).stderr).toContain('no instance');
    expect((await place.run(['restore', 'review'])).stdout).toBe(`${idAt(1)}  Review\n`);
    expect((await list()).map(({ id }) => id)).toEqual([idAt(1), idAt(0)]);
    expect((await place.run(['restore', 'review'])).stderr).toContain('No deleted orchestration');
  });
});

describe('netra usage', () => {
  it('is a table, data, or a spreadsheet, and they agree', { timeout: 150_000 }, async () => {
    const by = ['usage', '--by', 'month,model', '--time-zone', 'UTC'];
    const table = await place.run(by);
    expect(table.stdout).toMatch(/^MONTH +MODEL +RUNS +INST[^]*\nTOTAL +2 +4 +4/);
    const { rows, total } = z
      .object({
        rows: z.array(z.object({ keys: z.array(z.string()), costMicroUsd: z.int(), inputTokens: z.int() })),
        total: z.object({ costMicroUsd: z.int() }),
      })
      .parse(JSON.parse((await place.run([...by, '--format', 'json'])).stdout));
    const csv = (await place.run([...by, '--format', 'csv'])).stdout.trim().split('\n');
    expect(csv[0]).toBe(
      'month,model,orchestrations,instances,succeeded,input_tokens,output_tokens,cache_write_tokens,cache_read_tokens,' +
        'cache_hit_rate,cost_micro_usd,cost_usd,basis,at_least,cost_per_success_micro_usd',
    );
    const columns = csv[0]?.split(',') ?? [];
    const costs = csv.slice(1).map((line) => Number(line.split(',')[columns.indexOf('cost_micro_usd')]));
    expect(costs).toEqual(rows.map(({ costMicroUsd }) => costMicroUsd));
    expect(costs.reduce((sum, cost) => sum + cost, 0)).toBe(total.costMicroUsd);
    expect(total.costMicroUsd).toBeGreaterThan(0);
  });

  it('is of the days that are named', { timeout: 150_000 }, async () => {
    const ofDays = (...days: readonly string[]) => place.run(['usage', '--by', 'day', ...days]);
    expect((await ofDays('--to', '2001-01-01')).stderr).toContain('nothing was used there');
    expect((await ofDays('--from', '2001-01-01', '--to', '2999-12-31')).stdout).toContain('TOTAL');
    const wrong = await Promise.all([ofDays('--from', '2026-02-30'), place.run(['usage', '--by', 'modle'])]);
    expect(wrong.map(({ code }) => code)).toEqual([2, 2]);
    expect(wrong[0].stderr).toContain('"2026-02-30" is no time');
    expect(wrong[1].stderr).toContain('Did you mean model?');
  });
});

describe('netra compare', () => {
  it('puts the instances side by side', { timeout: 150_000 }, async () => {
    const text = await place.run(['compare', idAt(0), idAt(1)]);
    expect(text).toMatchObject({ code: 0, stderr: '' });
    expect(text.stdout).toMatch(/first +left +✓ succeeded[^]*second +left[^]*ALL +left/);
    const json = await place.run(['compare', idAt(0), idAt(1), '--format', 'json']);
    expect(JSON.parse(json.stdout)).toMatchObject({
      left: { id: idAt(0), instanceCount: 2 },
      pairs: [{ name: 'first' }, { name: 'second' }],
    });
  });
});
