import type { Access } from './access.ts';
import type { Scope } from './domain/key.ts';
import { bulkRoutes } from './routes/bulk.ts';
import { campaignsOpenRoutes, campaignsRoutes } from './routes/campaigns.ts';
import { ordersOpenRoutes, ordersRoutes } from './routes/orders.ts';
import { pesawayOpenRoutes, pesawayRoutes } from './routes/pesaway.ts';
import { walletOpenRoutes, walletRoutes } from './routes/wallet.ts';
import { webhooksRoutes } from './routes/webhooks.ts';

/**
 * Every endpoint, as data. CDK makes the functions, routes and grants from these tables; `npm start` serves the same
 * handlers from them; the tests read them. So they cannot disagree.
 */

export interface Route {
  /** File in `functions/`, and the name of the function. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** A second method that its callers may use, where the protocol it speaks has both. */
  readonly otherMethod?: 'GET' | 'POST';
  /** As API Gateway writes it; every path is served with and without a trailing slash. */
  readonly path: string;
  /** What a key must be allowed to do: all of it, where there are several. */
  readonly scope: Scope | readonly [Scope, ...Scope[]];
  readonly access: Access;
  /** Memory of its function; it has a part of a processor in proportion. 1769 is one processor, the rest has 512. */
  readonly memoryMb?: number;
  readonly summary: string;
}

/** An endpoint without a key: its caller proves itself in another way. */
export interface OpenRoute {
  readonly name: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly access: Access;
  readonly summary: string;
}

/** The methods under which a route is served. */
export function methodsOf({
  method,
  otherMethod,
}: {
  method: Route['method'];
  otherMethod?: Route['method'];
}): Route['method'][] {
  return otherMethod === undefined ? [method] : [method, otherMethod];
}

/** The scopes that a key needs, all of them. */
export function scopesOf({ scope }: Pick<Route, 'scope'>): readonly Scope[] {
  return typeof scope === 'string' ? [scope] : scope;
}

export const routes = {
  ...ordersRoutes,
  ...walletRoutes,
  ...webhooksRoutes,
  ...pesawayRoutes,
  ...bulkRoutes,
  ...campaignsRoutes,
};

export const openRoutes = { ...ordersOpenRoutes, ...walletOpenRoutes, ...pesawayOpenRoutes, ...campaignsOpenRoutes };

/** All of them by family: each is a stack of its own, because one stack holds about forty functions. */
export const families: Readonly<Record<string, readonly (Route | OpenRoute)[]>> = {
  Orders: [...Object.values(ordersRoutes), ...Object.values(ordersOpenRoutes)],
  Wallet: [...Object.values(walletRoutes), ...Object.values(walletOpenRoutes)],
  Webhooks: Object.values(webhooksRoutes),
  Bulk: Object.values(bulkRoutes),
  Campaigns: [...Object.values(campaignsRoutes), ...Object.values(campaignsOpenRoutes)],
  Pesaway: [...Object.values(pesawayRoutes), ...Object.values(pesawayOpenRoutes)],
};

/**
 * The path parameter that catches what stands behind a slash at the end of a path; nothing, or it is no path of ours.
 */
export const AFTER_SLASH = 'rest';

/** Answers every path that is not a route, in our shape. */
export const NOT_FOUND_FUNCTION = 'not-found';
