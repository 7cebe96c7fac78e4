const RANGES_MOST = 500;

const rangesIn = (root: HTMLElement, text: string): readonly Range[] => {
  const ranges: Range[] = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null && ranges.length < RANGES_MOST; node = walker.nextNode()) {
    const content = (node.nodeValue ?? '').toLowerCase();
    for (let at = content.indexOf(text); at !== -1; at = content.indexOf(text, at + text.length)) {
      // A letter that changes its length in lower case would shift the place; such a hit is left unmarked.
      if (at + text.length > (node.nodeValue ?? '').length) break;
      const range = new Range();
      range.setStart(node, at);
      range.setEnd(node, at + text.length);
      ranges.push(range);
    }
  }
  return ranges;
};

/** Marks words in what was jumped to, until something else is looked for. */
export const highlightIn = (root: HTMLElement, words: readonly string[]): void => {
  if (!('highlights' in CSS)) return;
  clearHighlight();
  CSS.highlights.set('find', new Highlight(...words.flatMap((word) => rangesIn(root, word.toLowerCase()))));
};

/** Marks a text wherever it is drawn, without touching what is drawn; gives the first place inside of `current`. */
export const highlight = (root: HTMLElement, query: string, current: HTMLElement | null): Range | null => {
  const text = query.trim().toLowerCase();
  if (!('highlights' in CSS) || text === '') {
    clearHighlight();
    return null;
  }
  const ranges = rangesIn(root, text);
  const inCurrent = ranges.filter(({ startContainer }) => current?.contains(startContainer) === true);
  CSS.highlights.set('find', new Highlight(...ranges));
  CSS.highlights.set('find-current', new Highlight(...inCurrent));
  return inCurrent[0] ?? null;
};

export const clearHighlight = (): void => {
  if (!('highlights' in CSS)) return;
  CSS.highlights.delete('find');
  CSS.highlights.delete('find-current');
};
