import { z } from 'zod';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Shelf } from '../../data/preferences.ts';

const draftSchema = z.object({
  text: z.string().max(1_048_576).catch(''),
  /** Where it was read from, where that is known: relative paths in it start there. */
  file: z.string().nullable().catch(null),
  /** What to call it: the name of the file. */
  name: z.string().nullable().catch(null),
});

/** The plan that is being written. */
export type PlanDraft = Readonly<z.infer<typeof draftSchema>>;

const KEY = 'netra.plan-draft';

export const emptyDraft: PlanDraft = { text: '', file: null, name: null };

const stored = (shelf: Shelf): PlanDraft => {
  try {
    return draftSchema.parse(JSON.parse(shelf.getItem(KEY) ?? '{}'));
  } catch {
    // Storage may be switched off or hold somebody else's text: then there is no draft.
    return emptyDraft;
  }
};

/** Reads the draft of last time, and writes each change back, so that it survives a reload. */
export const openPlanDraft = (shelf: Shelf): StoreApi<PlanDraft> => {
  const store = createStore<PlanDraft>(() => stored(shelf));
  store.subscribe((draft) => {
    try {
      shelf.setItem(KEY, JSON.stringify(draft));
    } catch {
      // A full or forbidden storage only means that the draft does not survive a reload.
    }
  });
  return store;
};
