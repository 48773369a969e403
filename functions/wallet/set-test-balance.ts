import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import type { Currency } from '../../shared/domain/money.ts';
import { formatAmount, parseAmount, toMajor } from '../../shared/domain/money.ts';
import { currency } from '../../shared/http/fields.ts';
import { requireAdmission } from '../../shared/http/limits.ts';
import { Refusal } from '../../shared/http/refusal.ts';
import { route } from '../../shared/http/route.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { setBalance } from '../../shared/store/adjustments.ts';
import { recordAct } from '../../shared/store/audit.ts';

const body = z.strictObject({
  currency,
  balance: z.union([z.number(), z.string()], { error: 'must be an amount such as 0 or 99.95, in major units.' }),
});

/** In major units of every currency: more play money than any test needs. */
const BALANCE_MAX = 10_000_000;

/**
 * Sets what a test wallet holds, so that a tester can run out of money or have plenty. The ledger gets the difference
 * as an adjustment; where there is none, nothing is written.
 */
export const setTestBalance = route({
  ...routes.setTestBalance,
  body,
  async run(world, { owner, origin, body }) {
    await requireAdmission(world, owner, 'orders');
    const wallet = { ...owner, currency: body.currency };
    const balanceMinor = readBalance(body.balance, body.currency);
    const description = `Test balance set to ${formatAmount(balanceMinor, body.currency)}`;
    const shown = (minor: number) => ({ balance: toMajor(minor, body.currency) });
    const entry = await setBalance(world, wallet, { balanceMinor, description }, (beforeMinor) => [
      recordAct(world, owner, origin, {
        action: 'wallet.test_balance_set',
        subject: body.currency,
        before: shown(beforeMinor),
        after: shown(balanceMinor),
      }),
    ]);
    return {
      status: 200,
      body: {
        currency: body.currency,
        ...shown(balanceMinor),
        adjustment: entry === undefined ? 0 : toMajor(entry.amountMinor, body.currency),
        entry_id: entry?.id ?? null,
      },
    };
  },
});

function readBalance(balance: number | string, currency: Currency): number {
  const minor = parseAmount(balance, currency);
  const max = Number(parseAmount(BALANCE_MAX, currency));
  if (typeof minor === 'number' && minor <= max) return minor;
  const detail = `balance must be a plain decimal amount in ${currency}, from 0 to ${formatAmount(max, currency)}.`;
  throw new Refusal('invalid_request', { param: 'balance', detail });
}

export const handler = lambda(setTestBalance);
