import { useCrumbs } from '../../app/panels.ts';
import { Page } from '../../ui/layout.tsx';
import { ArchiveSection } from './archive-section.tsx';
import { DatabaseSection } from './database-section.tsx';
import { HistorySection } from './history-section.tsx';

/** Where sessions are kept: how much there is, what else can be taken in, and what can go. */
export const StorageScreen = () => {
  useCrumbs([{ label: 'Storage' }]);
  return (
    <Page title="Storage" sub="Everything is kept on this machine">
      <div className="grid items-start gap-4 min-[1200px]:grid-cols-2">
        <DatabaseSection />
        <div className="grid gap-4">
          <HistorySection />
          <ArchiveSection />
        </div>
      </div>
    </Page>
  );
};
