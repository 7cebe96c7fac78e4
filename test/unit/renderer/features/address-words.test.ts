import { describe, expect, it } from 'vitest';
import { sessionPlace, sessionWords } from '../../../../src/renderer/features/sessions/session-place.ts';
import { usagePlace, usageWords } from '../../../../src/renderer/features/usage-report/usage-place.ts';

const read = <T>(words: { readonly read: (words: URLSearchParams) => T }, text: string): T =>
  words.read(new URLSearchParams(text));

describe('the address of the sessions', () => {
  it('has nothing of what is as at first', () => {
    expect(sessionWords.write(sessionPlace.getState())).toEqual({});
  });

  it.each([
    'q=state%3Afailed+%22a+b%22',
    'state=failed.stopped',
    'sort=cost-asc',
    'q=nightly&state=running&sort=name-desc',
  ])('says what is looked for: %s', (text) => {
    const place = { ...sessionPlace.getState(), ...read(sessionWords, text) };
    expect(new URLSearchParams(sessionWords.write(place)).toString()).toBe(text);
  });

  it('takes what it does not know for what is at first', () => {
    expect(read(sessionWords, 'state=odd.failed.failed&sort=luck-up&x=1')).toEqual({
      search: '',
      states: ['failed'],
      sort: { by: 'started', direction: 'desc' },
    });
  });
});

describe('the address of the usage report', () => {
  it('has nothing of what is as at first', () => {
    expect(usageWords.write(usagePlace.getState())).toEqual({});
  });

  it.each([
    'by=week.plan&span=custom&from=2026-11-01&to=2026-11-07&measure=tokens',
    'by=tool',
    'span=all&q=label%3Arelease',
  ])('says what is reported: %s', (text) => {
    const place = { ...usagePlace.getState(), ...read(usageWords, text) };
    expect(new URLSearchParams(usageWords.write(place)).toString()).toBe(text);
  });

  it('takes what cannot stand together, or is unknown, for what can', () => {
    expect(read(usageWords, 'by=day.week.odd.day&span=ever&measure=love')).toMatchObject({
      by: ['week'],
      span: { id: 'month' },
      measure: 'cost',
    });
  });
});
