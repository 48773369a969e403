import type { StageName } from '../shared/manifest/concurrency.ts';
import type { Stage } from './stage.ts';
import { stage } from './stage.ts';

/**
 * What is yours: the one file of this folder that whoever deploys edits. Everything else of a stage has a default in
 * `stage.ts`, and whatever is given here goes before it, e.g. `throttle` or `concurrency`. `docs/deploying.md` explains
 * each value; a stage whose values are missing or contradict each other is not synthesized.
 */
export const stages: Readonly<Record<StageName, Stage>> = {
  dev: stage('dev', {
    // No account: that of the credentials.
    region: 'eu-west-1',
    alarms: { high: [], medium: [] },
    providers: ['hotrecharge', 'pesaway'],
  }),
  staging: stage('staging', {
    account: '',
    region: '',
    alarms: { high: [], medium: [] },
    providers: ['hotrecharge', 'pesaway'],
  }),
  live: stage('live', {
    account: '',
    region: '',
    alarms: { high: [], medium: [] },
    providers: ['hotrecharge', 'pesaway'],
  }),
};
