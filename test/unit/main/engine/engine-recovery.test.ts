import { describe, expect, it } from 'vitest';
import type { CommandRequest } from '../../../../src/main/engine/workspace-ports.ts';
import { failureError } from '../../../../src/shared/domain/failure.ts';
import { crashed, inst, on, play, retrying } from '../../../support/engine/play.ts';

const minute = 60_000;
const hour = 60 * minute;

describe('a retry', () => {
  it('waits longer each time, up to its most, and goes on with the session', async () => {
    const p = await play([inst('a', { retry: retrying({ attempts: 4, maxBackoffMs: 15_000 }) })]);
    for (const [index, wait] of [10_000, 15_000, 15_000].entries()) {
      await p.say('a', { sessionId: `s${String(index)}` });
      await p.fail('a');
      expect(await p.states()).toBe('a:pending');
      await p.clock.advance(wait - 1);
      expect(p.attemptsOf('a')).toHaveLength(index + 1);
      await p.clock.advance(1);
      expect(p.attemptsOf('a')).toHaveLength(index + 2);
      expect(p.at('a').spec.instance.session).toEqual({ resume: `s${String(index)}` });
      expect(p.at('a').prompts).toEqual(['Go on where you left off.']);
    }
    await p.fail('a');
    expect(await p.states()).toBe('a:failed');
    expect(p.events('instance.next').map(({ how }) => how)).toEqual(['retry', 'retry', 'retry']);
  });

  it('takes chance into account', async () => {
    const p = await play(
      [inst('a', { retry: retrying({ jitter: 0.5 }) })],
      {},
      {
        chance: { next: () => 0.5 },
      },
    );
    await p.fail('a');
    await p.clock.advance(7499);
    expect(p.attemptsOf('a')).toHaveLength(1);
    await p.clock.advance(1);
    expect(p.attemptsOf('a')).toHaveLength(2);
  });

  it('holds for the classes that are named', async () => {
    const p = await play([inst('a', { retry: retrying({ on: ['overloaded'] }) })]);
    await p.fail('a', crashed);
    expect(await p.states()).toBe('a:failed');
  });

  it('begins anew where there was no session, or it is lost', async () => {
    const p = await play([inst('a', { retry: retrying({ backoffMs: 0 }) })]);
    await p.fail('a');
    expect(p.at('a').prompts).toEqual(['do a']);
    await p.say('a');
    await p.fail('a', { code: 'claude.session_unknown', message: 'No such session.' });
    expect(p.at('a').spec.instance.session).toBeUndefined();
    expect(p.at('a').prompts).toEqual(['do a']);
  });

  it('of a session that the plan names gives the prompt that it was never given', async () => {
    const session = { resume: 'kept' };
    const p = await play([inst('a', { session, retry: retrying({ backoffMs: 0 }) })]);
    await p.fail('a');
    expect(p.at('a').spec.instance.session).toEqual(session);
    expect(p.at('a').prompts).toEqual(['do a']);
  });

  it('leaves its slot to others while it waits', async () => {
    const p = await play([inst('a', { retry: retrying() }), inst('b')], { concurrency: 1 });
    await p.fail('a');
    expect(p.running()).toEqual(['b']);
    await p.clock.advance(10_000);
    expect(p.running()).toEqual(['b']);
    await p.succeed('b');
    expect(p.running()).toEqual(['a']);
  });

  it('has its time also after a kill, and when the machine slept or its clock was set back', async () => {
    const p = await play([inst('a', { retry: retrying({ backoffMs: 10 * minute, maxBackoffMs: hour }) })]);
    await p.fail('a');
    await p.clock.advance(5 * minute);
    await p.kill();
    await p.clock.advance(5 * minute - 1);
    expect(p.running()).toEqual([]);
    await p.clock.advance(1);
    expect(p.running()).toEqual(['a']);

    const slept = await play([inst('a', { retry: retrying({ backoffMs: hour, maxBackoffMs: hour }) })]);
    await slept.fail('a');
    await slept.clock.sleep(2 * hour, 'stops');
    await slept.clock.advance(minute);
    expect(slept.running()).toEqual(['a']);

    const set = await play([inst('a', { retry: retrying() })]);
    await set.fail('a');
    set.clock.setWall(set.clock.now() - 5 * hour);
    await set.clock.advance(10_000);
    expect(set.running()).toEqual(['a']);
  });

  it('can be stopped and skipped while it waits', async () => {
    const p = await play([inst('a', { retry: retrying() })]);
    await p.fail('a');
    await p.engine().stop(p.id, 'mia', false);
    await p.clock.advance(hour);
    expect(p.attemptsOf('a')).toHaveLength(1);
    expect(await p.state()).toBe('stopped');
  });

  it('is for a process that could not be started, too', async () => {
    const p = await play([inst('other'), inst('a', { dependsOn: [on('other')], retry: retrying() })]);
    p.bench().driver.failStart(failureError('claude.crashed', 'It could not be started.'));
    await p.succeed('other');
    expect(await p.states()).toBe('other:succeeded a:pending');
    await p.clock.advance(10_000);
    await p.succeed('a');
    expect(await p.state()).toBe('succeeded');
  });
});

describe('a start-up delay', () => {
  it('goes by the time that passes, whatever is done to the clock', async () => {
    const p = await play([inst('a'), inst('b')], { startupDelayMs: 1000 });
    p.clock.setWall(p.clock.now() - 5 * hour);
    await p.clock.advance(1000);
    expect(p.running()).toEqual(['a', 'b']);
  });
});

describe('a fallback', () => {
  it('takes its alternatives in order, each with its own tries and a session of its own', async () => {
    const retry = retrying({ attempts: 2, backoffMs: 0 });
    const p = await play([
      inst('a', {
        retry,
        alternatives: [inst('a', { model: 'haiku', retry }), inst('a', { prompt: 'do it otherwise' })],
      }),
    ]);
    await p.say('a', { sessionId: 'first' });
    await p.fail('a');
    await p.fail('a');
    expect(p.at('a').spec.instance.model).toBe('haiku');
    expect(p.at('a').spec.instance.session).toBeUndefined();
    await p.fail('a');
    expect(p.at('a').spec.instance.session).toBeUndefined();
    expect(p.at('a').spec.instance.model).toBe('haiku');
    await p.kill();
    await p.fail('a');
    expect(p.at('a').prompts).toEqual(['do it otherwise']);
    await p.succeed('a');
    expect(await p.state()).toBe('succeeded');
    expect((await p.view('a')).attempts).toBe(5);
  });

  it('has failed when the last one has', async () => {
    const p = await play([inst('a', { alternatives: [inst('a', { model: 'haiku' })] })]);
    await p.fail('a');
    await p.fail('a');
    expect(await p.state()).toBe('failed');
  });

  it('leaves one on standby alone unless it is taken', async () => {
    const p = await play([inst('a'), inst('spare', { standby: true })]);
    await p.succeed('a');
    expect(await p.states()).toBe('a:succeeded');
    expect(await p.state()).toBe('succeeded');
  });
});

/** Checks that end with these exit codes, one after the other. */
const checksWith = (...codes: readonly number[]) => {
  const asked: CommandRequest[] = [];
  const run = (request: CommandRequest) => {
    const exitCode = codes[asked.length] ?? 0;
    asked.push(request);
    return Promise.resolve({ exitCode, timedOut: false, output: `check ${String(asked.length)}` });
  };
  return { asked, world: { runner: { run } } };
};

const command = { kind: 'command', command: 'npm test', timeoutMs: minute } as const;

describe('a check', () => {
  it('decides by a command in the workspace whether a result counts', async () => {
    const { asked, world } = checksWith(1);
    const p = await play([inst('a', { check: command }), inst('b', { check: command })], {}, world);
    await p.succeed('a');
    await p.succeed('b');
    expect(await p.states()).toBe('a:failed b:succeeded');
    expect((await p.view('a')).failure).toEqual({
      code: 'instance.check_failed',
      message: 'The check did not pass (exit code 1): check 1',
    });
    expect(asked[0]).toMatchObject({ command: 'npm test', cwd: '/src/app', timeoutMs: minute });
  });

  it('decides by a condition over the result; one that cannot be told does not pass', async () => {
    const check = (when: string) => ({ check: { kind: 'condition', when } as const });
    const p = await play([
      inst('a', check('instance.json.ok == true')),
      inst('b', check('instance.json.ok == true')),
      inst('c', check('instance.json.no.such == true')),
    ]);
    await p.succeed('a', '{"ok": true}');
    await p.succeed('b', '{"ok": false}');
    await p.succeed('c', 'text');
    expect(await p.states()).toBe('a:succeeded b:failed c:failed');
    expect(await p.state()).toBe('failed');
  });

  it('is tried again in its session, told what is wrong', async () => {
    const { world } = checksWith(1);
    const retry = retrying({ backoffMs: 0, on: ['invalid_result'] });
    const p = await play([inst('a', { check: command, retry })], {}, world);
    await p.say('a', { sessionId: 's' });
    await p.succeed('a');
    expect(p.at('a').spec.instance.session).toEqual({ resume: 's' });
    expect(p.at('a').prompts[0]).toContain('check 1');
    await p.succeed('a');
    expect(await p.state()).toBe('succeeded');
  });

  it('is made again by a later engine when it was under way', async () => {
    const never = { runner: { run: () => Promise.race([]) } };
    const p = await play([inst('a', { check: command })], {}, never);
    await p.succeed('a', 'good');
    await p.kill(checksWith(0).world);
    expect(await p.state()).toBe('succeeded');
    expect((await p.view('a')).result).toBe('good');
  });
});

describe('a loop', () => {
  const loop = { rounds: 3, prompt: 'Round {{ round }}, for the check said: {{ check.output }}' };

  it('goes on in its session with what the check said until it passes', async () => {
    const { world } = checksWith(1, 1, 0);
    const p = await play([inst('a', { check: command, loop })], {}, world);
    await p.say('a', { sessionId: 's' });
    await p.succeed('a');
    expect(p.at('a').prompts).toEqual(['Round 2, for the check said: check 1']);
    expect(p.at('a').spec.instance.session).toEqual({ resume: 's' });
    await p.kill();
    await p.succeed('a');
    expect(p.at('a').prompts).toEqual(['Round 3, for the check said: check 2']);
    await p.succeed('a');
    expect(await p.state()).toBe('succeeded');
  });

  it('fails after its rounds', async () => {
    const { world, asked } = checksWith(1, 1, 1);
    const p = await play([inst('a', { check: command, loop })], {}, world);
    for (let round = 0; round < 3; round++) await p.succeed('a');
    expect(await p.state()).toBe('failed');
    expect(asked).toHaveLength(3);
  });
});
