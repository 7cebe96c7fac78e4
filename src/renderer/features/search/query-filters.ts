/** A filter of the query language, as somebody is helped to write it. */
export type QueryFilter = {
  /** With what follows its name: `state:`, `cost>`. */
  readonly start: string;
  readonly words: string;
  readonly example: string;
  /** What can follow, where that is always the same. */
  readonly values?: readonly string[];
};

/** What can be filtered by, in the order in which it is mostly wanted. */
export const queryFilters: readonly QueryFilter[] = [
  {
    start: 'state:',
    words: 'how it stands',
    example: 'state:failed',
    values: ['running', 'succeeded', 'failed', 'stopped'],
  },
  { start: 'label:', words: 'a label', example: 'label:release' },
  { start: 'model:', words: 'a model', example: 'model:opus*' },
  { start: 'plan:', words: 'the plan', example: 'plan:nightly' },
  { start: 'name:', words: 'its name', example: 'name:"weekly deps"' },
  { start: 'workspace:', words: 'the folder', example: 'workspace:shop' },
  {
    start: 'tool:',
    words: 'a tool it used',
    example: 'tool:Bash',
    values: ['Bash', 'Read', 'Edit', 'Write', 'Grep', 'Glob', 'Task', 'WebFetch', 'WebSearch'],
  },
  { start: 'user:', words: 'who ran it', example: 'user:ada' },
  {
    start: 'after:',
    words: 'from then on',
    example: 'after:7d',
    values: ['today', 'yesterday', '7d', '30d'],
  },
  {
    start: 'before:',
    words: 'until then',
    example: 'before:2026-03-01',
    values: ['today', 'yesterday', '7d', '30d'],
  },
  { start: 'cost>', words: 'dollars, or cost<', example: 'cost>1.50' },
  { start: 'tokens>', words: 'tokens, or tokens<', example: 'tokens>100k' },
  { start: 'duration>', words: 'how long, or <', example: 'duration>10m' },
  { start: 'instances>', words: 'how many, or <', example: 'instances>5' },
  { start: 'is:', words: 'pinned or deleted', example: 'is:pinned', values: ['pinned', 'deleted'] },
  {
    start: 'origin:',
    words: 'where it is from',
    example: 'origin:claude',
    values: ['netra', 'demo', 'claude', 'archive'],
  },
];

/** The rest of the language, by example. */
export const queryForms: readonly (readonly [example: string, words: string])[] = [
  ['session lookup', 'both words'],
  ['"session lookup"', 'in this order'],
  ['migrat*', 'that begin so'],
  ['-draft', 'without it'],
  ['retry OR backoff', 'either of the two'],
];
