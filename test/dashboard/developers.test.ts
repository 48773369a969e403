import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { bodyOf, expiryOf, NEW_KEY } from '../../dashboard/src/routes/keys/new-key.ts';
import { causesOf } from '../../dashboard/src/routes/requests/causes.ts';
import { pathOf, whyNoReplay } from '../../dashboard/src/routes/requests/replay.ts';
import { VERIFY_USAGE } from '../../dashboard/src/routes/webhooks/verify-usage.ts';
import { keyTexts } from '../../dashboard/src/texts/keys.ts';
import { webhookTexts } from '../../dashboard/src/texts/webhooks.ts';
import { SCOPES } from '../../shared/domain/key.ts';
import { EVENT_TYPES } from '../../shared/domain/webhook.ts';

/** What the developers' pages decide without a browser. */

const NOW = Date.parse('2026-05-07T08:00:00.000Z');

it('every scope of a key and every type of event is explained', () => {
  expect(Object.keys(keyTexts.scopeWords).toSorted()).toEqual([...SCOPES].toSorted());
  expect(Object.keys(webhookTexts.eventWords).toSorted()).toEqual([...EVENT_TYPES].toSorted());
});

it('each language of the guide is called with the secret from the environment', () => {
  const guide = readFileSync('docs/webhooks.md', 'utf8');
  for (const [language, usage] of Object.entries(VERIFY_USAGE)) {
    expect(guide).toContain(`\n### ${language}\n`);
    expect(usage).toMatch(/(environ|env|Environment\w+)\W+WEBHOOK_SECRET/i);
  }
});

describe('a new key', () => {
  it.each([
    [{ expiry: 'never' }, undefined],
    [{ expiry: '30' }, '2026-06-06T08:00:00.000Z'],
    [{ expiry: 'date', day: '2026-05-07' }, '2026-05-07T23:59:59.000Z'],
    [{ expiry: 'date', day: '2026-05-06' }, null],
    [{ expiry: 'date', day: '2026-13-40' }, null],
    [{ expiry: 'date', day: '' }, null],
  ])('%o ends at %s', (chosen, end) => {
    expect(expiryOf({ ...NEW_KEY, ...chosen }, NOW)).toBe(end);
  });

  it('has its ranges one by one, and none where nothing is written', () => {
    const form = { ...NEW_KEY, name: ' Shop ', ranges: '203.0.113.0/24\n2001:db8::/32, 198.51.100.7/32\n' };
    expect(bodyOf(form, NOW)).toEqual({
      name: 'Shop',
      scopes: ['orders:write', 'orders:read'],
      allowed_ranges: ['203.0.113.0/24', '2001:db8::/32', '198.51.100.7/32'],
    });
    expect(bodyOf({ ...form, ranges: ' ' }, NOW)).not.toHaveProperty('allowed_ranges');
  });
});

describe('the request log', () => {
  const KEPT = {
    ...{ id: 'req_1', created_at: '2026-05-07T08:00:00.000Z', method: 'POST', path: '/api/v1/orders' },
    ...{ operation: 'create-order', status: 422, code: 'invalid_amount', duration_ms: 5, left_out_before: 0 },
    ...{ key_id: 'key_1', member_id: null, query: '{}', request_headers: {}, response_headers: {} },
    ...{ request_body: '{"amount":-1}', request_bytes: 13, request_cut: false },
    ...{ response_body: '{}', response_bytes: 2, response_cut: false, erased: false },
  };

  it.each([
    [{}, undefined],
    [{ operation: 'create-key' }, 'method'],
    [{ operation: 'update-member' }, 'method'],
    [{ operation: 'freeze-account' }, 'method'],
    [{ operation: 'send-airtime' }, 'method'],
    [{ operation: 'of-next-year' }, 'method'],
    [{ operation: 'not-found', path: '//elsewhere.example/' }, 'method'],
    [{ request_body: null }, 'gone'],
    [{ erased: true }, 'gone'],
    [{ request_cut: true }, 'cut'],
    [{ request_body: '{"token":"(not kept)"}' }, 'secret'],
  ])('a request with %o is not replayed because of %s', (differs, why) => {
    expect(whyNoReplay({ ...KEPT, ...differs })).toBe(why);
  });

  it('a path has its query again', () => {
    expect(pathOf({ path: '/api/v1/orders', query: '{"status":"pending","target":"+263 77"}' })).toBe(
      '/api/v1/orders?status=pending&target=%2B263+77',
    );
    expect(pathOf({ path: '/api/v1/orders', query: null })).toBe('/api/v1/orders');
  });

  it('errors are counted by cause, the most frequent first, and what was accepted is none', () => {
    const rows = [
      KEPT,
      { ...KEPT, status: 201, code: null },
      { ...KEPT, code: 'unauthenticated', status: 401, created_at: '2026-05-07T07:00:00.000Z' },
      { ...KEPT, created_at: '2026-05-07T06:00:00.000Z' },
    ];
    expect(causesOf(rows)).toEqual([
      { code: 'invalid_amount', operation: 'create-order', status: 422, count: 2, lastAt: KEPT.created_at },
      { code: 'unauthenticated', operation: 'create-order', status: 401, count: 1, lastAt: '2026-05-07T07:00:00.000Z' },
    ]);
  });
});
