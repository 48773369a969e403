import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import type { Product } from '../../shared/domain/catalogue.ts';
import { airtimeFor } from '../../shared/domain/catalogue.ts';
import type { Mode } from '../../shared/domain/ledger.ts';
import { parseCurrency } from '../../shared/domain/money.ts';
import { isFailingTestNumber, PLANS, parseInternational, parsePhone } from '../../shared/domain/phone.ts';
import type { Region } from '../../shared/domain/region.ts';
import { REGIONS, regionOfCountry, regionOfCurrency } from '../../shared/domain/region.ts';
import { keyOfToken } from '../../shared/flows/access-token.ts';
import { spendingRefusal } from '../../shared/flows/account/may-spend.ts';
import { placeOrder, REPLAYED } from '../../shared/flows/orders/place-order.ts';
import { requireUrl } from '../../shared/flows/webhooks/add-endpoint.ts';
import { admit } from '../../shared/http/limits.ts';
import { amount, anyText, note, phoneNumber, reference, regionOf } from '../../shared/http/pesaway-fields.ts';
import { acceptance, pesawayProtocol } from '../../shared/http/pesaway-protocol.ts';
import { Refusal } from '../../shared/http/refusal.ts';
import { route } from '../../shared/http/route.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { readCatalogue } from '../../shared/store/catalogue.ts';
import type { World } from '../../shared/world.ts';

/** Other fields that its clients send are ignored, as at PesaWay. */
const body = z.looseObject({
  ExternalReference: reference,
  Amount: amount,
  PhoneNumber: phoneNumber,
  MerchantCode: anyText,
  Currency: anyText,
  Description: note,
  Reason: note,
  Network: anyText,
  ResultsUrl: z.optional(z.string({ error: 'must be a URL.' })),
});
type Body = z.infer<typeof body>;

/** Network names in PesaWay's documents that differ from ours. */
const NETWORK_NAMES: Readonly<Record<string, string>> = {
  tigo: 'Yas',
  'tigo / yas': 'Yas',
  'tigo/yas': 'Yas',
  vocacom: 'Vodacom',
  halo: 'Halotel',
};

/**
 * PesaWay's send-airtime: accepts and answers at once. The result is posted to `ResultsUrl` and answered to a query.
 * The order and its reference are the same as for `POST /orders`.
 */
export const sendAirtime = route({
  ...routes.sendAirtime,
  protocol: pesawayProtocol(keyOfToken),
  body,
  async run(world, { owner, caller, body, headers }) {
    const region = regionOf(headers, impliedRegion(body, owner.mode));
    requireCurrency(region, body.Currency);
    const resultsUrl = body.ResultsUrl || undefined;
    if (resultsUrl !== undefined) requireUrl(world, resultsUrl);
    const { id } = await productFor(world, owner.mode, region, body);
    const refused = await spendingRefusal(world, owner);
    const limit = refused ?? (await admit(world, owner, 'orders')).refusal;
    const input = {
      productId: id,
      target: body.PhoneNumber,
      amount: body.Amount,
      agentReference: body.ExternalReference,
      customSms: body.Description || body.Reason || undefined,
      resultsUrl,
      hidesFunds: resultsUrl !== undefined && !caller.scopes.includes('wallet:read'),
    };
    const { order, isReplay } = await placeOrder(world, { ...owner, by: caller.id }, input, limit);
    return {
      status: 200,
      body: acceptance(order.agentReference, order.id, '200.001'),
      headers: isReplay ? REPLAYED : {},
    };
  },
});

/** The region of the number or, where that does not say it, of the currency. */
function impliedRegion({ PhoneNumber, Currency }: Body, mode: Mode): Region | undefined {
  const phone = parseInternational(PhoneNumber);
  if (typeof phone !== 'string') return regionOfCountry(phone.country);
  const currency = parseCurrency(Currency ?? '');
  if (currency !== undefined) return regionOfCurrency(currency);
  return mode === 'test' && isFailingTestNumber(PhoneNumber) ? 'ke' : undefined;
}

function requireCurrency(region: Region, named: string | null | undefined): void {
  const { currency } = REGIONS[region];
  if (named == null || named.trim().toUpperCase() === currency) return;
  throw new Refusal('invalid_request', { param: 'Currency', detail: `Currency must be ${currency} in ${region}.` });
}

/** Airtime of the network that the request names, since numbers are portable; by default of the prefix's network. */
async function productFor(world: World, mode: Mode, region: Region, { Network, PhoneNumber }: Body): Promise<Product> {
  const { country, currency } = REGIONS[region];
  const products = [...(await readCatalogue(world, mode)).values()];
  const networks = new Set(products.filter((each) => each.currency === currency).map((each) => each.network));
  const named = Network?.trim();
  const network = named ? knownName(named, networks) : networkOf(PhoneNumber, mode, region, networks);
  const product = airtimeFor(products, { country, network, currency });
  if (product) return product;
  const served = [...networks].sort().join(', ') || 'none';
  const detail = `${named || network} is not served in ${region}; what is: ${served}.`;
  throw new Refusal('product_not_found', { param: 'product_id', detail });
}

function knownName(named: string, networks: ReadonlySet<string>): string {
  const ours = NETWORK_NAMES[named.toLowerCase()] ?? named;
  return [...networks].find((network) => network.toLowerCase() === ours.toLowerCase()) ?? ours;
}

function networkOf(number: string, mode: Mode, region: Region, networks: ReadonlySet<string>): string {
  if (mode === 'test' && isFailingTestNumber(number)) return [...networks].sort()[0] ?? '';
  const { country } = REGIONS[region];
  const phone = parsePhone(number, country);
  if (typeof phone !== 'string') return phone.network;
  const example = `${PLANS[country].callingCode}${PLANS[country].example.slice(1)}`;
  const detail = `PhoneNumber must be a mobile number of region ${region} with its country code, such as ${example}.`;
  throw new Refusal('invalid_target', { param: 'target', detail });
}

export const handler = lambda(sendAirtime);
