import { describe, expect, it } from 'vitest';
import type { InstanceSpec } from '../../../../src/shared/domain/plan/plan-spec.ts';
import { createFakeWorkspaces } from '../../../support/engine/fake-workspaces.ts';
import { inst, on, over, play } from '../../../support/engine/play.ts';
import { settled } from '../../../support/engine/manual-clock.ts';

/** What an instance is told that depends on `a`. */
const told = async (prompt: string, result = 'done', change: Partial<InstanceSpec> = {}) => {
  const p = await play([inst('a'), inst('b', { prompt, dependsOn: [on('a', 'any')], ...change })], {
    inputs: { env: 'prod', count: 3 },
  });
  await p.succeed('a', result);
  await settled();
  return { p, text: p.attemptsOf('b')[0]?.prompts[0] };
};

describe('a template', () => {
  it('has results, states, figures and inputs filled in when the instance starts', async () => {
    const { text } = await told(
      '{{ inputs.env }} {{ inputs.count }}: {{ instances.a.result }}, {{ instances.a.state }}, {{ instances.a.attempts }}',
      'all good',
    );
    expect(text).toBe('prod 3: all good, succeeded, 1');
  });

  it('reads a result as JSON', async () => {
    const { text } = await told('{{ instances.a.json.files[1] }}', '{"files": ["x.ts", "y.ts"]}');
    expect(text).toBe('y.ts');
  });

  it('reads files of the workspace', async () => {
    const p = await play(
      [inst('a', { prompt: 'Read: {{ file("notes.md") }}' })],
      {},
      createFakeWorkspaces({ 'notes.md': 'remember' }),
    );
    await settled();
    expect(p.at('a').prompts).toEqual(['Read: remember']);
  });

  it('that cannot be filled in fails the instance before anything runs', async () => {
    const { p } = await told('{{ instances.a.json.files[1] }}', 'no JSON');
    expect(await p.states()).toBe('a:succeeded b:failed');
    expect((await p.view('b')).failure?.code).toBe('expression.failed');
    expect(await p.state()).toBe('failed');
  });

  it('gives long values by file', async () => {
    const long = 'x'.repeat(100_000);
    const { p, text } = await told('Look at {{ instances.a.result }}', long);
    expect(text).toContain('/values/');
    expect(text?.length).toBeLessThan(1000);
    expect(p.at('b').spec.instance.addDirs).toHaveLength(1);
  });

  it('is filled in anew after a restart of what it names', async () => {
    const { p } = await told('{{ instances.a.result }}', 'one');
    await p.succeed('b');
    await p.engine().restartInstance(await p.idOf('a'), 'mia');
    await settled();
    await p.succeed('a', 'two');
    await p.engine().restartInstance(await p.idOf('b'), 'mia');
    await settled();
    expect(p.at('b').prompts).toEqual(['two']);
  });

  it('fills in workspaces, models and environments', async () => {
    const { p } = await told('go', '{"model": "haiku", "dir": "/src/lib"}', {
      model: '{{ instances.a.json.model }}',
      workspace: '{{ instances.a.json.dir }}',
      env: { TARGET: '{{ inputs.env }}' },
    });
    const { instance, workspace } = p.at('b').spec;
    expect([instance.model, workspace, instance.env]).toEqual(['haiku', '/src/lib', { TARGET: 'prod' }]);
  });
});

describe('a condition', () => {
  it.each([
    ['inputs.env == "prod"', 'running'],
    ['instances.a.json.count > 3', 'skipped'],
  ])('%s: %s', async (when, state) => {
    const { p } = await told('go', '{"count": 3}', { when });
    expect((await p.view('b')).state).toBe(state);
    if (state === 'skipped') expect((await p.view('b')).reason).toBe(`Its condition does not hold: ${when}`);
  });

  it('that cannot be told, or is no condition, fails the instance', async () => {
    for (const when of ['instances.a.json.no.such > 3', 'instances.a.result']) {
      const { p } = await told('go', 'text', { when });
      expect((await p.view('b')).failure?.code).toBe('expression.failed');
      expect(await p.state()).toBe('failed');
    }
  });

  it('skips also what depends on it, and the orchestration has succeeded', async () => {
    const p = await play([inst('a', { when: 'false' }), inst('b', { dependsOn: [on('a')] })]);
    expect(await p.states()).toBe('a:skipped b:skipped');
    expect(await p.state()).toBe('succeeded');
  });

  it('is asked again after a restart', async () => {
    const { p } = await told('go', '{"count": 3}', { when: 'instances.a.json.count > 3' });
    await p.engine().restartInstance(await p.idOf('b'), 'mia');
    await settled();
    expect((await p.view('b')).state).toBe('skipped');
    expect(await p.state()).toBe('succeeded');
  });
});

describe('a fan-out', () => {
  const go = { prompt: '{{ index }} {{ item }}' };

  it('runs over a list, each with its item', async () => {
    const p = await play([inst('fan', { ...go, fanOut: over(['x', 'y']) })]);
    expect(await p.states()).toBe('fan.1:running fan.2:running');
    expect([p.at('fan.1').prompts, p.at('fan.2').prompts]).toEqual([['0 x'], ['1 y']]);
    await p.succeed('fan.1');
    await p.fail('fan.2');
    expect(await p.state()).toBe('failed');
  });

  it('runs over a matrix', async () => {
    const source = { kind: 'matrix', axes: { os: ['linux', 'mac'], node: [20, 22] } } as const;
    const p = await play(
      [inst('fan', { prompt: '{{ matrix.os }} {{ matrix.node }}', fanOut: over(source, { as: 'matrix' }) })],
      { concurrency: 9 },
    );
    await settled();
    const prompts = p.bench().driver.attempts.map((attempt) => attempt.prompts[0]);
    expect(prompts).toEqual(['linux 20', 'linux 22', 'mac 20', 'mac 22']);
  });

  it('runs over files', async () => {
    const p = await play(
      [inst('fan', { ...go, fanOut: over({ kind: 'glob', pattern: '*.ts' }) })],
      {},
      createFakeWorkspaces({ 'b.ts': '', 'a.ts': '' }),
    );
    await settled();
    expect(p.at('fan.1').prompts).toEqual(['0 a.ts']);
  });

  it('looks again when what it depends on was done again meanwhile', async () => {
    const looks: PromiseWithResolvers<readonly string[]>[] = [];
    const { files } = createFakeWorkspaces();
    const glob = () => {
      const look = Promise.withResolvers<readonly string[]>();
      looks.push(look);
      return look.promise;
    };
    const fanOut = over({ kind: 'glob', pattern: '*.ts' });
    const p = await play(
      [inst('a'), inst('fan', { ...go, dependsOn: [on('a')], fanOut })],
      {},
      {
        files: { ...files, glob },
      },
    );
    await p.succeed('a');
    await p.engine().restartInstance(await p.idOf('a'), 'mia');
    await settled();
    looks[0]?.resolve(['old.ts']);
    await settled();
    expect(await p.states()).toBe('a:running');
    await p.succeed('a');
    looks[1]?.resolve(['new.ts']);
    await settled();
    expect(p.at('fan.1').prompts).toEqual(['0 new.ts']);
  });

  it('stays stopped when looking what it runs over fails after that', async () => {
    const look = Promise.withResolvers<readonly string[]>();
    const { files } = createFakeWorkspaces();
    const fanOut = over({ kind: 'glob', pattern: '*.ts' });
    const p = await play(
      [inst('fan', { ...go, fanOut })],
      {},
      {
        files: { ...files, glob: () => look.promise },
      },
    );
    await p.engine().stop(p.id, 'mia', false);
    look.reject(new Error('too late'));
    await settled();
    expect(await p.state()).toBe('stopped');
  });

  const dynamic = inst('fan', {
    ...go,
    dependsOn: [on('list')],
    fanOut: over({ kind: 'expression', expression: 'instances.list.json.files' }, { max: 3 }),
  });

  it('runs over the result of another, over a kill, and its results are data', async () => {
    const p = await play(
      [
        inst('list'),
        dynamic,
        inst('sum', { prompt: '{{ instances.fan.results[1].result }}', dependsOn: [on('fan')] }),
      ],
      { concurrency: 1 },
    );
    await p.succeed('list', '{"files": ["x", "y"]}');
    expect(await p.states()).toBe('list:succeeded fan.1:running fan.2:pending sum:pending');
    await p.kill();
    await p.succeed('fan.1', 'one');
    expect(p.at('fan.2').prompts).toEqual(['1 y']);
    await p.succeed('fan.2', 'two');
    await settled();
    expect(p.at('sum').prompts).toEqual(['two']);
    await p.succeed('sum');
    expect(await p.state()).toBe('succeeded');
  });

  it.each([
    ['{"files": []}', 'succeeded', 'running'],
    ['{"files": ["a", "b", "c", "d"]}', 'failed', 'skipped'],
    ['{"files": "x"}', 'failed', 'skipped'],
    ['no JSON', 'failed', 'skipped'],
  ])('over %s: the orchestration is %s, what depends on it %s', async (result, state, after) => {
    const p = await play([inst('list'), dynamic, inst('after', { dependsOn: [on('fan')] })]);
    await p.succeed('list', result);
    await settled();
    expect((await p.view('after')).state).toBe(after);
    if (after === 'running') await p.succeed('after');
    expect(await p.state()).toBe(state);
    await p.kill();
    expect(await p.state()).toBe(state);
  });

  it('is skipped as a whole by a condition, and one by one by one that names the item', async () => {
    const p = await play(
      [
        inst('all', { fanOut: over(['x', 'y']), when: 'inputs.env == "prod"' }),
        inst('some', { fanOut: over(['x', 'y']), when: 'item == "y"' }),
      ],
      { inputs: { env: 'test' } },
    );
    await settled();
    expect(await p.states()).toBe('some.1:skipped some.2:running');
    const { groups } = (await p.engine().detail(p.id)).orchestration;
    expect(groups.map(({ state }) => state)).toEqual(['skipped', 'expanded']);
  });

  it('is stopped before it is known, and nothing starts because of that', async () => {
    const p = await play([inst('list'), dynamic, inst('after', { dependsOn: [on('fan', 'any')] })]);
    await p.engine().stop(p.id, 'mia', false);
    expect(p.attemptsOf('after')).toEqual([]);
    await p.obey();
    expect(await p.states()).toBe('list:stopped after:stopped');
  });

  it('is stopped before it is known, and stays so', async () => {
    const p = await play([inst('list'), dynamic]);
    await p.engine().stop(p.id, 'mia', false);
    await p.obey();
    expect(await p.state()).toBe('stopped');
    expect((await p.engine().detail(p.id)).orchestration.groups[0]?.state).toBe('stopped');
  });
});
