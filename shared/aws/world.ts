import { randomBytes, randomInt } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { ProviderName } from '../domain/catalogue.ts';
import { defined } from '../domain/defined.ts';
import type { Mode } from '../domain/ledger.ts';
import { environment } from '../manifest/access.ts';
import { pause, within } from '../timers.ts';
import type { Log, World } from '../world.ts';
import { requireEnv } from './env.ts';
import { s3Files } from './files.ts';
import { signedHeads } from './heads.ts';
import { sesMail } from './mail.ts';
import { outboundHttp, problemOfUrl } from './outbound.ts';
import { makeGateway } from './payment-gateways.ts';
import { peopleOf } from './people.ts';
import { powertoolsLog } from './powertools.ts';
import { makeProvider } from './provider-adapters.ts';
import { providersOn } from './providers-on.ts';
import { sqsQueues } from './queues.ts';
import { readSecret } from './secrets.ts';

/** After this silence the SDK repeats the call; the conditions of every write make that safe. */
const DATABASE_TIMEOUTS = { connectionTimeout: 5_000, socketTimeout: 5_000, ...sockets(256) };

/** Enough for the local process, which serves all requests: waiting for a socket counts towards the time-out. */
function sockets(maxSockets: number) {
  return { httpAgent: { keepAlive: true, maxSockets }, httpsAgent: { keepAlive: true, maxSockets } };
}

/** How long entries of the audit log are kept where no stage says. */
const LOCAL_AUDIT_DAYS = 30;
/** The same for personal data. */
const LOCAL_RETENTION_DAYS = 400;

let world: World | undefined;

/** The production World, built at the first call and then kept. */
export function awsWorld(): World {
  world ??= buildWorld();
  return world;
}

/** The process is frozen between requests: what it began goes on with the next one, or is lost. */
async function begin(what: string, work: () => Promise<void>, log: Log): Promise<void> {
  try {
    await work();
  } catch (error) {
    log.warn('background.failed', { what, reason: error instanceof Error ? error.name : String(error) });
  }
}

function buildWorld(): World {
  const isLocal = process.env.AIRTIME_LOCAL === '1';
  const now = () => new Date().toISOString();
  const log = powertoolsLog();
  // What is made at its first use is not in every bundle: a page that reads nothing comes without a client for tables.
  let db: World['db'] | undefined;
  return {
    get db() {
      db ??= connect();
      return db;
    },
    table: (name) => requireEnv(environment.table(name)),
    queues: sqsQueues(),
    // Local S3 has no host name per bucket, so the bucket is named in the path.
    files: s3Files({ bucket: () => requireEnv(environment.filesBucket), client: { forcePathStyle: isLocal } }),
    heads: signedHeads({
      bucket: () => requireEnv(environment.headsBucket),
      keyId: () => requireEnv(environment.headsKeyArn),
      s3: { forcePathStyle: isLocal },
    }),
    provider: once((name: ProviderName) => makeProvider(name, { isLocal, now, sleep: pause })),
    providersOn,
    secret: (name) => readSecret(name),
    ...defined({ publicUrl: process.env.PUBLIC_URL || undefined, people: peopleOf({ isLocal }) }),
    payments: once((mode: Mode) => makeGateway(mode, { isLocal })),
    isDebug: process.env.DEBUG === 'true',
    auditDays: Number(process.env[environment.auditDays] ?? LOCAL_AUDIT_DAYS),
    retentionDays: Number(process.env[environment.retentionDays] ?? LOCAL_RETENTION_DAYS),
    ...mailOf(process.env[environment.mailFrom]),
    outbound: (request) => outboundHttp({ isLocal })(request),
    problemOfUrl: (url) => problemOfUrl(url, { isLocal }),
    now,
    sleep: pause,
    within,
    inBackground: (what, work) => void begin(what, work, log),
    random: () => randomInt(2 ** 32) / 2 ** 32,
    bytes: (count) => randomBytes(count),
    log,
    memo: new Map(),
  };
}

/** A function that only says who mail is from comes without what sends it. */
function mailOf(from: string | undefined): Pick<World, 'mail' | 'mailFrom'> {
  if (!from) return {};
  const make: typeof sesMail | undefined = sesMail;
  return { mailFrom: from, ...defined({ mail: make?.(from) }) };
}

function connect(): World['db'] {
  return DynamoDBDocumentClient.from(new DynamoDBClient({ requestHandler: DATABASE_TIMEOUTS }), {
    marshallOptions: { removeUndefinedValues: true },
  });
}

/** Makes one of each name. */
function once<Name, T>(make: (name: Name) => T): (name: Name) => T {
  const made = new Map<Name, T>();
  return (name) => {
    const found = made.get(name) ?? make(name);
    made.set(name, found);
    return found;
  };
}
