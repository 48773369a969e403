import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { defined } from '../domain/defined.ts';
import type { KeptRequest } from '../domain/kept-request.ts';
import { REQUEST_KEPT_MS } from '../domain/kept-request.ts';
import type { Owner } from '../domain/ledger.ts';
import type { Instant } from '../domain/time.ts';
import { later, plus, SECOND } from '../domain/time.ts';
import type { World } from '../world.ts';
import type { Shape } from './from-item.ts';
import { fromItem } from './from-item.ts';
import { listKeys, listNewestFirst, listPk } from './list-newest-first.ts';
import { readItems } from './read-items.ts';
import type { Put } from './write.ts';
import { Retry, withRetries, write } from './write.ts';

/**
 * The request log: `pk = <merchant>#<mode>#<request id>`. An entry is put once, on the condition that it is new: a
 * message that comes twice does not bring back what was erased in between. It expires after 30 days; TTL deletes late,
 * so readers look at its age themselves.
 */

const KEPT: Shape<KeptRequest> = {
  id: 'string',
  createdAt: 'string',
  merchantId: 'string',
  mode: 'string',
  operation: 'string',
  statusCode: 'number',
  ms: 'number',
  request: 'object',
  response: 'object',
  leftOutBefore: 'number',
};

/** Keeps a request, once, however often and by however many it is asked for. */
export function keepNew(world: World, kept: KeptRequest): Promise<void> {
  const put: Put = { table: 'requests', item: itemOf(kept), condition: 'attribute_not_exists(pk)' };
  return withRetries(world, async () => {
    const written = await write(world, [put]);
    return written.kind === 'again' ? new Retry(written.reason) : undefined;
  });
}

/** Writes what is left of a kept request that is erased. Nothing else is ever changed, so it needs no condition. */
export async function saveErased(world: World, kept: KeptRequest): Promise<void> {
  await world.db.send(new PutCommand({ TableName: world.table('requests'), Item: itemOf(kept) }));
}

export async function readRequest(world: World, owner: Owner, id: string): Promise<KeptRequest | undefined> {
  const [item] = await readItems(world, 'requests', [keyOf(owner, id)]);
  const kept = item && toRequest(item);
  return kept && kept.createdAt >= oldest(world) ? kept : undefined;
}

export interface RequestFilter {
  readonly keyId?: string | undefined;
  readonly statusCode?: number | undefined;
  /** Such as `4xx`. */
  readonly statusClass?: string | undefined;
  readonly operation?: string | undefined;
  /** Of a refusal. */
  readonly code?: string | undefined;
  /** As it was sent, or as its route has it. */
  readonly path?: string | undefined;
  /** A path as it was sent names a number: whoever may not see it does not find it either. */
  readonly byTemplate?: boolean | undefined;
  readonly from?: Instant | undefined;
  /** Exclusive. */
  readonly to?: Instant | undefined;
  /** Continue below this `listSk`. */
  readonly below?: string | undefined;
  readonly limit: number;
}

/** Newest first. `next` is where to continue; a page may be short while it is set. */
export async function listRequests(
  world: World,
  owner: Owner,
  { keyId, statusCode, statusClass, operation, code, path, byTemplate, from, ...filter }: RequestFilter,
): Promise<{ requests: KeptRequest[]; next?: string }> {
  const matches = (kept: KeptRequest) =>
    (code === undefined || kept.code === code) &&
    (path === undefined || kept.template === path || (!byTemplate && kept.path === path));
  const { items: requests, next } = await listNewestFirst(world, owner, {
    ...filter,
    table: 'requests',
    equals: { keyId, statusCode, statusClass, operation },
    from: later(from ?? '', oldest(world)),
    read: toRequest,
    matches: code === undefined && path === undefined ? undefined : matches,
  });
  return { requests, ...defined({ next }) };
}

function oldest(world: World): Instant {
  return plus(world.now(), -REQUEST_KEPT_MS);
}

function itemOf(kept: KeptRequest) {
  const expiresAt = Math.ceil((Date.parse(kept.createdAt) + REQUEST_KEPT_MS) / SECOND);
  return { ...kept, pk: keyOf(kept, kept.id), ...listKeys(kept), expiresAt };
}

function keyOf(owner: Owner, id: string): string {
  return `${listPk(owner)}#${id}`;
}

export function toRequest(item: Record<string, unknown>): KeptRequest {
  return fromItem<KeptRequest>('request', KEPT, item);
}
