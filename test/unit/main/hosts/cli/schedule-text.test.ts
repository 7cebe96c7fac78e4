import { describe, expect, it } from 'vitest';
import type { ScheduleView } from '../../../../../src/shared/contract/schedules.ts';
import {
  missedText,
  nextText,
  rhythmText,
  timeText,
} from '../../../../../src/main/hosts/cli/schedule-text.ts';
import { instantOf } from '../../../../../src/shared/domain/ids.ts';

const next = instantOf(Date.UTC(2026, 10, 24, 1, 0));
const schedule: ScheduleView = {
  id: '01a20762-f80d-71a5-8c14-08af396c5833',
  name: 'Nightly',
  description: null,
  by: 'mia',
  planFile: null,
  workspace: '/src',
  when: { kind: 'cron', cron: '0 2 * * *' },
  timeZone: 'Europe/Berlin',
  missed: 'run',
  addedAt: instantOf(Date.UTC(2026, 10, 23)),
  next,
  lastStart: null,
  lastMissed: null,
};
const nextIn = (ms: number): string => nextText(schedule, Date.parse(next) - ms);

describe('a schedule as text', () => {
  it('says when it is due, by the clocks of its zone, and how long that is', () => {
    expect(nextIn(17 * 3_600_000 + 58 * 60_000 + 4000)).toBe('2026-11-24 02:00 Europe/Berlin, in 17h58m');
    expect(nextIn(9400)).toBe('2026-11-24 02:00 Europe/Berlin, in 9s');
    expect(nextIn(-3 * 3_600_000)).toBe('2026-11-24 02:00 Europe/Berlin, 3h ago');
    expect(nextText({ ...schedule, next: null }, 0)).toBe('never again');
  });

  it('shows seconds only where there are some', () => {
    expect(timeText(instantOf(Date.UTC(2026, 0, 1, 12, 30, 15)), 'UTC')).toBe('2026-01-01 12:30:15');
    expect(timeText(instantOf(Date.UTC(2026, 0, 1, 12, 30)), 'UTC')).toBe('2026-01-01 12:30');
  });

  it('says how often it runs', () => {
    expect(rhythmText(schedule)).toBe('cron 0 2 * * *');
    expect(rhythmText({ ...schedule, when: { kind: 'every', everyMs: 5_400_000 } })).toBe('every 1h30m');
    expect(rhythmText({ ...schedule, when: { kind: 'once', at: next } })).toBe('once');
  });

  it('says what was missed', () => {
    const missed = {
      occurrence: next,
      reason: 'still_running',
      message: 'Not over.',
      started: false,
    } as const;
    expect(missedText(missed, 'Europe/Berlin')).toBe('missed 2026-11-24 02:00: Not over.');
  });
});
