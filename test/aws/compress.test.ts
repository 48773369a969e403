import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { compressed } from '../../shared/aws/compress.ts';

const row = (n: number) => ({
  id: `ord_${n}`,
  agent_reference: `INV-${n * 7919}`,
  status: 'success',
  amount: n,
  currency: 'USD',
});
const list = JSON.stringify({ data: Array.from({ length: 25 }, (_each, n) => row(n)), next_cursor: null });
const headers = { 'content-type': 'application/json' };
const ask = (accept?: string, { body = list, method = 'GET' } = {}) => compressed({ headers, body }, method, accept);

describe('an answer', () => {
  it.each([
    ['br', 'br'],
    ['gzip, deflate, br', 'br'],
    ['gzip, deflate', 'gzip'],
    ['GZIP;q=0.5', 'gzip'],
    ['br;q=0, gzip;q=1.0', 'gzip'],
  ])('to a caller that accepts %s is as %s, and a fifth as long or less', (accept, encoding) => {
    const { headers: named, bytes = Buffer.alloc(0) } = ask(accept);
    expect(named).toEqual({ ...headers, vary: 'accept-encoding', 'content-encoding': encoding });
    const text = encoding === 'br' ? brotliDecompressSync(bytes) : gunzipSync(bytes);
    expect(text.toString()).toBe(list);
    expect(bytes.length).toBeLessThan(list.length / 5);
  });

  it.each([undefined, '', 'identity', 'deflate', 'br;q=0', 'gzip;q=0.0, br;q=x', 'brotli'])(
    'to a caller that accepts %j is as it is, and says that others get another',
    (accept) => {
      expect(ask(accept)).toEqual({ headers: { ...headers, vary: 'accept-encoding' } });
    },
  );

  it('that is short is as it is, and so is every answer that may show a secret', () => {
    expect(ask('br', { body: 'x'.repeat(1_023) })).toEqual({ headers });
    expect(ask('br', { body: 'x'.repeat(1_024) }).bytes).toBeDefined();
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) expect(ask('br', { method })).toEqual({ headers });
  });
});
