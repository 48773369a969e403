import { later } from '../../parts/later.tsx';

/** The samples, which are as large as the rest of the page: it is shown before them. */
export const SamplesLater = later(async () => (await import('./samples.tsx')).Samples);
