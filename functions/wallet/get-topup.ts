import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import type { Owner } from '../../shared/domain/ledger.ts';
import { type Topup, topupId } from '../../shared/domain/topup.ts';
import { pathId } from '../../shared/http/fields.ts';
import { Refusal } from '../../shared/http/refusal.ts';
import { route } from '../../shared/http/route.ts';
import { viewTopupInFull } from '../../shared/http/views/topup-views.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { readTopup } from '../../shared/store/topups.ts';

/** One top-up by its id or else by its reference; another merchant's looks missing. */
export const getTopup = route({
  ...routes.getTopup,
  params: z.object({ topup_id: pathId }),
  async run(world, { owner, params }) {
    const byId = ownedBy(owner, await readTopup(world, params.topup_id));
    const topup = byId ?? ownedBy(owner, await readTopup(world, topupId(owner, params.topup_id)));
    if (!topup) throw new Refusal('topup_not_found', { param: 'topup_id' });
    return { status: 200, body: viewTopupInFull(topup) };
  },
});

function ownedBy(owner: Owner, topup: Topup | undefined): Topup | undefined {
  return topup?.merchantId === owner.merchantId && topup.mode === owner.mode ? topup : undefined;
}

export const handler = lambda(getTopup);
