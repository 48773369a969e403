import * as z from 'zod/mini';
import { Refusal } from '../shared/api/refusal.ts';
import { route } from '../shared/api/route.ts';
import { viewTopupInFull } from '../shared/api/views.ts';
import { lambda } from '../shared/aws/lambda.ts';
import { routes } from '../shared/routes.ts';
import { readTopup } from '../shared/store/topups.ts';

/** One top-up; another merchant's is as if it were not there. */
export const getTopup = route({
  ...routes.getTopup,
  params: z.object({ topup_id: z.string() }),
  async run(world, { owner, params }) {
    const topup = await readTopup(world, params.topup_id);
    if (topup?.merchantId !== owner.merchantId || topup.mode !== owner.mode) {
      throw new Refusal('topup_not_found', { param: 'topup_id' });
    }
    return { status: 200, body: viewTopupInFull(topup) };
  },
});

export const handler = lambda(getTopup);
