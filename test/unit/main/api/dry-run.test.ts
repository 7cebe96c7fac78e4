import { describe, expect, it } from 'vitest';
import { dryRun, type DryRunWorld } from '../../../../src/main/api/dry-run.ts';
import type { DryRun } from '../../../../src/shared/contract/dry-run.ts';
import { failureError } from '../../../../src/shared/domain/failure.ts';
import { attemptIdSchema } from '../../../../src/shared/domain/ids.ts';

const world: DryRunWorld = {
  preview: ({ instance }) => {
    if (instance.model === 'unknown') throw failureError('claude.flag_unsupported', 'No such flag.');
    const { prompt = instance.command ?? '' } = instance;
    return Promise.resolve({ command: ['claude', instance.model ?? 'any'], env: {}, prompt });
  },
  glob: (_folder, pattern) => {
    if (pattern === 'gone/*') throw failureError('workspace.missing', 'It is not there.');
    return Promise.resolve(['a.ts', 'b.ts']);
  },
  attemptId: () => attemptIdSchema.parse('0198c5f0-7d4e-7a52-9a57-2f1d6c1f0c11'),
  now: () => Date.parse('2026-11-23T10:00:00Z'),
};

const runOf = (plan: object, inputs = {}): Promise<DryRun> =>
  dryRun({ text: JSON.stringify(plan), file: null, baseDir: '/w', inputs }, world);

const instance = (name: string, more: object = {}) => ({ name, prompt: `Do ${name}.`, ...more });

describe('A dry run', () => {
  it('puts instances on levels by what they wait for, and those on standby on none', async () => {
    const run = await runOf({
      name: 'Levels',
      instances: [
        instance('last', { dependsOn: ['left', 'right'] }),
        instance('left', { dependsOn: ['first'] }),
        instance('right', { fallback: [{ instance: 'spare' }] }),
        instance('first'),
        instance('spare', { standby: true, model: 'haiku' }),
      ],
    });
    expect(run.levels).toEqual([['right', 'first'], ['left'], ['last']]);
    expect(run.instances.find(({ name }) => name === 'spare')?.level).toBeNull();
    expect(run.instances.find(({ name }) => name === 'right')?.alternatives).toMatchObject([
      { command: ['claude', 'haiku'] },
    ]);
  });

  it('says how many a fan-out comes to, where that is known beforehand', async () => {
    const run = await runOf(
      {
        name: 'Fan-outs',
        inputs: { list: { type: 'list' } },
        instances: [
          instance('written', { forEach: [1, 2, 3] }),
          instance('matrix', { matrix: { a: [1, 2], b: [1, 2, 3] } }),
          instance('files', { forEach: { glob: '*.ts' } }),
          instance('no-files', { forEach: { glob: 'gone/*' } }),
          instance('given', { forEach: '{{ inputs.list }}' }),
          instance('found', { dependsOn: ['given'], forEach: '{{ instances.given.json }}' }),
        ],
      },
      { list: '["a", "b", "c", "d"]' },
    );
    expect(run.instances.map(({ fanOut }) => fanOut?.count)).toEqual([3, 6, 2, null, 4, null]);
  });

  it('says when a schedule is due next', async () => {
    const plan = { name: 'Nightly', instances: [instance('a')] };
    const cron = await runOf({ ...plan, schedule: { cron: '0 2 * * *', timeZone: 'UTC' } });
    expect(cron.starts.slice(0, 2)).toEqual(['2026-11-24T02:00:00.000Z', '2026-11-25T02:00:00.000Z']);
    expect(cron.starts).toHaveLength(5);
    const once = await runOf({ ...plan, schedule: { startAt: '30m' } });
    expect(once.starts).toEqual(['2026-11-23T10:30:00.000Z']);
    expect((await runOf(plan)).starts).toEqual([]);
  });

  it('says of each instance what could not be started, and goes on', async () => {
    const run = await runOf({
      name: 'One is wrong',
      instances: [instance('a', { model: 'unknown' }), instance('b')],
    });
    expect(run.instances.map(({ run: each }) => ('code' in each ? each.code : each.prompt))).toEqual([
      'claude.flag_unsupported',
      'Do b.',
    ]);
  });

  it('fails as a run does: for mistakes, and for inputs that are missing', async () => {
    await expect(runOf({ name: 'x' })).rejects.toMatchObject({ failure: { code: 'plan.invalid' } });
    const needy = { name: 'x', inputs: { ticket: { type: 'string' } }, instances: [instance('a')] };
    await expect(runOf(needy)).rejects.toMatchObject({ failure: { code: 'plan.input_missing' } });
  });
});
