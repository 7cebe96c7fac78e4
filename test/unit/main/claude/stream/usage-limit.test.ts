import { describe, expect, it } from 'vitest';
import { resetInText, saysUsageLimit } from '../../../../../src/main/claude/stream/usage-limit.ts';
import { instantOf } from '../../../../../src/shared/domain/ids.ts';

const at = instantOf(Date.UTC(2026, 10, 23, 7, 46));

describe('a usage limit in words', () => {
  it.each([
    ['Claude AI usage limit reached|1795423601', '2026-11-23T08:46:41.000Z'],
    ['Claude AI usage limit reached|1795423601000', '2026-11-23T08:46:41.000Z'],
    ["You've hit your limit · resets 8:46am (UTC)", '2026-11-23T08:46:00.000Z'],
    ["You've hit your limit · resets 3pm (Europe/Berlin)", '2026-11-23T14:00:00.000Z'],
    ['5-hour limit reached ∙ resets 3am (UTC)', '2026-11-24T03:00:00.000Z'],
    ["You've hit your weekly limit · resets Nov 25, 9am (UTC)", '2026-11-25T09:00:00.000Z'],
    ['Weekly limit reached · resets Jan 2 at 12am (UTC)', '2027-01-02T00:00:00.000Z'],
    ['limit reached, resets 7:46am (UTC)', '2026-11-23T07:46:00.000Z'],
  ])('%s', (text, expected) => {
    expect(resetInText(text, at)).toBe(expected);
  });

  it.each([
    'This request would exceed your rate limit. Please try again later.',
    'resets 3pm (Nowhere/At All)',
    'resets 27:00 (UTC)',
    'limit reached|12',
    '',
  ])('says no time: %s', (text) => {
    expect(resetInText(text, at)).toBeNull();
  });

  it('is told from a rate limit', () => {
    expect(saysUsageLimit("You've hit your limit · resets 3pm")).toBe(true);
    expect(saysUsageLimit("You've hit your weekly limit")).toBe(true);
    expect(saysUsageLimit('Claude AI usage limit reached|1795423601')).toBe(true);
    expect(
      saysUsageLimit('API Error: Request rejected (429) · This request would exceed your rate limit.'),
    ).toBe(false);
  });
});
