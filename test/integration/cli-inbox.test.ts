import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { eventually } from '../support/eventually.ts';
import { openNetraPlace, type NetraPlace } from '../support/netra.ts';

let place: NetraPlace;

beforeEach(async () => {
  place = await openNetraPlace();
});

afterEach(async () => {
  await place.close();
});

const itemSchema = z.looseObject({ number: z.string(), kind: z.string(), instance: z.string() });
const eventSchema = z.object({ body: z.looseObject({ type: z.string() }) });

const inbox = async (): Promise<readonly z.infer<typeof itemSchema>[]> => {
  const { stdout } = await place.run(['inbox', '--format', 'json']);
  return z.array(itemSchema).parse(JSON.parse(stdout));
};

/** The one item that waits, once there is one. */
const waiting = (kind: string): Promise<z.infer<typeof itemSchema>> =>
  eventually(async () => {
    const [item, ...more] = await inbox();
    expect([item?.kind, more.length]).toEqual([kind, 0]);
    if (item === undefined) throw new Error('nothing waits');
    return item;
  });

/** How the prompts of an orchestration were answered. */
const answers = async (name: string): Promise<readonly Readonly<Record<string, unknown>>[]> => {
  const { stdout } = await place.run(['sessions', 'show', name, '--format', 'ndjson']);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => eventSchema.parse(JSON.parse(line)).body)
    .filter(({ type }) => type === 'permission.answered');
};

const detached = async (name: string, prompt: string, more: object = {}): Promise<void> => {
  const file = await place.plan(name, [{ name: 'worker', prompt, ...more }]);
  const { code, stderr } = await place.run(['run', file, '--detach']);
  expect([code, stderr]).toEqual([0, expect.anything()]);
};

const succeeded = (name: string): Promise<void> =>
  eventually(async () => {
    const { stdout } = await place.run(['sessions', 'list', '--search', name, '--format', 'json']);
    expect(stdout).toContain('"succeeded"');
  });

const patient = { timeout: 150_000 };

const killEngine = async (): Promise<void> => {
  const holder = await readFile(join(place.dataDir, 'engine.json'), 'utf8');
  process.kill(z.object({ pid: z.int() }).parse(JSON.parse(holder)).pid, 'SIGKILL');
};

describe('The inbox of the command line', () => {
  it(
    'takes an answer for always as a rule, which answers from then on until it is removed',
    patient,
    async () => {
      await detached('first', 'WORDS=2\nTOOL=touch marked');
      const { number, instance } = await waiting('permission');
      expect(instance).toBe('worker');
      const shown = await place.run(['inbox']);
      expect(shown.stdout).toContain('Bash: touch marked');
      expect(shown.stdout).toContain('--always makes the rule Bash(touch marked)');
      const answered = await place.run(['answer', number, 'allow', '--always']);
      expect([answered.code, answered.stderr]).toEqual([0, expect.stringContaining('Made the rule')]);
      await succeeded('first');
      expect(await answers('first')).toMatchObject([{ decision: 'allow', rule: 'Bash(touch marked)' }]);

      await detached('second', 'WORDS=2\nTOOL=touch marked');
      await succeeded('second');
      expect(await answers('second')).toMatchObject([
        { decision: 'allow', by: 'policy', rule: 'Bash(touch marked)' },
      ]);

      const rules = await place.run(['rules']);
      expect(rules.stdout).toContain('Bash(touch marked)');
      expect((await place.run(['rules', 'remove', 'Bash(touch marked)'])).code).toBe(0);
      await detached('third', 'WORDS=2\nTOOL=touch marked');
      const again = await waiting('permission');
      const denied = await place.run(['answer', again.number, 'deny', '--reason', 'enough of it']);
      expect(denied.code).toBe(0);
      await succeeded('third');
      expect(await answers('third')).toMatchObject([{ decision: 'deny', message: 'enough of it' }]);
    },
  );

  it('takes answers to questions and the approval of a plan', patient, async () => {
    await detached('asks', 'ASK=2 WORDS=2');
    const { number } = await waiting('question');
    const few = await place.run(['answer', number, '--choose', '1']);
    expect([few.code, few.stderr]).toEqual([2, expect.stringContaining('once for each question')]);
    const answered = await place.run(['answer', number, '--choose', '2', '--choose', 'Red, mauve']);
    expect([answered.code, answered.stderr]).toEqual([0, expect.stringContaining('answered')]);
    await succeeded('asks');

    await detached('plans', 'PLANMODE="1. Paint it." WORDS=2', { permissionMode: 'plan' });
    const plan = await waiting('plan');
    expect(plan['plan']).toBe('1. Paint it.');
    expect((await place.run(['answer', 'worker', 'approve'])).code).toBe(0);
    await succeeded('plans');
  });

  it('is answered by the rules of the plan, and by itself where the plan says when', patient, async () => {
    await detached('ruled', 'TOOL=touch a\nTOOL=touch b\nTOOL=touch a && touch c', {
      permissions: { allow: ['Bash(touch a)'], deny: ['Bash(touch b)'], afterWait: '300ms' },
    });
    await succeeded('ruled');
    expect(await answers('ruled')).toMatchObject([
      { decision: 'allow', rule: 'Bash(touch a)' },
      { decision: 'deny', rule: 'Bash(touch b)' },
      { decision: 'deny', by: 'policy', message: expect.stringContaining('Nobody answered') },
    ]);
  });

  it('shows what comes while it is watched, and what is gone', patient, async () => {
    await detached('first', 'WORDS=2 WAIT=1500\nTOOL=touch w');
    const watch = place.start(['inbox', '--watch']);
    await watch.shows(/Bash: touch w/);
    expect((await place.run(['answer', 'worker', 'allow'])).code).toBe(0);
    await watch.shows(/waits no more for this: Permission to use Bash/);
    watch.kill('SIGINT');
    expect((await watch.exited).code).toBe(0);
  });

  it.runIf(process.platform === 'linux')(
    'is asked at the terminal of who attaches, though it was open before',
    patient,
    async () => {
      await detached('before', 'WORDS=2\nTOOL=touch k');
      await waiting('permission');
      const visit = place.start(['attach', 'before'], { inTerminal: true });
      await visit.shows(/worker asks to use Bash[\s\S]*\[y\] allow/);
      visit.type('y');
      expect((await visit.exited).code).toBe(0);
      expect(await answers('before')).toMatchObject([{ decision: 'allow' }]);
    },
  );

  it.runIf(process.platform === 'linux')(
    'is asked at the terminal of the run that takes over what a killed engine left',
    patient,
    async () => {
      await detached('left', 'WORDS=2\nTOOL=touch k');
      await waiting('permission');
      await killEngine();
      const file = await place.plan('other', [{ name: 'writer', prompt: 'WORDS=2' }]);
      const run = place.start(['run', file], { inTerminal: true });
      await run.shows(/left\/worker asks to use Bash[\s\S]*\[y\] allow/);
      // It is asked once while its own run is shown, and again when that has ended: as a person would, it is answered then.
      const typing = setInterval(() => run.type('y'), 500);
      const { code } = await run.exited;
      clearInterval(typing);
      expect(code).toBe(0);
      expect(await answers('left')).toMatchObject([{ decision: 'allow' }]);
    },
  );

  it('has a prompt again when the engine was killed while it was open', patient, async () => {
    await detached('killed', 'WORDS=2\nTOOL=touch k');
    const before = await waiting('permission');
    await killEngine();
    const attached = place.start(['attach', 'killed', '--format', 'ndjson']);
    // While the process that was asked by the killed engine still ends, there is nothing to answer.
    await eventually(async () => {
      const after = await waiting('permission');
      expect(after.number).toBe(before.number);
      expect((await place.run(['answer', after.number, 'allow'])).code).toBe(0);
    });
    expect((await attached.exited).code).toBe(0);
    expect(await answers('killed')).toMatchObject([{ decision: 'allow' }]);
  });

  it('says what is wrong', async () => {
    const unknown = await place.run(['answer', '4821', 'allow']);
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('Nothing in the inbox')]);
    const rule = await place.run(['rules', 'add', 'git log']);
    expect([rule.code, rule.stderr]).toEqual([2, expect.stringContaining('is no permission rule')]);
    expect((await place.run(['inbox'])).stderr).toContain('nothing waits for you');
    expect((await place.run(['rules'])).stderr).toContain('there are no rules');
  });
});
