import type { OrchestrationEvent } from '../../shared/domain/event.ts';

/** How many events a page has, and how many pages are kept. */
export const PAGE_SIZE = 200;
export const PAGES_KEPT = 40;

export type EventPages = ReadonlyMap<number, readonly OrchestrationEvent[]>;

/** The page that event `n` is on. */
export const pageOf = (n: number): number => Math.floor(n / PAGE_SIZE);

/** The event numbered `n` of its instance, if its page is loaded. */
export const eventAt = (pages: EventPages, n: number): OrchestrationEvent | undefined =>
  pages.get(pageOf(n))?.[n % PAGE_SIZE];

/** How many events page `page` has when the instance has `count`. */
export const sizeOfPage = (page: number, count: number): number =>
  Math.max(0, Math.min(PAGE_SIZE, count - page * PAGE_SIZE));

/**
 * Adds events that follow the last one, where the page they belong to is loaded up to them; others are left to be
 * asked for. Pages that did not change keep their identity.
 */
export const withAppended = (
  pages: EventPages,
  from: number,
  events: readonly OrchestrationEvent[],
): EventPages => {
  const next = new Map(pages);
  for (let at = 0; at < events.length;) {
    const page = pageOf(from + at);
    const place = (from + at) % PAGE_SIZE;
    const chunk = events.slice(at, at + PAGE_SIZE - place);
    const old = next.get(page) ?? [];
    if (old.length === place) next.set(page, [...old, ...chunk]);
    at += chunk.length;
  }
  return next;
};

/** Drops the pages furthest from the viewed ones until `PAGES_KEPT` are left; the last page of all stays. */
export const withinLimit = (
  pages: EventPages,
  viewed: readonly [number, number],
  lastPage: number,
): EventPages => {
  if (pages.size <= PAGES_KEPT) return pages;
  const [from, to] = viewed;
  const distance = (page: number): number =>
    page === lastPage ? -1 : page < from ? from - page : page > to ? page - to : 0;
  const kept = [...pages].sort(([a], [b]) => distance(a) - distance(b)).slice(0, PAGES_KEPT);
  return new Map(kept);
};
