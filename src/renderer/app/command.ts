import type { Engine } from '../data/engine.tsx';

/** Something that can be done from anywhere. */
export type Command = {
  /** Also the id that the desktop's application menu sends. */
  readonly id: string;
  readonly title: string;
  readonly group: 'Go to' | 'Run' | 'Control' | 'View';
  /** Several ways to the same command: browsers keep some keys to themselves. */
  readonly keys: readonly string[];
  readonly run: (engine: Engine) => void;
};
