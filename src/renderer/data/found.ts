import { createStore } from 'zustand/vanilla';
import type { InstanceId } from '../../shared/domain/ids.ts';

/** An event that was opened from a search, and the words it was found by, as they stand in it. */
export type FoundEvent = {
  readonly instanceId: InstanceId;
  readonly n: number;
  readonly words: readonly string[];
};

/** What was opened from a search last: its words are marked where it is shown. */
export const foundEvent = createStore<{ readonly last: FoundEvent | null }>(() => ({ last: null }));
