import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { PRODUCT_KINDS } from '../../shared/domain/catalogue.ts';
import { listOffers } from '../../shared/flows/orders/list-offers.ts';
import { route } from '../../shared/http/route.ts';
import { viewProduct } from '../../shared/http/views/product-views.ts';
import { routes } from '../../shared/manifest/routes.ts';

const query = z.strictObject({
  country: z.optional(z.enum(['ZW', 'KE', 'UG', 'TZ'], { error: 'must be one of ZW, KE, UG, TZ.' })),
  kind: z.optional(z.enum(PRODUCT_KINDS, { error: `must be one of ${PRODUCT_KINDS.join(', ')}.` })),
  network: z.optional(z.string()),
});

/** What can be sent. One page: there are a few hundred products at most. */
export const listProducts = route({
  ...routes.listProducts,
  query,
  async run(world, { owner, query }) {
    const network = query.network?.toLowerCase();
    const products = [...(await listOffers(world, owner.mode)).values()]
      .filter((product) => !query.country || product.country === query.country)
      .filter((product) => !query.kind || product.kind === query.kind)
      .filter((product) => !network || product.network.toLowerCase() === network)
      .sort((a, b) => a.id - b.id);
    return { status: 200, body: { data: products.map(viewProduct), next_cursor: null } };
  },
});

export const handler = lambda(listProducts);
