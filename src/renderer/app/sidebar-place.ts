import { useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import type { Engine } from '../data/engine.tsx';
import { usePreferences } from '../data/engine.tsx';
import { panels } from './panels.ts';

/** In a narrow window the sidebar lies over the screen, and only while one wants it. */
const narrow = (): MediaQueryList => matchMedia('(max-width: 799px)');

const subscribe = (listener: () => void): (() => void) => {
  const query = narrow();
  query.addEventListener('change', listener);
  return () => {
    query.removeEventListener('change', listener);
  };
};

/** Where the sidebar is: beside the screen, over it, or not to be seen. */
export const useSidebar = (): 'beside' | 'over' | 'hidden' => {
  const isNarrow = useSyncExternalStore(subscribe, () => narrow().matches);
  const isHidden = usePreferences((state) => state.sidebarHidden);
  const isOver = useStore(panels, (state) => state.sidebarOver);
  if (isNarrow) return isOver ? 'over' : 'hidden';
  return isHidden ? 'hidden' : 'beside';
};

/** Shows the sidebar, or hides it. */
export const toggleSidebar = ({ preferences }: Pick<Engine, 'preferences'>): void => {
  if (narrow().matches) panels.setState(({ sidebarOver }) => ({ sidebarOver: !sidebarOver }));
  else preferences.setState(({ sidebarHidden }) => ({ sidebarHidden: !sidebarHidden }));
};

export const closeSidebarOver = (): void => {
  panels.setState({ sidebarOver: false });
};
