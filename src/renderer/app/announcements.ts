import { createStore } from 'zustand/vanilla';
import { isAsking } from '../../shared/domain/inbox.ts';
import type { InstanceView } from '../../shared/domain/instance.ts';

/** What the live region says; the number makes the same words new. */
export const announcements = createStore<{ readonly text: string; readonly number: number }>(() => ({
  text: '',
  number: 0,
}));

/** Says something to whoever listens instead of looks. */
export const announce = (text: string): void => {
  announcements.setState(({ number }) => ({ text, number: number + 1 }));
};

/** The words for a change worth hearing: needs input, finished, failed. Null for all others. */
export const wordsForChange = (now: InstanceView, before: InstanceView | null): string | null => {
  if (isAsking(now) && (before === null || !isAsking(before))) return `${now.name} needs input.`;
  if (before === null || before.state === now.state) return null;
  if (now.state === 'failed') return `${now.name} failed. ${now.failure?.message ?? now.reason ?? ''}`.trim();
  if (now.state === 'succeeded') return `${now.name} finished.`;
  return null;
};
