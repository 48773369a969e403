import { describe, expect, it } from '@jest/globals';
import { unlessUnchanged } from '../../shared/aws/unchanged.ts';

const kept = { 'cache-control': 'no-store', 'x-request-id': 'req_1', link: '</more>; rel="next"' };
const headers = { ...kept, 'content-type': 'application/json', 'x-content-type-options': 'nosniff' };
const answer = (data: string, status = 200) => ({ status, headers, body: JSON.stringify({ data: data.repeat(300) }) });
const etagOf = (response: ReturnType<typeof answer>) => unlessUnchanged(response, 'GET', undefined).headers.etag ?? '';

describe('an answer', () => {
  it('is given whole to who has another one, with what it is known by', () => {
    const etag = etagOf(answer('a'));
    expect(etag).toMatch(/^W\/"[\w-]{22}"$/);
    for (const known of [undefined, '', '*', etagOf(answer('b')), etag.replace('W/', '')]) {
      expect(unlessUnchanged(answer('a'), 'GET', known)).toEqual({ ...answer('a'), headers: { ...headers, etag } });
    }
  });

  it('is 304 without a body to who has it, and may be kept by nobody on the way', () => {
    const etag = etagOf(answer('a'));
    for (const known of [etag, `"other", ${etag}`]) {
      expect(unlessUnchanged(answer('a'), 'GET', known)).toEqual({ status: 304, headers: { ...kept, etag }, body: '' });
    }
  });

  it('has none where it is a refusal, a change, a file or short', () => {
    expect(etagOf(answer('a', 404))).toBe('');
    expect(unlessUnchanged(answer('a'), 'POST', etagOf(answer('a')))).toEqual(answer('a'));
    const file = { ...answer('a'), headers: { 'content-type': 'text/csv' } };
    expect(unlessUnchanged(file, 'GET', undefined)).toEqual(file);
    const short = { status: 200, headers, body: '{}' };
    expect(unlessUnchanged(short, 'GET', undefined)).toEqual(short);
  });
});
