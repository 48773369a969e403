import { route } from '../shared/api/route.ts';
import { lambda } from '../shared/aws/lambda.ts';
import { balanceOf } from '../shared/domain/ledger.ts';
import type { Currency } from '../shared/domain/money.ts';
import { CURRENCIES, toMajor } from '../shared/domain/money.ts';
import { routes } from '../shared/routes.ts';
import { readTail } from '../shared/store/ledger.ts';

/** Balances of the wallets that were ever credited, one per currency. */
export const getWallet = route({
  ...routes.getWallet,
  async run(world, { owner }) {
    const currencies = Object.keys(CURRENCIES) as Currency[];
    const tails = await Promise.all(currencies.map((currency) => readTail(world, { ...owner, currency })));
    const wallets = tails.flatMap((tail) =>
      tail ? [{ currency: tail.currency, balance: toMajor(balanceOf(tail), tail.currency) }] : [],
    );
    return { status: 200, body: { wallets } };
  },
});

export const handler = lambda(getWallet);
