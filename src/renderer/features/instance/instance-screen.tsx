import { lazy, Suspense } from 'react';
import { Loading } from '../../ui/notes.tsx';
import type { InstancePageProps } from './instance-page.tsx';

/** Markdown and all that draws a stream are loaded when the first one is opened. */
const InstancePage = lazy(async () => {
  const page = await import('./instance-page.tsx');
  return { default: page.InstancePage };
});

/** One instance, live or past. */
export const InstanceScreen = (props: InstancePageProps) => (
  <Suspense fallback={<Loading what="Opening the instance…" />}>
    <InstancePage {...props} />
  </Suspense>
);
