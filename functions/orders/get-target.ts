import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import type { Product } from '../../shared/domain/catalogue.ts';
import { ANY_NETWORK, parseMeter } from '../../shared/domain/catalogue.ts';
import type { Owner } from '../../shared/domain/ledger.ts';
import { masked } from '../../shared/domain/mask.ts';
import { readPhone } from '../../shared/domain/order-input.ts';
import type { Country, Phone } from '../../shared/domain/phone.ts';
import { PLANS, parseInternational } from '../../shared/domain/phone.ts';
import { listOffers } from '../../shared/flows/orders/list-offers.ts';
import { hashOfNumber } from '../../shared/flows/privacy/hash-of-number.ts';
import { requireAdmission } from '../../shared/http/limits.ts';
import { Refusal } from '../../shared/http/refusal.ts';
import type { Answer } from '../../shared/http/route.ts';
import { route } from '../../shared/http/route.ts';
import { viewProduct } from '../../shared/http/views/product-views.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { hasDelivered } from '../../shared/store/recent-orders.ts';
import type { World } from '../../shared/world.ts';

const query = z.strictObject({
  country: z.optional(z.enum(['ZW', 'KE', 'UG', 'TZ'], { error: 'must be one of ZW, KE, UG, TZ.' })),
});

/**
 * What a number or meter is, before money is spent on it. A number without its calling code is taken as of `country`,
 * by default Zimbabwe; for a meter the provider is asked for the holder's name and address, of which those who sold it
 * nothing lately see the initials.
 */
export const getTarget = route({
  ...routes.getTarget,
  params: z.object({ target: z.string().check(z.maxLength(40, { error: 'has at most 40 characters.' })) }),
  query,
  async run(world, { owner, params, query }) {
    const products = [...(await listOffers(world, owner.mode)).values()];
    const meter = parseMeter(params.target);
    const phone = meter ? undefined : phoneOf(params.target, query.country);
    if (meter) return lookUpMeter(world, owner, meter, products);
    if (!phone) {
      const detail = 'This is neither a mobile number of a country we serve nor an 11-digit meter number.';
      throw new Refusal('invalid_target', { param: 'target', detail });
    }
    return { status: 200, body: describePhone(phone, products) };
  },
});

/** A calling code says more than the country that was chosen for numbers without one. */
function phoneOf(target: string, country: Country | undefined): Phone | undefined {
  const abroad = parseInternational(target);
  return readPhone(target, country) ?? (typeof abroad === 'string' ? undefined : abroad);
}

function describePhone(phone: Phone, products: readonly Product[]) {
  const { portable } = PLANS[phone.country];
  const usable = products.filter(
    (product) =>
      product.targetType === 'phone' &&
      product.country === phone.country &&
      (portable || product.network === ANY_NETWORK || product.network === phone.network),
  );
  return {
    type: 'phone',
    target: phone.msisdn,
    country: phone.country,
    network: phone.network,
    network_is_certain: !portable,
    products: usable.sort(likelyFirst(phone.network)).map(viewProduct),
  };
}

/** Where numbers are portable, every network's products are usable; those of the prefix's network come first. */
function likelyFirst(network: string) {
  const rank = (product: Product) => (product.network === network || product.network === ANY_NETWORK ? 0 : 1);
  return (a: Product, b: Product) => rank(a) - rank(b) || a.id - b.id;
}

/** Whose a meter is, is theirs to say: a look-up is limited and logged, and shows initials to who sold them nothing. */
async function lookUpMeter(world: World, owner: Owner, meter: string, products: readonly Product[]): Promise<Answer> {
  await requireAdmission(world, owner, 'meter_lookups');
  world.log.info('meter.looked_up', { ...owner, meter: await hashOfNumber(world, meter) });
  const [described, isKnown] = await Promise.all([
    describeMeter(world, meter, products),
    hasDelivered(world, owner, meter),
  ]);
  const { name, address = null } = described.holder;
  const shown = isKnown ? { name, address } : { name: masked(name), address: address && masked(address) };
  return { status: 200, body: { ...described, holder: { ...shown, masked: !isKnown } } };
}

async function describeMeter(world: World, meter: string, products: readonly Product[]) {
  const usable = products.filter((product) => product.targetType === 'meter' && product.available);
  const [first] = usable;
  const provider = first ? world.provider(first.provider) : undefined;
  if (!first || !provider?.lookup) {
    throw new Refusal('provider_unavailable', { detail: 'No electricity is sold at present.', headers: RETRY });
  }
  let holder: { name: string; address?: string } | undefined;
  try {
    holder = await provider.lookup(first.providerProductId, meter);
  } catch (cause) {
    world.log.warn('provider.lookup_failed', { provider: provider.name });
    throw new Refusal('provider_unavailable', { headers: RETRY, cause });
  }
  if (!holder) throw new Refusal('meter_not_found', { param: 'target' });
  return {
    type: 'meter',
    target: meter,
    country: first.country,
    network: first.network,
    network_is_certain: true,
    holder,
    products: usable.map(viewProduct),
  };
}

const RETRY = { 'retry-after': '10' } as const;

export const handler = lambda(getTarget);
