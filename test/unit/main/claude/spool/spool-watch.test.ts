import { describe, expect, it } from 'vitest';
import { createBeats } from '../../../../../src/main/claude/spool/spool-watch.ts';
import { createManualClock } from '../../../../support/engine/manual-clock.ts';

const openBeats = () => {
  const clock = createManualClock();
  const told: string[] = [];
  const changed = createBeats(clock, (name) => told.push(`${String(clock.monotonic())} ${name}`));
  return { clock, told, changed };
};

describe('the beats in which growing files are told of', () => {
  it('tell of a file that was quiet at once', async () => {
    const { clock, told, changed } = openBeats();
    changed('a');
    await clock.advance(1000);
    changed('b');
    expect(told).toEqual(['0 a', '1000 b']);
  });

  it('tell once of what changed often since the last beat', async () => {
    const { clock, told, changed } = openBeats();
    for (const name of ['a', 'b', 'a', 'c', 'b']) changed(name);
    expect(told).toEqual(['0 a']);
    await clock.advance(10);
    expect(told).toEqual(['0 a', '1 b', '1 a', '1 c']);
  });

  it('rest the longer the more files grow together, and no longer than 100 ms', async () => {
    const { clock, told, changed } = openBeats();
    const all = Array.from({ length: 300 }, (_, index) => `f${String(index)}`);
    changed('first');
    all.forEach(changed);
    await clock.advance(1);
    expect(told).toHaveLength(301);
    all.slice(0, 20).forEach(changed);
    await clock.advance(99);
    expect(told).toHaveLength(301);
    await clock.advance(1);
    expect(told).toHaveLength(321);
    changed('late');
    await clock.advance(20);
    expect(told.at(-1)).toBe('121 late');
  });
});
