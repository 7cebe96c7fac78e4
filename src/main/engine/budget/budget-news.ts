import type { BudgetCrossing, BudgetHold, BudgetNews } from './budget-ledger.ts';
import { crossedText, levelNow, usedUpText, viewOf, type Account } from './budget-account.ts';

export const noNews: BudgetNews = { crossed: [], exceeded: [] };

const holdOf = (account: Account): BudgetHold | null => {
  const { onExceed } = account;
  if (onExceed === null || onExceed === 'warn') return null;
  const view = viewOf(account);
  return { account: view, onExceed, reason: usedUpText(view) };
};

/** Of all that hold work up the one that stops it, else the first. */
export const firmest = (accounts: readonly Account[]): BudgetHold | null => {
  const holds = accounts.flatMap((account) => holdOf(account) ?? []);
  return holds.find(({ onExceed }) => onExceed === 'stop') ?? holds[0] ?? null;
};

/** When the first of these that has an end ends (epoch milliseconds). */
export const endOf = (accounts: readonly Account[]): number | null => {
  const ends = accounts.flatMap(({ head }) => head.period?.before ?? []);
  return ends.length === 0 ? null : Math.min(...ends);
};

/** What the accounts have come to since it was last said. */
export const newsOf = (accounts: readonly Account[]): BudgetNews => {
  const crossed: BudgetCrossing[] = [];
  const exceeded: BudgetHold[] = [];
  for (const account of accounts) {
    const level = levelNow(account);
    if (level === null) continue;
    const { threshold } = level;
    if (threshold !== 0 && threshold > account.said) {
      account.said = threshold;
      const view = viewOf(account);
      crossed.push({ account: view, threshold, message: crossedText(view, threshold) });
    }
    const hold = level.exceeded && !account.isOver ? holdOf(account) : null;
    account.isOver = level.exceeded;
    if (hold !== null) exceeded.push(hold);
  }
  return crossed.length + exceeded.length === 0 ? noNews : { crossed, exceeded };
};
