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

/**
 * A `keydown` handler for a list: J, K and the arrows move the focus among the elements marked `data-row` inside, Home
 * and End go to its ends. Left and right move as well only with `sideways` (tiles).
 */
export const moveInList = (event: KeyboardEvent<HTMLElement>, sideways = false): void => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-row]')];
  const at = rows.findIndex((row) => row === document.activeElement);
  const step = steps[event.key];
  const next =
    event.key === 'Home' ? 0 : event.key === 'End' ? rows.length - 1 : step === undefined ? -1 : at + step;
  if (next < 0 || next >= rows.length) return;
  if (!sideways && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) return;
  event.preventDefault();
  rows[next]?.focus();
};
