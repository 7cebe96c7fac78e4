import type { KeyboardEvent } from 'react';

const steps: Readonly<Record<string, number>> = {
  j: 1,
  ArrowDown: 1,
  k: -1,
  ArrowUp: -1,
  ArrowRight: 1,
  ArrowLeft: -1,
};

const isTyping = (target: EventTarget): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** The place that a key leads to from place `at` of `count`; null when the key means nothing here. */
const placeAfter = (key: string, at: number, count: number): number | null => {
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  const step = steps[key];
  if (step === undefined) return null;
  const next = at + step;
  return next < 0 || next >= count ? null : next;
};

/**
 * A `keydown` handler for a list: J, K and the arrows move the focus among the elements marked `data-row` inside, Home
 * and End go to its ends. Left and right move as well only with `sideways` (tiles).
 */
export const moveInList = (event: KeyboardEvent<HTMLElement>, sideways = false): void => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (!sideways && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) return;
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-row]')];
  const next = placeAfter(
    event.key,
    rows.findIndex((row) => row === document.activeElement),
    rows.length,
  );
  if (next === null) return;
  event.preventDefault();
  rows[next]?.focus();
};
