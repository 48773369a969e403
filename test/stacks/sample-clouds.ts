import { Cloud } from './cloud.ts';
import { SAMPLE_STAGES } from './sample-stages.ts';

/** The templates of the sample stages. One synthesis takes seconds, so every test of a template is in one run of jest. */
export const live = new Cloud(SAMPLE_STAGES.live);
/** With what needs a name of another region, and functions of CDK's for it. */
export const dev = new Cloud({ ...SAMPLE_STAGES.dev, providers: ['pesaway'], logsEdge: true });
export const clouds = { live, dev, staging: new Cloud(SAMPLE_STAGES.staging) };
