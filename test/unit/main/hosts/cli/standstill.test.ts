import { describe, expect, it } from 'vitest';
import { createStandstill } from '../../../../../src/main/hosts/cli/standstill.ts';
import { newCourse } from '../../../../../src/shared/domain/course.ts';
import { createManualClock } from '../../../../support/engine/manual-clock.ts';
import { after, sampleInstance, sampleOrchestration } from '../../../../support/views.ts';

const open = () => {
  const said: string[] = [];
  let due: (() => void) | null = null;
  const standstill = createStandstill({
    say: (line) => said.push(line),
    after: (_, run) => {
      due = run;
      return () => {
        due = null;
      };
    },
    giveUp: null,
  });
  return { said, standstill, pass: () => due?.() };
};

const hold = { kind: 'person', by: 'mia', scope: 'instance', since: after(0) } as const;
const paused = sampleInstance({ name: 'a', state: 'paused', course: { ...newCourse, hold } });
const behind = sampleInstance({ name: 'b', state: 'pending' }, 1);
const running = sampleInstance({ name: 'b', state: 'running' }, 1);
const orchestration = sampleOrchestration([paused], { name: 'Work', state: 'running' });

describe('a standstill', () => {
  it('is said once, with the command that ends it', () => {
    const { said, standstill, pass } = open();
    standstill.take(orchestration, [paused, behind]);
    standstill.take(orchestration, [paused, behind]);
    pass();
    expect(said).toEqual([
      'netra: nothing goes on by itself now.',
      'netra: "a" is paused: netra resume "Work/a".',
    ]);
  });

  it('is said again while it lasts, until it is given up', async () => {
    const clock = createManualClock();
    const said: string[] = [];
    const standstill = createStandstill({
      say: (line) => said.push(line),
      after: (ms, run) => clock.after(ms, run),
      giveUp: { afterMs: 25 * 60_000, act: () => said.push('given up') },
    });
    standstill.take(orchestration, [paused, running]);
    await clock.advance(60 * 60_000);
    expect(said).toEqual([]);
    standstill.take(orchestration, [paused, behind]);
    await clock.advance(15 * 60_000);
    expect(said.filter((line) => line.includes('nothing goes on'))).toHaveLength(2);
    await clock.advance(15 * 60_000);
    expect(said.filter((line) => line === 'given up')).toHaveLength(1);
    standstill.close();
  });

  it('is none while something goes on, or will by itself', () => {
    const { said, standstill, pass } = open();
    const notBefore = after(60_000);
    const later = { ...behind, course: { ...newCourse, next: { ...newCourse.next, notBefore } } };
    standstill.take(orchestration, [paused, running]);
    standstill.take(orchestration, [paused, later]);
    standstill.take(orchestration, [paused, sampleInstance({ state: 'limited' }, 1)]);
    pass();
    expect(said).toEqual([]);
  });

  it('is not said when it lasted only for a moment', () => {
    const { said, standstill, pass } = open();
    standstill.take(orchestration, [paused, behind]);
    standstill.take(orchestration, [paused, running]);
    pass();
    expect(said).toEqual([]);
  });

  it('says who paused all of it', () => {
    const { said, standstill, pass } = open();
    standstill.take({ ...orchestration, pausedBy: 'mia' }, [behind]);
    pass();
    expect(said[1]).toBe('netra: It was paused by mia: netra resume "Work" lets it go on.');
  });
});
