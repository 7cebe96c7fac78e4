import { describe, expect, it } from 'vitest';
import { resolvePlan } from '../../../../../src/shared/domain/plan/plan-resolve.ts';
import { FailureError } from '../../../../../src/shared/domain/failure.ts';
import type { GivenInputs } from '../../../../../src/shared/domain/plan/plan-inputs.ts';
import type { Plan } from '../../../../../src/shared/domain/plan/plan-schema.ts';

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

const NOW = Date.parse('2026-11-23T10:00:00Z');

/** The instances of a plan, by name. */
function specsOf(instances: Plan['instances'], defaults?: Plan['defaults']) {
  const plan: Plan = { name: 'Demo', ...(defaults && { defaults }), instances };
  return new Map(resolvePlan(plan, { baseDir: '/plans' }).instances.map((spec) => [spec.name, spec]));
}

describe('order in a resolved plan', () => {
  it('says of each dependency what is needed of it', () => {
    const [spec] = specsOf([
      {
        name: 'a',
        prompt: 'x',
        dependsOn: [
          'b',
          { instance: 'c', need: 'finished', join: 'any' },
          { orchestration: 'nightly', run: 'next' },
        ],
      },
    ]).values();
    expect(spec?.dependsOn).toStrictEqual([
      { kind: 'instance', name: 'b', need: 'succeeded', join: 'all' },
      { kind: 'instance', name: 'c', need: 'finished', join: 1 },
      { kind: 'orchestration', orchestration: 'nightly', run: 'next', need: 'succeeded' },
    ]);
  });

  it.each<readonly [string, Partial<Plan['instances'][number]>, object]>([
    [
      'a list',
      { forEach: ['a', { b: 1 }] },
      { source: { kind: 'list', items: ['a', { b: 1 }] }, as: 'item', max: 100 },
    ],
    [
      'a template',
      { forEach: ' {{ inputs.a }} ' },
      { source: { kind: 'expression', expression: 'inputs.a' }, concurrency: null },
    ],
    [
      'files',
      { forEach: { glob: '*.ts', as: 'file', max: 5, concurrency: 2 } },
      { source: { kind: 'glob', pattern: '*.ts' }, as: 'file', max: 5, concurrency: 2 },
    ],
    [
      'items as keys and values',
      { forEach: { in: [1], max: 3 } },
      { source: { kind: 'list', items: [1] }, max: 3 },
    ],
    [
      'a matrix',
      { matrix: { os: ['linux'], node: [22, 24] } },
      { source: { kind: 'matrix', axes: { os: ['linux'], node: [22, 24] } }, as: 'matrix', max: 1000 },
    ],
  ])('knows what a fan-out runs over: %s', (_, written, fanOut) => {
    expect(resolvedInstance(written)?.fanOut).toMatchObject(fanOut);
    expect(resolvedInstance(written)).not.toHaveProperty('forEach');
    expect(resolvedInstance(written)).not.toHaveProperty('matrix');
  });
});

describe('recovery in a resolved plan', () => {
  it('has a whole policy for a number of tries, or some keys of it', () => {
    const standard = {
      attempts: 3,
      backoffMs: 10_000,
      factor: 2,
      maxBackoffMs: 300_000,
      jitter: 0.2,
      on: ['overloaded', 'rate_limit', 'timeout', 'hung', 'crashed'],
    };
    expect(resolvedInstance({ retry: 3 })?.retry).toStrictEqual(standard);
    expect(resolvedInstance({ retry: { attempts: 5, backoff: '0s', on: ['any'] } })?.retry).toStrictEqual({
      ...standard,
      attempts: 5,
      backoffMs: 0,
      on: ['any'],
    });
    expect(resolvedInstance({})).not.toHaveProperty('retry');
  });

  it('has checks, loops and results in one form', () => {
    expect(resolvedInstance({ check: 'make', loop: 4 })).toMatchObject({
      check: { kind: 'command', command: 'make', timeoutMs: 600_000 },
      loop: { rounds: 4, prompt: expect.stringContaining('{{ check.output }}') },
    });
    expect(resolvedInstance({ check: { command: 'make', timeout: '1m' } })?.check).toMatchObject({
      timeoutMs: 60_000,
    });
    expect(resolvedInstance({ check: { when: 'true' }, loop: { prompt: 'On.' } })).toMatchObject({
      check: { kind: 'condition', when: 'true' },
      loop: { rounds: 5, prompt: 'On.' },
    });
    const spec = resolvedInstance({ result: { schema: { type: 'object' } } });
    expect(spec?.resultSchema).toEqual({ type: 'object' });
    expect(spec).not.toHaveProperty('result');
  });

  it('has each fallback as a whole spec under the same name, with the changes on top', () => {
    const spec = resolvedInstance(
      {
        model: 'opus',
        env: { A: '1' },
        dependsOn: ['b'],
        timeout: '1m',
        session: { new: SESSION },
        fallback: [{ model: 'haiku', env: { B: '2' } }, { command: '/try' }],
      },
      { appendSystemPrompt: 'Be kind.' },
    );
    const [cheaper, other] = spec?.alternatives ?? [];
    const { model: _m, env: _e, alternatives: _a, session: _s, ...same } = spec ?? {};
    expect(cheaper).toStrictEqual({ ...same, model: 'haiku', env: { A: '1', B: '2' } });
    expect(other).toMatchObject({ name: 'one', command: '/try', model: 'opus', timeoutMs: 60_000 });
    expect(other).not.toHaveProperty('prompt');
    expect(spec?.session).toEqual({ new: SESSION });
  });

  it('takes the work of another instance, and name, order and fan-out of the one that failed', () => {
    const specs = specsOf(
      [
        { name: 'a', prompt: 'x', when: 'true', forEach: [1], fallback: [{ instance: 'r' }] },
        { name: 'r', prompt: 'rescue', standby: true, model: 'opus', workspace: { copy: 'w' } },
      ],
      { fallback: [{ model: 'haiku' }] },
    );
    expect(specs.get('a')?.alternatives).toStrictEqual([
      {
        name: 'a',
        prompt: 'rescue',
        model: 'opus',
        workspace: 'w',
        workspaceSpec: { kind: 'copy', path: 'w', base: null, keep: 'on_failure', setup: [] },
        when: 'true',
        fanOut: specs.get('a')?.fanOut,
        allowedTools: [],
        disallowedTools: [],
        addDirs: [],
        env: {},
        mode: 'live',
        outputFormat: 'stream-json',
      },
    ]);
    expect(specs.get('r')).toMatchObject({ standby: true });
    expect(specs.get('r')).not.toHaveProperty('alternatives');
  });
});

describe('limits, workspaces and permissions in a resolved plan', () => {
  it('are in milliseconds, tokens and millionths of a dollar', () => {
    expect(resolvedInstance({ idleTimeout: '5m', budget: { usd: 0.29, onExceed: 'pause' } })).toMatchObject({
      idleTimeoutMs: 300_000,
      budget: { costMicroUsd: 290_000, onExceed: 'pause' },
    });
    const plan: Plan = {
      name: 'Demo',
      timeout: '4h',
      budget: { tokens: 5 },
      commandBudgets: { '/review': { usd: 1 } },
      instances: [{ name: 'one', prompt: 'x' }],
    };
    expect(resolvePlan(plan, { baseDir: '' })).toMatchObject({
      timeoutMs: 14_400_000,
      budget: { tokens: 5, onExceed: 'stop' },
      commandBudgets: { '/review': { costMicroUsd: 1_000_000, onExceed: 'stop' } },
    });
  });

  it('say how a workspace is come by, unless it is a folder and nothing else', () => {
    expect(resolvedInstance({ workspace: { folder: 'a' } })).toMatchObject({ workspace: 'a' });
    expect(resolvedInstance({ workspace: { folder: 'a' } })).not.toHaveProperty('workspaceSpec');
    expect(resolvedInstance({ workspace: { folder: 'a', setup: ['make'] } })?.workspaceSpec).toStrictEqual({
      kind: 'folder',
      path: 'a',
      base: null,
      keep: 'always',
      setup: ['make'],
    });
    expect(resolvedInstance({ workspace: { worktree: 'a', base: 'main', keep: 'never' } })).toMatchObject({
      workspace: 'a',
      workspaceSpec: { kind: 'worktree', path: 'a', base: 'main', keep: 'never', setup: [] },
    });
  });

  it('say what becomes of permission prompts', () => {
    expect(resolvedInstance({ permissions: { allow: ['Read'] } })?.permissions).toStrictEqual({
      allow: ['Read'],
      deny: [],
      afterWaitMs: 3_600_000,
      afterWait: 'deny',
    });
    expect(resolvedInstance({ permissions: { afterWait: '0s', then: 'stop' } })?.permissions).toMatchObject({
      afterWaitMs: 0,
      afterWait: 'stop',
    });
  });
});

describe('the schedule of a resolved plan', () => {
  const scheduleOf = (schedule: NonNullable<Plan['schedule']>) =>
    resolvePlan(
      { name: 'Demo', schedule, instances: [{ name: 'one', prompt: 'x' }] },
      { baseDir: '', now: NOW },
    ).schedule;

  it('has a moment for a time, seen from now and from its time zone', () => {
    expect(scheduleOf({ startAt: '2am', timeZone: 'Europe/Berlin' })).toEqual({
      when: { kind: 'once', at: '2026-11-24T01:00:00.000Z' },
      timeZone: 'Europe/Berlin',
      missed: 'run',
    });
    expect(scheduleOf({ startAt: '1h30m' })?.when).toEqual({ kind: 'once', at: '2026-11-23T11:30:00.000Z' });
  });

  it('repeats by a duration or by cron', () => {
    expect(scheduleOf({ every: '1h', missed: 'skip' })).toMatchObject({
      when: { kind: 'every', everyMs: 3_600_000 },
      missed: 'skip',
    });
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    expect(scheduleOf({ cron: '0 2 * * *' })).toMatchObject({
      when: { kind: 'cron', cron: '0 2 * * *' },
      timeZone,
    });
  });
});

describe('the inputs of a plan', () => {
  const inputs: Plan['inputs'] = {
    text: {},
    n: { type: 'number', default: 1 },
    yes: { type: 'boolean', default: false },
    list: { type: 'list', default: [] },
    map: { type: 'object', default: {} },
    env: { choices: ['test', 'prod'], default: 'test' },
  };
  const plan: Plan = { name: 'Demo', inputs, instances: [{ name: 'one', prompt: 'x' }] };
  const valuesFor = (given: GivenInputs) => resolvePlan(plan, { baseDir: '', inputs: given }).inputs;
  const refusalOf = (given: GivenInputs) => {
    try {
      valuesFor(given);
    } catch (error) {
      return error instanceof FailureError ? error.failure : error;
    }
    return undefined;
  };

  it('are what is given, texts read as what they are said to be, and the defaults', () => {
    expect(
      valuesFor({ text: '42', n: '4.5', yes: 'true', list: '["a", 1]', map: '{"a": [1]}', env: 'prod' }),
    ).toEqual({ text: '42', n: 4.5, yes: true, list: ['a', 1], map: { a: [1] }, env: 'prod' });
    expect(valuesFor({ text: 'x', n: 7, list: ['b'] })).toEqual({
      ...{ text: 'x', n: 7, yes: false, list: ['b'], map: {}, env: 'test' },
    });
  });

  it.each<readonly [string, GivenInputs, string, string]>([
    ['one that is missing', {}, 'plan.input_missing', 'give it with --input text=…'],
    ['a word for a number', { text: '', n: 'many' }, 'plan.input_type', 'n must be a number, but is "many"'],
    ['an infinite number', { text: '', n: '1e999' }, 'plan.input_type', 'a number'],
    ['a number for text', { text: 3 }, 'plan.input_type', 'text must be text, but is 3'],
    ['a mapping for a list', { text: '', list: '{}' }, 'plan.input_type', 'a list'],
    ['null', { text: null }, 'plan.input_type', 'but is null'],
    ['none of the choices', { text: '', env: 'prd' }, 'plan.input_choice', 'did you mean prod?'],
    ['an unknown name', { text: '', evn: 'x' }, 'plan.input_unknown', 'did you mean env?'],
    ['a name of every object', { text: '', constructor: 'x' }, 'plan.input_unknown', 'no input constructor'],
  ])('are refused: %s', (_, given, code, message) => {
    expect(refusalOf(given)).toMatchObject({ code, path: ['inputs', expect.any(String)] });
    expect(refusalOf(given)).toHaveProperty('message', expect.stringContaining(message));
  });

  it('are all told at once', () => {
    expect(refusalOf({ n: 'x', z: 1 })).toHaveProperty(
      'message',
      expect.stringMatching(/z.*\n.*text.*\n.*n must/),
    );
  });

  it('may be missing where the plan is only looked at', () => {
    const seen = resolvePlan(plan, { baseDir: '', inputs: null });
    expect(seen.inputs).not.toHaveProperty('text');
    expect(seen.inputs).toHaveProperty('n', 1);
  });
});
