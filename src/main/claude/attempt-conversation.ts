import { randomUUID } from 'node:crypto';
import type { Clock } from '../engine/ports.ts';
import { userLine } from './attempt-input.ts';
import type { TurnStanding } from './stream/turn-account.ts';

/** What an attempt is told while it runs, in order, and when its input ends. */
export interface AttemptConversation {
  /** Gives it its work: each text is a turn of its own, told when the one before is over. */
  begin(texts: readonly string[]): boolean;
  /** A further message; it joins the turn in hand, or becomes one of its own. */
  say(text: string): boolean;
  /** No more will be said: its input ends once all is answered. */
  finish(): void;
  /** Nothing is said any more, also what was to be said. */
  breakOff(): void;
  /** True when all was said that it was to be told at the beginning. */
  saidAll(): boolean;
  /** Something was read of it. */
  heard(standing: TurnStanding): void;
  /** It has ended, or is let go of: its input stays as it is. */
  letGo(): void;
}

type Pipe = { write(text: string): boolean; endInput(): void };

/** A turn that is silent for so long is no longer waited for with its input open: it would only lose its questions. */
const patienceMs = 10_000;

/** Where nothing is said of messages, the end of a turn is that of all. */
const leftOf = (ids: readonly string[], { settled }: TurnStanding, turnEnded: boolean): readonly string[] => {
  if (settled !== null) return ids.filter((id) => !settled.has(id));
  return turnEnded ? [] : ids;
};

/**
 * Talks with a process over its stdin. Its input stays open while a turn or a background task is in hand, for whatever
 * they may use needs somebody who can be asked; nothing that was written is lost when it ends (measured, 2.1.330).
 */
export const createConversation = (pipe: Pipe, clock: Clock): AttemptConversation => {
  let unsaid: readonly string[] = [];
  let unsettled: readonly string[] = [];
  let standing: TurnStanding = { isBusy: false, backgroundTasks: 0, answered: 0, settled: null };
  let leftUnsaid = false;
  let isFinishing = false;
  let isClosed = false;
  let cancelPatience: (() => void) | null = null;

  const write = (text: string): boolean => {
    const id = randomUUID();
    if (isClosed || !pipe.write(userLine(text, id))) return false;
    unsettled = [...unsettled, id];
    return true;
  };

  const stopWaiting = (): void => {
    cancelPatience?.();
    cancelPatience = null;
  };

  const close = (): void => {
    isClosed = true;
    stopWaiting();
    pipe.endInput();
  };

  const proceed = (): void => {
    if (isClosed || unsettled.length > 0 || standing.backgroundTasks > 0) return;
    const [next, ...rest] = unsaid;
    if (next !== undefined && !standing.isBusy) {
      unsaid = rest;
      write(next);
    } else if (next === undefined && isFinishing) {
      if (standing.isBusy) cancelPatience ??= clock.after(patienceMs, close);
      else close();
    }
  };

  return {
    begin(texts) {
      const [first, ...rest] = texts;
      unsaid = rest;
      return first !== undefined && write(first);
    },
    say: write,
    finish() {
      isFinishing = true;
      proceed();
    },
    saidAll: () => unsaid.length === 0 && !leftUnsaid,
    breakOff() {
      leftUnsaid ||= unsaid.length > 0;
      unsaid = [];
      isFinishing = true;
    },
    heard(now) {
      stopWaiting();
      unsettled = leftOf(unsettled, now, now.answered > standing.answered);
      standing = now;
      proceed();
    },
    letGo: stopWaiting,
  };
};
