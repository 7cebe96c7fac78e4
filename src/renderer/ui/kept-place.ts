import { useEffect, useLayoutEffect, type RefObject } from 'react';

type Place = {
  /** What the list shows. */
  readonly of: string;
  readonly top: number;
  /** The `data-place` of the row that was in focus last. */
  readonly row: string | null;
};

const places = new Map<string, Place>();

const rowOf = (target: EventTarget | null): string | null =>
  target instanceof Element ? (target.closest<HTMLElement>('[data-place]')?.dataset['place'] ?? null) : null;

/** Where a list was scrolled to when it was left (pixels), if it shows the same again; else 0. */
export const keptTop = (name: string, of: string): number => {
  const kept = places.get(name);
  return kept?.of === of ? kept.top : 0;
};

/**
 * Keeps the place of a list for those who come back to it: how far it is scrolled, and which row had the focus. `of` is
 * what it shows: another list begins at its top.
 */
export const useKeptPlace = (scroller: RefObject<HTMLElement | null>, name: string, of: string): void => {
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const kept = places.get(name);
    const change = (part: Partial<Place>): void => {
      places.set(name, { of, top: 0, row: null, ...places.get(name), ...part });
    };
    if (kept?.of !== of) places.set(name, { of, top: 0, row: null });
    element.scrollTo({ top: keptTop(name, of) });
    const onScroll = (): void => {
      change({ top: element.scrollTop });
    };
    const onFocus = ({ target }: Event): void => {
      change({ row: rowOf(target) });
    };
    element.addEventListener('scroll', onScroll, { passive: true });
    element.addEventListener('focusin', onFocus);
    return () => {
      element.removeEventListener('scroll', onScroll);
      element.removeEventListener('focusin', onFocus);
    };
  }, [scroller, name, of]);
  useEffect(() => {
    const row = places.get(name)?.row ?? null;
    if (row === null) return undefined;
    // The rows at that place are drawn with the next frame.
    const frame = requestAnimationFrame(() => {
      if (document.activeElement !== document.body) return;
      const at = `[data-place="${CSS.escape(row)}"]`;
      const link = scroller.current?.querySelector<HTMLElement>(`${at}[data-row], ${at} [data-row]`);
      link?.focus({ preventScroll: true });
    });
    return () => {
      cancelAnimationFrame(frame);
    };
    // Only for who comes back.
  }, [scroller, name]);
};
