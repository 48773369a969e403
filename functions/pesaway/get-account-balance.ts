import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import type { Owner } from '../../shared/domain/ledger.ts';
import { balanceOf } from '../../shared/domain/ledger.ts';
import type { Currency } from '../../shared/domain/money.ts';
import { CURRENCIES, parseCurrency } from '../../shared/domain/money.ts';
import type { Region } from '../../shared/domain/region.ts';
import { REGION_NAMES, REGIONS } from '../../shared/domain/region.ts';
import { twoDecimals } from '../../shared/domain/result.ts';
import { keyOfToken } from '../../shared/flows/access-token.ts';
import { anyText, regionOf } from '../../shared/http/pesaway-fields.ts';
import { PESAWAY_CODES, pesawayProtocol } from '../../shared/http/pesaway-protocol.ts';
import { Refusal } from '../../shared/http/refusal.ts';
import { route } from '../../shared/http/route.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { readTail } from '../../shared/store/ledger.ts';
import type { World } from '../../shared/world.ts';

const asked = z.looseObject({ MerchantCode: anyText, Currency: anyText });

/** PesaWay's account balance: in the given currency, by default the region's, by default that of its only wallet. */
export const getAccountBalance = route({
  ...routes.getAccountBalance,
  protocol: pesawayProtocol(keyOfToken),
  query: asked,
  body: asked,
  async run(world, { owner, query, body, headers }) {
    const named = body.Currency ?? query.Currency;
    const currency = named
      ? currencyNamed(named)
      : REGIONS[regionOf(headers, headers['x-region'] ? undefined : await onlyRegion(world, owner))].currency;
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

/** The one region in whose currency the merchant ever had money; `undefined` where there are several or none. */
async function onlyRegion(world: World, owner: Owner): Promise<Region | undefined> {
  const tails = await Promise.all(
    REGION_NAMES.map((region) => readTail(world, { ...owner, currency: REGIONS[region].currency })),
  );
  const used = REGION_NAMES.filter((_region, place) => tails[place]);
  return used.length === 1 ? used[0] : undefined;
}

function currencyNamed(named: string): Currency {
  const currency = parseCurrency(named);
  if (currency) return currency;
  const detail = `Currency must be one of ${Object.keys(CURRENCIES).join(', ')}.`;
  throw new Refusal('invalid_request', { param: 'Currency', detail });
}

export const handler = lambda(getAccountBalance);
