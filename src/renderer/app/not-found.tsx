import { Link } from 'wouter';
import { Empty } from '../ui/notes.tsx';
import { Page } from '../ui/layout.tsx';
import { useCrumbs } from './panels.ts';
import { routes } from './routes.ts';

/** An address that leads nowhere. */
export const NotFound = () => {
  useCrumbs([{ label: 'Nothing here' }]);
  return (
    <Page title="Nothing here">
      <Empty title="This address leads nowhere" text="What it named may belong to another data directory.">
        <Link href={routes.overview} className="text-accent underline">
          To the overview
        </Link>
      </Empty>
    </Page>
  );
};
