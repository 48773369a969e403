import { openRoutes, routes } from '../../manifest/routes.ts';
import { accountContract } from './answers/account.ts';
import { bulkContract } from './answers/bulk.ts';
import { campaignsContract } from './answers/campaigns.ts';
import { ordersContract } from './answers/orders.ts';
import { peopleContract } from './answers/people.ts';
import { pesawayContract } from './answers/pesaway.ts';
import { statusContract } from './answers/status.ts';
import { walletContract } from './answers/wallet.ts';
import { webhooksContract } from './answers/webhooks.ts';
import type { Contract } from './schema.ts';

/** What every route answers, by the name of the route. */

/**
 * Routes that no merchant calls, so the document leaves them out: upstreams report to two of them, in forms of their
 * own, at URLs that are credentials; one is a page for payers, and one the server of our own test merchant.
 */
export const INTERNAL = [
  openRoutes.receiveCallback.name,
  openRoutes.receivePayment.name,
  openRoutes.showPaymentEnd.name,
  openRoutes.receiveCanary.name,
] as const;

type AnyRoute = (typeof routes)[keyof typeof routes] | (typeof openRoutes)[keyof typeof openRoutes];
type PublicName = Exclude<AnyRoute['name'], (typeof INTERNAL)[number]>;

const contracts = {
  ...ordersContract,
  ...walletContract,
  ...webhooksContract,
  ...bulkContract,
  ...campaignsContract,
  ...pesawayContract,
  ...accountContract,
  ...peopleContract,
  ...statusContract,
} as const satisfies Record<PublicName, Contract>;

export const CONTRACTS: ReadonlyMap<string, Contract> = new Map(Object.entries(contracts));

/** Whether a route speaks PesaWay's protocol. */
export function isPesaway(name: string): boolean {
  return Object.hasOwn(pesawayContract, name);
}

/** The refusals of every route of ours that needs a key. */
const OF_ALL = ['internal_error', 'busy'] as const;
const OF_KEYED = ['invalid_request', 'unauthenticated', 'scope_missing', 'rate_limited'] as const;
/** The same of people, whom each of these routes takes as well. */
const OF_PEOPLE = ['token_invalid', 'token_expired', 'not_a_member'] as const;
const FOR_PEOPLE = Object.values(routes).filter((route) => 'isForPeople' in route);
const OPEN: ReadonlySet<string> = new Set(Object.values(openRoutes).map(({ name }) => name));

/** All codes that a route may answer with. */
export function refusalsOf(name: string): readonly string[] {
  const own = CONTRACTS.get(name)?.refusals ?? [];
  if (isPesaway(name)) return own;
  return [...new Set([...OF_ALL, ...(OPEN.has(name) ? [] : ofCallers(name)), ...own])];
}

/** Every role has `team:read`, and no key calls a route for people. */
function ofCallers(name: string): readonly string[] {
  const all = [...OF_KEYED, ...OF_PEOPLE];
  const route = FOR_PEOPLE.find((each) => each.name === name);
  if (!route) return all;
  const lacksNobody = route.scope === 'team:read';
  return [...all.filter((code) => !(lacksNobody && code === 'scope_missing')), 'person_required'];
}
