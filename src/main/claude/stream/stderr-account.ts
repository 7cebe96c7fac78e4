import type { EventBody } from '../../../shared/domain/event.ts';
import { headOf, tailOf } from './cut.ts';
import type { SplitLine } from './line-splitter.ts';

/** What the CLI wrote to stderr: events up to a bound, and the end of it. */
export interface StderrAccount {
  /** The event of a line; null for an empty one, and for all beyond the bound. */
  push(line: SplitLine): EventBody | null;
  tail(): string;
}

const maxEvents = 1000;
const maxBytes = 256 * 1024;
const tailLength = 4000;

/** Counts from the first line on, so that the same bytes give the same events. The spool has all of it in any case. */
export const createStderrAccount = (): StderrAccount => {
  let events = 0;
  let bytes = 0;
  let tail = '';

  return {
    push(line) {
      const text = line.text.trimEnd();
      if (text === '') return null;
      tail = tailOf(`${tail}${text}\n`, tailLength);
      if (events > maxEvents) return null;
      events += 1;
      bytes += line.length;
      if (events <= maxEvents && bytes <= maxBytes) return { type: 'stderr', text };
      events = maxEvents + 1;
      return {
        type: 'stderr',
        text: `${headOf(text, 200)} … The rest is in the attempt's stderr file only.`,
      };
    },
    tail: () => tail,
  };
};
