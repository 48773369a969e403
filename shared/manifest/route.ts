import type { Scope } from '../domain/key.ts';
import type { Access } from './access.ts';

/** What one line of the tables in `routes/` says. */

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

/**
 * The path parameter that catches what stands behind a slash at the end of a path; nothing, or it is no path of ours.
 */
export const AFTER_SLASH = 'rest';
