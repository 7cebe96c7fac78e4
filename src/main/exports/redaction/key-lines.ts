import type { Tally } from './redactor.ts';

/** Told the lines of a text one after the other, says of each whether it is a part of a private key. */
export type KeyFilter = (line: string) => boolean;

/** A key that never ends is none any more after so many lines. */
const mostLines = 200;

export const createKeyFilter = (tally: Tally): KeyFilter => {
  let left = 0;
  return (line) => {
    if (/-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY/.test(line)) {
      left = /-----END [A-Z0-9 ]{0,30}PRIVATE KEY/.test(line) ? 0 : mostLines;
      tally.set('private key', (tally.get('private key') ?? 0) + 1);
      return true;
    }
    if (left === 0) return false;
    left = /-----END [A-Z0-9 ]{0,30}PRIVATE KEY/.test(line) ? 0 : left - 1;
    return true;
  };
};
