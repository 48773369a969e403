import type { Origin } from '../../domain/act.ts';
import type { BatchRow } from '../../domain/batch.ts';
import { chunksOf } from '../../domain/batch.ts';
import { eraseExcerpts, eraseDelivery as withoutPerson } from '../../domain/delivery-erasure.ts';
import { hasDigits } from '../../domain/digits.ts';
import type { Hash } from '../../domain/erasure.ts';
import { textsOfLeftOut } from '../../domain/erasure.ts';
import { eraseRequest, textsOf } from '../../domain/kept-request.ts';
import type { Owner } from '../../domain/ledger.ts';
import { elapsed } from '../../domain/time.ts';
import { recordAct } from '../../store/audit.ts';
import type { RowSet } from '../../store/batches.ts';
import { readRows, toBatch, toRowSet } from '../../store/batches.ts';
import { listDeliveries } from '../../store/deliveries.ts';
import type { ErasedList, NumberErasure, OwnerErasure } from '../../store/erasures.ts';
import { listOldest, ordersOfNumber, readListed, readNumberErasure, saveNumberErasure } from '../../store/erasures.ts';
import { instantOfListSk, listPk } from '../../store/list-newest-first.ts';
import { listMerchants } from '../../store/merchants.ts';
import { toOrder } from '../../store/orders.ts';
import { readMany } from '../../store/read-items.ts';
import { saveErased, toRequest } from '../../store/requests.ts';
import { toTopup } from '../../store/topups.ts';
import type { World } from '../../world.ts';
import type { Erasure } from './erase-items.ts';
import {
  eraseDelivery,
  eraseFinalOrder,
  eraseFinalTopup,
  eraseRows,
  hasEnded,
  isLost,
  ROW_SET_LOST_MS,
} from './erase-items.ts';
import { privacyHash } from './hash-of-number.ts';

/** What still says something of a number that was erased, and why. `docs/privacy.md` has it at length. */
export const REMAINS = [
  'Its keyed hash and its last three digits, in orders and rows: so that a repeated request is still recognised.',
  "Its keyed hash in campaigns that pay a number once, and in this job's own record: so that it is not paid again.",
  "The merchant's own references, in orders and in the ledger: they are what money is accounted by.",
  'Requests that wait for the request log, which takes seconds; those it could not take, for 14 days.',
  "A text to another customer that quotes it, until that customer's order is old or erased.",
  'Whatever is not final yet, as listed under left: erase again once it is.',
  'Files and previews, for 7 days; backups, for 35 days: each ends by itself. URLs of results, for 90 days.',
] as const;

const PAGE = 50;
/** Sorts after every instant. */
const ALWAYS = '~';
/** Of a number in any spelling these digits are the same. */
const SHARED_DIGITS = 9;

interface Wanted {
  readonly msisdn: string;
  readonly numberHash: string;
  readonly hash: Hash;
}

/**
 * Erases a number, in E.164, or a meter, wherever it is stored, merchant by merchant. What is done is noted after each
 * merchant that had it, in one transaction with the entry in that merchant's audit log, so a run that dies is continued
 * by the next. Throws where somebody else erases the same number at the same time.
 */
export async function eraseNumber(world: World, msisdn: string, origin: Origin): Promise<NumberErasure> {
  const hash = await privacyHash(world);
  const wanted = { msisdn, numberHash: hash(msisdn), hash };
  let erasure = await beginOrContinue(world, wanted.numberHash);
  const merchants = await listMerchants(world);
  const owners = merchants
    .flatMap(({ id }) => (['live', 'test'] as const).map((mode): Owner => ({ merchantId: id, mode })))
    .sort((one, other) => (listPk(one) < listPk(other) ? -1 : 1));
  for (const owner of owners.filter((each) => listPk(each) > erasure.upTo)) {
    const found = await eraseAt(world, owner, wanted);
    const { orders, rows, topups, deliveries, requests, left } = found;
    if (orders + rows + topups + deliveries + requests + left.length === 0) continue;
    const touched = [...erasure.touched, found];
    erasure = await save(world, { ...erasure, upTo: listPk(owner), touched }, origin, found);
  }
  return save(world, { ...erasure, finishedAt: world.now() }, origin);
}

async function beginOrContinue(world: World, numberHash: string): Promise<NumberErasure> {
  const before = await readNumberErasure(world, numberHash);
  if (before && before.finishedAt === undefined) return before;
  return { numberHash, startedAt: world.now(), upTo: '', touched: [], revision: before?.revision ?? 0 };
}

async function save(
  world: World,
  erasure: NumberErasure,
  origin: Origin,
  found?: OwnerErasure,
): Promise<NumberErasure> {
  const next = { ...erasure, revision: erasure.revision + 1 };
  const { numberHash } = next;
  const acts = found
    ? [recordAct(world, found, origin, { action: 'number.erased', subject: numberHash, after: factsOf(found) })]
    : [];
  if (await saveNumberErasure(world, next, acts)) return next;
  throw new Error('somebody else erases this number at the same time: run it again when they are done');
}

function factsOf({ orders, rows, topups, deliveries, requests, left }: OwnerErasure) {
  return { orders, rows, topups, deliveries, requests, left: left.length };
}

async function eraseAt(world: World, owner: Owner, wanted: Wanted): Promise<OwnerErasure> {
  const left: string[] = [];
  const ids = await eraseOrders(world, owner, wanted, left);
  const deliveries = await eraseDeliveries(world, owner, wanted, { orderIds: ids, left });
  const rows = await eraseRowsOf(world, owner, wanted, left);
  const topups = await eraseTopups(world, owner, wanted, left);
  const requests = await eraseRequests(world, owner, wanted);
  return { ...owner, orders: ids.size, rows, topups, deliveries, requests, left };
}

/** The ids also of those that were erased before, so that a run that is continued reports what it found. */
async function eraseOrders(world: World, owner: Owner, wanted: Wanted, left: string[]): Promise<Set<string>> {
  const erased = new Set<string>();
  let start: Record<string, unknown> | undefined;
  do {
    const { pks, next } = await ordersOfNumber(world, owner, wanted, start);
    for (const item of await readMany(world, 'orders', pks)) {
      const order = toOrder(item);
      if ((await eraseFinalOrder(world, order, wanted.hash)) === 'left') left.push(`order ${order.agentReference}`);
      else erased.add(order.id);
    }
    start = next;
  } while (start);
  return erased;
}

/** Those of its orders, and what a merchant's server answered to others with the number in it. */
async function eraseDeliveries(
  world: World,
  owner: Owner,
  wanted: Wanted,
  { orderIds, left }: { orderIds: ReadonlySet<string>; left: string[] },
): Promise<number> {
  let erased = 0;
  let below: string | undefined;
  do {
    const { deliveries, next } = await listDeliveries(world, owner, { below, limit: PAGE });
    for (const delivery of deliveries) {
      const isOfOrder = orderIds.has(delivery.event.orderId ?? '');
      const excerpts = delivery.attempts.map(({ excerpt }) => excerpt);
      if (!isOfOrder && !isIn(excerpts, wanted)) continue;
      const after = isOfOrder ? withoutPerson(delivery) : eraseExcerpts(delivery);
      const done = await eraseDelivery(world, delivery, after);
      if (done === 'left') left.push(`delivery ${delivery.id}`);
      if (done === 'erased') erased += 1;
    }
    below = next;
  } while (below !== undefined);
  return erased;
}

async function eraseRowsOf(world: World, owner: Owner, wanted: Wanted, left: string[]): Promise<number> {
  const isWanted = ({ order, leftOut, erased }: BatchRow) =>
    !erased &&
    (order ? order.msisdn === wanted.msisdn : leftOut !== undefined && isIn(textsOfLeftOut(leftOut), wanted));
  let rows = 0;
  const eraseOrLeave = async (set: RowSet, mayErase: boolean) => {
    if (mayErase) rows += await eraseRows(world, set, wanted.hash, isWanted);
    else {
      const chunks = await readRows(world, set, [...Array(chunksOf(set)).keys()]);
      if (chunks.flat().some(isWanted)) left.push(`batch ${set.id}`);
    }
  };
  for await (const item of eachItem(world, 'batches', owner)) {
    const batch = toBatch(item);
    await eraseOrLeave(batch, hasEnded(batch));
  }
  for await (const item of eachItem(world, 'rowSets', owner)) {
    const set = toRowSet(item);
    const isOld = elapsed(instantOfListSk(String(item.listSk)), world.now()) > ROW_SET_LOST_MS;
    if (await isLost(world, set)) await eraseOrLeave(set, isOld);
  }
  return rows;
}

/** Top-ups have no number of their own, but a payment gateway may have named that of the payer. */
async function eraseTopups(world: World, owner: Owner, wanted: Wanted, left: string[]): Promise<number> {
  let erased = 0;
  for await (const item of eachItem(world, 'topups', owner)) {
    const topup = toTopup(item);
    const { lastFinding, orphans = [], redirectUrl } = topup;
    if (!isIn([lastFinding, redirectUrl, ...orphans], wanted)) continue;
    const done: Erasure = await eraseFinalTopup(world, topup);
    if (done === 'left') left.push(`top-up ${topup.id}`);
    else erased += 1;
  }
  return erased;
}

/** Of the request log: the whole texts of a request that names the number, for whoever else is named there. */
async function eraseRequests(world: World, owner: Owner, wanted: Wanted): Promise<number> {
  let erased = 0;
  for await (const item of eachItem(world, 'requests', owner)) {
    const kept = toRequest(item);
    if (kept.erasedAt !== undefined || !isIn(textsOf(kept), wanted)) continue;
    await saveErased(world, eraseRequest(kept, world.now()));
    erased += 1;
  }
  return erased;
}

function isIn(texts: readonly (string | undefined)[], { msisdn }: Wanted): boolean {
  const digits = msisdn.slice(-SHARED_DIGITS);
  return texts.some((text) => text !== undefined && hasDigits(text, digits));
}

async function* eachItem(
  world: World,
  list: ErasedList | 'requests',
  owner: Owner,
): AsyncGenerator<Record<string, unknown>> {
  for (let after = '0'; ; ) {
    const page = await listOldest(world, list, owner, { after, before: ALWAYS, limit: PAGE });
    const last = page.at(-1);
    if (!last) return;
    yield* await readListed(
      world,
      list,
      page.map(({ pk }) => pk),
    );
    after = last.listSk;
  }
}
