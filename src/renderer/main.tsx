import './zod-without-eval.ts';
import './styles/app.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { openConnection } from './data/connection.ts';
import type { Engine } from './data/engine.tsx';
import { createLibrary } from './data/library.ts';
import { openOverview } from './data/overview.ts';
import { openPreferences } from './data/preferences.ts';
import { openSystem } from './data/system.ts';
import { thisHost } from './host/host.ts';

const openEngine = (): Engine => {
  const host = thisHost();
  const connection = openConnection(host.openLink);
  return {
    host,
    connection,
    overview: openOverview(connection),
    library: createLibrary(connection),
    system: openSystem(connection),
    preferences: openPreferences(localStorage),
  };
};

const root = document.querySelector('#root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <App engine={openEngine()} />
  </StrictMode>,
);
