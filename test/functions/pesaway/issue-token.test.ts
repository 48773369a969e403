import { describe, expect, it } from '@jest/globals';
import { getOrder } from '../../../functions/orders/get-order.ts';
import { getAccountBalance } from '../../../functions/pesaway/get-account-balance.ts';
import { issueToken } from '../../../functions/pesaway/issue-token.ts';
import { revokeKey } from '../../../shared/flows/keys/revoke-key.ts';
import { serveOpen } from '../../../shared/http/pipeline.ts';
import { openRoutes } from '../../../shared/manifest/routes.ts';
import { keptContract } from '../../support/contract.ts';
import { createKey } from '../../support/create-key.ts';
import { granted } from '../../support/granted.ts';
import { OPERATOR } from '../../support/origin.ts';
import { ask, freshMerchantForEachTest, merchant, query, send, world } from '../../support/pesaway-set-up.ts';
import { aMerchant } from '../../support/world.ts';

freshMerchantForEachTest();

describe('logging in', () => {
  const login = async (body: unknown) => {
    const response = await serveOpen(granted(world, openRoutes.issueToken.access), issueToken, {
      ...{ method: 'POST', path: '/api/v1/token/', params: {}, query: {}, headers: {}, requestId: 'req_1' },
      body: JSON.stringify(body),
    });
    return keptContract(issueToken.name, response);
  };
  const credentials = () => ({ consumer_key: merchant.keys.live.id, consumer_secret: merchant.liveKey });

  it('gives a token in both shapes that clients know, good for an hour', async () => {
    const reply = await login({ ...credentials(), grant_type: 'client_credentials' });
    const said = JSON.parse(reply.body);
    expect(reply.status).toBe(200);
    expect(said).toMatchObject({ code: '200.001', token_type: 'Bearer', expires_in: 3600 });
    expect(said.data.token).toBe(said.access_token);
    const bearer = { authorization: `Bearer ${said.access_token}` };
    expect((await send({}, bearer)).json.code).toBe('200.001');
    world.advance(3_600_000 - 1);
    expect((await query('202511051829', bearer)).status).toBe(200);
    world.advance(1);
    expect((await query('202511051829', bearer)).json.code).toBe('401.001');
  });

  it('a token ends with its key', async () => {
    const said = JSON.parse((await login(credentials())).body);
    const owner = { merchantId: merchant.id, mode: 'live' } as const;
    await revokeKey(world, owner, merchant.keys.live.id, { keepsCampaigns: false }, OPERATOR);
    expect((await send({}, { authorization: `Bearer ${said.access_token}` })).status).toBe(401);
  });

  it('a token has the scopes of its key', async () => {
    const request = { merchantId: merchant.id, mode: 'live', name: 'narrow', scopes: ['wallet:read'] } as const;
    const { key, text } = await createKey(world, request);
    const said = JSON.parse((await login({ consumer_key: key.id, consumer_secret: text })).body);
    const bearer = { authorization: `Bearer ${said.access_token}` };
    expect((await send({}, bearer)).json.code).toBe('403.001');
    expect((await ask(getAccountBalance, '', bearer)).status).toBe(200);
  });

  it('refuses credentials that do not belong together, and says no more', async () => {
    const other = await aMerchant(world);
    for (const changes of [
      { consumer_key: other.keys.live.id },
      { consumer_key: merchant.keys.test.id },
      { consumer_secret: other.liveKey },
      { consumer_secret: `${merchant.liveKey}x` },
      { consumer_key: '' },
    ]) {
      const reply = await login({ ...credentials(), ...changes });
      expect([reply.status, JSON.parse(reply.body).code]).toEqual([401, '401.001']);
    }
    const empty = await login({});
    expect([empty.status, JSON.parse(empty.body).ResponseDescription]).toEqual([400, 'consumer_key is missing.']);
  });

  it('a changed token is none: every character counts', async () => {
    const { access_token: token } = JSON.parse((await login(credentials())).body);
    for (let at = 0; at < token.length; at += 1) {
      const other = token[at] === 'A' ? 'B' : 'A';
      const forged = `${token.slice(0, at)}${other}${token.slice(at + 1)}`;
      // The last character of base64url carries bits that stand for nothing; what is compared is the text.
      expect((await send({}, { authorization: `Bearer ${forged}` })).status).toBe(401);
    }
  });

  it('is no key for our own API', async () => {
    const { access_token: token } = JSON.parse((await login(credentials())).body);
    const reply = await ask(getOrder, '', { authorization: `Bearer ${token}` });
    expect([reply.status, reply.json.code]).toEqual([401, 'unauthenticated']);
  });
});
