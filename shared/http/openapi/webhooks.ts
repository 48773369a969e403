import * as z from 'zod/mini';
import type { ZodOpenApiPathItemObject } from 'zod-openapi';
import { RESULT_EVENT } from '../../domain/result.ts';
import { TEST_EVENT } from '../../domain/webhook.ts';

/** Webhooks as the document has them. */

const SAYS: Readonly<Record<string, string>> = {
  'order.success': 'An order was delivered.',
  'order.failed': 'An order failed; its money is in the wallet again.',
  'order.unknown': 'The outcome of an order is not known yet. Do not order again.',
  'order.reversed': 'A delivered order was taken back by the provider, and refunded.',
  'topup.success': 'A top-up was paid; the wallet is credited.',
  'topup.failed': 'A top-up was not paid.',
  'topup.reversed': 'A payment was taken back; the wallet is debited.',
  'payout.success': 'A payout of a campaign was delivered.',
  'payout.failed': 'A payout of a campaign failed or was taken back.',
  'wallet.low_balance': 'A balance fell below its threshold.',
  'batch.completed': 'Every row of a batch is decided.',
  [TEST_EVENT]: 'You asked for a test.',
  [RESULT_EVENT]: "The result of an order in PesaWay's form, posted to the `ResultsUrl` of its request.",
};

const signatures = z.object({
  'webhook-id': z.string(),
  'webhook-timestamp': z.string(),
  'webhook-signature': z.string(),
  'X-Airtime-Signature': z.string(),
});
const resultSignatures = z.object({ ...signatures.shape, Signature: z.optional(z.string()) });

const ADVICE =
  'Verify a signature before you read the body, and answer within 10 seconds. The same event may come twice, ' +
  'under one `webhook-id`.';

/** One event. */
export function webhookOf(type: string, body: z.ZodMiniType): ZodOpenApiPathItemObject {
  const says = SAYS[type];
  if (says === undefined) throw new Error(`webhooks.ts does not say what ${type} is about`);
  const id = type.replace(/(^|[._])(\w)/g, (_all, _sign, letter: string) => letter.toUpperCase());
  return {
    post: {
      operationId: `on${id}`,
      tags: ['Events'],
      summary: says.replace(/\.$/, ''),
      description: `${says}\n\n${ADVICE}`,
      security: [],
      requestParams: { header: type === RESULT_EVENT ? resultSignatures : signatures },
      requestBody: { required: true, content: { 'application/json': { schema: body as never } } },
      responses: {
        '2XX': { description: 'It is taken.' },
        '410': { description: 'The endpoint is gone: it is disabled.' },
        default: { description: 'It is posted again later.' },
      },
    },
  };
}
