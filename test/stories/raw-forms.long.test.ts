import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { repeatsInLong } from '../support/length.ts';
import { mutate, sendRaw } from '../support/raw-socket.ts';
import { System } from '../support/system.ts';

/**
 * Forms as bytes on a socket, against a running `npm start`: mutated anywhere, in the request line, the headers and the
 * body, with lengths that lie and connections that are cut. Every request ends, and the process serves on.
 */

const RUNS = repeatsInLong({ gate: 1_000, all: 5_000 });
const AT_ONCE = 4;
let system: System;
let data: string;

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'airtime-forms-'));
  system = await System.start(data);
});
afterAll(async () => {
  await system.stop();
  rmSync(data, { recursive: true, force: true });
});

const BODY =
  '--X\r\nContent-Disposition: form-data; name="currency"\r\n\r\nUSD\r\n' +
  '--X\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\n' +
  'target,amount\n0772279099,1\n\r\n--X--\r\n';

/** What means something to a reader of HTTP, of forms, or of a CSV, and what does not. */
const scrap = fc.oneof(
  fc.constantFrom('\r\n', '\r', '\n', '--', '--X', '\r\n--X', '\r\n--X--', '"', ';', ':', '=', '\\', '%', '\0', ','),
  fc.constantFrom(
    'filename="b"',
    "filename*=utf-8''%ff",
    'boundary=',
    'charset=utf-16',
    '__proto__',
    '\xff\xfe',
    '\xc3',
  ),
  fc.constantFrom('Transfer-Encoding: chunked\r\n', 'Content-Length: 0\r\n', 'Expect: 100-continue\r\n', BODY),
  fc.string({ maxLength: 8, unit: 'binary-ascii' }),
);
const mutation = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  drops: fc.oneof(fc.nat(3), fc.nat(BODY.length)),
  puts: scrap,
});
const mutations = (max: number) => fc.array(mutation, { minLength: 0, maxLength: max });
const form = fc.record({
  head: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: mutations(2) }),
  body: mutations(4),
  path: fc.constantFrom('/api/v1/bulk/preview', '/api/v1/bulk', '/api/v1/bulk/uploads'),
  lie: fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: -50, max: 50 }) }),
  isCut: fc.oneof({ weight: 8, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
});
type Form = typeof form extends fc.Arbitrary<infer Value> ? Value : never;

function bytesOf({ head, body, path, lie }: Form): Buffer {
  const sent = mutate(BODY, body);
  const lines = [
    `POST ${path} HTTP/1.1`,
    'Host: localhost',
    'Connection: close',
    `Authorization: Api-Key ${system.local.testKey}`,
    'Content-Type: multipart/form-data; boundary=X',
    `Content-Length: ${Math.max(0, sent.length + lie)}`,
  ];
  return Buffer.from(`${mutate(`${lines.join('\r\n')}\r\n\r\n`, head)}${sent}`, 'latin1');
}

it('no form on a socket is answered with a 5xx, or ends the process', async () => {
  const statuses = new Map<number, number>();
  const forms = fc.sample(form, RUNS);
  const sendNext = async (): Promise<void> => {
    const next = forms.pop();
    if (!next) return;
    const status = await sendRaw(Number(new URL(system.local.baseUrl).port), bytesOf(next), next.isCut);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    if (status >= 500) throw new Error(`${status} for ${JSON.stringify(next)}`);
    return sendNext();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sendNext));
  expect(system.child.exitCode).toBeNull();
  expect((await system.api('/api/v1/orders')).status).toBe(200);
  // A crash that was survived would be in the log.
  expect(readFileSync(join(data, 'airtime.log'), 'utf8')).not.toContain('A handler crashed');
  const answered = [...statuses].filter(([status]) => status !== 0).reduce((sum, [, count]) => sum + count, 0);
  expect(answered).toBeGreaterThan(RUNS / 2);
  expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 400]));
}, 600_000);
