/** How names are kept for search, and how searched text is folded: composed, without case. */
export const foldName = (name: string): string => name.normalize('NFC').toLowerCase();
