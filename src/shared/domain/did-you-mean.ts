import { distance } from 'fastest-levenshtein';

/** `max_budget_usd`, `max-budget-usd` and `maxBudgetUSD` are one word. */
function fold(word: string): string {
  return word.toLowerCase().replaceAll(/[\s_-]/g, '');
}

/** Changed letters between two words; letters in another order count as one change, as typed in haste. */
function changesBetween(word: string, other: string): number {
  const changes = distance(word, other);
  return changes > 1 && Array.from(word).toSorted().join('') === Array.from(other).toSorted().join('')
    ? 1
    : changes;
}

/**
 * Takes a word that was not known and the words that are, and gives the one probably meant, or `undefined`
 * when none is near: one changed letter for every three, case and separators not counted.
 */
export function didYouMean(word: string, known: Iterable<string>): string | undefined {
  const wanted = fold(word);
  let best: string | undefined;
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of known) {
    const changes = changesBetween(wanted, fold(candidate));
    if (changes < least && changes < candidate.length) {
      best = candidate;
      least = changes;
    }
  }
  return best;
}
