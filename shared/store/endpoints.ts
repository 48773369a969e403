import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Owner } from '../domain/ledger.ts';
import type { Endpoint } from '../domain/webhook.ts';
import { RESULTS_ENDPOINT, resultsEndpoint } from '../domain/webhook.ts';
import { newId } from '../id.ts';
import type { World } from '../world.ts';
import type { CountChange, CountedWrite } from './counts.ts';
import { writeCounted } from './counts.ts';
import type { Shape } from './from-item.ts';
import { fromItem } from './from-item.ts';
import { queryAll } from './read-items.ts';
import type { Check, Put } from './write.ts';
import { nextPut, saveNext } from './write.ts';

/**
 * Webhook endpoints: `merchant#<id>` / `endpoint#<mode>#<id>` in the merchants' table, and `results#<mode>` for the one
 * that receives the results of single orders, with the health of each host of results at `results#<mode>#<host>`. They
 * hold no secret. A deleted one stays stored and is no longer found.
 */

const ENDPOINT: Shape<Endpoint> = {
  id: 'string',
  merchantId: 'string',
  mode: 'string',
  url: 'string',
  secretVersion: 'number',
  revision: 'number',
};

/** One endpoint. The one for results exists even where nothing is stored about it, and so do its hosts. */
export async function readEndpoint(world: World, owner: Owner, id: string, host = ''): Promise<Endpoint | undefined> {
  const answer = await world.db.send(
    new GetCommand({ TableName: world.table('merchants'), Key: keyOf(owner, id, host), ConsistentRead: true }),
  );
  const endpoint = answer.Item && toEndpoint(answer.Item);
  if (!endpoint && id === RESULTS_ENDPOINT) return resultsEndpoint(owner, world.now(), host);
  return endpoint?.deletedAt === undefined ? endpoint : undefined;
}

/** A merchant's endpoints in one mode, oldest first. */
export async function listEndpoints(world: World, { merchantId, mode }: Owner): Promise<Endpoint[]> {
  const items = await queryAll(world, 'merchants', {
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: { ':pk': `merchant#${merchantId}`, ':prefix': `endpoint#${mode}#` },
  });
  return items
    .map(toEndpoint)
    .filter(({ deletedAt }) => deletedAt === undefined)
    .sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
}

/**
 * Writes the next revision of an endpoint (1: the first), with companions. False when another writer was first, or a
 * check fails. Our own write whose answer was lost is recognised and counts as done.
 */
export function saveEndpoint(
  world: World,
  endpoint: Endpoint,
  companions: readonly (Put | Check)[] = [],
): Promise<boolean> {
  const item = { ...keyOf(endpoint, endpoint.id, endpoint.url), ...endpoint };
  return saveNext(world, { table: 'merchants', item, counter: 'revision' }, companions);
}

/**
 * Writes the first revision of an endpoint, with companions, unless there are as many as there may be. `taken` when a
 * check fails.
 */
export function createEndpoint(
  world: World,
  endpoint: Endpoint,
  max: number,
  companions: readonly (Put | Check)[],
): Promise<CountedWrite> {
  return saveCounted(world, endpoint, { max }, companions);
}

/** Writes the last revision of an endpoint, with companions. False when another writer was first, or a check fails. */
export async function removeEndpoint(
  world: World,
  endpoint: Endpoint,
  companions: readonly (Put | Check)[] = [],
): Promise<boolean> {
  return (await saveCounted(world, endpoint, 'one fewer', companions)) === 'done';
}

function saveCounted(world: World, endpoint: Endpoint, change: CountChange, companions: readonly (Put | Check)[]) {
  const { merchantId, mode } = endpoint;
  const owner = { merchantId, mode };
  const countNow = async () => (await listEndpoints(world, owner)).length;
  const item = { ...keyOf(owner, endpoint.id, endpoint.url), ...endpoint, writeId: newId(world, 'wri') };
  const put = nextPut({ table: 'merchants', item, counter: 'revision' });
  return writeCounted(world, { owner, kind: 'endpoints', countNow }, change, [put, ...companions]);
}

function keyOf({ merchantId, mode }: Owner, id: string, host: string): { pk: string; sk: string } {
  // The endpoint for results is not in the list of those that the merchant made.
  const results = host === '' ? `results#${mode}` : `results#${mode}#${host}`;
  const sk = id === RESULTS_ENDPOINT ? results : `endpoint#${mode}#${id}`;
  return { pk: `merchant#${merchantId}`, sk };
}

function toEndpoint(item: Record<string, unknown>): Endpoint {
  return fromItem('webhook endpoint', ENDPOINT, item);
}
