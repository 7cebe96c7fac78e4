import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  eventAt,
  PAGE_SIZE,
  PAGES_KEPT,
  sizeOfPage,
  withAppended,
  withinLimit,
  type EventPages,
} from '../../../../src/renderer/data/event-pages.ts';
import { fakeInstance } from '../../../support/fake-data.ts';
import { bodyOf, fakeEvent } from '../../../support/fake-stream.ts';

const instance = fakeInstance({ number: 1, name: 'one', state: 'running' }, 0);
const events = (from: number, count: number) =>
  Array.from({ length: count }, (_, at) => fakeEvent(instance, from + at, bodyOf(from + at), 0));

describe('pages of events', () => {
  it('hold every event at its number, however the batches were cut', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 450 }), { maxLength: 12 }), (sizes) => {
        let pages: EventPages = new Map();
        let count = 0;
        for (const size of sizes) {
          pages = withAppended(pages, count, events(count, size));
          count += size;
        }
        for (let n = 0; n < count; n += 1) expect(eventAt(pages, n)?.n).toBe(n);
        expect(eventAt(pages, count)).toBeUndefined();
      }),
    );
  });

  it('do not change when something is added elsewhere', () => {
    const first: EventPages = withAppended(new Map(), 0, events(0, PAGE_SIZE + 10));
    const second = withAppended(first, PAGE_SIZE + 10, events(PAGE_SIZE + 10, 5));
    expect(second.get(0)).toBe(first.get(0));
    expect(second.get(1)).not.toBe(first.get(1));
  });

  it('leave out events whose page is not loaded up to them', () => {
    const pages = withAppended(new Map(), PAGE_SIZE + 10, events(PAGE_SIZE + 10, 5));
    expect(eventAt(pages, PAGE_SIZE + 12)).toBeUndefined();
  });

  it('are let go from far away first, never those in view or the last', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 400 }), { minLength: 50, maxLength: 120 }),
        fc.nat(400),
        (kept, at) => {
          const pages: EventPages = new Map([...kept, at, 400].map((page) => [page, []]));
          const left = withinLimit(pages, [at, at], 400);
          expect(left.size).toBe(PAGES_KEPT);
          expect(left.has(at)).toBe(true);
          expect(left.has(400)).toBe(true);
        },
      ),
    );
  });

  it('know how full each of them must be', () => {
    expect([0, 1, 2].map((page) => sizeOfPage(page, PAGE_SIZE + 1))).toEqual([PAGE_SIZE, 1, 0]);
  });
});
