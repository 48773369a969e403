import { randomBytes, randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { ProviderName } from '../domain/catalogue.ts';
import { defined } from '../domain/defined.ts';
import { environment } from '../manifest/access.ts';
import { hotrecharge, parseHotrechargeCredentials } from '../providers/hotrecharge.ts';
import { parsePesawayCredentials, pesaway } from '../providers/pesaway.ts';
import { parsePesepayCredentials, pesepay } from '../providers/pesepay.ts';
import type { Provider } from '../providers/provider.ts';
import { sandbox } from '../providers/sandbox.ts';
import type { World } from '../world.ts';
import { requireEnv } from './env.ts';
import { s3Files } from './files.ts';
import { nodeHttp } from './http.ts';
import { outboundHttp, problemOfUrl } from './outbound.ts';
import { powertoolsLog } from './powertools.ts';
import { sqsQueues } from './queues.ts';
import { readSecret } from './secrets.ts';

/** After this silence the SDK repeats the call; the conditions of every write make that safe. */
const DATABASE_TIMEOUTS = { connectionTimeout: 5_000, socketTimeout: 5_000, ...sockets(256) };

/** Enough for the local process, which serves all requests: waiting for a socket counts towards the time-out. */
function sockets(maxSockets: number) {
  return { httpAgent: { keepAlive: true, maxSockets }, httpsAgent: { keepAlive: true, maxSockets } };
}

let world: World | undefined;

/** The production World, built at the first call and then kept. */
export function awsWorld(): World {
  world ??= buildWorld();
  return world;
}

function buildWorld(): World {
  const providers = new Map<ProviderName, Provider>();
  const isLocal = process.env.AIRTIME_LOCAL === '1';
  const http = nodeHttp({ loopbackOnly: isLocal });
  const now = () => new Date().toISOString();
  const make: Record<ProviderName, () => Provider> = {
    hotrecharge: () =>
      hotrecharge({
        http,
        now,
        credentials: async (isFresh) => parseHotrechargeCredentials(await readSecret('hotrecharge', isFresh)),
      }),
    pesaway: () =>
      pesaway({
        http,
        now,
        credentials: async (isFresh) => parsePesawayCredentials(await readSecret('pesaway', isFresh)),
      }),
    sandbox: () => sandbox({ sleep: pause, now }),
  };
  const paymentGateway = (secret: 'pesepay' | 'pesepaytest') =>
    pesepay({ http, credentials: async () => parsePesepayCredentials(await readSecret(secret)) });
  const payments = { live: paymentGateway('pesepay'), test: paymentGateway('pesepaytest') };
  return {
    db: DynamoDBDocumentClient.from(new DynamoDBClient({ requestHandler: DATABASE_TIMEOUTS }), {
      marshallOptions: { removeUndefinedValues: true },
    }),
    table: (name) => requireEnv(environment.table(name)),
    queues: sqsQueues(),
    // Local S3 has no host name per bucket, so the bucket is named in the path.
    files: s3Files({ bucket: () => requireEnv(environment.filesBucket), client: { forcePathStyle: isLocal } }),
    provider(name) {
      const provider = providers.get(name) ?? make[name]();
      providers.set(name, provider);
      return provider;
    },
    secret: (name) => readSecret(name),
    ...defined({ publicUrl: process.env.PUBLIC_URL || undefined }),
    payments: (mode) => payments[mode],
    isDebug: process.env.DEBUG === 'true',
    outbound: outboundHttp({ isLocal }),
    problemOfUrl: (url) => problemOfUrl(url, { isLocal }),
    now,
    sleep: pause,
    random: () => randomInt(2 ** 32) / 2 ** 32,
    bytes: (count) => randomBytes(count),
    log: powertoolsLog(),
    memo: new Map(),
  };
}

async function pause(ms: number): Promise<void> {
  await sleep(ms);
}
