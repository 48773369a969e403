import type { Access } from './access.ts';
import type { Method, OpenRoute, Route } from './route.ts';
import { methodsOf, patternOf } from './route.ts';
import { accountRoutes } from './routes/account.ts';
import { bulkRoutes } from './routes/bulk.ts';
import { campaignsOpenRoutes, campaignsRoutes } from './routes/campaigns.ts';
import { keysRoutes } from './routes/keys.ts';
import { ordersOpenRoutes, ordersRoutes } from './routes/orders.ts';
import { peopleOpenRoutes, peopleRoutes } from './routes/people.ts';
import { pesawayOpenRoutes, pesawayRoutes } from './routes/pesaway.ts';
import { statusOpenRoutes } from './routes/status.ts';
import { walletOpenRoutes, walletRoutes } from './routes/wallet.ts';
import { webhooksRoutes } from './routes/webhooks.ts';

/**
 * Every route, as data. CDK makes functions, API routes and grants from these tables, `npm start` serves the same
 * handlers from them, and the tests read them, so that they cannot disagree.
 */

const orders = limited(ordersRoutes);
const wallet = limited(walletRoutes);
const webhooks = limited(webhooksRoutes);
const pesaway = limited(pesawayRoutes);
const pesawayOpen = limited(pesawayOpenRoutes);
const bulk = limited(bulkRoutes);
const campaigns = limited(campaignsRoutes);
const campaignsOpen = limited(campaignsOpenRoutes);
const account = limited({ ...accountRoutes, ...keysRoutes, ...peopleRoutes });
const accountOpen = limited(peopleOpenRoutes);

export const routes = { ...orders, ...wallet, ...webhooks, ...pesaway, ...bulk, ...campaigns, ...account };

export const openRoutes = {
  ...ordersOpenRoutes,
  ...walletOpenRoutes,
  ...pesawayOpen,
  ...campaignsOpen,
  ...accountOpen,
  ...statusOpenRoutes,
};

/** All of them by family. Each family is a stack, because one stack holds about forty functions. */
export const families: Readonly<Record<string, readonly (Route | OpenRoute)[]>> = {
  Orders: [...Object.values(orders), ...Object.values(ordersOpenRoutes)],
  Wallet: [...Object.values(wallet), ...Object.values(walletOpenRoutes)],
  Webhooks: Object.values(webhooks),
  Bulk: Object.values(bulk),
  Campaigns: [...Object.values(campaigns), ...Object.values(campaignsOpen)],
  Pesaway: [...Object.values(pesaway), ...Object.values(pesawayOpen)],
  Account: [...Object.values(account), ...Object.values(accountOpen)],
  Status: Object.values(statusOpenRoutes),
};

/**
 * Whoever checks a key counts the bad ones by their address, so each such route writes to the table of limits. Each
 * route with a key passes on to the request log what it refuses.
 */
function limited<Table extends Readonly<Record<string, Route | OpenRoute>>>(table: Table): Table {
  const entries = Object.entries(table).map(([name, route]) => {
    const tables = { ...route.access.tables, limits: 'write' };
    const { queues = [] } = route.access;
    const access = { ...route.access, tables, ...('scope' in route ? { queues: [...queues, 'requests'] } : {}) };
    return [name, { ...route, access }];
  });
  return Object.fromEntries(entries);
}

/** The methods of every route with this path; none if the path is no route's. */
export function methodsAt(path: string): Method[] {
  return [...new Set(routesAt(path).flatMap(methodsOf))].sort();
}

/** The path of a route that this one is, as the manifest has it. */
export function pathAt(path: string): string | undefined {
  return routesAt(path)[0]?.path;
}

function routesAt(path: string): (Route | OpenRoute)[] {
  return Object.values(families)
    .flat()
    .filter((route) => patternOf(route.path).test(path));
}

/** The function that answers every path that is not a route. */
export const NOT_FOUND_FUNCTION = 'not-found';

/** It keeps what is asked with a key, and reads that for it. */
export const NOT_FOUND_ACCESS: Access = { tables: { merchants: 'read', limits: 'write' }, queues: ['requests'] };
