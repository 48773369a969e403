import { createOrder } from '../../functions/orders/create-order.ts';
import { startTopup } from '../../functions/wallet/start-topup.ts';
import { SCOPES } from '../../shared/domain/key.ts';
import { MINUTE, SECOND } from '../../shared/domain/time.ts';
import { revokeKey } from '../../shared/flows/keys/revoke-key.ts';
import type { PlainResponse } from '../../shared/http/route.ts';
import { SANDBOX_OUTCOMES } from '../../shared/providers/sandbox.ts';
import { createKey } from '../support/create-key.ts';
import { OPERATOR } from '../support/origin.ts';
import type { Account, Actors } from './actors.ts';
import {
  ANSWER_TIMEOUT_MS,
  drawAccount,
  isAnswer,
  RETRY_PAUSE_MS,
  request,
  TRIES_MAX,
  untilAnswered,
} from './actors.ts';
import type { Chance } from './chance.ts';

/**
 * Merchants: their programs place single orders and start top-ups, and repeat what was not answered. Their keys are
 * rotated meanwhile.
 */

const SANDBOX_ENDINGS = ['099', ...Object.keys(SANDBOX_OUTCOMES)];
const TOGETHER_MS = 10 * MINUTE;
const HOT_MS = SECOND;
const FROZEN_PAUSE_MS = 4 * MINUTE;

/** A client that places one order. Some post it twice, or reuse its reference with other content. */
export function placeOrders(actors: Actors, n: number, withinMs: number): void {
  const { clock, faults, accounts } = actors;
  const chance = actors.chance.fork(`client ${n}`);
  const account = drawAccount(actors, chance);
  // Neighbours use the same reference in different merchants and modes: their orders must stay separate.
  const reference = `r${account === accounts[0] ? n : n - 1}`;
  const amount = (100 + chance.below(900)) / 100;
  // In the sandbox the number decides the outcome.
  const target = account.mode === 'test' ? `0772279${chance.pick(SANDBOX_ENDINGS)}` : '0772279099';
  const body = { product_id: 100, target, amount, agent_reference: reference };
  const drawnMs = chance.below(withinMs);
  // Orders that one wallet pays at the same moment must wait for each other.
  const isTogether = faults.happens(chance, 'orders at one moment');
  const togetherMs = isTogether ? Math.floor(drawnMs / TOGETHER_MS) * TOGETHER_MS : drawnMs;
  const isHot = actors.hotMs !== undefined && account === accounts[0] && chance.happens(0.5);
  const startMs = isHot ? actors.hotMs + chance.below(HOT_MS) : togetherMs;
  const copies = faults.happens(chance, 'request doubled') ? 2 + chance.below(2) : 1;
  for (let copy = 0; copy < copies; copy += 1) {
    const isOther = copy > 0 && faults.happens(chance, 'reference reused with other content');
    const sent = JSON.stringify(isOther ? { ...body, amount: (Math.round(amount * 100) + 100) / 100 } : body);
    const name = `${account.merchantId} ${account.mode} ${reference}`;
    actors.contents.set(name, (actors.contents.get(name) ?? new Set()).add(sent));
    clock.at(startMs + (copy === 0 ? 0 : chance.below(3 * MINUTE)), () =>
      post(actors, account, { name: `client ${n}.${copy}`, body: sent, prefer: drawPreference(chance) }),
    );
  }
}

function drawPreference(chance: Chance): string {
  return chance.happens(0.7) ? 'respond-async' : 'wait=20';
}

interface OrderRequest {
  readonly name: string;
  readonly body: string;
  readonly prefer: string;
}

function post(actors: Actors, account: Account, order: OrderRequest): void {
  const { clock } = actors;
  const { name, body, prefer } = order;
  untilAnswered(actors, 'client repeats', async (tries) => {
    const startedAt = actors.clock.now;
    const response = await request(actors, account, createOrder, { name: `${name} try ${tries}`, body, prefer });
    actors.faults.count(`${createOrder.name} answered: ${response.status}`);
    actors.trace(`${name} is answered ${response.status}`);
    check(actors, account, order, response);
    if (response.status === 403) postLater(actors, account, order, startedAt);
    // A process whose clock is behind takes a limit for reached; programs ask again when the answer says.
    const pauseMs = Number(response.headers['retry-after']) * SECOND;
    if (response.status === 429) clock.at(pauseMs, () => post(actors, account, { ...order, name: `${name}, again` }));
    return response;
  });
}

/** A program that is refused because of a freeze sends the same order later. */
function postLater(actors: Actors, account: Account, order: OrderRequest, startedAt: number): void {
  const { name } = order;
  if (!actors.auditor.freezeAuditor.wasFrozen(account, startedAt)) actors.report(`${name} is refused as frozen`);
  actors.clock.at(FROZEN_PAUSE_MS, () => post(actors, account, { ...order, name: `${name}, later` }));
}

/** An answer shows the order that this account placed, and no other. */
function check(actors: Actors, { merchantId, mode }: Account, { body }: OrderRequest, response: PlainResponse): void {
  const { amount, agent_reference: reference } = JSON.parse(body);
  const name = `${merchantId} ${mode} ${reference}`;
  const order = actors.auditor.orders.get(name);
  if (response.status < 300) {
    const shown = JSON.parse(response.body);
    if (order?.id !== shown.id || shown.amount !== amount) actors.report(`${reference} is answered with another order`);
  }
  // A row of a batch may have used the reference first.
  const isRow = order?.batchId !== undefined;
  if (response.status === 422 && !isRow && actors.contents.get(name)?.size === 1) {
    actors.report(`${reference} is refused as reused, and this merchant used it once`);
  }
}

/** A program that starts one top-up. */
export function payIn(actors: Actors, n: number, withinMs: number): void {
  const { clock, faults, accounts } = actors;
  const chance = actors.chance.fork(`payer ${n}`);
  const account = chance.pick(accounts);
  const body = JSON.stringify({ amount: 1 + chance.below(20), currency: 'USD', reference: `t${n}` });
  const copies = faults.happens(chance, 'request doubled') ? 2 : 1;
  const startMs = chance.below(withinMs);
  const send = async (name: string, tries: number): Promise<void> => {
    if (actors.isOver()) return;
    const answer = request(actors, account, startTopup, { name: `${name} try ${tries}`, body });
    const response = await Promise.race([answer, clock.sleep(ANSWER_TIMEOUT_MS)]);
    actors.trace(`${name} is answered ${response?.status ?? 'nothing'}`);
    const isAnswered = response !== undefined && isAnswer(response);
    if (!isAnswered && tries < TRIES_MAX) clock.at(RETRY_PAUSE_MS, () => send(name, tries + 1));
  };
  for (let copy = 0; copy < copies; copy += 1) clock.at(startMs + copy * 50, () => send(`payer ${n}.${copy}`, 1));
}

/** Creates a new key and revokes the old one while requests that carry it are in flight. */
export async function rotateKey(actors: Actors, account: Account): Promise<void> {
  const operator = actors.process('key rotation');
  const { merchantId, mode } = account;
  const before = account.key;
  const { key, text } = await createKey(operator, { merchantId, mode, name: 'next', scopes: SCOPES });
  account.key = { id: key.id, text };
  actors.trace(`key ${key.id} replaces ${before.id}`);
  await revokeKey(operator, account, before.id, { keepsCampaigns: true }, OPERATOR);
}
