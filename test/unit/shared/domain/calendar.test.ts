import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCalendar } from '../../../../src/shared/domain/calendar.ts';
import { localTimeAt } from '../../../../src/shared/domain/zoned-time.ts';

const hour = 3_600_000;
const at = (instant: string, timeZone: string) => createCalendar(timeZone)(Date.parse(instant));

describe('a calendar', () => {
  it('names the day, the ISO week and the month of a moment', () => {
    expect(at('2026-11-23T12:00:00Z', 'UTC')).toMatchObject({
      day: '2026-11-23',
      week: '2026-W48',
      month: '2026-11',
    });
  });

  it.each([
    ['2027-01-03', '2026-W53'],
    ['2027-01-04', '2027-W01'],
    ['2024-12-30', '2025-W01'],
    ['2023-01-01', '2022-W52'],
    ['2026-01-01', '2026-W01'],
  ])('has %s in %s', (day, week) => {
    expect(at(`${day}T12:00:00Z`, 'UTC').week).toBe(week);
  });

  it('ends a day where the clocks of its zone say midnight', () => {
    expect(at('2026-11-30T23:30:00Z', 'Europe/Berlin').month).toBe('2026-12');
    expect(at('2026-12-01T03:00:00Z', 'America/New_York').month).toBe('2026-11');
  });

  it.each([
    ['2026-03-29T12:00:00Z', 'Europe/Berlin', 23],
    ['2026-10-25T12:00:00Z', 'Europe/Berlin', 25],
    ['2026-07-01T12:00:00Z', 'Europe/Berlin', 24],
    // The clocks go on at midnight: the day begins at one.
    ['2018-11-04T12:00:00Z', 'America/Sao_Paulo', 23],
  ])('has at %s in %s a day of %d hours', (instant, timeZone, hours) => {
    const { from, before } = at(instant, timeZone);
    expect((before - from) / hour).toBe(hours);
  });

  it('agrees with the clocks for every moment, in whatever order it is asked', () => {
    const moment = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2040, 0, 1) });
    const zone = fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Kolkata',
    );
    fc.assert(
      fc.property(zone, fc.array(moment, { maxLength: 20 }), (timeZone, moments) => {
        const dayOf = createCalendar(timeZone);
        for (const one of moments) {
          const { year, month, day } = localTimeAt(one, timeZone);
          const found = dayOf(one);
          expect(found.day).toBe([year, month, day].map((part) => String(part).padStart(2, '0')).join('-'));
          expect(found.from <= one && one < found.before).toBe(true);
        }
      }),
    );
  });
});
