import type { ReadKind, Reads } from '../protocol.ts';

/** Every answer is JSON text, glued from the JSON that is stored: nothing is parsed on this side. */
export type Answers = { readonly [K in ReadKind]: (...args: Reads[K]['args']) => string };

/** A JSON array of JSON texts. */
export const listOf = (texts: readonly string[]): string => `[${texts.join(',')}]`;
