import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { useEngine } from '../data/engine.tsx';
import { ControlDialog } from '../features/control/control-dialog.tsx';
import { Peek } from '../features/question/peek.tsx';
import { announcements } from './announcements.ts';
import { LibraryDialog } from '../features/library/library-dialog.tsx';
import { ConnectionNotice } from './connection-notice.tsx';
import { NoticeStack } from '../features/notices/notice-stack.tsx';
import { Palette } from './palette.tsx';
import { ShortcutsDialog } from './shortcuts-dialog.tsx';
import { SideBar } from './side-bar.tsx';
import { StoreNotice } from './store-notice.tsx';
import { useSidebar } from './sidebar-place.ts';
import { StatusBar } from './status-bar.tsx';
import { useThemeOnDocument } from './theme.ts';
import { TitleBar } from './title-bar.tsx';
import { useCommands } from './use-commands.ts';

const LiveRegion = () => {
  const { text, number } = useStore(announcements);
  return (
    <div role="status" aria-live="polite" className="sr-only" data-number={number}>
      {text}
    </div>
  );
};

/** The frame around every screen: title bar, sidebar, status bar, and what lies over them. */
export const Shell = ({ children }: { readonly children: ReactNode }) => {
  const engine = useEngine();
  useCommands(engine);
  useThemeOnDocument();
  const sidebar = useSidebar();
  return (
    <div className="flex h-full flex-col">
      <a
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          document.querySelector<HTMLElement>('#main')?.focus();
        }}
        className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:m-2 focus:rounded-s focus:bg-raised focus:px-3 focus:py-1.5"
      >
        Skip to content
      </a>
      <TitleBar />
      <div className="relative flex min-h-0 flex-1">
        {sidebar === 'hidden' ? null : <SideBar isOver={sidebar === 'over'} />}
        <div className="flex min-w-0 flex-1 flex-col">
          <ConnectionNotice />
          <StoreNotice />
          {children}
        </div>
      </div>
      <StatusBar />
      <Palette />
      <ShortcutsDialog />
      <Peek />
      <ControlDialog />
      <LibraryDialog />
      <NoticeStack />
      <LiveRegion />
    </div>
  );
};
