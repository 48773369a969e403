import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { balanceOf } from '../../shared/domain/ledger.ts';
import type { Currency } from '../../shared/domain/money.ts';
import { CURRENCIES, parseCurrency } from '../../shared/domain/money.ts';
import { REGIONS } from '../../shared/domain/region.ts';
import { twoDecimals } from '../../shared/domain/result.ts';
import { keyOfToken } from '../../shared/flows/access-token.ts';
import { anyText, regionOf } from '../../shared/http/pesaway-fields.ts';
import { PESAWAY_CODES, pesawayProtocol } from '../../shared/http/pesaway-protocol.ts';
import { Refusal } from '../../shared/http/refusal.ts';
import { route } from '../../shared/http/route.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { readTail } from '../../shared/store/ledger.ts';

const asked = z.looseObject({ MerchantCode: anyText, Currency: anyText });

/** PesaWay's account balance: in the given currency, by default the region's. */
export const getAccountBalance = route({
  ...routes.getAccountBalance,
  protocol: pesawayProtocol(keyOfToken),
  query: asked,
  body: asked,
  async run(world, { owner, query, body, headers }) {
    const named = body.Currency ?? query.Currency;
    const currency = named ? currencyNamed(named) : REGIONS[regionOf(headers)].currency;
    const balance = twoDecimals(balanceOf(await readTail(world, { ...owner, currency })), currency);
    return {
      status: 200,
      body: {
        code: '200.001',
        ResponseDescription: PESAWAY_CODES['200.001'],
        Currency: currency,
        Balance: balance,
        AvailableBalance: balance,
      },
    };
  },
});

function currencyNamed(named: string): Currency {
  const currency = parseCurrency(named);
  if (currency) return currency;
  const detail = `Currency must be one of ${Object.keys(CURRENCIES).join(', ')}.`;
  throw new Refusal('invalid_request', { param: 'Currency', detail });
}

export const handler = lambda(getAccountBalance);
