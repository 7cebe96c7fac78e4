export const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A text as a sentence: it begins with a capital and ends with a sign. */
export const sentence = (text: string): string => `${upperFirst(text.trim()).replace(/[.!?:]$/, '')}.`;
