import type { Scope } from '../domain/key.ts';
import type { Access } from './access.ts';

/** A route that needs an API key: one line of a table in `routes/`. */
export interface Route {
  /** Its file in `functions/<family>/`, and the name of its function. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** A second method, where the protocol of its callers has both. */
  readonly otherMethod?: 'GET' | 'POST';
  /** As API Gateway writes it. Every path is served with and without a trailing slash. */
  readonly path: string;
  /** The scope that a key needs, or several, all of which it needs. */
  readonly scope: Scope | readonly [Scope, ...Scope[]];
  readonly access: Access;
  /** Memory of its function, if not `MEMORY_MB`. */
  readonly memoryMb?: number;
  readonly summary: string;
  /** Whether it can spend, let others spend, or start a payment: that is refused to who is frozen or not live. */
  readonly spends?: true;
  /** Refused to every key: what it does is for people, whom no key may make. */
  readonly isForPeople?: true;
  /** Refused to every live key: it does to test money and test orders what nothing may do to live ones. */
  readonly isTestOnly?: true;
}

/** A route without an API key: its caller is authenticated in another way. */
export interface OpenRoute {
  readonly name: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly access: Access;
  /** Whether its caller may come with an API key after all. */
  readonly takesKey?: true;
  /** Whether its caller is a person, who need not be a member of a merchant. */
  readonly takesPerson?: true;
  /** Memory of its function, if not `MEMORY_MB`. */
  readonly memoryMb?: number;
  readonly summary: string;
  readonly spends?: true;
}

/** Whether a function reads keys of callers, and so notes that they are used. That for unknown paths does, too. */
export function readsKeys(route: Route | OpenRoute): boolean {
  return 'scope' in route || route.takesKey === true;
}

/** Whether a function checks the tokens of people, and so must know their issuer. */
export function readsPeople(route: Route | OpenRoute): boolean {
  return 'scope' in route || route.takesPerson === true;
}

export type Method = Route['method'] | 'HEAD';

/** Whether it changes what a merchant has set up: what it does is in the audit log, and it moves no money. */
export function isManagement({ method, access: { tables = {} } }: Pick<Route, 'method' | 'access'>): boolean {
  return method !== 'GET' && tables.audit === 'append' && tables.ledger !== 'write';
}

/** The methods under which a route is served: its own, and HEAD where it has GET. */
export function methodsOf({ method, otherMethod }: Pick<Route, 'method' | 'otherMethod'>): Method[] {
  const own = otherMethod === undefined ? [method] : [method, otherMethod];
  return own.includes('GET') ? [...own, 'HEAD'] : own;
}

/** Matches a path with and without its trailing slash: `{name}` matches one segment. */
export function patternOf(path: string): RegExp {
  const pattern = path.replace(/[.]/g, '\\.').replace(/\{(\w+)\}/g, '(?<$1>[^/]+)');
  return new RegExp(`^${pattern}/?$`);
}

/** The scopes that a key needs, all of them. */
export function scopesOf({ scope }: Pick<Route, 'scope'>): readonly Scope[] {
  return typeof scope === 'string' ? [scope] : scope;
}

/**
 * The path parameter that matches a trailing slash. API Gateway also matches longer paths with it: when it is not
 * empty, the path is not a route.
 */
export const AFTER_SLASH = 'rest';

/** The timeout of a function that answers requests. */
export const REQUEST_SECONDS_MAX = 29;

/** So long API Gateway waits for a function. The start of a process counts here, and not in the function's timeout. */
export const GATEWAY_SECONDS_MAX = 30;
