import { existsSync, readFileSync } from 'node:fs';
import type { QueueName } from '../../shared/manifest/access.ts';
import { environment, QUEUES, SECRETS } from '../../shared/manifest/access.ts';
import type { TableName } from '../../shared/manifest/tables.ts';
import { tables } from '../../shared/manifest/tables.ts';
import type { Options } from './arguments.ts';
import { UsageError } from './arguments.ts';

/** Where the commands work. */

/** Points this process at a running `npm start`, or at deployed stacks. */
export function connect(options: Options): void {
  if (options.outputs === undefined) {
    const file = `${options.data}/local.json`;
    if (!existsSync(file))
      throw new UsageError(
        `there is no ${file}. Run npm start; if it was started with --data FOLDER, pass the same --data here; ` +
          'or pass --outputs for AWS',
      );
    Object.assign(process.env, JSON.parse(readFileSync(file, 'utf8')).environment);
    return;
  }
  if (!existsSync(options.outputs)) throw new UsageError(`there is no file ${options.outputs}`);
  const stacks: Record<string, Record<string, string>> = JSON.parse(readFileSync(options.outputs, 'utf8'));
  const outputs = Object.assign({}, ...Object.values(stacks));
  const take = (variable: string, output: string) => {
    if (typeof outputs[output] !== 'string') throw new UsageError(`${options.outputs} has no output ${output}`);
    process.env[variable] = outputs[output];
  };
  for (const name of Object.keys(tables) as TableName[]) take(environment.table(name), `${pascal(name)}Table`);
  for (const name of Object.keys(QUEUES) as QueueName[]) take(environment.queueUrl(name), `${pascal(name)}QueueUrl`);
  // For the link of an invitation.
  take('PUBLIC_URL', 'PublicUrl');
  take(environment.auditDays, 'AuditDays');
  take(environment.providersOn, 'ProvidersOn');
  take(environment.headsBucket, 'HeadsBucket');
  take(environment.headsKeyArn, 'HeadsKeyArn');
  for (const name of SECRETS) take(environment.secretArn(name), `${pascal(name)}SecretArn`);
}

/** As the stacks name their outputs: `dispatch-sandbox` is `DispatchSandbox`. */
function pascal(name: string): string {
  return name.replace(/(^|-)(\w)/g, (_match, _dash, letter: string) => letter.toUpperCase());
}
