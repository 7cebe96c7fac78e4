import { Fragment } from 'react';

const markClass = 'rounded-[2px] bg-[var(--mark)] text-inherit';

/** UTF-16 indexes into a text; the second is not included. */
type Mark = readonly [from: number, to: number];

/** Text with these places of it marked; they are in order and do not overlap. */
export const MarkedPlaces = ({ text, marks }: { readonly text: string; readonly marks: readonly Mark[] }) => (
  <>
    {marks.map(([from, to], index) => (
      <Fragment key={from}>
        {text.slice(marks[index - 1]?.[1] ?? 0, from)}
        <mark className={markClass}>{text.slice(from, to)}</mark>
      </Fragment>
    ))}
    {text.slice(marks.at(-1)?.[1] ?? 0)}
  </>
);

/** Where words stand in a text, in order and without overlap; upper and lower case are one. */
export const placesOf = (text: string, words: readonly string[]): readonly Mark[] => {
  const inText = text.toLowerCase();
  // Where lower case has another length, places would be off.
  if (inText.length !== text.length) return [];
  const found = words.flatMap((word): Mark[] => {
    const at = word === '' ? -1 : inText.indexOf(word.toLowerCase());
    return at === -1 ? [] : [[at, at + word.length]];
  });
  const sorted = found.toSorted(([a, b], [c, d]) => a - c || d - b);
  return sorted.filter(([from], index) => sorted.slice(0, index).every(([, to]) => to <= from));
};

/** Text with the first place of each of these words marked. */
export const Marked = ({ text, words }: { readonly text: string; readonly words: readonly string[] }) => (
  <MarkedPlaces text={text} marks={placesOf(text, words)} />
);
