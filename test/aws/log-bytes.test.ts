import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, it, jest } from '@jest/globals';
import { handler as createBulk } from '../../functions/bulk/create-bulk.ts';
import { handler as createOrder } from '../../functions/orders/create-order.ts';
import { handler as dispatch } from '../../functions/workers/dispatch.ts';
import { handler as runBulk } from '../../functions/workers/run-bulk.ts';
import { handler as webhookSender } from '../../functions/workers/webhook-sender.ts';
import { awsWorld } from '../../shared/aws/world.ts';
import { addEndpoint } from '../../shared/flows/webhooks/add-endpoint.ts';
import { apiEvent, invocation, orderEvent, queueEvent, read } from '../support/event.ts';
import { startLocalAws } from '../support/local-aws.ts';
import { OPERATOR } from '../support/origin.ts';
import type { TestMerchant } from '../support/world.ts';
import { aMerchant, sell } from '../support/world.ts';

/** What the log of an order costs: CloudWatch takes more for a kilobyte than DynamoDB for a write. */

const BYTES_PER_ORDER_MAX = 700;
const BYTES_PER_ROW_MAX = 350;
const ROWS = 20;

const receiver = createServer((request, response) => request.resume().on('end', () => response.end('ok')));
/** As API Gateway and Lambda make them. */
const UUID = '8f5a1c9e-4b0d-4f9e-9f57-3f9f1f2a6b7c';
let stopAws: () => Promise<void>;
let merchant: TestMerchant;
let lines: string[];

beforeAll(async () => {
  stopAws = await startLocalAws({
    environment: {
      POWERTOOLS_LOG_LEVEL: 'INFO',
      POWERTOOLS_METRICS_DISABLED: 'false',
      _X_AMZN_TRACE_ID: `Root=${UUID}`,
    },
  });
  spyOnLog();
  merchant = await aMerchant(awsWorld());
  await sell(awsWorld());
  await once(receiver.listen(0, '127.0.0.1'), 'listening');
});
afterAll(async () => {
  receiver.close();
  await stopAws();
});

beforeEach(spyOnLog);

function spyOnLog(): void {
  lines = [];
  for (const method of ['info', 'warn', 'error', 'log'] as const) {
    // Locally the JSON is indented.
    jest.spyOn(console, method).mockImplementation((line: unknown) => {
      lines.push(JSON.stringify(JSON.parse(String(line))));
    });
  }
}

const names = () => lines.map((line) => JSON.parse(line).message);
const bytes = () => lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);

it('a single order with one webhook: a line for each of its stages', async () => {
  const { port } = receiver.address() as AddressInfo;
  await addEndpoint(
    awsWorld(),
    { merchantId: merchant.id, mode: 'test' },
    { url: `http://127.0.0.1:${port}/hook` },
    OPERATOR,
  );
  const event = orderEvent({ key: merchant.testKey, body: { agent_reference: 'one' } });
  const requestContext = { ...event.requestContext, requestId: 'JKJaXmPLvHcESHA=' };
  const headers = { ...event.headers, prefer: 'respond-async' };
  await createOrder({ ...event, headers, requestContext }, invocation({ requestId: UUID }));
  const key = { merchantId: merchant.id, mode: 'test', agentReference: 'one' };
  await dispatch(queueEvent([key]), invocation({ requestId: UUID }));
  await webhookSender(queueEvent([key]), invocation({ requestId: UUID }));
  expect(names()).toEqual(['request.served', 'order.success', 'webhook.sent']);
  const [id, ...others] = new Set(lines.map((line) => JSON.parse(line).orderId));
  expect([id, others]).toEqual([expect.stringMatching(/^ord_/), []]);
  expect(bytes()).toBeLessThanOrEqual(BYTES_PER_ORDER_MAX);
});

it('a row of a batch: one line', async () => {
  const csv = ['target,amount', ...Array.from({ length: ROWS }, (_, n) => `07722${78_999 + n},1`)].join('\n');
  const body = { csv, batch_reference: 'may' };
  const answer = await createBulk(
    apiEvent({ method: 'POST', path: '/api/v1/bulk', key: merchant.testKey, body }),
    invocation({ requestId: UUID }),
  );
  lines.length = 0;
  const message = { batchId: read(answer).json.id, chunk: 0 };
  await runBulk(queueEvent([message]), invocation({ requestId: UUID }));
  // The sandbox refuses some of the numbers, and leaves others in doubt; none of these is held.
  const rows = names().filter((name) => name.startsWith('order.'));
  expect([rows.length, new Set(lines.map((line) => JSON.parse(line).orderId)).size]).toEqual([ROWS, ROWS]);
  expect(bytes() / ROWS).toBeLessThanOrEqual(BYTES_PER_ROW_MAX);
});
