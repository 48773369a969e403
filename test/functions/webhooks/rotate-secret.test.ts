import { describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { rotateSecret } from '../../../functions/webhooks/rotate-secret.ts';
import { testEndpoint } from '../../../functions/webhooks/test-endpoint.ts';
import type { Params } from '../../support/endpoint-set-up.ts';
import { add, ask, freshMerchantForEachTest, of, received } from '../../support/endpoint-set-up.ts';

freshMerchantForEachTest();

describe('an endpoint', () => {
  it('gets a new secret; the old one signs beside it for as long as was asked for', async () => {
    const endpoint = await add();
    const rotated = await ask(rotateSecret, of(endpoint), { overlap_hours: 2 });
    expect(rotated.json.secret).not.toBe(endpoint.secret);
    expect(rotated.json.retiring_secrets_until).toHaveLength(1);
    const verifies = (secret: string) => {
      const { body = '', headers } = received.at(-1) ?? {};
      return new Webhook(secret).verify(body, headers as Params);
    };
    await ask(testEndpoint, of(endpoint));
    expect(verifies(endpoint.secret)).toEqual(verifies(rotated.json.secret));
    const leaked = await ask(rotateSecret, of(endpoint), { overlap_hours: 0 });
    await ask(testEndpoint, of(endpoint));
    expect(() => verifies(rotated.json.secret)).toThrow();
    expect(() => verifies(endpoint.secret)).toThrow();
    expect(verifies(leaked.json.secret)).toBeTruthy();
    expect((await ask(rotateSecret, of(endpoint))).status).toBe(200);
    const tooLong = await ask(rotateSecret, of(endpoint), { overlap_hours: 169 });
    expect(tooLong.json).toMatchObject({ param: 'overlap_hours', status: 400 });
  });
});
