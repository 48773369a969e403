import { expect, it } from '@jest/globals';
import { showEndpoints } from '../../../shared/flows/webhooks/show-endpoints.ts';
import { listMerchants } from '../../../shared/store/merchants.ts';
import {
  add,
  freshMerchantForEachTest,
  merchant,
  merchantServer,
  order,
  world,
} from '../../support/endpoint-set-up.ts';

/** What an operator sees of webhook endpoints, in a command and in the log. */

freshMerchantForEachTest();

it('shows the host of each endpoint, since when it fails, and its last error, and no path of it', async () => {
  const endpoint = await add({ url: 'https://merchant.example/hook?secret=s3cret' });
  const show = () => showEndpoints(world, { merchantId: merchant.id, mode: 'live' });
  const healthy = { id: endpoint.id, host: 'merchant.example', enabled: true, failing_since: null, last_error: null };
  expect(await show()).toEqual([expect.objectContaining(healthy)]);
  merchantServer.status = 500;
  await order('one');
  const [failing] = await show();
  expect(failing).toMatchObject({
    failing_since: expect.any(String),
    last_error: { at: expect.any(String), status: 500, error: null },
  });
  expect(JSON.stringify(failing)).not.toContain('s3cret');
});

it('the log says of an event that was not taken whose server failed, and how', async () => {
  const lines: Record<string, unknown>[] = [];
  Object.assign(world.log, { info: (name: string, line: object) => lines.push({ name, ...line }) });
  const endpoint = await add();
  await order('taken');
  world.outboundAnswer = () => Promise.reject(new Error('connection refused'));
  await order('not-taken');
  const [taken, failed] = lines.filter(({ name }) => name === 'webhook.sent');
  expect(taken).not.toHaveProperty('endpointId');
  expect(failed).toMatchObject({ endpointId: endpoint.id, merchantId: merchant.id, error: expect.any(String) });
});

it('merchants are found by a part of their name, in any case', async () => {
  expect(await listMerchants(world, 'aCM')).toEqual([expect.objectContaining({ id: merchant.id, name: 'Acme' })]);
  expect(await listMerchants(world, 'nobody')).toEqual([]);
});
