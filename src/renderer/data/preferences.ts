import { z } from 'zod';
import { createStore, type StoreApi } from 'zustand/vanilla';

const preferencesSchema = z.object({
  theme: z.enum(['system', 'light', 'dark']).catch('system'),
  sidebarWidth: z.number().min(180).max(420).catch(236),
  sidebarHidden: z.boolean().catch(false),
  inspectorWidth: z.number().min(240).max(520).catch(312),
  overview: z.enum(['tiles', 'table']).catch('tiles'),
});

/** How a person likes this console; kept in this browser or window only. */
export type Preferences = Readonly<z.infer<typeof preferencesSchema>>;

const KEY = 'netra.preferences';

/** What is needed of `localStorage`. */
export type Shelf = Pick<Storage, 'getItem' | 'setItem'>;

const stored = (shelf: Shelf): Preferences => {
  try {
    return preferencesSchema.parse(JSON.parse(shelf.getItem(KEY) ?? '{}'));
  } catch {
    // Storage may be switched off or hold somebody else's text: then everything is as at first.
    return preferencesSchema.parse({});
  }
};

/** Reads the preferences, and writes each change back. */
export const openPreferences = (shelf: Shelf): StoreApi<Preferences> => {
  const store = createStore<Preferences>(() => stored(shelf));
  store.subscribe((preferences) => {
    try {
      shelf.setItem(KEY, JSON.stringify(preferences));
    } catch {
      // A full or forbidden storage only means that the choice is not remembered.
    }
  });
  return store;
};
