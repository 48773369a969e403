import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { ApiStack } from '../lib/api-stack.ts';
import { DataStack } from '../lib/data-stack.ts';
import { SiteStack } from '../lib/site-stack.ts';
import type { Stage } from '../lib/stage.ts';
import { stageNamed } from '../lib/stage.ts';
import { WorkersStack } from '../lib/workers-stack.ts';
import { defined } from '../shared/domain/defined.ts';
import { families } from '../shared/manifest/routes.ts';
import { bundle, sizesOf } from './bundle.ts';
import { filesOf, freshenSite, SITE_FOLDER } from './site/fresh.ts';

/** The CDK app: bundles functions, builds the site, creates the stacks of a stage (`-c stage=live`) and checks them. */

/** Adds the stacks of the stage that the context names, and the checks on them. */
export function addStacks(app: App): void {
  const stage = stageNamed(String(app.node.tryGetContext('stage') ?? 'dev'));
  const alarmEmail = alarmEmailOf(app, stage);
  const name = `Airtime-${stage.name}`;
  const data = new DataStack(app, `${name}-Data`, { stage, ...defined({ alarmEmail }) });
  const folder = String(app.node.tryGetContext('site') ?? SITE_FOLDER);
  const site = new SiteStack(app, `${name}-Site`, { stage, data, folder, files: filesOf(folder) });
  const workers = new WorkersStack(app, `${name}-Workers`, { stage, data, site });
  for (const [index, [family, routes]] of Object.entries(families).entries()) {
    new ApiStack(app, `${name}-${family}`, { stage, data, site, workers, routes, isFirst: index === 0 });
  }
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
}

/** The address that alarms are sent to. Live needs one: an alarm that reaches nobody is no alarm. */
function alarmEmailOf(app: App, stage: Stage): string | undefined {
  const email: unknown = app.node.tryGetContext('alarmEmail');
  if (typeof email === 'string' && email.includes('@')) return email;
  if (!stage.needsAlarmEmail && email === undefined) return undefined;
  throw new Error(`stage ${stage.name} needs an address for its alarms: -c alarmEmail=ops@example.com`);
}

if (import.meta.main) {
  process.stderr.write(`Bundles:\n${sizesOf(await bundle())}\n`);
  await freshenSite();
  const app = new App();
  addStacks(app);
  app.synth();
}
