import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createTables, startEngine } from '../../shared/local/engine.ts';
import { LOCAL_CREDENTIALS, localEnvironment, useEnvironment } from '../../shared/local/environment.ts';
import { startFiles } from '../../shared/local/files.ts';
import { startKms } from '../../shared/local/kms.ts';
import { startQueues } from '../../shared/local/queues.ts';
import { startSecrets } from '../../shared/local/secrets.ts';
import { OWN_KEYS } from '../../shared/manifest/access.ts';

interface Options {
  /** Texts of secrets, by name; signing keys have one anyway. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Environment variables beside those that name services. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Logs would drown what jest prints. Set POWERTOOLS_LOG_LEVEL to DEBUG to read them. */
const QUIET = { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' };

/**
 * Starts a database, queues, files and secrets in memory and points this process at them, so that an exported
 * `handler` finds what it would find on AWS. Returns what stops them. Call it once a file, before the first handler.
 */
export async function startLocalAws(options: Options = {}): Promise<() => Promise<void>> {
  const [database, queues, files, kms, secrets] = await Promise.all([
    startEngine(),
    startQueues({ visibilitySeconds: () => 30 }),
    startFiles({ secretAccessKey: LOCAL_CREDENTIALS.AWS_SECRET_ACCESS_KEY }),
    startKms(),
    startSecrets({
      ...Object.fromEntries(OWN_KEYS.map((name) => [name, `a key for ${name}`])),
      ...options.secrets,
    }),
  ]);
  const services = localEnvironment({ database, queues, files, secrets, kms, publicUrl: 'http://localhost' });
  useEnvironment({ ...services, ...QUIET, ...options.environment });
  const client = new DynamoDBClient({});
  await createTables(client);
  client.destroy();
  return async () => {
    secrets.stop();
    await Promise.all([queues.stop(), files.stop(), kms.stop()]);
    await database.stop();
  };
}
