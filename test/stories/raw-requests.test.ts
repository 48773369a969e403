import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { methodsOf } from '../../shared/manifest/route.ts';
import { families } from '../../shared/manifest/routes.ts';
import { BODIES, QUERIES } from '../support/every-route.ts';
import { repeats } from '../support/length.ts';
import type { Mutation } from '../support/raw-socket.ts';
import { mutate, sendRaw } from '../support/raw-socket.ts';
import { System } from '../support/system.ts';

/**
 * Every operation as bytes on a socket, against a running `npm start`: good requests, mutated in the request line, the
 * headers and the body. None is answered with a 5xx, and the process serves on.
 */

const RUNS = repeats({ short: 300, long: 20_000 });
const AT_ONCE = 8;

let system: System;
let data: string;
let known: Record<string, string>;

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'airtime-raw-'));
  system = await System.start(data);
  const { testKey: key, campaignId } = system.local;
  const { json } = await system.api('/api/v1/webhooks/endpoints', { key });
  known = { campaign_id: campaignId, endpoint_id: json.data[0].id, target: '0772279099', currency: 'USD' };
}, 120_000);
afterAll(async () => {
  await system.stop();
  rmSync(data, { recursive: true, force: true });
});

const operations = Object.values(families)
  .flat()
  .flatMap((route) => methodsOf(route).map((method) => ({ name: route.name, path: route.path, method })));

const scrap = fc.oneof(
  fc.constantFrom(
    '\r\n',
    '\r',
    '\n',
    '"',
    '\\',
    '%',
    '%00',
    '%2f',
    '%5c',
    '%0d%0a',
    '\0',
    '/',
    '//',
    '..',
    '?',
    '&',
    '=',
  ),
  fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    'null',
    '-1',
    '1e308',
    '0.1',
    '9'.repeat(30),
    '__proto__',
    '\\ud800',
    '[['.repeat(50),
  ),
  fc.constantFrom(
    'Transfer-Encoding: chunked\r\n',
    'Content-Length: 0\r\n',
    'Expect: 100-continue\r\n',
    'Prefer: wait=0\r\n',
  ),
  fc.string({ maxLength: 8, unit: 'binary-ascii' }),
);
const mutation = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  drops: fc.oneof(fc.nat(3), fc.nat(60)),
  puts: scrap,
});
/** Most requests are let in, so that what is behind the reader of HTTP is tried too. */
const seldom = (some: fc.Arbitrary<Mutation[]>) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant<Mutation[]>([]) }, { weight: 1, arbitrary: some });
const request = fc.record({
  operation: fc.constantFrom(...operations),
  line: seldom(fc.array(mutation, { minLength: 1, maxLength: 2 })),
  headers: seldom(fc.array(mutation, { minLength: 1, maxLength: 1 })),
  body: fc.array(mutation, { maxLength: 3 }),
  isKeyed: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
});
type Sent = typeof request extends fc.Arbitrary<infer Value> ? Value : never;

function bytesOf({ operation: { name, path, method }, line, headers, body, isKeyed }: Sent): Buffer {
  const filled = path.replace(/\{(\w+)\}/g, (_all, parameter: string) => known[parameter] ?? `unknown-${parameter}`);
  const query = new URLSearchParams(QUERIES[name]).toString();
  const good = BODIES[name]?.() ?? {};
  const text = method === 'GET' || method === 'HEAD' ? '' : mutate(JSON.stringify(good), body);
  const target = mutate(`${filled}${query ? `?${query}` : ''}`, line);
  const fields = [
    'Host: localhost',
    'Connection: close',
    'Prefer: respond-async',
    'X-Region: ke',
    'Content-Type: application/json',
    ...(isKeyed ? [`Authorization: Api-Key ${system.local.testKey}`] : []),
    `Content-Length: ${Buffer.byteLength(text, 'latin1')}`,
  ];
  return Buffer.from(
    `${method} ${target} HTTP/1.1\r\n${mutate(`${fields.join('\r\n')}\r\n`, headers)}\r\n${text}`,
    'latin1',
  );
}

it(
  'no request to any operation is answered with a 5xx, or ends the process',
  async () => {
    const port = Number(new URL(system.local.baseUrl).port);
    const statuses = new Map<number, number>();
    // Each operation at least once as it should be sent, and the rest by chance.
    const plain = operations.map((operation) => ({ operation, line: [], headers: [], body: [], isKeyed: true }));
    const waiting: Sent[] = [...plain, ...fc.sample(request, RUNS)];
    const sendNext = async (): Promise<void> => {
      const next = waiting.pop();
      if (!next) return;
      const bytes = bytesOf(next);
      const status = await sendRaw(port, bytes, false);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (status >= 500) throw new Error(`${status} for ${JSON.stringify(bytes.toString('latin1'))}`);
      return sendNext();
    };
    await Promise.all(Array.from({ length: AT_ONCE }, sendNext));
    expect(system.child.exitCode).toBeNull();
    expect((await system.api('/api/v1/orders')).status).toBe(200);
    expect(readFileSync(join(data, 'airtime.log'), 'utf8')).not.toContain('A handler crashed');
    const answered = [...statuses].reduce((sum, [status, count]) => sum + (status === 0 ? 0 : count), 0);
    expect(answered).toBeGreaterThan((operations.length + RUNS) / 2);
    expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 400, 401, 404]));
  },
  repeats({ short: 120_000, long: 3_600_000 }),
);
