import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { lambda, lambdaNotFound, lambdaOpen } from '../../shared/aws/lambda.ts';
import { worker } from '../../shared/aws/worker.ts';
import { awsWorld } from '../../shared/aws/world.ts';
import type { OpenRouteHandler } from '../../shared/http/route.ts';
import { METRICS } from '../../shared/manifest/metrics.ts';
import { ORIGIN_HEADERS } from '../../shared/manifest/origin.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { apiEvent, invocation, queueEvent, read, scheduleEvent } from '../support/event.ts';
import { startLocalAws } from '../support/local-aws.ts';
import { aMerchant } from '../support/world.ts';

/** What every function has around its own code: an early time-out, log context, metrics, partial batch failures. */

let stopAws: () => Promise<void>;
let lines: Record<string, unknown>[];

beforeAll(async () => {
  const environment = { POWERTOOLS_LOG_LEVEL: 'INFO', POWERTOOLS_METRICS_DISABLED: 'false' };
  stopAws = await startLocalAws({ environment });
});
afterAll(() => stopAws());

beforeEach(() => {
  lines = [];
  for (const method of ['info', 'warn', 'error', 'log'] as const) {
    jest.spyOn(console, method).mockImplementation((line: unknown) => {
      lines.push(JSON.parse(String(line)));
    });
  }
});

const hanging = async () => new Promise<never>(() => {});
const openRoute: OpenRouteHandler = {
  name: 'slow',
  method: 'POST',
  path: '/slow',
  access: {},
  summary: 'Slow',
  run: hanging,
};
const event = () => apiEvent({ method: 'POST', path: '/slow' });

describe('a request that its function has no time left for', () => {
  it('is answered 503 with Retry-After, in our shape, and logged as an error', async () => {
    const answer = read(await lambdaOpen(openRoute)(event(), invocation({ remainingMs: 1_050 })));
    expect(answer.status).toBe(503);
    expect(answer.headers).toMatchObject({ 'retry-after': '1', 'content-type': 'application/problem+json' });
    expect(answer.json).toMatchObject({ code: 'busy', retryable: true, request_id: expect.stringContaining('req_') });
    expect(answer.json.detail).toContain('may still take effect');
    expect(lines).toMatchObject([{ level: 'ERROR', message: 'request.timed_out', route: 'slow', status: 503 }]);
  });

  it('is answered in the shape of its own protocol', async () => {
    const protocol = {
      scheme: 'Bearer',
      readCaller: async () => undefined,
      refuse: () => ({ status: 503, body: { code: '503.001' } }),
    };
    const answer = read(await lambdaOpen({ ...openRoute, protocol })(event(), invocation({ remainingMs: 0 })));
    expect([answer.status, answer.json]).toEqual([503, { code: '503.001' }]);
    expect(answer.headers).toMatchObject({ 'retry-after': '1', 'content-type': 'application/json' });
  });

  it('does not disturb another that runs beside it', async () => {
    const done = { ...openRoute, run: async () => ({ status: 200, body: {} }) };
    const [late, good] = await Promise.all([
      lambdaOpen(openRoute)(event(), invocation({ remainingMs: 1_020 })),
      lambdaOpen(done)(event(), invocation()),
    ]);
    expect([late.statusCode, good.statusCode]).toEqual([503, 200]);
  });

  it('is answered so on a route with a key, too', async () => {
    const { testKey: key } = await aMerchant(awsWorld());
    const handler = lambda({ ...routes.getWallet, run: hanging });
    const answer = await handler(apiEvent({ method: 'GET', path: '/', key }), invocation({ remainingMs: 1_200 }));
    expect(answer.statusCode).toBe(503);
  });
});

it('a warning names the invocation that wrote it, and only the first is a cold start; other lines are short', async () => {
  const log = worker({
    async onSchedule({ log }) {
      log.info('hello', { ms: 1 });
      log.warn('beware');
    },
  });
  await log(scheduleEvent('one'), invocation({ requestId: 'first' }));
  await log(scheduleEvent('one'), invocation({ requestId: 'second' }));
  expect(lines).toEqual([
    { level: 'INFO', message: 'hello', timestamp: expect.any(String), ms: 1 },
    expect.objectContaining({ message: 'beware', invocation: 'first' }),
    expect.objectContaining({ message: 'hello' }),
    expect.objectContaining({ message: 'beware', invocation: 'second', coldStart: false }),
  ]);
});

describe('metrics', () => {
  it('of one invocation are published in one line at its end; one with dimensions has a line of its own', async () => {
    const measure = worker({
      async onSchedule({ log }) {
        log.metric(METRICS.ordersInReview, 2);
        log.metric(METRICS.oldestUnknown, 60);
        log.metric(METRICS.providerDown, 1, { provider: 'pesaway' });
      },
    });
    await measure(scheduleEvent('one'), invocation());
    expect(lines).toMatchObject([
      { service: 'airtime', provider: 'pesaway', [METRICS.providerDown]: 1 },
      { service: 'airtime', [METRICS.ordersInReview]: 2, [METRICS.oldestUnknown]: 60 },
    ]);
    expect(lines[1]).not.toHaveProperty('provider');
  });

  it('are published when the invocation failed, too', async () => {
    const fail = worker({
      async onSchedule({ log }) {
        log.metric(METRICS.moneyAnomaly, 1);
        throw new Error('broken');
      },
    });
    await expect(fail(scheduleEvent('one'), invocation())).rejects.toThrow('the run failed');
    expect(lines).toMatchObject([
      { message: 'run.failed', error: { message: 'broken' } },
      { [METRICS.moneyAnomaly]: 1 },
    ]);
  });
});

describe('a batch', () => {
  const bodies = ['good', 'bad', 'good too'];

  it('runs its messages in parallel and gives back those that failed, whatever they threw', async () => {
    const started: string[] = [];
    const all = Promise.withResolvers<void>();
    const handler = worker<string>({
      async onMessage(_world, message) {
        started.push(message);
        if (started.length === bodies.length) all.resolve();
        await all.promise;
        if (message === 'bad') throw undefined;
      },
    });
    const answer = await handler(queueEvent(bodies.map((body) => JSON.stringify(body))), invocation());
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-2' }] });
    expect(lines).toMatchObject([{ message: 'message.failed', messageId: 'message-2' }]);
  });

  it('of which every message failed gives all of them back, and is no failed invocation', async () => {
    const handler = worker({ onMessage: async () => Promise.reject(new Error('broken')) });
    const answer = await handler(queueEvent(['1', '2']), invocation());
    expect(answer?.batchItemFailures).toHaveLength(2);
  });
});

describe("the API's own address", () => {
  const answering: OpenRouteHandler = { ...openRoute, run: async () => ({ status: 200, body: { ok: true } }) };
  const secret = 'x'.repeat(64);
  const ask = async (headers: Record<string, string>) =>
    read(await lambdaOpen(answering)(apiEvent({ method: 'POST', path: '/slow', headers }), invocation()));
  afterEach(() => {
    delete process.env.ORIGIN_SECRET;
    delete process.env.CLOSES_API;
  });

  it('is closed to whoever does not come by CloudFront, before anything is read or logged', async () => {
    Object.assign(process.env, { ORIGIN_SECRET: secret, CLOSES_API: 'true' });
    for (const headers of [{}, { [ORIGIN_HEADERS.secret]: 'y'.repeat(64) }, { [ORIGIN_HEADERS.secret]: '' }]) {
      const { status, json } = await ask(headers);
      expect([status, json]).toEqual([403, { message: 'Forbidden' }]);
    }
    expect(lines.filter(({ message }) => message !== undefined)).toEqual([]);
    expect((await ask({ [ORIGIN_HEADERS.secret]: secret })).status).toBe(200);
  });

  it('is closed to everybody where a secret is missing', async () => {
    process.env.CLOSES_API = 'true';
    expect((await ask({ [ORIGIN_HEADERS.secret]: 'undefined' })).status).toBe(403);
  });

  it('is closed for paths that are no route, too, and open where the stage says so', async () => {
    const asked = apiEvent({ method: 'GET', path: '/nothing' });
    expect(read(await lambdaNotFound()(asked, invocation())).status).toBe(404);
    process.env.CLOSES_API = 'true';
    expect(read(await lambdaNotFound()(asked, invocation())).status).toBe(403);
  });
});

describe('a long answer', () => {
  it('is compressed as the caller accepts it, in the form that API Gateway decodes', async () => {
    const text = 'a long text '.repeat(200);
    const long: OpenRouteHandler = { ...openRoute, run: async () => ({ status: 200, body: { text } }) };
    const asked = apiEvent({ method: 'GET', path: '/slow', headers: { 'accept-encoding': 'gzip' } });
    const answer = await lambdaOpen(long)(asked, invocation());
    expect(answer).toMatchObject({ statusCode: 200, isBase64Encoded: true, headers: { 'content-encoding': 'gzip' } });
    const { body = '' } = answer as { body?: string };
    expect(JSON.parse(gunzipSync(Buffer.from(body, 'base64')).toString())).toEqual({ text });
  });
});

describe('the address that a request came from', () => {
  const echo: OpenRouteHandler = {
    ...openRoute,
    run: async (_world, { address, headers }) => ({ status: 200, body: { address, names: Object.keys(headers) } }),
  };
  const addressOf = async (headers: Record<string, string>) => {
    const answer = await lambdaOpen(echo)(apiEvent({ method: 'POST', path: '/slow', headers }), invocation());
    return read(answer).json;
  };
  const secret = 'x'.repeat(64);
  const { secret: proof, viewer } = ORIGIN_HEADERS;
  afterEach(() => {
    delete process.env.ORIGIN_SECRET;
  });

  it('is the one that CloudFront names, and nothing else of a function sees by what it is believed', async () => {
    process.env.ORIGIN_SECRET = secret;
    const { address, names } = await addressOf({ [proof]: secret, [viewer]: '2001:db8::7' });
    expect([address, names]).toEqual(['2001:db8::7', ['content-type']]);
  });

  it.each([
    ['without the secret', {}],
    ['with a wrong one', { [proof]: 'y'.repeat(64) }],
    ['with a part of it', { [proof]: 'x'.repeat(63) }],
    ['with an empty one', { [proof]: '' }],
    ['with it twice', { [proof]: `${secret},${secret}` }],
  ])('is that of the connection for whoever names another %s', async (_how, headers) => {
    process.env.ORIGIN_SECRET = secret;
    const forged = { 'x-forwarded-for': '198.51.100.1', 'cloudfront-viewer-address': '198.51.100.1:443' };
    const { address } = await addressOf({ ...headers, ...forged, [viewer]: '198.51.100.1' });
    expect(address).toBe('192.0.2.1');
  });

  it('is that of the connection where there is no CloudFront, whatever secret somebody makes up', async () => {
    for (const made of ['', 'undefined', secret]) {
      expect((await addressOf({ [proof]: made, [viewer]: '198.51.100.1' })).address).toBe('192.0.2.1');
    }
    process.env.ORIGIN_SECRET = secret;
    expect((await addressOf({ [proof]: secret })).address).toBe('192.0.2.1');
  });
});
