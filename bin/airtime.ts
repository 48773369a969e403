import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { ApiStack } from '../lib/api-stack.ts';
import { DataStack } from '../lib/data-stack.ts';
import { stageNamed } from '../lib/stage.ts';
import { WorkersStack } from '../lib/workers-stack.ts';
import { families } from '../shared/routes.ts';
import { bundle, sizesOf } from './bundle.ts';

/** The CDK app: bundles the functions, makes the stacks of one stage (`-c stage=live`), checks them, nothing else. */

/** The stacks of the stage that the context names, and the checks on them. */
export function addStacks(app: App): void {
  const stage = stageNamed(String(app.node.tryGetContext('stage') ?? 'dev'));
  const alarmEmail: unknown = app.node.tryGetContext('alarmEmail');
  const name = `Airtime-${stage.name}`;
  const data = new DataStack(app, `${name}-Data`, {
    stage,
    ...(typeof alarmEmail === 'string' ? { alarmEmail } : {}),
  });
  const workers = new WorkersStack(app, `${name}-Workers`, { stage, data });
  for (const [index, [family, endpoints]] of Object.entries(families).entries()) {
    new ApiStack(app, `${name}-${family}`, { stage, data, workers, endpoints, isFirst: index === 0 });
  }
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
}

if (import.meta.main) {
  process.stderr.write(`Bundles:\n${sizesOf(await bundle())}\n`);
  const app = new App();
  addStacks(app);
  app.synth();
}
