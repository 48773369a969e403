import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Owner } from '../domain/ledger.ts';
import { hasEnded, placeOf } from '../domain/listener.ts';
import type { Instant } from '../domain/time.ts';
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
 * hold no secret. A deleted one stays stored and is no longer found. Listeners are `endpoint#<mode>#listener#<place>`,
 * where the next one takes the place of one that has ended.
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
  // The place of a listener may be another's by now.
  return endpoint?.id === id && isThere(endpoint, world.now()) ? endpoint : undefined;
}

/** A merchant's endpoints in one mode, oldest first. */
export async function listEndpoints(world: World, owner: Owner): Promise<Endpoint[]> {
  return (await storedEndpoints(world, owner))
    .filter((each) => isThere(each, world.now()))
    .sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
}

function isThere(endpoint: Endpoint, at: Instant): boolean {
  return endpoint.deletedAt === undefined && !hasEnded(endpoint, at);
}

async function storedEndpoints(world: World, { merchantId, mode }: Owner): Promise<Endpoint[]> {
  const items = await queryAll(world, 'merchants', {
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: { ':pk': `merchant#${merchantId}`, ':prefix': `endpoint#${mode}#` },
  });
  return items.map(toEndpoint);
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
 * Writes the first revision of an endpoint, with companions, unless there are as many as there may be. A listener that
 * has ended is counted until somebody needs its place: it is removed here. `taken` when a check fails.
 */
export async function createEndpoint(
  world: World,
  endpoint: Endpoint,
  max: number,
  companions: readonly (Put | Check)[],
): Promise<CountedWrite> {
  const written = await saveCounted(world, endpoint, { max }, companions);
  if (written !== 'full') return written;
  // Also where none is left to give back: another caller may have given it back since.
  await removeEnded(world, endpoint);
  return saveCounted(world, endpoint, { max }, companions);
}

/** Where the next listener of a merchant is stored: the first place without one, and the revision that is there. */
export async function freeListenerPlace(world: World, owner: Owner): Promise<{ place: number; revision: number }> {
  await removeEnded(world, owner);
  const taken = new Map((await storedEndpoints(world, owner)).map((each) => [placeOf(each.id), each]));
  for (let place = 1; ; place += 1) {
    const there = taken.get(place);
    if (there === undefined || there.deletedAt !== undefined) return { place, revision: there?.revision ?? 0 };
  }
}

/** Gives back the places of listeners whose time is over, each once. */
async function removeEnded(world: World, owner: Owner): Promise<void> {
  const at = world.now();
  const stored = await storedEndpoints(world, owner);
  const ended = stored.filter((each) => each.deletedAt === undefined && hasEnded(each, at));
  await Promise.all(
    ended.map((each) => removeEndpoint(world, { ...each, deletedAt: at, revision: each.revision + 1 })),
  );
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
  const isCounted = ({ deletedAt }: Endpoint) => deletedAt === undefined;
  const countNow = async () => (await storedEndpoints(world, owner)).filter(isCounted).length;
  const item = { ...keyOf(owner, endpoint.id, endpoint.url), ...endpoint, writeId: newId(world, 'wri') };
  const put = nextPut({ table: 'merchants', item, counter: 'revision' });
  return writeCounted(world, { owner, kind: 'endpoints', countNow }, change, [put, ...companions]);
}

function keyOf({ merchantId, mode }: Owner, id: string, host: string): { pk: string; sk: string } {
  // The endpoint for results is not in the list of those that the merchant made.
  const results = host === '' ? `results#${mode}` : `results#${mode}#${host}`;
  const place = placeOf(id);
  const made = place === undefined ? id : `listener#${place}`;
  const sk = id === RESULTS_ENDPOINT ? results : `endpoint#${mode}#${made}`;
  return { pk: `merchant#${merchantId}`, sk };
}

function toEndpoint(item: Record<string, unknown>): Endpoint {
  return fromItem('webhook endpoint', ENDPOINT, item);
}
