import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseAmount } from '../../shared/domain/money.ts';
import { duplicateKey } from '../../shared/http/duplicate-key.ts';
import { parseJson } from '../../shared/http/json.ts';
import { cpuMsOf } from '../support/cpu-time.ts';

/** What JSON libraries write and JSON.parse takes without a word, although money or a field would be another. */

const amountIn = (source: string) => (parseJson(`{"amount":${source}}`) as { amount: number }).amount;

describe('a number', () => {
  it.each([
    ['5.000000000000000000', 5],
    ['5.00000000000000000000000000000000', 5],
    ['0.10000000000000001', 0.1],
    ['0.29999999999999999', 0.3],
    ['19.989999999999998', 19.99],
    ['1.0000000000000000e+02', 100],
    ['1e2', 100],
    ['0.0000000000000000000', 0],
    ['10000000000000000000', 1e19],
    ['9007199254740992', 9_007_199_254_740_992],
    ['123456789012345', 123_456_789_012_345],
  ])('%s is read as %p', (source, value) => {
    expect(amountIn(source)).toBe(value);
  });

  it.each([
    '5.0000000000000001',
    '4.9999999999999999',
    '9007199254740993',
    '0.100000000000000000001',
    '0.10000000000000002220446049250313',
    '5.000000000000001',
    '1e999',
    '1e-999',
  ])('%s is refused, because no double is that number', (source) => {
    expect(() => amountIn(source)).toThrow(
      expect.objectContaining({ code: 'invalid_request', param: 'amount', detail: expect.stringContaining('digits') }),
    );
  });

  it('is read as the amount that its double was made from, with as many digits as %.17g prints', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000_000 }), (minor) => {
        const major = minor / 100;
        expect(parseAmount(amountIn(major.toPrecision(17)), 'USD')).toBe(minor);
        expect(parseAmount(amountIn(JSON.stringify(major)), 'USD')).toBe(minor);
      }),
    );
  });

  it('that a sum left beside a cent keeps its decimals, which no amount has', () => {
    expect(parseAmount(amountIn(String(0.1 + 0.2)), 'USD')).toBe('too_many_decimals');
  });
});

it('a byte order mark before the body is skipped, and one inside is not', () => {
  expect(parseJson('\uFEFF{"a":1}')).toEqual({ a: 1 });
  expect(() => parseJson('{\uFEFF"a":1}')).toThrow(expect.objectContaining({ code: 'malformed_json' }));
});

describe('a name twice in one object', () => {
  it.each([
    ['{"amount":5,"amount":50}', 'amount'],
    ['{"amount":5, "amount" :50}', 'amount'],
    ['{"amount":5,"\\u0061mount":50}', 'amount'],
    ['{"a":{"b":1},"c":[{"d":1,"d":2}]}', 'd'],
    ['{"__proto__":1,"__proto__":2}', '__proto__'],
    ['{"":1,"":2}', ''],
    ['{"a\\"b":"\\\\","a\\"b":1}', 'a"b'],
  ])('%s is refused by its name', (text, param) => {
    expect(() => parseJson(text)).toThrow(
      expect.objectContaining({ code: 'invalid_request', param, detail: expect.stringContaining('twice') }),
    );
  });

  it.each([
    '{"a":{"a":1},"b":[{"a":1},{"a":2}]}',
    '{"a":"{\\"a\\":1,\\"a\\":2}"}',
    '{"a":"\\\\","b":"a"}',
    '["a","a"]',
    '"a"',
  ])('%s has none', (text) => {
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });

  it('is found in no text that JSON.stringify writes', () => {
    fc.assert(fc.property(fc.json(), (text) => expect(duplicateKey(text)).toBeUndefined()));
  });

  it('is looked for in 4 MB of quotation marks within a second', () => {
    const text = JSON.stringify({ csv: '"\\'.repeat(1_000_000) });
    expect(cpuMsOf(() => parseJson(text))).toBeLessThan(1_000);
  });
});
