import { describe, expect, it } from 'vitest';
import { activityLine } from '../../../../src/renderer/data/activity.ts';
import { asksOf } from '../../../../src/renderer/data/asks.ts';
import { byAttention, byPlace, stateCounts } from '../../../../src/renderer/data/attention.ts';
import { controlsOf, orchestrationControlsOf } from '../../../../src/renderer/data/controls.ts';
import { heldText, standingOf } from '../../../../src/renderer/data/standing.ts';
import { wordsForChange } from '../../../../src/renderer/app/announcements.ts';
import { newCourse } from '../../../../src/shared/domain/course.ts';
import { instantOf } from '../../../../src/shared/domain/ids.ts';
import type { InstanceView } from '../../../../src/shared/domain/instance.ts';
import { fakeInstance } from '../../../support/fake-data.ts';
import { heldScenario } from '../../../support/fake-held.ts';

const { instances, orchestrations } = heldScenario(0);
const named = (name: string): InstanceView => {
  const found = instances.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};

describe('what an instance waits for a person for', () => {
  it('is told by kind, with the id of the inbox', () => {
    const kinds = ['choose-db', 'planner', 'newcomer', 'spender', 'stranger', 'resting', 'parked'].map(
      (name) => asksOf(named(name)).map(({ kind }) => kind),
    );
    expect(kinds).toEqual([['question'], ['plan'], ['trust'], ['budget'], ['sign_in'], [], []]);
    expect(asksOf(named('newcomer'))[0]?.id).toBe('trust:/home/ada/src/found');
  });

  it('is its line in lists', () => {
    expect(activityLine(named('choose-db'))).toBe('Claude asks Which database shall the tests use?');
    expect(activityLine(named('spender'))).toBe('The budget of "held" is used up');
    expect(activityLine(named('newcomer'))).toBe('Is this folder trusted? /home/ada/src/found');
    expect(activityLine(named('resting'))).toBe('paused by ada');
  });

  it('counts as needing input, comes first and is spoken, whatever the state is called', () => {
    expect(stateCounts(instances)).toEqual({ running: 2, waiting: 5, limited: 2, queued: 2 });
    expect(
      instances
        .toSorted(byAttention)
        .slice(0, 5)
        .map(({ name }) => name),
    ).toEqual(['choose-db', 'planner', 'newcomer', 'spender', 'stranger']);
    const before = fakeInstance({ number: 4, name: 'spender', state: 'running' }, 0);
    expect(wordsForChange(named('spender'), before)).toBe('spender needs input.');
    expect(wordsForChange(named('resting'), before)).toBeNull();
  });
});

describe('why an instance stands still', () => {
  it('is a sentence, with the moment when it goes on', () => {
    expect(standingOf(named('parked'))).toEqual({
      text: 'The usage limit is reached; it goes on by itself. No process waits for it meanwhile.',
      until: instantOf(2 * 3_600_000),
    });
    expect(standingOf(named('retrying'))).toEqual({
      text: 'Try 2 of 3: The API was overloaded.',
      until: instantOf(42_000),
    });
    expect(standingOf(named('resting'))?.text).toBe('Paused by ada. The others go on.');
    expect(standingOf(named('remembers'))?.text).toContain('asked again');
    expect(standingOf(named('needless'))?.text).toBe('Its condition is false: inputs.deploy.');
  });

  it('is nothing where it goes on, and where a person is asked', () => {
    expect(standingOf(named('work.2'))).toBeNull();
    expect(standingOf(named('choose-db'))).toBeNull();
    expect(standingOf(named('spender'))).toBeNull();
  });

  it('says what is being done to it', () => {
    const running = fakeInstance({ number: 1, name: 'one', state: 'running' }, 0);
    const stopping = { ...newCourse, ending: { kind: 'skip', by: 'ada' } } as const;
    expect(standingOf({ ...running, course: stopping })?.text).toContain('being skipped');
    expect(controlsOf({ ...running, course: stopping })).toEqual(['stop']);
  });

  it('is told of an orchestration by who paused it, or what holds it up', () => {
    expect(heldText({ pausedBy: 'ada', heldBecause: 'Paused by ada.' })).toContain('Paused by ada.');
    expect(heldText({ pausedBy: null, heldBecause: 'too little memory is free' })).toBe(
      'Too little memory is free.',
    );
    expect(heldText({ pausedBy: null, heldBecause: null })).toBeNull();
  });
});

describe('what may be done', () => {
  it('depends on the state and on what holds it', () => {
    expect(controlsOf(named('work.2'))).toEqual(['pause', 'skip', 'stop']);
    expect(controlsOf(named('retrying'))).toEqual(['pause', 'skip', 'stop']);
    expect(controlsOf(named('resting'))).toEqual(['resume', 'skip', 'stop']);
    expect(controlsOf(named('spender'))).toEqual(['skip', 'stop']);
    expect(controlsOf(named('stranger'))).toEqual(['restart']);
  });

  it('is to pause or let go on an orchestration that runs', () => {
    const [one] = orchestrations;
    if (one === undefined) throw new Error('no orchestration');
    expect(orchestrationControlsOf(one)).toEqual(['pause', 'stop']);
    expect(orchestrationControlsOf({ ...one, pausedBy: 'ada' })).toEqual(['resume', 'stop']);
    expect(orchestrationControlsOf({ ...one, state: 'failed' })).toEqual([]);
  });

  it('is listed in the order of the plan, a fan-out by its items', () => {
    const work = ['work.3', 'work.1', 'work.2'].map(named);
    expect(work.toSorted(byPlace).map(({ name }) => name)).toEqual(['work.1', 'work.2', 'work.3']);
  });
});
