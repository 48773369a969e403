import { lazy, Suspense } from 'react';
import { Loading } from '../../parts/loading.tsx';
import type { SamplesProps } from './samples.tsx';

const Samples = lazy(async () => ({ default: (await import('./samples.tsx')).Samples }));

/** The samples, which are as large as the rest of the page: it is shown before them. */
export function SamplesLater(props: SamplesProps) {
  return (
    <Suspense fallback={<Loading />}>
      <Samples {...props} />
    </Suspense>
  );
}
