import { isTrouble } from './event-text.ts';
import { parentOf } from './outline.ts';
import { findEvent, type ReadEvents } from './scan.ts';

export type JumpKind = 'turn' | 'tool' | 'error';

/** What a letter must be for its event to be worth reading, per kind of jump. */
const letters: Readonly<Record<JumpKind, string>> = { turn: 'p', tool: 'c', error: 'fxtsvdF' };

const nextLetter = (index: string, wanted: string, from: number, step: 1 | -1): number | null => {
  for (let n = from; n >= 0 && n < index.length; n += step) if (wanted.includes(index[n] ?? ' ')) return n;
  return null;
};

export type Jump = {
  readonly kind: JumpKind;
  readonly step: 1 | -1;
  /** The event that is looked at now: the jump goes beyond it. */
  readonly from: number;
  /** One letter per event of the stream. */
  readonly index: string;
  readonly read: ReadEvents;
  readonly signal: AbortSignal;
  readonly onProgress: (looked: number) => void;
};

/**
 * The next event of a kind before or after another, or null. Turns are found in the index alone; tools (those of Claude
 * itself, not of its subagents) and errors by reading what is between.
 */
export const nextOf = async (jump: Jump): Promise<number | null> => {
  const { kind, step, from, index, read, signal, onProgress } = jump;
  const start = nextLetter(index, letters[kind], from + step, step);
  if (start === null || kind === 'turn') return start;
  return findEvent({
    read,
    from: start,
    to: step === 1 ? index.length : -1,
    signal,
    onProgress,
    fits: ({ body }) =>
      kind === 'error' ? isTrouble(body) : body.type === 'tool.called' && parentOf(body) === null,
  });
};
