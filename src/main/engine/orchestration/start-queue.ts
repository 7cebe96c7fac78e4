/** What waits for a slot, in order, by lanes: a lane is a fan-out with a limit of its own, or the rest. */
export interface StartQueue<Item> {
  /** Takes one in; twice does nothing. Lower `order` goes first. */
  add(item: Item, order: number, lane: string | null): void;
  remove(item: Item): void;
  has(item: Item): boolean;
  /** Takes out the first whose lane is open; null when there is none. */
  take(isOpen: (lane: string | null) => boolean): Item | null;
  /** The first whose lane is open, left where it is. */
  peek(isOpen: (lane: string | null) => boolean): Item | null;
}

type Entry<Item> = { readonly item: Item; readonly order: number };

/** A binary heap: the entry of the lowest order first. */
const push = <Item>(heap: Entry<Item>[], entry: Entry<Item>): void => {
  let at = heap.push(entry) - 1;
  while (at > 0) {
    const above = (at - 1) >> 1;
    const parent = heap[above];
    if (parent === undefined || parent.order <= entry.order) return;
    heap[at] = parent;
    heap[above] = entry;
    at = above;
  }
};

const pop = <Item>(heap: Entry<Item>[]): void => {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    const left = 2 * at + 1;
    const right = left + 1;
    const leftOrder = heap[left]?.order ?? Number.POSITIVE_INFINITY;
    const rightOrder = heap[right]?.order ?? Number.POSITIVE_INFINITY;
    const below = rightOrder < leftOrder ? right : left;
    const child = heap[below];
    if (child === undefined || child.order >= last.order) break;
    heap[at] = child;
    at = below;
  }
  heap[at] = last;
};

export const createStartQueue = <Item>(): StartQueue<Item> => {
  const lanes = new Map<string | null, Entry<Item>[]>();
  /** What is in it; entries of a heap that are not here, or were replaced, are passed over. */
  const present = new Map<Item, Entry<Item>>();

  const head = (heap: Entry<Item>[]): Entry<Item> | undefined => {
    let first = heap[0];
    while (first !== undefined && present.get(first.item) !== first) {
      pop(heap);
      first = heap[0];
    }
    return first;
  };

  const first = (isOpen: (lane: string | null) => boolean): Entry<Item> | null => {
    let best: Entry<Item> | null = null;
    for (const [lane, heap] of lanes) {
      const entry = head(heap);
      if (entry === undefined) lanes.delete(lane);
      else if ((best === null || entry.order < best.order) && isOpen(lane)) best = entry;
    }
    return best;
  };

  return {
    add: (item, order, lane) => {
      if (present.has(item)) return;
      const entry = { item, order };
      const heap = lanes.get(lane) ?? [];
      lanes.set(lane, heap);
      present.set(item, entry);
      push(heap, entry);
    },
    remove: (item) => {
      present.delete(item);
    },
    has: (item) => present.has(item),
    take: (isOpen) => {
      const entry = first(isOpen);
      if (entry === null) return null;
      present.delete(entry.item);
      return entry.item;
    },
    peek: (isOpen) => first(isOpen)?.item ?? null,
  };
};
