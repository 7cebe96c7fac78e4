import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkPlan, readPlan, readPlanFile } from '../../../../src/main/api/plans.ts';

const NOW = Date.parse('2026-11-23T10:00:00Z');

const given = (text: string, inputs?: Record<string, string>) => ({
  text,
  file: '/plans/nightly.yaml',
  baseDir: null,
  ...(inputs && { inputs }),
});

describe('a plan that is read for a run', () => {
  it('has absolute paths, also in fallbacks and workspaces, but for those with a template', () => {
    const plan = readPlan(
      given(`name: Demo
workspace: { worktree: ../shop }
inputs: { dir: { default: x } }
instances:
  - name: a
    prompt: x
    addDirs: [docs, '{{ inputs.dir }}', '~/notes']
    settings: s.json
    fallback: [{ workspace: other }, { workspace: { copy: sub } }]
  - { name: b, prompt: x, workspace: 'w/{{ inputs.dir }}' }
`),
    );
    const [a, b] = plan.instances;
    expect(plan).toMatchObject({ baseDir: '/plans', workspace: '/shop' });
    expect(a).toMatchObject({
      workspace: '/shop',
      workspaceSpec: { kind: 'worktree', path: '/shop' },
      addDirs: ['/plans/docs', '{{ inputs.dir }}', join(homedir(), 'notes')],
      settings: '/plans/s.json',
      alternatives: [
        { workspace: '/plans/other', settings: '/plans/s.json' },
        { workspace: '/plans/sub', workspaceSpec: { kind: 'copy', path: '/plans/sub' } },
      ],
    });
    expect(a?.alternatives?.[0]).not.toHaveProperty('workspaceSpec');
    expect(b?.workspace).toBe('w/{{ inputs.dir }}');
  });

  it('has permission rules with the home folder written out', () => {
    const permissions = "permissions: { allow: [Read], deny: ['Read(~/.ssh/**)'] }";
    const text = `name: Demo\ninstances: [{ name: a, prompt: x, ${permissions} }]\n`;
    expect(readPlan(given(text)).instances[0]?.permissions).toMatchObject({
      allow: ['Read'],
      deny: [`Read(/${homedir()}/.ssh/**)`],
    });
  });

  it('has the values of its inputs, or is refused with the code of what is wrong with them', () => {
    const text = 'name: Demo\ninputs: { n: { type: number } }\ninstances: [{ name: a, prompt: x }]\n';
    expect(readPlan(given(text, { n: '3' })).inputs).toEqual({ n: 3 });
    expect(() => readPlan(given(text))).toThrow(
      expect.objectContaining({ failure: expect.objectContaining({ code: 'plan.input_missing' }) }),
    );
  });

  it('is refused with a line for each problem', () => {
    expect(() => readPlan(given('name: Demo\ninstances: [{ name: a }]\nfoo: 1\n'))).toThrow(
      /^\/plans\/nightly\.yaml:2:13: .*\n\/plans\/nightly\.yaml:3:1: /,
    );
  });
});

describe('a plan that is checked', () => {
  const text = `name: Demo
inputs:
  n: { type: number, description: How many. }
  env: { default: test, choices: [test, prod] }
schedule: { every: 90m }
timeout: 4h
budget: { usd: 5 }
instances:
  - { name: a, prompt: x, forEach: [1, 2], retry: 3, fallback: [{ model: haiku }] }
  - { name: b, command: /go, dependsOn: [a], when: inputs.n > 1, matrix: { x: [1, 2], y: [1, 2, 3] } }
  - { name: c, prompt: x, forEach: { glob: '*' } }
`;

  it('says what would run, when, and what it asks for, without being given it', () => {
    const { problems, summary } = checkPlan(given(text), NOW);
    expect(problems).toEqual([]);
    expect(summary).toMatchObject({
      inputs: [
        { name: 'n', type: 'number', description: 'How many.', required: true, choices: null, value: null },
        { name: 'env', type: 'string', required: false, choices: ['test', 'prod'], value: 'test' },
      ],
      schedule: { text: 'every 1h30m', next: '2026-11-23T11:30:00.000Z' },
      timeoutMs: 14_400_000,
      budget: { costMicroUsd: 5_000_000, onExceed: 'stop' },
      instances: [
        { name: 'a', fanOut: { kind: 'list', count: 2 }, attempts: 3, fallbacks: 1, dependsOn: [] },
        {
          name: 'b',
          prompt: '/go',
          when: 'inputs.n > 1',
          dependsOn: [{ kind: 'instance', name: 'a', need: 'succeeded', join: 'all' }],
          fanOut: { kind: 'matrix', count: 6 },
        },
        { name: 'c', fanOut: { kind: 'glob', count: null }, attempts: 1 },
      ],
    });
  });

  it.each([
    [
      'schedule: { startAt: 2am, timeZone: UTC }',
      'once, at 2026-11-24T02:00:00.000Z',
      '2026-11-24T02:00:00.000Z',
    ],
    ['schedule: { startAt: 0s }', 'once, at 2026-11-23T10:00:00.000Z', '2026-11-23T10:00:00.000Z'],
    [
      "schedule: { cron: '0 12 * * *', timeZone: UTC }",
      'by cron 0 12 * * * (UTC)',
      '2026-11-23T12:00:00.000Z',
    ],
  ])('says when it would start: %s', (schedule, words, next) => {
    const check = checkPlan(given(`name: Demo\n${schedule}\ninstances: [{ name: a, prompt: x }]\n`), NOW);
    expect(check.summary?.schedule).toMatchObject({ text: words, next });
  });

  it('has the values that are given, or their problems at the inputs of the plan', () => {
    expect(checkPlan(given(text, { n: '2' }), NOW).summary?.inputs[0]).toMatchObject({ value: 2 });
    const { problems, summary } = checkPlan(given(text, { env: 'live', x: '1' }), NOW);
    expect(problems.map(({ code, line, column }) => [code, line, column])).toEqual([
      ['plan.input_unknown', 3, 3],
      ['plan.input_missing', 3, 3],
      ['plan.input_choice', 4, 3],
    ]);
    expect(summary).toBeNull();
  });

  it('is told as too large, not refused as a request, when it is somewhat larger than a plan may be', () => {
    const { problems } = checkPlan(given('#'.repeat(1_100_000)));
    expect(problems.map(({ code }) => code)).toEqual(['plan.too_large']);
  });
});

describe('a plan file', () => {
  const folder = async (): Promise<string> => {
    const path = await mkdtemp(join(tmpdir(), 'netra-plans-'));
    onTestFinished(() => rm(path, { recursive: true }));
    return path;
  };

  it('is read as text, with its absolute path', async () => {
    const file = join(await folder(), 'a.yaml');
    await writeFile(file, 'name: Größe\n');
    expect(await readPlanFile(file)).toEqual({ file, text: 'name: Größe\n' });
  });

  it('is refused when it is larger than any plan', async () => {
    const file = join(await folder(), 'large.yaml');
    await writeFile(file, Buffer.alloc(3 * 1_048_576 + 4, '#'));
    await expect(readPlanFile(file)).rejects.toMatchObject({ failure: { code: 'plan.too_large' } });
  });

  it.runIf(process.platform === 'linux')('is not read on and on when it has no end', async () => {
    await expect(readPlanFile('/dev/zero')).rejects.toMatchObject({ failure: { code: 'plan.too_large' } });
  });

  it('is refused with the reason when it cannot be read', async () => {
    const path = await folder();
    await expect(readPlanFile(join(path, 'none.yaml'))).rejects.toThrow(/it is not there/);
    await expect(readPlanFile(path)).rejects.toThrow(/it is a folder/);
  });
});
