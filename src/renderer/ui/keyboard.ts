/** True when the event is these keys (`Mod+Shift+J`, `?`). Mod is Command on a Mac, Control elsewhere. */
export const matchesKeys = (event: KeyboardEvent, keys: string, isMac: boolean): boolean => {
  const parts = keys.split('+');
  const key = parts.at(-1) ?? '';
  const mod = isMac ? event.metaKey : event.ctrlKey;
  const otherMod = isMac ? event.ctrlKey : event.metaKey;
  if (mod !== parts.includes('Mod') || otherMod || event.altKey !== parts.includes('Alt')) return false;
  const isLetter = /^[a-z]$/i.test(key);
  // The shift of `?` or `>` is part of the character.
  if ((isLetter || key.length > 1) && event.shiftKey !== parts.includes('Shift')) return false;
  return event.key.toLowerCase() === key.toLowerCase();
};

/** True where a letter would be typed into something. */
export const isTypingIn = (target: EventTarget | null): boolean => {
  if (!(target instanceof HTMLElement)) return false;
  const inner = target.shadowRoot?.activeElement ?? target;
  return (
    (inner instanceof HTMLElement && inner.isContentEditable) ||
    /^(INPUT|TEXTAREA|SELECT)$/.test(inner.tagName)
  );
};
