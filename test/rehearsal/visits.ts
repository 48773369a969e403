import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Scope } from '../../shared/domain/key.ts';
import { sha256 } from '../../shared/domain/sha256.ts';
import type { Quota } from '../../shared/domain/terms.ts';
import { KEPT } from '../../shared/http/limits.ts';
import { scopesOf } from '../../shared/manifest/route.ts';
import { NOT_FOUND_FUNCTION, openRoutes, routes } from '../../shared/manifest/routes.ts';
import type { RehearsedCloud } from './rehearsed-cloud.ts';

const NO_ROUTE = { name: NOT_FOUND_FUNCTION, method: 'GET', path: '/api/v1/unknown' } as const;

/**
 * Of every route that takes keys, and of what is none, a request that it refuses, as the first one that its process sees of a key, in an hour
 * in which the key was not used, and of a merchant who was refused often: so it notes the use, takes one of the few
 * tokens that are left for the request log, and passes the request on. Answers those that were not refused.
 */
export async function visitRoutes(
  { url, database }: Pick<RehearsedCloud, 'url' | 'database'>,
  merchant: string,
  /** Two keys that have one scope each, and the scope of the first. */
  [one, other]: readonly [string, string],
  scope: Scope,
): Promise<string[]> {
  const taking = [
    ...Object.values(routes),
    ...Object.values(openRoutes).filter((route) => 'takesKey' in route),
    NO_ROUTE,
  ];
  const served: string[] = [];
  for (const route of taking) {
    const key = 'scope' in route && scopesOf(route).includes(scope) ? other : one;
    await database.send(unused(key));
    await database.send(halfEmpty(`kept_requests#${merchant}#live`, KEPT.kept_requests));
    const answer = await fetch(url + route.path.replaceAll(/\{\w+\}/g, 'x'), {
      method: route.method,
      headers: { authorization: `Api-Key ${key}`, 'content-type': 'application/json' },
      ...(route.method === 'GET' ? {} : { body: '{}' }),
    });
    if (answer.status < 400 || answer.status >= 500) served.push(`${answer.status} ${route.name}`);
    await answer.text();
    await noted(database, key);
  }
  return served;
}

/** The use of a key is noted in the background: of a late note the next route would see that it needs none. */
async function noted(database: RehearsedCloud['database'], key: string): Promise<void> {
  for (let tries = 0; tries < 50; tries += 1) {
    const { Key, TableName } = unused(key).input;
    const { Item } = await database.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
    if (Item?.usedAt !== undefined) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** As if the hour were new. */
export function unused(key: string): UpdateCommand {
  return new UpdateCommand({
    TableName: 'Merchants',
    Key: { pk: `key#${sha256(key)}`, sk: 'key' },
    UpdateExpression: 'REMOVE usedAt',
  });
}

/** With less than half of its tokens, a bucket gives none that a process did not take. */
export function halfEmpty(bucket: string, { windowSeconds }: Quota): PutCommand {
  const fullAt = Date.now() + (windowSeconds * 1_000 * 2) / 3;
  const item = { pk: `lease#${bucket}`, fullAt, expiresAt: Math.ceil(fullAt / 1_000) + 3_600 };
  return new PutCommand({ TableName: 'Limits', Item: item });
}
