import type { SessionSort } from '../../data/session-list.ts';

type Column = {
  readonly title: string;
  /** Null: it cannot be sorted by. */
  readonly by: SessionSort['by'] | null;
  readonly isNumber: boolean;
};

/** The columns of the list of sessions, after the one of boxes to tick. */
export const sessionColumns: readonly Column[] = [
  { title: 'Orchestration', by: 'name', isNumber: false },
  { title: 'State', by: 'state', isNumber: false },
  { title: 'Started', by: 'started', isNumber: false },
  { title: 'Instances', by: 'instances', isNumber: true },
  { title: 'Duration', by: 'duration', isNumber: true },
  { title: 'Tokens', by: 'tokens', isNumber: true },
  { title: 'Cache hit', by: null, isNumber: true },
  { title: 'Cost', by: 'cost', isNumber: true },
];

/** The sort after a head was chosen: the other way round when it was chosen before, else the way that is mostly wanted. */
export const nextSort = (sort: SessionSort, by: SessionSort['by']): SessionSort => {
  if (sort.by === by) return { by, direction: sort.direction === 'asc' ? 'desc' : 'asc' };
  return { by, direction: by === 'name' || by === 'state' ? 'asc' : 'desc' };
};
