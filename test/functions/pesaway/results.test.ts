import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { listDeliveries } from '../../../functions/webhooks/list-deliveries.ts';
import { resendDelivery } from '../../../functions/webhooks/resend-delivery.ts';
import { rotateSecret } from '../../../functions/webhooks/rotate-secret.ts';
import { sendDue } from '../../../functions/workers/webhook-sender.ts';
import { reverse } from '../../../shared/domain/order-life.ts';
import { resultsEndpoint } from '../../../shared/domain/webhook.ts';
import { changeOrder } from '../../../shared/flows/orders/change-order.ts';
import { signEvent } from '../../../shared/flows/webhooks/sign-event.ts';
import { newestSecret } from '../../../shared/flows/webhooks/signing-secrets.ts';
import { call } from '../../support/call.ts';
import { createKey } from '../../support/create-key.ts';
import {
  freshMerchantForEachTest,
  merchant,
  merchantServer,
  orderOf,
  query,
  RESULTS,
  received,
  results,
  send,
  settle,
  upstream,
  world,
} from '../../support/pesaway-set-up.ts';

freshMerchantForEachTest();

describe('the result', () => {
  it('of a success has exactly the fields of the sample', async () => {
    const { json } = await send();
    await settle();
    const { finalizedAt = '' } = await orderOf('202511051829');
    expect(results()).toEqual([
      {
        ResultCode: 0,
        ResultDesc: 'The airtime request is processed successfully.',
        OriginatorReference: '202511051829',
        PhoneNumber: '254712345678',
        TransactionID: json.TransactionID,
        TransactionAmount: '1000.00',
        AccountAvailableFunds: '9000.00',
        TransactionCompletedDateTime: finalizedAt.replace('T', ' ').replace('Z', '000+00:00'),
      },
    ]);
    expect(results()[0].TransactionCompletedDateTime).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}\+00:00$/);
  });

  it('shows the balance only where the key may read the wallet, to whoever names a `ResultsUrl` and to a query', async () => {
    const may = { merchantId: merchant.id, mode: 'live', name: 'x', scopes: ['orders:write', 'orders:read'] } as const;
    const { text } = await createKey(world, may);
    const narrow = { authorization: `Api-Key ${text}` };
    await send({ ExternalReference: 'narrow' }, narrow);
    await send({ ExternalReference: 'wide', PhoneNumber: '254712345679' });
    await settle();
    const funds = results().map((result) => [result.OriginatorReference, result.AccountAvailableFunds]);
    expect(funds.sort()).toEqual([
      ['narrow', null],
      ['wide', '8000.00'],
    ]);
    expect((await query('wide', narrow)).json.AccountAvailableFunds).toBeNull();
    expect((await query('narrow')).json.AccountAvailableFunds).toBe('8000.00');
  });

  it('of a failure has exactly the fields of the sample', async () => {
    upstream.script = [{ kind: 'rejected', failure: 'network_refused', evidence: '' }];
    const { json } = await send();
    await settle();
    expect(results()).toEqual([
      {
        ResultCode: 2001,
        ResultDesc: 'Transaction failed',
        OriginatorReference: '202511051829',
        TransactionID: json.TransactionID,
        TransactionAmount: '1000.00',
        TransactionReceipt: null,
      },
    ]);
  });

  it('says why where that is known', async () => {
    upstream.script = [{ kind: 'rejected', failure: 'out_of_stock', evidence: '' }];
    await send();
    await settle();
    expect(results()[0].ResultDesc).toBe('Transaction failed: The provider has no stock of this denomination.');
  });

  it.each(['ke', 'ug', 'tz'])("the documents' failing number fails with a test key, in %s", async (region) => {
    const headers = { ...merchant.headers('test'), 'x-region': region };
    expect((await send({ PhoneNumber: '980321123123', Currency: undefined }, headers)).json.code).toBe('200.001');
    await settle();
    expect(results()[0]).toMatchObject({
      ResultCode: 2001,
      ResultDesc: 'Transaction failed',
      TransactionReceipt: null,
    });
    expect((await query('202511051829', headers)).json).toMatchObject({ ResultCode: 2001 });
    expect((await send({ PhoneNumber: 980321123123, Currency: undefined }, headers)).json.code).toBe('200.001');
    expect((await orderOf('202511051829', 'test')).status).toBe('refunded');
  });

  it('is sent once there is one: not while the order is in doubt', async () => {
    upstream.script = [{ kind: 'unclear', evidence: '' }];
    upstream.finding = { kind: 'in_progress', evidence: '' };
    await send();
    await settle();
    expect(results()).toEqual([]);
    expect((await query('202511051829')).json).toMatchObject({ ResultCode: 1001, OriginatorReference: '202511051829' });
    upstream.finding = { kind: 'success', receipt: {}, evidence: '' };
    await world.sweep(5);
    await settle();
    expect(results()).toMatchObject([{ ResultCode: 0 }]);
    expect((await query('202511051829')).json).toEqual(results()[0]);
  });

  it('is sent again when the provider takes a success back', async () => {
    await send();
    await settle();
    const order = await orderOf('202511051829');
    await changeOrder(world, order, (now) => reverse(now, world.now(), 'Taken back.'));
    await settle();
    expect(results().map(({ ResultCode }) => ResultCode)).toEqual([0, 2001]);
    expect(results()[1].ResultDesc).toMatch(/took it back/);
  });

  it('is signed as every webhook, with a secret that its merchant can have', async () => {
    await send();
    await settle();
    const owner = { merchantId: merchant.id, mode: 'live' } as const;
    const [{ headers = {}, body = '' } = {}] = received;
    const secret = await newestSecret(world, 'webhook', resultsEndpoint(owner, world.now()));
    const at = new Date(Number(headers['webhook-timestamp']) * 1000).toISOString();
    expect(headers).toMatchObject(signEvent({ id: headers['webhook-id'] ?? '', body }, [secret], at));
    const other = await newestSecret(
      world,
      'webhook',
      resultsEndpoint({ ...owner, merchantId: 'mer_other' }, world.now()),
    );
    expect(other).not.toBe(secret);
    const params = { endpoint_id: 'results' };
    const rotated = await call(world, rotateSecret, {
      headers: merchant.headers(),
      params,
      body: { overlap_hours: 0 },
    });
    expect(rotated.json).toMatchObject({ id: 'results', url: null, events: ['airtime.result'] });
    await send({ ExternalReference: 'second' });
    await settle();
    const next = received.at(-1);
    const signed = { id: next?.headers?.['webhook-id'] ?? '', body: next?.body ?? '' };
    expect(next?.headers).toMatchObject(
      signEvent(
        signed,
        [rotated.json.secret],
        new Date(Number(next?.headers?.['webhook-timestamp']) * 1000).toISOString(),
      ),
    );
  });

  it("has PesaWay's own Signature once its merchant has a secret, by one that it was shown", async () => {
    const rotate = async () => {
      const headers = merchant.headers();
      return (await call(world, rotateSecret, { headers, params: { endpoint_id: 'results' }, body: {} })).json.secret;
    };
    const signatureOf = (secret: string, body = '') => createHmac('sha256', secret).update(body).digest('base64');
    const next = async (ExternalReference: string) => {
      await send({ ExternalReference });
      await settle();
      return { headers: {} as Record<string, string>, body: '', ...received.at(-1) };
    };
    expect((await next('unsigned')).headers).not.toHaveProperty('signature');
    const first = await rotate();
    const one = await next('by-the-first');
    expect(one.headers.signature).toBe(signatureOf(first, one.body));
    const second = await rotate();
    const two = await next('in-the-overlap');
    expect(two.headers.signature).toBe(signatureOf(first, two.body));
    world.advance(25 * 3_600_000);
    const three = await next('by-the-second');
    expect(three.headers.signature).toBe(signatureOf(second, three.body));
  });

  it('is retried until it is accepted, is in the list of deliveries and can be resent', async () => {
    merchantServer.status = 500;
    await send();
    await settle();
    expect(results()).toHaveLength(1);
    merchantServer.status = 200;
    world.advance(60_000);
    await sendDue(world);
    expect(results()).toHaveLength(2);
    expect(results()[1]).toEqual(results()[0]);
    const log = await call(world, listDeliveries, { headers: merchant.headers(), query: { endpoint_id: 'results' } });
    expect(log.json.data).toMatchObject([
      { endpoint_id: 'results', event_type: 'airtime.result', url: RESULTS, status: 'delivered', tries: 2 },
    ]);
    expect(log.json.data[0].agent_reference).toBe(results()[0].OriginatorReference);
    const params = { delivery_id: log.json.data[0].id };
    await call(world, resendDelivery, { headers: merchant.headers(), params });
    expect(results()).toHaveLength(3);
  });

  it('a host that is down is backed off as a whole, and holds up no other', async () => {
    world.outboundAnswer = (request) => {
      received.push(request);
      return { status: request.url.includes('dead') ? 500 : 200, headers: {}, body: '' };
    };
    for (const n of [1, 2, 3, 4, 5, 6, 7]) {
      await send({ ExternalReference: `dead-${n}`, ResultsUrl: `https://dead.example/${n}`, Amount: 10 });
      await send({ ExternalReference: `live-${n}`, ResultsUrl: `https://live.example/${n}`, Amount: 10 });
      await settle();
    }
    const to = (host: string) => received.filter(({ url }) => url.includes(host)).length;
    // After five failures in a row it is left to the sweep.
    expect([to('dead'), to('live')]).toEqual([5, 7]);
    world.advance(60_000);
    await sendDue(world);
    // One probe for all that waits.
    expect([to('dead'), to('live')]).toEqual([6, 7]);
    world.advance(60 * 60_000);
    received.length = 0;
    await sendDue(world);
    expect([to('dead'), to('live')]).toEqual([1, 0]);
  });

  it('is sent under one id when an answer was lost or a worker died', async () => {
    await send();
    const [message] = world.messages.splice(0);
    if (message) world.messages.push(message, message);
    let puts = 0;
    world.fault = (command, input) => {
      const isDelivery = command === 'PutCommand' && JSON.stringify(input).includes('dlv_');
      puts += isDelivery ? 1 : 0;
      return isDelivery && puts === 1 ? 'after' : undefined;
    };
    await settle();
    world.fault = undefined;
    await sendDue(world);
    expect(puts).toBeGreaterThan(1);
    expect(results()).toHaveLength(1);
  });
});
