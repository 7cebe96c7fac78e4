import type { ReactNode } from 'react';
import { useEngine, usePreferences } from '../data/engine.tsx';
import { Resizer } from './resizer.tsx';

/** The right column of a screen: width by the reader, remembered. */
export const Inspector = ({ label, children }: { readonly label: string; readonly children: ReactNode }) => {
  const { preferences } = useEngine();
  const width = usePreferences((state) => state.inspectorWidth);
  return (
    <aside
      aria-label={label}
      className="relative flex shrink-0 flex-col border-l border-line bg-chrome max-[900px]:hidden"
      style={{ width }}
    >
      <Resizer
        label={`Width of ${label}`}
        edge="left"
        width={width}
        min={240}
        max={520}
        onResize={(inspectorWidth) => {
          preferences.setState({ inspectorWidth });
        }}
      />
      <div
        // It scrolls, which must work with the keyboard too.

        tabIndex={0}
        role="region"
        aria-label={`${label}, content`}
        className="flex flex-1 flex-col gap-4 overflow-y-auto px-4 py-3.5"
      >
        {children}
      </div>
    </aside>
  );
};
