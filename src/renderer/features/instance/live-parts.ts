const FENCE = /^ {0,3}(?:```|~~~)/;

/**
 * How much of a Markdown text that is still being written will not change its look any more: all up to its last empty
 * line outside of a code block. That much need not be read again with each letter that comes.
 */
export const settledLength = (text: string): number => {
  let settled = 0;
  let at = 0;
  let isCode = false;
  for (const line of text.split('\n')) {
    at += line.length + 1;
    if (FENCE.test(line)) isCode = !isCode;
    else if (!isCode && line.trim() === '' && at <= text.length) settled = at;
  }
  return settled;
};
