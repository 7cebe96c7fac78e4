import { lazy, Suspense } from 'react';
import { Loading } from '../../ui/notes.tsx';

/** The editor is large, and needed here only. */
const PlanPage = lazy(async () => {
  const page = await import('./plan-page.tsx');
  return { default: page.PlanPage };
});

/** Where a plan is written, checked and run. */
export const PlanScreen = () => (
  <Suspense fallback={<Loading what="Opening the editor…" />}>
    <PlanPage />
  </Suspense>
);
