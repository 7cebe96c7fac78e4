import type { InboxAnswer } from '../../../shared/contract/inbox.ts';
import type { Ask } from '../../data/asks.ts';

/** What every kind of answer needs. */
export type AnsweringProps<A extends Ask = Ask> = {
  readonly ask: A;
  /** Who asks for what, for the names of buttons that are read aloud. */
  readonly name: string;
  readonly pending: boolean;
  readonly onAnswer: (answer: InboxAnswer) => void;
};
