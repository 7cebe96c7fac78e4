import { describe, expect, it } from 'vitest';
import { inst, on, over, play, playOn } from '../../../support/engine/play.ts';
import { openBench } from '../../../support/engine/engine.ts';
import { settled } from '../../../support/engine/manual-clock.ts';

describe('what depends on another', () => {
  it('starts when that has succeeded, and not before', async () => {
    const p = await play([inst('a'), inst('b', { dependsOn: [on('a')] })]);
    expect(await p.states()).toBe('a:running b:pending');
    expect((await p.view('b')).reason).toBe('Waits for a.');
    await p.succeed('a');
    expect(await p.states()).toBe('a:succeeded b:running');
  });

  it('is skipped with the reason when what it needs can never be any more', async () => {
    const p = await play([
      inst('a'),
      inst('needs success', { dependsOn: [on('a')] }),
      inst('needs an end', { dependsOn: [on('a', 'finished')] }),
      inst('needs any', { dependsOn: [on('a', 'any')] }),
    ]);
    await p.fail('a');
    expect(await p.states()).toBe('a:failed needs success:skipped needs an end:running needs any:running');
    expect((await p.view('needs success')).reason).toBe('a did not succeed');
  });

  it('tells a stopped one from one that ran to its end', async () => {
    const p = await play([
      inst('a'),
      inst('needs an end', { dependsOn: [on('a', 'finished')] }),
      inst('needs any', { dependsOn: [on('a', 'any')] }),
    ]);
    await p.engine().stopInstance(await p.idOf('a'), 'mia', false);
    await p.obey();
    expect(await p.states()).toBe('a:stopped needs an end:skipped needs any:running');
  });

  it('is brought back when the failed one is restarted, with all that was skipped because of it', async () => {
    const p = await play([
      inst('a'),
      inst('b', { dependsOn: [on('a')] }),
      inst('c', { dependsOn: [on('b')] }),
      inst('fan', { dependsOn: [on('a')], fanOut: over(['x', 'y']) }),
      inst('d', { dependsOn: [on('fan')] }),
    ]);
    await p.fail('a');
    expect(await p.states()).toBe('a:failed b:skipped c:skipped d:skipped');
    expect(await p.state()).toBe('failed');
    await p.engine().restartInstance(await p.idOf('a'), 'mia');
    await settled();
    expect(await p.states()).toBe('a:running b:pending c:pending d:pending');
    await p.succeed('a');
    expect(await p.states()).toBe('a:succeeded b:running c:pending fan.1:running fan.2:running d:pending');
    await p.succeed('b');
    await p.succeed('c');
    await p.succeed('fan.1');
    await p.succeed('fan.2');
    await p.succeed('d');
    expect(await p.state()).toBe('succeeded');
    expect(p.bench().errors).toEqual([]);
  });

  it('is brought back also by a later engine', async () => {
    const p = await play([
      inst('a'),
      inst('fan', { dependsOn: [on('a')], fanOut: over(['x']) }),
      inst('b', { dependsOn: [on('fan')] }),
    ]);
    await p.fail('a');
    await p.kill();
    await p.engine().restartInstance(await p.idOf('a'), 'mia');
    await settled();
    await p.succeed('a');
    await p.succeed('fan.1');
    await p.succeed('b');
    expect(await p.state()).toBe('succeeded');
  });

  it('is skipped at once in a chain of ten thousand, and comes back as fast', async () => {
    const count = 10_000;
    const chain = Array.from({ length: count }, (_, index) =>
      inst(`i${String(index)}`, index === 0 ? {} : { dependsOn: [on(`i${String(index - 1)}`)] }),
    );
    const p = await play(chain);
    await p.fail('i0');
    await p.engine().idle();
    expect((await p.engine().detail(p.id)).orchestration.counts).toEqual({ failed: 1, skipped: count - 1 });
    await p.engine().restartInstance(await p.idOf('i0'), 'mia');
    await settled();
    expect((await p.engine().detail(p.id)).orchestration.counts).toEqual({ running: 1, pending: count - 1 });
  });
});

describe('a join of a fan-out', () => {
  const joined = (join: 'all' | number) =>
    play(
      [
        inst('fan', { fanOut: over(['x', 'y', 'z']) }),
        inst('b', { dependsOn: [on('fan', 'succeeded', join)] }),
      ],
      { concurrency: 9 },
    );

  it('waits for all', async () => {
    const p = await joined('all');
    await p.succeed('fan.1');
    await p.succeed('fan.2');
    expect((await p.view('b')).state).toBe('pending');
    await p.succeed('fan.3');
    expect((await p.view('b')).state).toBe('running');
  });

  it('waits for any', async () => {
    const p = await joined(1);
    await p.fail('fan.1');
    expect((await p.view('b')).state).toBe('pending');
    await p.succeed('fan.3');
    expect((await p.view('b')).state).toBe('running');
  });

  it('waits for so many, and is skipped when so many cannot be any more', async () => {
    const p = await joined(2);
    await p.succeed('fan.1');
    expect((await p.view('b')).state).toBe('pending');
    await p.fail('fan.2');
    expect((await p.view('b')).state).toBe('pending');
    await p.fail('fan.3');
    expect((await p.view('b')).state).toBe('skipped');
  });
});

describe('a dependency on another orchestration', () => {
  const dependent = (run: 'latest' | 'next', orchestration = 'base') =>
    inst('b', { dependsOn: [{ kind: 'orchestration', orchestration, run, need: 'succeeded' }] });

  it('waits for its latest run, also over a kill', async () => {
    const base = await play([inst('a')], { name: 'base' });
    const p = await playOn(base.bench(), [dependent('latest')], { name: 'next one' });
    expect(await p.states()).toBe('b:pending');
    await p.kill();
    p.at('a').end();
    await settled();
    expect(await p.states()).toBe('b:running');
  });

  it('is met at once by one that has succeeded', async () => {
    const base = await play([inst('a')], { name: 'base' });
    await base.succeed('a');
    const p = await playOn(base.bench(), [dependent('latest')], { name: 'later' });
    expect(await p.states()).toBe('b:running');
    const q = await playOn(base.bench(), [dependent('latest', base.id)], { name: 'by id' });
    expect(await q.states()).toBe('b:running');
  });

  it('waits for the next run, whatever came before', async () => {
    const base = await play([inst('a')], { name: 'base' });
    await base.succeed('a');
    const p = await playOn(base.bench(), [dependent('next')], { name: 'later' });
    expect(await p.states()).toBe('b:pending');
    const again = await playOn(base.bench(), [inst('a')], { name: 'base' });
    await again.succeed('a');
    expect(await p.states()).toBe('b:running');
  });

  it('is skipped when there is no such run, or it failed', async () => {
    const base = await play([inst('a')], { name: 'base' });
    await base.fail('a');
    const p = await playOn(base.bench(), [dependent('latest')], { name: 'later' });
    const q = await playOn(base.bench(), [dependent('latest', 'no such')], { name: 'later still' });
    await settled();
    expect([await p.states(), await q.states()]).toEqual(['b:skipped', 'b:skipped']);
    expect([await p.state(), await q.state()]).toEqual(['succeeded', 'succeeded']);
  });
});

describe('limits over all orchestrations', () => {
  const limited = (limits: Partial<{ maxInstances: number; maxInstancesPerUser: number }>) =>
    openBench({
      limits: { maxInstances: null, maxInstancesPerUser: null, memoryFloorBytes: null, ...limits },
    });

  it('hold starts up, say why, and let the next one go when a slot is free', async () => {
    const bench = await limited({ maxInstances: 1 });
    const p = await playOn(bench, [inst('a')], { name: 'one' });
    const q = await playOn(bench, [inst('b'), inst('c')], { name: 'two' });
    expect(await q.states()).toBe('b:pending c:pending');
    expect((await q.engine().detail(q.id)).orchestration.heldBecause).toBe(
      'Waits for a slot: 1 of 1 instances run on this machine.',
    );
    await p.succeed('a');
    expect(await q.states()).toBe('b:running c:pending');
    await q.engine().stopInstance(await q.idOf('b'), 'mia', false);
    await q.obey();
    expect(await q.states()).toBe('b:stopped c:running');
    await q.succeed('c');
    expect((await q.engine().detail(q.id)).orchestration.heldBecause).toBeNull();
  });

  it('wait for memory, and look again by themselves', async () => {
    let free = 1024 ** 3;
    const p = await play(
      [inst('a')],
      {},
      {
        limits: { maxInstances: null, maxInstancesPerUser: null, memoryFloorBytes: 2 * 1024 ** 3 },
        machine: { freeMemoryBytes: () => free },
      },
    );
    expect(await p.states()).toBe('a:pending');
    free = 4 * 1024 ** 3;
    await p.clock.advance(5000);
    expect(await p.states()).toBe('a:running');
  });
});
