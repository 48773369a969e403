import { lambdaOpen } from '../../shared/aws/lambda.ts';
import { checkNotifiedTopup } from '../../shared/flows/wallet/check-topup.ts';
import { readPaymentToken } from '../../shared/flows/wallet/payment-url.ts';
import { Refusal } from '../../shared/http/refusal.ts';
import type { OpenRouteHandler } from '../../shared/http/route.ts';
import { openRoutes } from '../../shared/manifest/routes.ts';

/**
 * The payment gateway, or somebody in its name, notifies us of a payment. The message is encrypted but not signed, so
 * it proves nothing and is not read: the payment gateway is queried instead.
 */
export const receivePayment: OpenRouteHandler = {
  ...openRoutes.receivePayment,
  async run(world, { params }) {
    const topupId = await readPaymentToken(world, params.token ?? '');
    if (topupId === undefined) throw new Refusal('callback_not_ours');
    if (!(await checkNotifiedTopup(world, topupId))) {
      throw new Refusal('payments_unavailable', { headers: { 'retry-after': '60' } });
    }
    return { status: 200, body: { received: true } };
  },
};

export const handler = lambdaOpen(receivePayment);
