import type { SessionSort } from '../../data/session-list.ts';

type Column = {
  readonly title: string;
  /** Null: it cannot be sorted by. */
  readonly by: SessionSort['by'] | null;
  readonly isNumber: boolean;
  /** Where there is too little room it is not shown. */
  readonly room?: string;
};

/** Classes of the columns that only a list of some width, or a wide one, has room for. */
export const room = { some: '@max-[720px]:hidden', wide: '@max-[860px]:hidden' } as const;

/** The columns of a row and of the head above it. */
export const sessionGrid =
  'grid items-center pr-1 grid-cols-[30px_minmax(130px,1fr)_92px_134px_96px_34px] ' +
  '@min-[720px]:grid-cols-[30px_minmax(130px,1fr)_92px_134px_84px_76px_96px_34px] ' +
  '@min-[860px]:grid-cols-[30px_minmax(180px,1fr)_92px_134px_84px_84px_76px_80px_96px_34px]';

/** The columns of the list of sessions, after the one of boxes to tick. */
export const sessionColumns: readonly Column[] = [
  { title: 'Orchestration', by: 'name', isNumber: false },
  { title: 'State', by: 'state', isNumber: false },
  { title: 'Started', by: 'started', isNumber: false },
  { title: 'Instances', by: 'instances', isNumber: true, room: room.wide },
  { title: 'Duration', by: 'duration', isNumber: true, room: room.some },
  { title: 'Tokens', by: 'tokens', isNumber: true, room: room.some },
  { title: 'Cache hit', by: null, isNumber: true, room: room.wide },
  { title: 'Cost', by: 'cost', isNumber: true },
];

/** The sort after a head was chosen: the other way round when it was chosen before, else the way that is mostly wanted. */
export const nextSort = (sort: SessionSort, by: SessionSort['by']): SessionSort => {
  if (sort.by === by) return { by, direction: sort.direction === 'asc' ? 'desc' : 'asc' };
  return { by, direction: by === 'name' || by === 'state' ? 'asc' : 'desc' };
};
