import { devNull } from 'node:os';
import type { ProviderName } from '../domain/catalogue.ts';
import { PROVIDERS } from '../domain/catalogue.ts';
import type { QueueName } from '../manifest/access.ts';
import { environment, QUEUES, SECRETS } from '../manifest/access.ts';
import type { TableName } from '../manifest/tables.ts';
import { tables } from '../manifest/tables.ts';
import { LOCAL_MAIL_FROM } from './mail.ts';
import { localPeople } from './people/local-people.ts';

interface Served {
  readonly endpoint: string;
}

interface Services {
  readonly database: Served;
  readonly queues: Served & { urlOf(queue: QueueName): string };
  readonly files: Served;
  readonly secrets: Served;
  readonly kms: Served;
  /** Absent: no mail is sent. */
  readonly mail?: Served;
  readonly publicUrl: string;
  /** The providers that are on; by default all. */
  readonly providersOn?: readonly ProviderName[];
  /** What the local S3 checks signatures by; by default one that everybody knows, for tests. */
  readonly secretAccessKey?: string;
}

/** Nobody checks them but the local S3. */
export const LOCAL_CREDENTIALS = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };

/**
 * The environment variables that a function has on AWS, naming the services on this machine. A service that is not
 * named gets an endpoint where nothing listens, so that no call can reach AWS.
 */
export function localEnvironment({
  database,
  queues,
  files,
  secrets,
  kms,
  mail,
  publicUrl,
  providersOn = PROVIDERS,
  secretAccessKey,
}: Services): Record<string, string> {
  const tableNames = (Object.keys(tables) as TableName[]).map((name) => [environment.table(name), name]);
  const queueUrls = (Object.keys(QUEUES) as QueueName[]).map((name) => [
    environment.queueUrl(name),
    queues.urlOf(name),
  ]);
  const secretNames = SECRETS.map((name) => [environment.secretArn(name), name]);
  return {
    AIRTIME_LOCAL: '1',
    ...LOCAL_CREDENTIALS,
    ...(secretAccessKey === undefined ? {} : { AWS_SECRET_ACCESS_KEY: secretAccessKey }),
    AWS_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PROFILE: '',
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
    AWS_ENDPOINT_URL_DYNAMODB: database.endpoint,
    AWS_ENDPOINT_URL_SQS: queues.endpoint,
    AWS_ENDPOINT_URL_S3: files.endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
    AWS_ENDPOINT_URL_KMS: kms.endpoint,
    [environment.filesBucket]: 'files',
    [environment.headsBucket]: 'heads',
    [environment.headsKeyArn]: 'heads',
    [environment.providersOn]: providersOn.join(','),
    ...(mail ? { AWS_ENDPOINT_URL_SESV2: mail.endpoint, [environment.mailFrom]: LOCAL_MAIL_FROM } : {}),
    [environment.people]: JSON.stringify(localPeople(publicUrl)),
    PUBLIC_URL: publicUrl,
    ...Object.fromEntries([...tableNames, ...queueUrls, ...secretNames]),
  };
}

/** Gives this process these variables and none of AWS's own: no profile and no credentials of the user. */
export function useEnvironment(variables: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(process.env)) {
    if (name.startsWith('AWS_')) delete process.env[name];
  }
  Object.assign(process.env, variables, { POWERTOOLS_DEV: 'true' });
}
