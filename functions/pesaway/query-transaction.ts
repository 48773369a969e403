import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { balanceOf } from '../../shared/domain/ledger.ts';
import { isFinal, walletOf } from '../../shared/domain/order.ts';
import { pendingOf, resultOf } from '../../shared/domain/result.ts';
import { keyOfToken } from '../../shared/flows/access-token.ts';
import { reference } from '../../shared/http/pesaway-fields.ts';
import { pesawayProtocol } from '../../shared/http/pesaway-protocol.ts';
import { Refusal } from '../../shared/http/refusal.ts';
import { route } from '../../shared/http/route.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { readTail } from '../../shared/store/ledger.ts';
import { readOrder } from '../../shared/store/orders.ts';

const asked = z.looseObject({ TransactionReference: z.optional(reference) });

/**
 * PesaWay's transaction query, by the `ExternalReference` of a request: its result, or that it is pending. Its clients
 * send the reference with a POST or a GET, in the body or in the query.
 */
export const queryTransaction = route({
  ...routes.queryTransaction,
  protocol: pesawayProtocol(keyOfToken),
  query: asked,
  body: asked,
  async run(world, { owner, query, body }) {
    const agentReference = body.TransactionReference ?? query.TransactionReference;
    if (agentReference === undefined) {
      const detail = 'TransactionReference is missing.';
      throw new Refusal('invalid_request', { param: 'TransactionReference', detail });
    }
    const order = await readOrder(world, { ...owner, agentReference });
    if (!order) throw new Refusal('order_not_found');
    if (!isFinal(order.status)) return { status: 200, body: pendingOf(order) };
    return { status: 200, body: resultOf(order, balanceOf(await readTail(world, walletOf(order)))) };
  },
});

export const handler = lambda(queryTransaction);
