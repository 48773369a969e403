import { expect, it } from '@jest/globals';
import { handler as showPaymentEnd } from '../../../functions/wallet/show-payment-end.ts';
import { useEnvironment } from '../../../shared/local/environment.ts';
import { apiEvent, invocation } from '../../support/event.ts';

useEnvironment({ POWERTOOLS_LOG_LEVEL: 'SILENT' });

const ask = (query: Record<string, string>) =>
  showPaymentEnd(apiEvent({ method: 'GET', path: '/payments/end', query }), invocation());

it('the page after a payment needs no key, runs no script, and is the same whatever its link says', async () => {
  const answer = await ask({});
  expect(answer.statusCode).toBe(200);
  expect(answer.headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': expect.stringContaining("default-src 'none'"),
    'cache-control': 'no-store',
  });
  expect(answer.body).toContain('You can close this page.');
  expect(answer.body).not.toMatch(/<script|https?:/);
  expect((await ask({ status: '<b>paid</b>', reference: 'r1' })).body).toBe(answer.body);
});
