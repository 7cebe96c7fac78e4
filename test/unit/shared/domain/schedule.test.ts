import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ScheduleSpec } from '../../../../src/shared/domain/plan/plan-spec.ts';
import {
  checkCron,
  isTimeZone,
  nextOccurrence,
  parseStartAt,
} from '../../../../src/shared/domain/schedule.ts';
import { localTimeAt, momentOf } from '../../../../src/shared/domain/zoned-time.ts';

const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/St_Johns',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Africa/Casablanca',
  'Pacific/Apia',
  'America/Santiago',
] as const;
const anyZone = fc.constantFrom(...zones);
const anyMoment = fc
  .integer({ min: Date.UTC(2000, 0, 1) / 1000, max: Date.UTC(2050, 0, 1) / 1000 })
  .map((seconds) => seconds * 1000);

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

describe('a start time as people write it', () => {
  const now = Date.UTC(2025, 2, 10, 10, 0, 0);
  const start = (text: string, timeZone = 'UTC') => iso(parseStartAt(text, now, timeZone));

  it.each([
    ['2h', '2025-03-10T12:00:00.000Z'],
    ['1h30m', '2025-03-10T11:30:00.000Z'],
    ['1h 30m', '2025-03-10T11:30:00.000Z'],
    ['1.5h', '2025-03-10T11:30:00.000Z'],
    [' 2H ', '2025-03-10T12:00:00.000Z'],
    ['2 h', '2025-03-10T12:00:00.000Z'],
    ['45s', '2025-03-10T10:00:45.000Z'],
    ['0m', '2025-03-10T10:00:00.000Z'],
    ['1d', '2025-03-11T10:00:00.000Z'],
    ['36h', '2025-03-11T22:00:00.000Z'],
    ['', '2025-03-10T10:00:00.000Z'],
  ])('%j counts from now', (text, at) => {
    expect(start(text)).toBe(at);
  });

  it.each([
    ['1am', '2025-03-11T01:00:00.000Z'],
    ['1pm', '2025-03-10T13:00:00.000Z'],
    ['2:30pm', '2025-03-10T14:30:00.000Z'],
    ['2:30 PM', '2025-03-10T14:30:00.000Z'],
    ['10am', '2025-03-11T10:00:00.000Z'],
    ['10:00', '2025-03-11T10:00:00.000Z'],
    ['10:01', '2025-03-10T10:01:00.000Z'],
    ['09:05', '2025-03-11T09:05:00.000Z'],
    ['9:05', '2025-03-11T09:05:00.000Z'],
    ['0:00', '2025-03-11T00:00:00.000Z'],
    ['12am', '2025-03-11T00:00:00.000Z'],
    ['12pm', '2025-03-10T12:00:00.000Z'],
    ['12:30pm', '2025-03-10T12:30:00.000Z'],
    ['11:59pm', '2025-03-10T23:59:00.000Z'],
  ])('%j is today, or tomorrow when it is now or past', (text, at) => {
    expect(start(text)).toBe(at);
  });

  it.each([
    ['2025-03-11T02:00', '2025-03-11T01:00:00.000Z'],
    ['2025-03-11 02:00', '2025-03-11T01:00:00.000Z'],
    ['2025-03-11', '2025-03-10T23:00:00.000Z'],
    ['2025-03-11T02:00:30Z', '2025-03-11T02:00:30.000Z'],
    ['2025-03-11T02:00:30.123Z', '2025-03-11T02:00:30.000Z'],
    ['2025-03-11T02:00-05:30', '2025-03-11T07:30:00.000Z'],
    ['2025-03-11T02:00+0100', '2025-03-11T01:00:00.000Z'],
    ['2020-01-01T00:00Z', '2020-01-01T00:00:00.000Z'],
  ])('%j is that moment, of the zone when it has no offset', (text, at) => {
    expect(start(text, 'Europe/Berlin')).toBe(at);
  });

  it.each([
    ...[
      '13pm',
      '99am',
      '0am',
      '14:30pm',
      '25:00',
      '24:00',
      '12:60',
      '7:5',
      '90',
      '-1h',
      '.5h',
      '1 0m',
      '1h1h',
    ],
    ...[
      'noon',
      'tomorrow',
      '2025-02-30',
      '2025-03-11T25:00',
      '2025-03-11T02:00:61Z',
      '999999999d',
      '2 pm am',
    ],
  ])('%j is none', (text) => {
    expect(start(text)).toBeNull();
  });

  it('of the day is of the time zone', () => {
    expect(start('2am', 'America/New_York')).toBe('2025-03-11T06:00:00.000Z');
    expect(start('11am', 'Asia/Kathmandu')).toBe('2025-03-11T05:15:00.000Z');
  });

  it('that clocks put forward leave out is when they have been', () => {
    const before = Date.UTC(2026, 2, 29, 0, 0);
    expect(iso(parseStartAt('2:30', before, 'Europe/Berlin'))).toBe('2026-03-29T01:00:00.000Z');
    expect(iso(parseStartAt('2026-03-29T02:30', before, 'Europe/Berlin'))).toBe('2026-03-29T01:00:00.000Z');
  });

  it('that comes twice is the first, and after it the next day', () => {
    const before = Date.UTC(2026, 9, 24, 23, 0);
    expect(iso(parseStartAt('2:30', before, 'Europe/Berlin'))).toBe('2026-10-25T00:30:00.000Z');
    const between = Date.UTC(2026, 9, 25, 0, 45);
    expect(iso(parseStartAt('2:30', between, 'Europe/Berlin'))).toBe('2026-10-26T01:30:00.000Z');
  });

  it('of the day is always ahead, within a day and the longest change of clocks', () => {
    const clock = fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }));
    fc.assert(
      fc.property(anyMoment, anyZone, clock, (from, zone, [hour, minute]) => {
        const at = parseStartAt(`${String(hour)}:${String(minute).padStart(2, '0')}`, from, zone);
        expect(at).toBeGreaterThan(from);
        expect(at).toBeLessThanOrEqual(from + 50 * 3_600_000);
      }),
    );
  });
});

describe('a local time', () => {
  it('is found again as the moment, or as the first of two with the same', () => {
    fc.assert(
      fc.property(anyMoment, anyZone, (moment, zone) => {
        const found = momentOf(localTimeAt(moment, zone), zone);
        expect(localTimeAt(found, zone)).toEqual(localTimeAt(moment, zone));
        expect(found).toBeLessThanOrEqual(moment);
        expect(moment - found).toBeLessThanOrEqual(3 * 3_600_000);
      }),
    );
  });

  it('that never comes is the moment at which the clocks are changed', () => {
    expect(
      iso(momentOf({ year: 2026, month: 10, day: 4, hour: 2, minute: 15, second: 0 }, 'Australia/Lord_Howe')),
    ).toBe('2026-10-03T15:30:00.000Z');
    expect(
      iso(momentOf({ year: 2011, month: 12, day: 30, hour: 12, minute: 0, second: 0 }, 'Pacific/Apia')),
    ).toBe('2011-12-30T10:00:00.000Z');
  });
});

describe('a time zone', () => {
  it.each(['Europe/Berlin', 'UTC', 'America/Argentina/Buenos_Aires'])('can be %s', (text) => {
    expect(isTimeZone(text)).toBe(true);
  });
  it.each(['', 'Europe/Belrin', 'Mars/Olympus', '+02:00', 'Europe/Berlin '])('cannot be %j', (text) => {
    expect(isTimeZone(text)).toBe(false);
  });
});

describe('a cron text', () => {
  it.each(['0 2 * * *', '*/15 8-18 * * MON-FRI', '@daily', '30 0 2 * * *', '0 0 L * *', '0 9 * * 1#2'])(
    'can be %j',
    (cron) => {
      expect(checkCron(cron, 'Europe/Berlin')).toBeNull();
    },
  );
  it.each(['', 'foo', '61 * * * *', '* * *', '* * * * 8', '5/5 * * * *', '0 0 0 1 1 * 2020'])(
    'cannot be %j, and the sentence says why',
    (cron) => {
      expect(checkCron(cron, 'UTC')).toMatch(/cannot be read: .+\. Write minute/);
    },
  );
  it('must fit a time that comes', () => {
    expect(checkCron('0 0 30 2 *', 'UTC')).toMatch(/fits no time that ever comes/);
  });
});

describe('the next occurrence', () => {
  const berlin = (cron: string): ScheduleSpec => ({
    when: { kind: 'cron', cron },
    timeZone: 'Europe/Berlin',
    missed: 'run',
  });
  const following = (spec: ScheduleSpec, from: string, count: number): readonly (string | null)[] => {
    const found: (string | null)[] = [];
    let at: number | null = Date.parse(from);
    while (at !== null && found.length < count) {
      at = nextOccurrence(spec, at, 0);
      found.push(iso(at));
    }
    return found;
  };

  it('of a fixed time that clocks put forward leave out is when they have been, that day only', () => {
    expect(following(berlin('30 2 * * *'), '2026-03-28T12:00Z', 2)).toEqual([
      '2026-03-29T01:00:00.000Z',
      '2026-03-30T00:30:00.000Z',
    ]);
  });

  it('of several fixed times that are left out is one', () => {
    expect(following(berlin('15,45 2 * * *'), '2026-03-28T12:00Z', 2)).toEqual([
      '2026-03-29T01:00:00.000Z',
      '2026-03-30T00:15:00.000Z',
    ]);
  });

  it('of a fixed time that comes twice is the first of them alone', () => {
    expect(following(berlin('30 2 * * *'), '2026-10-24T12:00Z', 2)).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ]);
  });

  it('of what repeats all day comes at each time that the clocks show, also twice', () => {
    expect(following(berlin('*/30 * * * *'), '2026-10-24T23:45Z', 4)).toEqual([
      '2026-10-25T00:00:00.000Z',
      '2026-10-25T00:30:00.000Z',
      '2026-10-25T01:00:00.000Z',
      '2026-10-25T01:30:00.000Z',
    ]);
  });

  it('of a daily time comes once each local day, at that time unless the clocks leave it out', () => {
    fc.assert(
      fc.property(
        anyZone,
        fc.integer({ min: 2015, max: 2040 }),
        fc.integer({ min: 0, max: 23 }),
        fc.integer({ min: 0, max: 59 }),
        (zone, year, hour, minute) => {
          const spec: ScheduleSpec = {
            when: { kind: 'cron', cron: `${String(minute)} ${String(hour)} * * *` },
            timeZone: zone,
            missed: 'run',
          };
          let at = Date.UTC(year, 0, 1);
          let lastDay = '';
          for (let count = 0; count < 366; count++) {
            const next = nextOccurrence(spec, at, 0);
            if (next === null) throw new Error('it ended');
            const local = localTimeAt(next, zone);
            const day = [local.year, local.month, local.day].join('-');
            expect(day).not.toBe(lastDay);
            expect(next - at).toBeLessThanOrEqual(26 * 3_600_000);
            expect(next).toBe(momentOf({ ...local, hour, minute, second: 0 }, zone));
            [at, lastDay] = [next, day];
          }
        },
      ),
      { numRuns: 20 },
    );
  });

  it('of a duration counts from when it was added, wherever one looks from', () => {
    fc.assert(
      fc.property(
        anyMoment,
        fc.integer({ min: 1000, max: 90 * 86_400_000 }),
        fc.integer({ min: -1000, max: 1e12 }),
        (anchor, everyMs, later) => {
          const spec: ScheduleSpec = { when: { kind: 'every', everyMs }, timeZone: 'UTC', missed: 'run' };
          const next = nextOccurrence(spec, anchor + later, anchor);
          if (next === null) throw new Error('it ended');
          expect(next).toBeGreaterThan(anchor + later);
          expect(next).toBeGreaterThan(anchor);
          expect((next - anchor) % everyMs).toBe(0);
          expect(later < 0 || next - (anchor + later) <= everyMs).toBe(true);
        },
      ),
    );
  });

  it('of a single start is that, and then none', () => {
    const spec: ScheduleSpec = {
      when: { kind: 'once', at: '2026-05-01T00:00:00.000Z' },
      timeZone: 'UTC',
      missed: 'run',
    };
    expect(following(spec, '2026-01-01T00:00Z', 3)).toEqual(['2026-05-01T00:00:00.000Z', null]);
  });
});
