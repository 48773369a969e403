import { Cloud } from './cloud.ts';
import { SAMPLE_STAGES } from './sample-stages.ts';

/** The templates of the sample stages. One synthesis takes seconds, so every test of a template is in one run of jest. */
export const live = new Cloud(SAMPLE_STAGES.live);
export const dev = new Cloud({ ...SAMPLE_STAGES.dev, providers: ['pesaway'] });
export const clouds = { live, dev, staging: new Cloud(SAMPLE_STAGES.staging) };
