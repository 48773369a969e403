import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Bundle } from '../../bin/bundle.ts';
import { accessOf, bundle, functionNames } from '../../bin/bundle.ts';
import { defaultProvider } from '../../shared/aws/environment-credentials.ts';
import { eventStreamSerdeProvider, resolveEventStreamSerdeConfig } from '../../shared/aws/no-event-streams.ts';
import { composeKey, KEY_RANDOM_BYTES } from '../../shared/domain/key.ts';
import type { Access } from '../../shared/manifest/access.ts';
import { environment, QUEUES, SECRETS } from '../../shared/manifest/access.ts';
import { NOT_FOUND_FUNCTION } from '../../shared/manifest/routes.ts';
import { tables } from '../../shared/manifest/tables.ts';
import { repeats } from '../support/length.ts';
import { TestIssuer } from '../support/people.ts';

/** The files that are deployed: they load, they answer, and they contain nothing that slows down a cold start. */

/** The bare client for tables is 200 kB; a handler that is much larger than today contains something by mistake. */
const BYTES_MAX = 460_000;
/** Whoever sends a recharge waits for this one. `npm run bench` takes its time; a test of time fails on a busy machine. */
const RECHARGE_BYTES_MAX = 425_000;
const BYTES_WITH_FILES_MAX = 750_000;
const BYTES_WITH_MAIL_MAX = 515_000;
const NOT_FOUND_BYTES_MAX = 63_000;

/** Some seconds, but on a machine that runs other tests beside. */
const BUNDLING_MS_MAX = 120_000;

/** Functions that answer without calling AWS. */
const NEEDS_NOTHING = new Set(['receive-canary', 'show-payment-end']);

/** One of each kind: what may use which client, and what the tests below name. The gate bundles and starts all. */
const KINDS = [
  NOT_FOUND_FUNCTION,
  'create-order',
  'get-order',
  'get-status',
  'dispatch',
  'create-upload',
  'list-heads',
  'webhook-sender',
];
const isLong = repeats({ short: 0, long: 1 }) > 0;
const built = functionNames().filter((name) => isLong || KINDS.includes(name) || NEEDS_NOTHING.has(name));

const run = promisify(execFile);
const out = mkdtempSync(join(tmpdir(), 'dist-'));
const requests: string[] = [];
let bundles: Bundle[] = [];

/** Answers every AWS call with "not found", so that every function runs up to its first call. */
const nothing = createServer((request, response) => {
  requests.push(String(request.headers['x-amz-target']));
  response.setHeader('content-type', 'application/x-amz-json-1.0');
  response.end('{}');
});

beforeAll(async () => {
  bundles = await bundle(out, built);
  await new Promise<void>((resolve) => {
    nothing.listen(0, '127.0.0.1', resolve);
  });
}, BUNDLING_MS_MAX);

afterAll(() => {
  nothing.closeAllConnections();
  nothing.close();
});

/** Loads a bundle as Lambda does, passes it one event after another, and returns its answers and the modules that Node loaded. */
const HARNESS = `
  const [file, ...events] = process.argv.slice(1);
  (async () => {
    const { handler } = require(file);
    const answers = [];
    for (const event of events) answers.push(await handler(JSON.parse(event), {}).catch((error) => String(error)));
    process.stdout.write('\\n' + JSON.stringify({ answers, modules: process.moduleLoadList }));
    process.exit(0);
  })();
`;

function awsEnvironment() {
  const { port } = nothing.address() as AddressInfo;
  return {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'none',
    AWS_SECRET_ACCESS_KEY: 'none',
    AWS_MAX_ATTEMPTS: '1',
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
  };
}

async function invoke(file: string, ...events: unknown[]) {
  const names = [
    ...Object.keys(tables).map((name) => environment.table(name as keyof typeof tables)),
    ...Object.keys(QUEUES).map((name) => environment.queueUrl(name as keyof typeof QUEUES)),
    ...SECRETS.map((name) => environment.secretArn(name)),
    environment.filesBucket,
    environment.headsBucket,
    environment.headsKeyArn,
  ];
  const args = ['-e', HARNESS, join(out, file, 'index.js'), ...events.map((event) => JSON.stringify(event))];
  const { stdout } = await run(process.execPath, args, {
    env: {
      ...Object.fromEntries(names.map((name) => [name, 'nothing'])),
      [environment.providersOn]: 'hotrecharge,pesaway,sandbox',
      ...awsEnvironment(),
    },
  });
  // The last line. The lines before it are the function's log.
  return JSON.parse(stdout.split('\n').at(-1) ?? '') as { answers: { statusCode?: number }[]; modules: string[] };
}

const key = composeKey('test', new Uint8Array(KEY_RANDOM_BYTES));
const request = {
  rawPath: '/api/v1/orders',
  headers: { authorization: `Api-Key ${key}` },
  pathParameters: {},
  body: JSON.stringify({ consumer_key: 'key_1', consumer_secret: key }),
  isBase64Encoded: false,
  requestContext: { http: { method: 'GET' }, requestId: 'test' },
};
const message = {
  messageId: '1',
  body: JSON.stringify({ createdAt: '2026-05-07' }),
  attributes: { ApproximateReceiveCount: '1' },
};

describe.each(built)('the bundle of %s', (file) => {
  it('loads neither undici nor http2, up to its first call', async () => {
    requests.length = 0;
    const { modules } = await invoke(file, request, { Records: [message] }, { source: 'aws.events' });
    expect(modules.filter((name) => /undici|http2/.test(name))).toEqual([]);
    expect(requests.length > 0).toBe(!NEEDS_NOTHING.has(file));
  });
});

it('a bundle answers a request: an unknown key is refused after one read', async () => {
  requests.length = 0;
  const { answers } = await invoke('get-order', request);
  expect(answers[0]?.statusCode).toBe(401);
  expect(requests).toEqual(['DynamoDB_20120810.GetItem']);
});

it('no bundle is larger than a cold start allows', () => {
  expect(bundles.map(({ file }) => file)).toEqual(built);
  const limitOf = (file: string) => {
    if (accessOf(file).some(({ files, heads }) => files ?? heads)) return BYTES_WITH_FILES_MAX;
    if (file === 'create-order') return RECHARGE_BYTES_MAX;
    return accessOf(file).some(({ mail }) => mail) ? BYTES_WITH_MAIL_MAX : BYTES_MAX;
  };
  expect(bundles.filter(({ file, bytes }) => bytes > limitOf(file))).toEqual([]);
});

it('the function for unknown paths has no SDK of its own, and calls nothing where there is no key', async () => {
  const { bytes } = bundles.find(({ file }) => file === NOT_FOUND_FUNCTION) ?? { bytes: 0 };
  const own = readFileSync(join(out, NOT_FOUND_FUNCTION, 'index.js'), 'utf8');
  const hasSdk = /aws-sdk|DynamoDB_20120810|x-amz-user-agent/.test(own);
  expect([bytes > 0, bytes < NOT_FOUND_BYTES_MAX, hasSdk]).toEqual([true, true, false]);
  requests.length = 0;
  const { answers } = await invoke(
    NOT_FOUND_FUNCTION,
    { ...request, headers: {} },
    { ...request, headers: { authorization: `Api-Key ${key.slice(0, -1)}` } },
  );
  expect([answers.map(({ statusCode }) => statusCode), requests]).toEqual([[405, 405], []]);
});

const CLIENTS: readonly [string, (access: Access) => boolean][] = [
  ['@aws-sdk/client-dynamodb', ({ tables }) => tables !== undefined],
  ['@aws-sdk/client-s3', ({ files, heads }) => files !== undefined || heads !== undefined],
  ['@aws-sdk/s3-request-presigner', ({ files }) => files !== undefined],
  ['@aws-sdk/client-kms', ({ heads }) => heads !== undefined],
  ['@aws-sdk/client-sqs', ({ queues = [] }) => queues.length > 0],
  ['@aws-sdk/client-secrets-manager', ({ secrets = [] }) => secrets.length > 0],
  ['ipaddr.js', ({ egress }) => egress === true],
];

it.each(CLIENTS)('%s is in the bundles of the functions that may use it, and in no others', (client, isUsed) => {
  const having = bundles.filter(({ packages }) => packages.includes(client)).map(({ file }) => file);
  expect(having).toEqual(built.filter((name) => accessOf(name).some(isUsed)));
  expect(having).not.toEqual([]);
});

it('what reads secrets is a file beside the function that needs one rarely, and reads them', async () => {
  const file = join(out, 'create-order', 'secrets.js');
  const reads = `require(process.argv[1]).readSecret('privacy').catch((error) => console.log(error.message))`;
  const env = { ...awsEnvironment(), [environment.secretArn('privacy')]: 'nothing' };
  const { stdout } = await run(process.execPath, ['-e', reads, file], { env });
  expect(stdout).toBe('secret privacy has no text\n');
});

it('what keeps a refused request is files beside a function, and sends it', async () => {
  const script = `
    const { keepRequest } = require(process.argv[1] + '/keep-request.js');
    const { sqsQueues } = require(process.argv[1] + '/queues.js');
    const lost = [];
    const log = { warn: (event, { reason }) => lost.push(reason), metric() {} };
    const world = {
      memo: new Map(), now: () => new Date().toISOString(), within: (ms, work) => work, queues: sqsQueues(), log,
    };
    const request = { requestId: 'req_1', method: 'GET', path: '/', query: {}, headers: {}, body: '' };
    const caller = { merchantId: 'mer_1', mode: 'live', keyId: 'key_1' };
    const response = { status: 404, headers: {}, body: '{}' };
    const exchange = { caller, handler: { name: 'x', path: '/' }, request, response, startedAt: world.now(), ms: 1 };
    keepRequest(world, exchange, async () => true).then(() => console.log(JSON.stringify(lost)));`;
  const env = { ...awsEnvironment(), [environment.queueUrl('requests')]: 'https://sqs.example/requests' };
  requests.length = 0;
  const { stdout } = await run(process.execPath, ['-e', script, join(out, 'get-order')], { env });
  expect([stdout, requests]).toEqual(['[]\n', ['AmazonSQS.SendMessageBatch']]);
});

it('what checks the token of a person is a file beside a function, which carries none of it', async () => {
  const script = `
    const { verifyToken } = require(process.argv[1] + '/verify-token.js');
    const { people, token, keys } = JSON.parse(process.argv[2]);
    const http = async () => ({ status: 200, headers: {}, body: keys });
    const world = { memo: new Map(), now: () => '2026-05-07T08:00:00.000Z', log: { error: console.log } };
    verifyToken(world, { ...people, http }, token).then((verified) => console.log(JSON.stringify(verified)));`;
  const issuer = new TestIssuer(() => '2026-05-07T08:00:00.000Z');
  const { http, ...people } = issuer.people;
  const { body: keys } = await http({ method: 'GET', url: people.keysUrl, timeoutMs: 1 });
  const given = JSON.stringify({ people, token: issuer.token('tendai'), keys });
  const { stdout } = await run(process.execPath, ['-e', script, join(out, 'create-order'), given]);
  expect(JSON.parse(stdout)).toEqual({ kind: 'person', subject: 'tendai' });
  const carrying = built.filter((name) => readFileSync(join(out, name, 'index.js'), 'utf8').includes('ERR_JWS'));
  expect(carrying).toEqual([]);
});

it('credentials come from the environment alone: no bundle searches profiles or instance metadata', () => {
  const searching = /credential-provider-(ini|sso|process|node|http)|nested-clients/;
  expect(bundles.filter(({ packages }) => packages.some((name) => searching.test(name)))).toEqual([]);
});

it('what takes the place of event streams leaves a configuration as it is, so that the client of S3 can be made', () => {
  const config = { region: 'us-east-1' };
  expect(resolveEventStreamSerdeConfig(config)).toBe(config);
  expect(eventStreamSerdeProvider).toThrow('no operation of ours streams events');
});

it('a function without its credentials says so', async () => {
  const credentials = defaultProvider();
  const kept = { ...process.env };
  try {
    delete process.env.AWS_ACCESS_KEY_ID;
    await expect(credentials()).rejects.toThrow('AWS_ACCESS_KEY_ID');
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_SESSION_TOKEN: 'c' });
    expect(await credentials()).toEqual({ accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 'c' });
  } finally {
    process.env = kept;
  }
});
