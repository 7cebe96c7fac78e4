import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseQuery, QUERY_FIELDS } from '../../../../../src/shared/domain/search/search-parse.ts';
import {
  COMPARISONS,
  FIGURE_FIELDS,
  MARK_WORDS,
  printQuery,
  TEXT_FIELDS,
  type SearchQuery,
  type SearchTerm,
} from '../../../../../src/shared/domain/search/search-query.ts';

// A Wednesday, half past two in the afternoon in Berlin, where the clocks go forward on the 29th.
const place = { now: Date.UTC(2026, 2, 25, 13, 30), timeZone: 'Europe/Berlin' };
const read = (text: string): SearchQuery => parseQuery(text, place).query;
const problemsOf = (text: string): readonly string[] =>
  parseQuery(text, place).problems.map(({ from, to, message }) => `${text.slice(from, to)}: ${message}`);

const text = (value: string, more: { not?: boolean; prefix?: boolean } = {}): SearchTerm => ({
  kind: 'text',
  not: false,
  text: value,
  prefix: false,
  ...more,
});

describe('a query', () => {
  it('of words, phrases and beginnings looks for all of them', () => {
    expect(read('fix  "the build" netr*').clauses).toEqual([
      [text('fix')],
      [text('the build')],
      [text('netr', { prefix: true })],
    ]);
  });

  it('leaves out what has a minus or NOT before it', () => {
    const clauses = [[text('a')], [text('b c', { not: true })]];
    expect(read('a -"b c"').clauses).toEqual(clauses);
    expect(read('a AND NOT "b c"').clauses).toEqual(clauses);
    expect(read('- a-b').clauses).toEqual([[text('-')], [text('a-b')]]);
  });

  it('takes any of what stands around OR', () => {
    expect(read('a b OR c OR "d e" f').clauses).toEqual([
      [text('a')],
      [text('b'), text('c'), text('d e')],
      [text('f')],
    ]);
    expect(read('state:failed OR is:pinned').clauses).toHaveLength(1);
  });

  it.each([
    ['state:FAILED', { kind: 'state', not: false, state: 'failed' }],
    ['-origin:claude', { kind: 'origin', not: true, origin: 'claude' }],
    ['is:deleted', { kind: 'is', not: false, mark: 'deleted' }],
    ['model:opus*', { kind: 'field', not: false, field: 'model', text: 'opus', prefix: true }],
    [
      'plan:"night \\"ly\\""',
      { kind: 'field', not: false, field: 'plan', text: 'night "ly"', prefix: false },
    ],
    ['workspace:C:\\src', { kind: 'field', not: false, field: 'workspace', text: 'C:\\src', prefix: false }],
    ['cost>1.50', { kind: 'figure', not: false, field: 'cost', comparison: '>', value: 1_500_000 }],
    ['cost<=$2', { kind: 'figure', not: false, field: 'cost', comparison: '<=', value: 2_000_000 }],
    ['tokens>=1.5m', { kind: 'figure', not: false, field: 'tokens', comparison: '>=', value: 1_500_000 }],
    ['duration<1h30m', { kind: 'figure', not: false, field: 'duration', comparison: '<', value: 5_400_000 }],
    ['instances>5', { kind: 'figure', not: false, field: 'instances', comparison: '>', value: 5 }],
  ])('has the filter %s', (written, term) => {
    expect(parseQuery(written, place)).toEqual({
      query: { clauses: [[term]], after: null, before: null },
      problems: [],
    });
  });

  it.each([
    ['2026', '2025-12-31T23:00:00.000Z'],
    ['2026-04', '2026-03-31T22:00:00.000Z'],
    ['2026-03-01', '2026-02-28T23:00:00.000Z'],
    ['2026-03-01T14:30', '2026-03-01T13:30:00.000Z'],
    ['2026-03-01T14:30:05.25Z', '2026-03-01T14:30:05.250Z'],
    ['2026-03-01T14:30+05:30', '2026-03-01T09:00:00.000Z'],
    ['"2026-03-01 14:30"', '2026-03-01T13:30:00.000Z'],
    ['7d', '2026-03-18T13:30:00.000Z'],
    ['2w', '2026-03-11T13:30:00.000Z'],
    ['90m', '2026-03-25T12:00:00.000Z'],
    ['now', '2026-03-25T13:30:00.000Z'],
    ['today', '2026-03-24T23:00:00.000Z'],
    ['Yesterday', '2026-03-23T23:00:00.000Z'],
  ])('knows the moment %s in the time zone of who wrote it', (written, moment) => {
    const at = Date.parse(moment);
    expect(read(`after:${written}`)).toEqual({ clauses: [], after: at, before: null });
    expect(read(`before:${written}`)).toEqual({ clauses: [], after: null, before: at });
    expect(read(`-before:${written}`)).toEqual({ clauses: [], after: at, before: null });
  });

  it('takes the narrowest of several times', () => {
    expect(read('after:2026 after:2025 before:2027 before:2028')).toEqual(read('after:2026 before:2027'));
  });

  it.each([
    ['state:done', /one of running, succeeded, failed, stopped/],
    ['state:faild', /Did you mean "failed"\?/],
    ['stat:failed', /Did you mean "state"\?/],
    ['before:soon', /"soon" is no time/],
    ['after:2026-02-30', /is no time/],
    ['cost:3', /compared by > or < with dollars/],
    ['duration>long', /a duration, as in duration>10m/],
    ['state>failed', /takes a colon/],
    ['label:', /Say something after label:/],
    ['"open', /not closed/],
    ['OR', /stands between two things/],
    ['a OR', /missing after OR/],
    ['a OR state:failed', /not between the two/],
    ['a OR after:2026', /cannot stand beside OR/],
    ['""', /nothing between/],
  ])('of %s has a problem that says what is right', (written, message) => {
    const problems = problemsOf(written);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(message);
  });

  it.each([
    ['modle:opus', 'model:opus'],
    ['x -stat:failed', '-state:failed'],
    ['NOT modle:"a b"*', 'model:"a b"*'],
    ['state:faild y', 'state:failed'],
    ['-origin:clade', '-origin:claude'],
    ['cost:3', undefined],
  ])('of %s has what was probably meant: %s', (written, instead) => {
    expect(parseQuery(written, place).problems.map((problem) => problem.instead)).toEqual([instead]);
  });

  it.each([
    'https://example.org/a?b=1',
    'std::vector',
    '12:30',
    'x>5',
    'C:\\src',
    "o'clock",
    '-',
    '*',
    '(a)',
  ])('takes %s for text, without a word about it', (written) => {
    expect(parseQuery(written, place)).toEqual({
      query: { clauses: [[text(written)]], after: null, before: null },
      problems: [],
    });
  });
});

const anyWord = fc.oneof(
  fc.string({ minLength: 1 }),
  fc.string({ unit: 'binary', minLength: 1 }),
  fc.constantFrom('OR', 'AND', 'NOT', '-a', 'a*', '"', '\\', 'state:failed', 'é', '日本', '👩‍👩‍👧'),
);
const meaningful = anyWord.filter((word) => word.trim() !== '');
const words = { text: meaningful, prefix: fc.boolean() };
const value = fc.oneof(fc.nat(), fc.nat({ max: 1e15 }));
const eventTerm = fc.oneof(
  fc.record({ kind: fc.constant('text' as const), not: fc.boolean(), ...words }),
  fc.record({
    kind: fc.constant('field' as const),
    not: fc.boolean(),
    field: fc.constant('tool' as const),
    ...words,
  }),
);
const sessionTerm = fc.oneof(
  fc.record({
    kind: fc.constant('field' as const),
    not: fc.boolean(),
    field: fc.constantFrom(...TEXT_FIELDS.filter((field) => field !== 'tool')),
    ...words,
  }),
  fc.record({ kind: fc.constant('is' as const), not: fc.boolean(), mark: fc.constantFrom(...MARK_WORDS) }),
  fc.record({
    kind: fc.constant('figure' as const),
    not: fc.boolean(),
    field: fc.constantFrom(...FIGURE_FIELDS),
    comparison: fc.constantFrom(...COMPARISONS),
    value,
  }),
);
const clause = fc.oneof(
  fc.array(eventTerm, { minLength: 1, maxLength: 3 }),
  fc.array(sessionTerm, { minLength: 1, maxLength: 3 }),
);
const moment = fc.option(fc.integer({ min: 0, max: Date.UTC(9999, 0, 1) }));
const anyQuery: fc.Arbitrary<SearchQuery> = fc.record({
  clauses: fc.array(clause, { maxLength: 4 }),
  after: moment,
  before: moment,
});

describe('any text', () => {
  const noise = fc
    .array(fc.oneof(anyWord, fc.constantFrom(' ', ':', '>', '"', '-', 'OR ', ...QUERY_FIELDS)), {
      maxLength: 12,
    })
    .map((parts) => parts.join(''));

  it('is understood somehow, with problems that lie in it', () => {
    const run = (written: string): void => {
      for (const { from, to, message } of parseQuery(written, place).problems) {
        expect(from).toBeGreaterThanOrEqual(0);
        expect(to).toBeGreaterThan(from);
        expect(to).toBeLessThanOrEqual(written.length);
        expect(message).not.toBe('');
      }
    };
    fc.assert(fc.property(noise, run), { numRuns: 2000 });
  });

  it('is understood the same when it is printed', () => {
    const run = (written: string): void => {
      const query = read(written);
      expect(parseQuery(printQuery(query), place)).toEqual({ query, problems: [] });
    };
    fc.assert(fc.property(noise, run), { numRuns: 2000 });
  });

  it('of a query is understood as that query', () => {
    const run = (query: SearchQuery): void => {
      expect(parseQuery(printQuery(query), place)).toEqual({ query, problems: [] });
    };
    fc.assert(fc.property(anyQuery, run), { numRuns: 2000 });
  });
});
