import type { Method, OpenRoute, Route } from './route.ts';
import { methodsOf, patternOf } from './route.ts';
import { accountRoutes } from './routes/account.ts';
import { bulkRoutes } from './routes/bulk.ts';
import { campaignsOpenRoutes, campaignsRoutes } from './routes/campaigns.ts';
import { ordersOpenRoutes, ordersRoutes } from './routes/orders.ts';
import { pesawayOpenRoutes, pesawayRoutes } from './routes/pesaway.ts';
import { walletOpenRoutes, walletRoutes } from './routes/wallet.ts';
import { webhooksRoutes } from './routes/webhooks.ts';

/**
 * Every route, as data. CDK makes functions, API routes and grants from these tables, `npm start` serves the same
 * handlers from them, and the tests read them, so that they cannot disagree.
 */

export const routes = {
  ...ordersRoutes,
  ...walletRoutes,
  ...webhooksRoutes,
  ...pesawayRoutes,
  ...bulkRoutes,
  ...campaignsRoutes,
  ...accountRoutes,
};

export const openRoutes = { ...ordersOpenRoutes, ...walletOpenRoutes, ...pesawayOpenRoutes, ...campaignsOpenRoutes };

/** All of them by family. Each family is a stack, because one stack holds about forty functions. */
export const families: Readonly<Record<string, readonly (Route | OpenRoute)[]>> = {
  Orders: [...Object.values(ordersRoutes), ...Object.values(ordersOpenRoutes)],
  Wallet: [...Object.values(walletRoutes), ...Object.values(walletOpenRoutes)],
  Webhooks: Object.values(webhooksRoutes),
  Bulk: Object.values(bulkRoutes),
  Campaigns: [...Object.values(campaignsRoutes), ...Object.values(campaignsOpenRoutes)],
  Pesaway: [...Object.values(pesawayRoutes), ...Object.values(pesawayOpenRoutes)],
  Account: Object.values(accountRoutes),
};

/** The methods of every route with this path; none if the path is no route's. */
export function methodsAt(path: string): Method[] {
  const found = Object.values(families)
    .flat()
    .filter((route) => patternOf(route.path).test(path));
  return [...new Set(found.flatMap(methodsOf))].sort();
}

/** The function that answers every path that is not a route. */
export const NOT_FOUND_FUNCTION = 'not-found';
