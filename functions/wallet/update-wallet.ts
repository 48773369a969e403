import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import type { Facts } from '../../shared/domain/act.ts';
import { balanceOf } from '../../shared/domain/ledger.ts';
import type { Currency } from '../../shared/domain/money.ts';
import { parseAmount, toMajor } from '../../shared/domain/money.ts';
import type { Watch } from '../../shared/domain/watch.ts';
import { withThreshold } from '../../shared/domain/watch.ts';
import { currency } from '../../shared/http/fields.ts';
import { Refusal } from '../../shared/http/refusal.ts';
import { route } from '../../shared/http/route.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { recordAct } from '../../shared/store/audit.ts';
import { readTail } from '../../shared/store/ledger.ts';
import { readWatch, saveWatch } from '../../shared/store/watches.ts';

const amount = z.union([z.number(), z.string()], { error: 'must be an amount such as 50, or null for no warning.' });
const body = z.strictObject({ low_balance_threshold: z.nullable(amount) });

/** Sets the balance below which the merchant is warned, or none. One that is below it already raises an event too. */
export const updateWallet = route({
  ...routes.updateWallet,
  params: z.object({ currency }),
  body,
  async run(world, { owner, origin, params, body }) {
    const wallet = { ...owner, currency: params.currency };
    const thresholdMinor = readThreshold(body.low_balance_threshold, params.currency);
    const [before, tail] = await Promise.all([readWatch(world, wallet), readTail(world, wallet)]);
    const watch = withThreshold(wallet, { before, thresholdMinor, tail }, world.now());
    if (watch) {
      const facts = { before: factsOf(before), after: factsOf(watch) };
      const act = recordAct(world, owner, origin, {
        action: 'wallet.threshold_set',
        subject: params.currency,
        ...facts,
      });
      if (!(await saveWatch(world, watch, [act]))) throw new Refusal('busy', { headers: { 'retry-after': '1' } });
    }
    return {
      status: 200,
      body: {
        currency: params.currency,
        balance: toMajor(balanceOf(tail), params.currency),
        low_balance_threshold: thresholdMinor === 0 ? null : toMajor(thresholdMinor, params.currency),
      },
    };
  },
});

function factsOf(watch: Watch | undefined): Facts {
  const isSet = watch !== undefined && watch.thresholdMinor > 0;
  return { low_balance_threshold: isSet ? toMajor(watch.thresholdMinor, watch.currency) : null };
}

/** No balance is below zero, so a threshold of zero never warns. */
function readThreshold(threshold: number | string | null, currency: Currency): number {
  const minor = threshold === null ? 0 : parseAmount(threshold, currency);
  if (typeof minor === 'number') return minor;
  const detail = `low_balance_threshold must be a plain decimal amount in ${currency}, or null.`;
  throw new Refusal('invalid_request', { param: 'low_balance_threshold', detail });
}

export const handler = lambda(updateWallet);
