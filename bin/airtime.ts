import { App, Stack, Tags, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { ApiStack } from '../lib/api-stack.ts';
import { BoundaryStack } from '../lib/boundary-stack.ts';
import { DataStack } from '../lib/data-stack.ts';
import { EdgeLogStack } from '../lib/edge-log-stack.ts';
import { GLOBAL_REGION, GlobalStack } from '../lib/global-stack.ts';
import { MonitoringStack } from '../lib/monitoring-stack.ts';
import { OperatorStack } from '../lib/operator-stack.ts';
import { PeopleStack } from '../lib/people-stack.ts';
import { BackupCopyStack, RecoveryStack } from '../lib/recovery-stack.ts';
import { ownLogs } from '../lib/removal.ts';
import { SiteStack } from '../lib/site-stack.ts';
import type { Stage } from '../lib/stage.ts';
import { chooseStage } from '../lib/stage-problems.ts';
import { stages } from '../lib/stages.ts';
import { WorkersStack } from '../lib/workers-stack.ts';
import { defined } from '../shared/domain/defined.ts';
import { families } from '../shared/manifest/routes.ts';
import { bundle, sizesOf } from './bundle.ts';
import { DASHBOARD_FOLDER, freshenDashboard } from './dashboard/fresh.ts';
import { filesOf, freshenSite, SITE_FOLDER } from './site/fresh.ts';

/**
 * The CDK app: bundles functions, builds the site and the dashboard, creates the stacks of a stage (`-c stage=live`)
 * and checks them.
 */

/** Adds the stacks of a stage and the checks on them. */
export function addStacks(app: App, stage: Stage): void {
  const name = `Airtime-${stage.name}`;
  const account = stage.account ?? process.env.CDK_DEFAULT_ACCOUNT;
  const props = { stage, env: { region: stage.region, ...defined({ account }) } };
  const inGlobal = { stage, env: { ...props.env, region: GLOBAL_REGION }, crossRegionReferences: true };
  const boundary = new BoundaryStack(app, `${name}-Boundary`, props);
  const global = new GlobalStack(app, `${name}-Global`, inGlobal);
  const data = new DataStack(app, `${name}-Data`, props);
  const people = new PeopleStack(app, `${name}-People`, { ...props, data });
  const folder = String(app.node.tryGetContext('site') ?? SITE_FOLDER);
  const built = String(app.node.tryGetContext('dashboard') ?? DASHBOARD_FOLDER);
  const dashboard = { folder: built, files: filesOf(built).filter((file) => file.startsWith('app/')) };
  const site = new SiteStack(app, `${name}-Site`, {
    ...props,
    global,
    data,
    people,
    folder,
    files: filesOf(folder),
    dashboard,
  });
  if (stage.logsEdge) new EdgeLogStack(app, `${name}-EdgeLog`, { ...inGlobal, site });
  const workers = new WorkersStack(app, `${name}-Workers`, { ...props, data, people, site });
  // With a domain nothing of the site is in a function, and its address has to be there all the same.
  workers.addStackDependency(site);
  new MonitoringStack(app, `${name}-Monitoring`, { ...props, data, workers });
  new OperatorStack(app, `${name}-Operator`, { ...props, data, workers });
  for (const [index, [family, routes]] of Object.entries(families).entries()) {
    new ApiStack(app, `${name}-${family}`, { ...props, data, people, site, workers, routes, isFirst: index === 0 });
  }
  if (stage.backups) {
    const recovery = new RecoveryStack(app, `${name}-Recovery`, { ...props, backups: stage.backups, data });
    if (stage.backupRegion) {
      const env = { ...props.env, region: stage.backupRegion };
      const copies = new BackupCopyStack(app, `${name}-BackupCopy`, { stage, env, backups: stage.backups });
      recovery.addStackDependency(copies);
    }
  }
  for (const stack of app.node.children.filter(Stack.isStack)) {
    ownLogs(stack, stage);
    // By these a bill can be divided.
    Tags.of(stack).add('app', 'airtime');
    Tags.of(stack).add('stage', stage.name);
    Tags.of(stack).add('component', stack.stackName.slice(name.length + 1).toLowerCase());
    if (stack !== boundary) stack.addStackDependency(boundary);
  }
  boundary.bound(app);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
}

if (import.meta.main) {
  const app = new App();
  const chosen = chooseStage(app.node.tryGetContext('stage'), stages, process.env.CDK_DEFAULT_ACCOUNT);
  if ('name' in chosen) {
    process.stderr.write(`Bundles:\n${sizesOf(await bundle())}\n`);
    await Promise.all([freshenSite(), freshenDashboard()]);
    addStacks(app, chosen);
    app.synth();
  } else {
    process.stderr.write(`${chosen.join('\n')}\n`);
    process.exitCode = 1;
  }
}
