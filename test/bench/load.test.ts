import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { SANDBOX_OUTCOMES } from '../../shared/providers/sandbox.ts';
import { targetOf } from './load.ts';

const run = promisify(execFile);

/** What the script says of a server that gives this answer to everything, or of none. */
async function loadOf(answer?: { status: number; body: object }) {
  const server = createServer((_request, response) => {
    response.writeHead(answer?.status ?? 0, { 'content-type': 'application/json' }).end(JSON.stringify(answer?.body));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  if (!answer) server.close();
  const options = ['test/bench/load.ts', '--url', url, '--key', 'atk_test_x'];
  const said = await run(process.execPath, options).catch((error) => error);
  server.close();
  return { code: said.code, stderr: said.stderr.replace(url, 'URL') };
}

it.each([
  ['nothing answers', undefined, 'Nothing answers at URL.'],
  [
    'the key is wrong',
    { status: 401, body: { code: 'invalid_key' } },
    'The key is not accepted: GET /api/v1/products was answered 401 invalid_key.',
  ],
  ['the product is not sold', { status: 200, body: { data: [] } }, 'Product 100 is not sold there.'],
])('where %s, it says so and ends', async (_what, answer, expected) => {
  expect(await loadOf(answer)).toEqual({ code: 1, stderr: `${expected}\n` });
});

it('orders for numbers that a test key decides at once, each a number of one network', () => {
  const targets = Array.from({ length: 100_000 }, (_, place) => targetOf(place));
  expect(targets.filter((target) => !/^07722\d{5}$/.test(target))).toEqual([]);
  const sends = new Set(targets.map((target) => SANDBOX_OUTCOMES[target.slice(-3)]?.send ?? 'success'));
  expect(sends).toEqual(new Set(['success', 'rejected']));
});
