import { useEffect, useSyncExternalStore } from 'react';
import { usePreferences } from '../data/engine.tsx';

const dark = matchMedia('(prefers-color-scheme: dark)');
const subscribe = (listener: () => void): (() => void) => {
  dark.addEventListener('change', listener);
  return () => {
    dark.removeEventListener('change', listener);
  };
};

/** The theme that shows: the chosen one, or the system's. */
const useTheme = (): 'light' | 'dark' => {
  const chosen = usePreferences((state) => state.theme);
  const systemIsDark = useSyncExternalStore(subscribe, () => dark.matches);
  return chosen === 'system' ? (systemIsDark ? 'dark' : 'light') : chosen;
};

/** Puts the theme on the document. */
export const useThemeOnDocument = (): void => {
  const theme = useTheme();
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme;
  }, [theme]);
};
