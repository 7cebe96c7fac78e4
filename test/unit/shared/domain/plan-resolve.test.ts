import { describe, expect, it } from 'vitest';
import { resolvePlan } from '../../../../src/shared/domain/plan-resolve.ts';
import type { Plan } from '../../../../src/shared/domain/plan-schema.ts';

const SESSION = '0198c5f0-7d4e-7a52-9a57-2f1d6c1f0c11';

function resolvedInstance(
  instance: Partial<Plan['instances'][number]>,
  defaults?: Plan['defaults'],
  workspace?: string,
) {
  const plan: Plan = {
    name: 'Demo',
    ...(workspace !== undefined && { workspace }),
    ...(defaults && { defaults }),
    instances: [{ name: 'one', prompt: 'Do it.', ...instance }],
  };
  return resolvePlan(plan, { baseDir: '/plans' }).instances[0];
}

describe('a resolved plan', () => {
  it('has every default where the plan says nothing', () => {
    expect(
      resolvePlan({ name: 'Demo', instances: [{ name: 'one', command: '/go' }] }, { baseDir: '/plans' }),
    ).toStrictEqual({
      name: 'Demo',
      workspace: '.',
      baseDir: '/plans',
      concurrency: 5,
      startupDelayMs: 1000,
      instances: [
        {
          name: 'one',
          command: '/go',
          workspace: '.',
          allowedTools: [],
          disallowedTools: [],
          addDirs: [],
          env: {},
          mode: 'live',
          outputFormat: 'stream-json',
        },
      ],
    });
  });

  it('counts time in milliseconds and money in millionths of a dollar', () => {
    expect(resolvedInstance({ timeout: '1h30m', maxBudgetUsd: 0.29 })).toMatchObject({
      timeoutMs: 5_400_000,
      maxBudgetMicroUsd: 290_000,
    });
    const { startupDelayMs } = resolvePlan(
      { name: 'Demo', startupDelay: '0s', instances: [{ name: 'one', prompt: 'x' }] },
      { baseDir: '' },
    );
    expect(startupDelayMs).toBe(0);
  });

  it('lets an instance win over the defaults, and the defaults over the plan', () => {
    const defaults = { workspace: 'b', model: 'sonnet', timeout: '1m' };
    expect(resolvedInstance({ workspace: 'c', timeout: '2m' }, defaults, 'a')).toMatchObject({
      workspace: 'c',
      model: 'sonnet',
      timeoutMs: 120_000,
    });
    expect(resolvedInstance({}, defaults, 'a')?.workspace).toBe('b');
    expect(resolvedInstance({}, {}, 'a')?.workspace).toBe('a');
  });

  it('replaces lists and merges variables', () => {
    const defaults = { allowedTools: ['Read', 'Edit'], env: { A: '1', B: '1' } };
    expect(resolvedInstance({ allowedTools: ['Grep'], env: { B: '2' } }, defaults)).toMatchObject({
      allowedTools: ['Grep'],
      env: { A: '1', B: '2' },
    });
    expect(resolvedInstance({ allowedTools: [] }, defaults)?.allowedTools).toEqual([]);
  });

  it('takes outputFormat json for mode oneshot', () => {
    expect(resolvedInstance({ outputFormat: 'json' })?.mode).toBe('oneshot');
    expect(resolvedInstance({}, { outputFormat: 'json' })?.mode).toBe('oneshot');
    expect(resolvedInstance({ mode: 'oneshot' })?.outputFormat).toBe('stream-json');
  });

  it('keeps which session is meant', () => {
    expect(resolvedInstance({ session: { new: SESSION } })?.session).toStrictEqual({ new: SESSION });
    expect(resolvedInstance({ session: { resume: SESSION } })?.session).toStrictEqual({ resume: SESSION });
  });
});
