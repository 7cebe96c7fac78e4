import { createStore } from 'zustand/vanilla';

/** Something that was done, or went wrong, in a word; it goes by itself. */
export type Notice = {
  readonly id: number;
  readonly text: string;
  readonly tone: 'done' | 'bad';
  /** Takes it back. */
  readonly undo: (() => void) | null;
};

/** How long a notice stays, unless somebody points at it (milliseconds). */
export const NOTICE_MS = 10_000;

/** The notices that are shown, the newest last. */
export const notices = createStore<{ readonly shown: readonly Notice[]; readonly last: number }>(() => ({
  shown: [],
  last: 0,
}));

const MOST = 3;

/** Shows a notice. */
export const notify = (notice: Pick<Notice, 'text'> & Partial<Pick<Notice, 'tone' | 'undo'>>): void => {
  const { text, tone = 'done', undo = null } = notice;
  notices.setState(({ shown, last }) => ({
    last: last + 1,
    shown: [...shown, { id: last + 1, text, tone, undo }].slice(-MOST),
  }));
};

export const dismissNotice = (id: number): void => {
  notices.setState(({ shown }) => ({ shown: shown.filter((one) => one.id !== id) }));
};

/** Takes back what was done last and can be; false when nothing can. */
export const undoLast = (): boolean => {
  const notice = notices.getState().shown.findLast(({ undo }) => undo !== null);
  if (notice === undefined) return false;
  dismissNotice(notice.id);
  notice.undo?.();
  return true;
};
