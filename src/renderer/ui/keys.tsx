import { cx } from './class-names.ts';

const isMac = /mac|iphone|ipad/i.test(navigator.userAgent);

const names: Readonly<Record<string, string>> = isMac
  ? {
      Mod: '⌘',
      Shift: '⇧',
      Alt: '⌥',
      Enter: '↵',
      Escape: 'Esc',
      ArrowUp: '↑',
      ArrowDown: '↓',
      Space: 'Space',
    }
  : {
      Mod: 'Ctrl',
      Shift: 'Shift',
      Alt: 'Alt',
      Enter: '↵',
      Escape: 'Esc',
      ArrowUp: '↑',
      ArrowDown: '↓',
      Space: 'Space',
    };

/** `Mod+Shift+J` as this system writes it. */
const keysText = (keys: string): string =>
  keys
    .split('+')
    .map((key) => names[key] ?? key)
    .join(isMac ? '' : ' ');

/** Keys drawn as keys. Not read aloud: give the element that they belong to `aria-keyshortcuts`. */
export const Keys = ({ keys, bare = false }: { readonly keys: string; readonly bare?: boolean }) => (
  <kbd
    aria-hidden
    className={cx(
      'inline-flex h-[17px] items-center rounded-xs border border-b-2 px-1 font-mono text-[10.5px] leading-none whitespace-nowrap',
      bare ? 'border-current/35 text-current' : 'border-line bg-chrome text-ink-3',
    )}
  >
    {keysText(keys)}
  </kbd>
);
