import { expect } from 'vitest';

/** Stands for any text with this in it; Vitest's own has the type `any`. */
export const containing = (text: string): unknown => expect.stringContaining(text);

/** Stands for any text that this matches. */
export const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);
