import { describe, expect, it } from '@jest/globals';
import * as z from 'zod/mini';
import { agentReference, currency, productId } from '../../shared/http/fields.ts';
import { check } from '../../shared/http/read-body.ts';
import { Refusal } from '../../shared/http/refusal.ts';

const body = z.strictObject({
  product_id: productId,
  target: z.string({ error: 'must be a string.' }),
  agent_reference: agentReference,
  custom_sms: z.optional(z.string({ error: 'must be a string.' })),
  ends_at: z.optional(z.nullable(z.string({ error: 'must be a string.' }))),
  hours: z._default(z.number({ error: 'must be a number.' }), 24),
});
const GOOD = { product_id: 100, target: '0772279099', agent_reference: 'a' };

function refusalOf(input: unknown): Refusal {
  try {
    check(body, input);
  } catch (error) {
    if (error instanceof Refusal) return error;
  }
  throw new Error('it was not refused');
}

describe('an input with several problems', () => {
  it('has all of them listed, each with what to do, and the first as its own', () => {
    const { param, detail, errors } = refusalOf({
      taget: '0772279099',
      product_id: 'x',
      agent_reference: 'a/b',
      extra: 1,
    });
    expect([param, detail]).toEqual(['product_id', 'product_id must be the id of a product: a whole number.']);
    expect(errors).toEqual([
      { param: 'product_id', detail, fix: 'Correct product_id.' },
      { param: 'target', detail: 'target is missing.', fix: 'Add target.' },
      {
        param: 'agent_reference',
        detail: expect.stringMatching(/^agent_reference must be 1 to 64 letters/),
        fix: 'Correct agent_reference.',
      },
      { param: 'taget', detail: 'taget is not a known field; did you mean target?', fix: 'Send target instead.' },
      { param: 'extra', detail: 'extra is not a known field; check its spelling.', fix: 'Leave extra out.' },
    ]);
  });

  it('has twenty of them listed at most, and no name in full that is long', () => {
    const unknown = Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`${n}${'é'.repeat(200)}`, 1]));
    const { errors } = refusalOf({ ...GOOD, ...unknown });
    expect(errors).toHaveLength(20);
    expect(JSON.stringify(errors).length).toBeLessThan(6_000);
  });

  it.each([[null], [[]], ['x'], [5]])('names no fields where it is %j', (input) => {
    expect(refusalOf(input)).toMatchObject({ detail: 'The body must be one JSON object.', errors: undefined });
  });
});

it.each([
  ['taget', 'target'],
  ['Target', 'target'],
  ['tragte', 'target'],
  ['productId', 'product_id'],
  ['product-id', 'product_id'],
  ['reference', 'agent_reference'],
  ['agentReference', 'agent_reference'],
  ['agent_referense', 'agent_reference'],
  ['sms', 'custom_sms'],
  ['id', undefined],
  ['agent_ref', 'agent_reference'],
  ['agentRef', 'agent_reference'],
  ['msisdn', 'target'],
  ['phone', 'target'],
  ['PhoneNumber', 'target'],
  ['meter_number', 'target'],
  ['custom_message', 'custom_sms'],
  ['agent', 'agent_reference'],
  ['pro', undefined],
  ['a', undefined],
  ['constructor', undefined],
])('%s: did you mean %s?', (name, meant) => {
  const problem = refusalOf({ [name]: 1 }).errors?.find((each) => 'param' in each && each.param === name);
  const expected = meant === undefined ? 'check its spelling.' : `did you mean ${meant}?`;
  expect(problem?.detail).toBe(`${name} is not a known field; ${expected}`);
});

it('a name that is near a field which is there too is not taken for it', () => {
  expect(refusalOf({ ...GOOD, taget: '1' }).detail).toBe('taget is not a known field; check its spelling.');
});

it('null is the field left out, where the field may be left out and null means nothing else', () => {
  const given = check(body, { ...GOOD, custom_sms: null, ends_at: null, hours: null });
  expect(given).toEqual({ ...GOOD, ends_at: null, hours: 24 });
  expect(refusalOf({ ...GOOD, target: null })).toMatchObject({ param: 'target', detail: 'target must be a string.' });
});

it.each([
  ['ZiG', 'ZWG'],
  ['zig', 'ZWG'],
  ['zwg', 'ZWG'],
  [' usd ', 'USD'],
])('the currency %j is %s', (text, code) => {
  expect(check(z.strictObject({ currency }), { currency: text })).toEqual({ currency: code });
});

it.each(['ZWL', 'dollar', '', 5, null])('%j is no currency', (value) => {
  expect(() => check(z.strictObject({ currency }), { currency: value })).toThrow(
    expect.objectContaining({ param: 'currency', detail: 'currency must be one of USD, ZWG, KES, UGX, TZS.' }),
  );
});

it('a field that is never right has one advice', () => {
  const order = z.strictObject({ currency: z.optional(z.never({ error: 'follows from the product.' })) });
  const problem = { param: 'currency', detail: 'currency follows from the product.', fix: 'Leave currency out.' };
  expect(() => check(order, { currency: 'USD' })).toThrow(expect.objectContaining({ errors: [problem] }));
});
