import type { Stage } from '../../lib/stage.ts';
import { stage } from '../../lib/stage.ts';

/** Complete stages, as deployments of their own would have them: those of `lib/stages.ts` wait for their values. */

const alarms = { high: ['https://pager.example.com/airtime'], medium: ['ops@example.com'] };
const providers = ['hotrecharge', 'pesaway'] as const;

export const SAMPLE_STAGES: Readonly<Record<Stage['name'], Stage>> = {
  dev: stage('dev', { region: 'eu-west-1', alarms: { high: [], medium: [] }, providers }),
  staging: stage('staging', {
    account: '111122223333',
    region: 'eu-west-1',
    domain: { name: 'staging.example.com' },
    alarms,
    providers,
  }),
  live: stage('live', {
    account: '444455556666',
    region: 'af-south-1',
    backupRegion: 'eu-west-1',
    backupVaultArn: 'arn:aws:backup:af-south-1:777788889999:backup-vault:airtime',
    anomalyMonitorArn: 'arn:aws:ce::444455556666:anomalymonitor/0f1e2d3c-0000-4000-8000-0123456789ab',
    domain: { name: 'airtime.example.com', zoneId: 'Z0123456789ABCDEFGHIJ' },
    mailFrom: 'no-reply@airtime.example.com',
    alarms,
    providers,
  }),
};
