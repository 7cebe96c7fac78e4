import { describe, expect, it } from 'vitest';
import { nextSort } from '../../../../../src/renderer/features/sessions/session-columns.ts';
import {
  extended,
  nothingSelected,
  refreshed,
  toggled,
  without,
} from '../../../../../src/renderer/features/sessions/selection.ts';
import { labelChoices } from '../../../../../src/renderer/features/library/label-choices.ts';
import { placesOf } from '../../../../../src/renderer/ui/marked.tsx';
import { fakeOrchestration } from '../../../../support/fake-data.ts';

const sessions = [1, 2, 3, 4].map((number) =>
  fakeOrchestration({ number, name: `s${String(number)}`, state: 'succeeded', instances: [] }, 0),
);
const [first, second, third, fourth] = sessions;
if (first === undefined || second === undefined || third === undefined || fourth === undefined)
  throw new Error('four sessions');
const namesOf = (selection: ReadonlyMap<unknown, { readonly name: string }>): readonly string[] =>
  [...selection.values()].map(({ name }) => name);

describe('the sort by a head', () => {
  it('turns round when it is chosen again', () => {
    expect(nextSort({ by: 'cost', direction: 'desc' }, 'cost')).toEqual({ by: 'cost', direction: 'asc' });
    expect(nextSort({ by: 'cost', direction: 'asc' }, 'cost')).toEqual({ by: 'cost', direction: 'desc' });
  });

  it('begins with names from A and with figures from the largest', () => {
    expect(nextSort({ by: 'cost', direction: 'asc' }, 'name')).toEqual({ by: 'name', direction: 'asc' });
    expect(nextSort({ by: 'name', direction: 'asc' }, 'tokens')).toEqual({
      by: 'tokens',
      direction: 'desc',
    });
  });
});

describe('the selection', () => {
  it('keeps the order in which sessions were ticked', () => {
    const selection = toggled(toggled(nothingSelected, third), first);
    expect(namesOf(selection)).toEqual(['s3', 's1']);
    expect(namesOf(toggled(selection, third))).toEqual(['s1']);
  });

  it('goes from one to another, both ways', () => {
    expect(namesOf(extended(nothingSelected, sessions, [second.id, fourth.id]))).toEqual(['s2', 's3', 's4']);
    expect(namesOf(extended(nothingSelected, sessions, [third.id, first.id]))).toEqual(['s1', 's2', 's3']);
  });

  it('is only the one when the other is no longer in the list', () => {
    expect(namesOf(extended(nothingSelected, [second, third], [first.id, third.id]))).toEqual(['s3']);
  });

  it('shows sessions as they are now, without those that are deleted', () => {
    const selection = toggled(toggled(nothingSelected, first), second);
    expect(namesOf(refreshed(selection, [{ ...second, name: 'renamed' }]))).toEqual(['s1', 'renamed']);
    expect(namesOf(without(selection, [first.id]))).toEqual(['s2']);
  });
});

describe('labels to choose from', () => {
  const known = [
    { label: 'release', count: 9 },
    { label: 'Nightly', count: 4 },
  ];

  it('are those of the sessions first, whatever their case', () => {
    const two = [{ labels: ['nightly'] }, { labels: ['nightly', 'new'] }];
    expect(labelChoices(known, two, '')).toEqual([
      { label: 'nightly', on: 2, count: 4 },
      { label: 'new', on: 1, count: 0 },
      { label: 'release', on: 0, count: 9 },
    ]);
  });

  it('are only those with what is typed in them', () => {
    expect(labelChoices(known, [], 'LEA').map(({ label }) => label)).toEqual(['release']);
  });
});

describe('words marked in a text', () => {
  it('are found without regard to case, in order and without overlap', () => {
    expect(placesOf('Nightly night', ['NIGHT', 'ly n', 'absent'])).toEqual([
      [0, 5],
      [5, 9],
    ]);
    expect(placesOf('İstanbul', ['bul'])).toEqual([]);
  });
});
