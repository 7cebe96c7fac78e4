import { createContext, use, useEffect, useState, type ReactNode } from 'react';
import { useStore } from 'zustand';
import type { StoreApi } from 'zustand/vanilla';
import type { Host } from '../host/host.ts';
import type { Connection } from './connection.ts';
import type { Library } from './library.ts';
import type { Overview, OverviewState } from './overview.ts';
import type { Preferences } from './preferences.ts';
import type { SystemFacts } from './system.ts';

/** Everything that screens read from and act through. Made once, in main.tsx. */
export type Engine = {
  readonly connection: Connection;
  readonly overview: Overview;
  readonly library: Library;
  readonly system: SystemFacts;
  readonly preferences: StoreApi<Preferences>;
  readonly host: Host;
};

const EngineContext = createContext<Engine | null>(null);

export const EngineProvider = ({
  engine,
  children,
}: {
  readonly engine: Engine;
  readonly children: ReactNode;
}) => <EngineContext value={engine}>{children}</EngineContext>;

/** The stores and the connection of this console. */
export const useEngine = (): Engine => {
  const engine = use(EngineContext);
  if (engine === null) throw new Error('useEngine outside of EngineProvider');
  return engine;
};

export const useOverview = <T,>(select: (state: OverviewState) => T): T =>
  useStore(useEngine().overview.store, select);

export const usePreferences = <T,>(select: (state: Preferences) => T): T =>
  useStore(useEngine().preferences, select);

type Closable = { readonly close: () => void };

/**
 * Opens something for as long as a component shows `key`, and closes it then. Null in the first frame, and between
 * one key and the next.
 */
export const useOpened = <T extends Closable>(key: string, open: () => T): T | null => {
  const [opened, setOpened] = useState<{ readonly key: string; readonly value: T } | null>(null);
  useEffect(() => {
    const value = open();
    // It must be opened in the effect, which also closes it, and shown after.
    // eslint-disable-next-line react-hooks/set-state-in-effect
    setOpened({ key, value });
    return () => {
      value.close();
    };
    // What is opened depends on the key alone.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key]);
  return opened?.key === key ? opened.value : null;
};
