import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { addStacks } from '../../bin/airtime.ts';
import { bundle, sizesOf } from '../../bin/bundle.ts';
import { freshenDashboard } from '../../bin/dashboard/fresh.ts';
import { freshenSite } from '../../bin/site/fresh.ts';
import { stageProblems } from '../../lib/stage-problems.ts';
import { stages } from '../../lib/stages.ts';
import { defined } from '../../shared/domain/defined.ts';
import { costOfAlarms } from './alarm-costs.ts';
import { SAMPLE_STAGES } from './sample-stages.ts';

/**
 * `npm run synth`: bundles the functions and synthesizes every stage, without an account, in its own region and in those
 * that a deployment is made for. A stage that still waits for values in `lib/stages.ts` is synthesized with sample ones. `npx cdk synth -c stage=live` refuses it.
 */

const REGIONS = ['af-south-1', 'eu-west-1'];

process.stdout.write(`Bundles:\n${sizesOf(await bundle())}\n`);
await Promise.all([freshenSite(), freshenDashboard()]);
const { context } = JSON.parse(readFileSync('cdk.json', 'utf8'));
for (const own of Object.values(stages)) {
  const problems = stageProblems(own);
  const isComplete = problems.length === 0;
  const chosen = isComplete ? own : SAMPLE_STAGES[own.name];
  for (const region of new Set([chosen.region, ...REGIONS])) {
    const app = new App({ context, outdir: mkdtempSync(join(tmpdir(), `synth-${own.name}-${region}-`)) });
    const elsewhere = REGIONS.find((other) => other !== region);
    addStacks(app, { ...chosen, region, ...defined({ backupRegion: chosen.backupRegion && elsewhere }) });
    const { stacks } = app.synth();
    const values = isComplete ? '' : ', with sample values';
    const all = stacks.map(({ template }) =>
      Object.values((template.Resources ?? {}) as Record<string, { Type: string }>),
    );
    // AWS allows 500 in a stack.
    const largest = Math.max(...all.map((each) => each.length));
    process.stdout.write(`${own.name} in ${region}: ${stacks.length} stacks, up to ${largest} resources${values}\n`);
    process.stdout.write(`  ${costOfAlarms(all.flat())}\n`);
  }
}
