import { lambda } from '../../shared/aws/lambda.ts';
import { balanceOf } from '../../shared/domain/ledger.ts';
import type { Currency } from '../../shared/domain/money.ts';
import { CURRENCIES, toMajor } from '../../shared/domain/money.ts';
import { route } from '../../shared/http/route.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { sumInDoubt } from '../../shared/store/due-orders.ts';
import { readTail } from '../../shared/store/ledger.ts';
import { currenciesOf } from '../../shared/store/wallets.ts';
import { readWatches } from '../../shared/store/watches.ts';

/**
 * Balances of the wallets that ever held money, one per currency. `in_doubt` is the sum of orders that are unknown, in
 * review too, and may be refunded. It comes from an index that lags by moments, the balance does not. `null` where too
 * many orders are unknown to add them up. Costs the same however many orders others have, and wallets that do not exist
 * cost nothing.
 */
export const getWallet = route({
  ...routes.getWallet,
  async run(world, { owner }) {
    const [listed, doubt] = await Promise.all([currenciesOf(world, owner), sumInDoubt(world, owner)]);
    const all = Object.keys(CURRENCIES) as Currency[];
    // A merchant's first wallet may be too new for the index.
    const currencies = listed.length === 0 ? all : all.filter((each) => listed.includes(each));
    const ids = currencies.map((currency) => ({ ...owner, currency }));
    const [watches, ...tails] = await Promise.all([readWatches(world, ids), ...ids.map((id) => readTail(world, id))]);
    const wallets = currencies.flatMap((currency, place) => {
      const tail = tails[place];
      if (!tail) return [];
      const threshold = watches.find((watch) => watch.currency === currency)?.thresholdMinor ?? 0;
      return [
        {
          currency,
          balance: toMajor(balanceOf(tail), currency),
          in_doubt: doubt ? toMajor(doubt.get(currency) ?? 0, currency) : null,
          low_balance_threshold: threshold === 0 ? null : toMajor(threshold, currency),
        },
      ];
    });
    return { status: 200, body: { wallets } };
  },
});

export const handler = lambda(getWallet);
