import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { holderOf, isInRanges, isWithinRanges, problemOfRange } from '../../shared/domain/address-range.ts';
import { cpuMsOf } from '../support/cpu-time.ts';

it.each([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['::FFFF:cb00:7107', '203.0.113.7'],
  ['2001:db8:0:7::1', '20010db800000007/64'],
  ['2001:0DB8::7:ffff:ffff:ffff:ffff', '20010db800000007/64'],
  ['2001:db8:0:8::1', '20010db800000008/64'],
  ['::1', '0000000000000000/64'],
  ['no address', 'no address'],
  [`${'9'.repeat(50)}:`, '9'.repeat(45)],
])('the addresses of the holder of %s are counted as %s', (address, holder) => {
  expect(holderOf(address)).toBe(holder);
});

describe('an address range', () => {
  it.each([
    ['203.0.113.7', '203.0.113.0/24', true],
    ['203.0.114.7', '203.0.113.0/24', false],
    ['203.0.113.7', '203.0.113.7', true],
    ['203.0.113.8', '203.0.113.7', false],
    ['203.0.113.127', '203.0.113.0/25', true],
    ['203.0.113.128', '203.0.113.0/25', false],
    ['255.255.255.255', '0.0.0.0/0', true],
    ['2001:db8::1', '0.0.0.0/0', false],
    ['::ffff:203.0.113.7', '203.0.113.0/24', true],
    ['::ffff:cb00:7107', '203.0.113.0/24', true],
    ['203.0.113.7', '::ffff:203.0.113.0/120', true],
    ['2001:db8:0:1::5', '2001:db8::/32', true],
    ['2001:DB8::5', '2001:db8::/32', true],
    ['2001:db9::', '2001:db8::/32', false],
    ['::1', '::/0', true],
    ['', '::/0', false],
    ['203.0.113.7, 198.51.100.1', '203.0.113.0/24', false],
    ['fe80::1%eth0', 'fe80::/10', false],
  ])('%s in %s is %p', (address, range, isIn) => {
    expect(problemOfRange(range)).toBeUndefined();
    expect(isInRanges(address, ['192.0.2.1', range])).toBe(isIn);
  });

  it.each([
    ['', /^must be a range/],
    ['203.0.113.0/33', /^must be a range/],
    ['203.0.113/24', /^must be a range/],
    ['203.0.113.00/24', /^must be a range/],
    ['203.0.113.0/024', /^must be a range/],
    ['203.0.113.0/', /^must be a range/],
    ['203.0.113.0/24/24', /^must be a range/],
    ['256.0.0.0/8', /^must be a range/],
    ['2001:db8::/129', /^must be a range/],
    ['2001:db8:::/32', /^must be a range/],
    ['1::2::3', /^must be a range/],
    ['1:2:3:4:5:6:7:8:9', /^must be a range/],
    ['1:2:3:4:5:6:7', /^must be a range/],
    ['1:2:3:4:5:6:7:8::', /^must be a range/],
    ['1.2.3.4::', /^must be a range/],
    ['merchant.example', /^must be a range/],
    ['203.0.113.7/24', /^has bits set/],
    ['2001:db8::1/32', /^has bits set/],
  ])('is not %p', (text, says) => {
    expect(problemOfRange(text)).toMatch(says);
  });

  it('says of every address and range what another implementation says', () => {
    const parts = fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 });
    const ipv6 = parts.map((each) => new ipaddr.IPv6(each));
    fc.assert(
      fc.property(ipv6, ipv6, fc.integer({ min: 0, max: 128 }), (address, base, bits) => {
        const network = ipaddr.IPv6.networkAddressFromCIDR(`${base.toNormalizedString()}/${bits}`);
        const near = fc.sample(fc.constantFrom(address, network, base), 1)[0] ?? address;
        const range = `${network.toString()}/${bits}`;
        expect([range, problemOfRange(range)]).toEqual([range, undefined]);
        expect(isInRanges(near.toString(), [range])).toBe(near.match(network, bits));
      }),
    );
  });

  it('is within another when every address of it is', () => {
    expect(isWithinRanges('203.0.113.0/25', ['192.0.2.0/24', '203.0.113.0/24'])).toBe(true);
    expect(isWithinRanges('203.0.113.0/24', ['203.0.113.0/24'])).toBe(true);
    expect(isWithinRanges('203.0.112.0/23', ['203.0.113.0/24'])).toBe(false);
    expect(isWithinRanges('0.0.0.0/0', ['203.0.113.0/24'])).toBe(false);
    expect(isWithinRanges('2001:db8::/33', ['2001:db8::/32'])).toBe(true);
  });

  it('is read in linear time, however long the text is', () => {
    for (const text of ['1:'.repeat(500_000), '1.'.repeat(500_000), ':'.repeat(1_000_000), '/'.repeat(1_000_000)]) {
      const ms = cpuMsOf(() => {
        expect(problemOfRange(text)).toBeDefined();
        expect(isInRanges(text, ['203.0.113.0/24'])).toBe(false);
      });
      expect(ms).toBeLessThan(200);
    }
  });
});
