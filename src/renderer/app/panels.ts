import { useEffect } from 'react';
import { createStore } from 'zustand/vanilla';
import type { Failure } from '../../shared/domain/failure.ts';
import type { InstanceId, OrchestrationId } from '../../shared/domain/ids.ts';
import type { OrchestrationView } from '../../shared/domain/orchestration.ts';

export type Crumb = { readonly label: string; readonly href?: string };

/** What a person wants to stop or skip: asked about first. */
export type ControlQuestion =
  | {
      readonly action: 'stop' | 'skip';
      readonly of: 'instance';
      readonly id: InstanceId;
      readonly name: string;
      readonly hasStarted: boolean;
    }
  | {
      readonly action: 'stop';
      readonly of: 'orchestration';
      readonly id: OrchestrationId;
      readonly name: string;
    }
  /** Something that was asked for by a key, and could not be done. */
  | { readonly action: 'failed'; readonly name: string; readonly failure: Failure };

/** What is to be done to sessions, in a dialog. */
export type LibraryQuestion =
  | { readonly about: 'labels'; readonly sessions: readonly OrchestrationView[] }
  | { readonly about: 'note'; readonly session: OrchestrationView }
  /** Null: all there are. */
  | { readonly about: 'export'; readonly sessions: readonly OrchestrationView[] | null };

type Panels = {
  readonly palette: 'closed' | 'sessions' | 'commands';
  readonly shortcuts: boolean;
  /** The sidebar lies over the screen: in narrow windows only. */
  readonly sidebarOver: boolean;
  /** The instance that is peeked at. */
  readonly peek: InstanceId | null;
  readonly control: ControlQuestion | null;
  readonly library: LibraryQuestion | null;
  readonly crumbs: readonly Crumb[];
};

/** What lies over the screens, and where one is. */
export const panels = createStore<Panels>(() => ({
  palette: 'closed',
  shortcuts: false,
  sidebarOver: false,
  peek: null,
  control: null,
  library: null,
  crumbs: [],
}));

/** Says where this screen is: the title bar and the window's title show it. Only the last one has no `href`. */
export const useCrumbs = (crumbs: readonly Crumb[]): void => {
  const key = crumbs.map(({ label, href }) => `${label} ${href ?? ''}`).join('\n');
  useEffect(() => {
    panels.setState({ crumbs });
    document.title = [...crumbs.map(({ label }) => label).toReversed(), 'Netra Orchestrator'].join(' · ');
    // The same words are the same place.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key]);
};
