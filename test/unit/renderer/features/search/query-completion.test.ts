import { describe, expect, it } from 'vitest';
import { QUERY_FIELDS } from '../../../../../src/shared/domain/search/search-parse.ts';
import {
  completionAt,
  takeOption,
  type KnownValues,
} from '../../../../../src/renderer/features/search/query-completion.ts';
import { queryFilters } from '../../../../../src/renderer/features/search/query-filters.ts';
import { wordsOf } from '../../../../../src/renderer/features/search/query-words.ts';

const known: KnownValues = { 'label:': ['release', 'my label', 'Nightly'] };
/** What is offered at the `|` of a query. */
const offered = (text: string, asked = false) => {
  const caret = text.indexOf('|');
  const plain = text.replace('|', '');
  const completion = completionAt(plain, caret, { known, asked });
  return { plain, completion, texts: completion?.options.map((option) => option.text) ?? [] };
};
/** The query after the first offer is taken, with the caret. */
const taken = (text: string): string => {
  const { plain, completion } = offered(text);
  const [first] = completion?.options ?? [];
  if (completion === null || first === undefined) return 'nothing';
  const next = takeOption(plain, completion, first);
  return `${next.text.slice(0, next.caret)}|${next.text.slice(next.caret)}`;
};

describe('the completion of a query', () => {
  it('offers the filters that begin so', () => {
    expect(offered('st|').texts).toEqual(['state:']);
    expect(offered('retry -t|').texts).toEqual(['tool:', 'tokens>']);
    expect(offered('xyz|').texts).toEqual([]);
  });

  it('offers nothing where nothing was begun, but everything when asked', () => {
    expect(offered('retry |').completion).toBeNull();
    expect(offered('retry |', true).texts).toHaveLength(queryFilters.length);
  });

  it('offers the values of a filter, those that begin so first', () => {
    expect(offered('state:|').texts).toEqual([
      'state:running',
      'state:succeeded',
      'state:failed',
      'state:stopped',
    ]);
    expect(offered('STATE:s|').texts).toEqual(['state:succeeded', 'state:stopped']);
    expect(offered('label:n|').texts).toEqual(['label:Nightly']);
  });

  it('offers nothing for what is whole already', () => {
    expect(offered('state:failed|').completion).toBeNull();
  });

  it('offers nothing inside of a phrase', () => {
    expect(offered('"the st|ate"').completion).toBeNull();
  });

  it('takes an option in the place of what was begun, and goes on after it', () => {
    expect(taken('st|')).toBe('state:|');
    expect(taken('retry -lab| more')).toBe('retry -label:| more');
    expect(taken('state:f|')).toBe('state:failed |');
    expect(taken('state:f|ail more')).toBe('state:failed |more');
  });

  it('puts values with blanks between quotation marks, also when one was opened', () => {
    expect(taken('label:my|')).toBe('label:"my label" |');
    expect(taken('label:"my l|')).toBe('label:"my label" |');
  });

  it('knows every filter of the language', () => {
    const names = queryFilters.map(({ start }) => start.slice(0, -1));
    expect(names.toSorted()).toEqual([...QUERY_FIELDS].toSorted());
  });
});

describe('the words of a query that are marked in names', () => {
  it('are those that are looked for, without filters and what is excluded', () => {
    expect(wordsOf('night "two words" -draft state:failed name:weekly migrat*')).toEqual([
      'night',
      'two words',
      'weekly',
      'migrat',
    ]);
    expect(wordsOf('  ')).toEqual([]);
  });
});
