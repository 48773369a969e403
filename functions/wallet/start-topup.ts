import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { assert } from '../../shared/domain/assert.ts';
import { defined } from '../../shared/domain/defined.ts';
import type { Mode, Owner } from '../../shared/domain/ledger.ts';
import { CURRENCIES, formatAmount, parseAmount } from '../../shared/domain/money.ts';
import type { Topup } from '../../shared/domain/topup.ts';
import { beginTopup, releaseStart, startedTopup, takeStart } from '../../shared/domain/topup.ts';
import { spendingRefusal } from '../../shared/flows/account/may-spend.ts';
import { changeTopup } from '../../shared/flows/decide-again.ts';
import { REPLAYED } from '../../shared/flows/orders/place-order.ts';
import { paymentPath } from '../../shared/flows/wallet/payment-url.ts';
import { agentReference, currency } from '../../shared/http/fields.ts';
import { Refusal } from '../../shared/http/refusal.ts';
import { route } from '../../shared/http/route.ts';
import { viewTopup } from '../../shared/http/views/topup-views.ts';
import { newId } from '../../shared/id.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { createTopup, readTopup } from '../../shared/store/topups.ts';
import type { World } from '../../shared/world.ts';

/** A smaller payment costs more in fees than it brings; a larger one should be a bank transfer. */
const AMOUNT_MAJOR_MIN = 1;
const AMOUNT_MAJOR_MAX = 100_000;
/** What a debugging deployment charges for every top-up, in minor units. */
const DEBUG_CHARGE_MINOR = 1;
/** How long a request waits for the one that starts the payment: within the time that API Gateway gives it. */
const POLLS_MAX = 30;
const POLL_INTERVAL_MS = 500;
const PAYMENT_END_PATH = '/payments/end';

const body = z.strictObject({
  amount: z.union([z.number(), z.string()], { error: 'must be a number such as 5 or 5.5, in major units.' }),
  currency,
  reference: z.optional(agentReference),
  return_url: z.optional(z.string({ error: 'must be a string.' })),
});

/**
 * Starts a payment once per reference and answers with the page to pay on: 201, or 200 when the same reference was
 * posted before. The wallet is credited once the payment gateway confirms it; the top-up then shows `success`.
 *
 * One request at a time starts the payment; others under the same reference wait for its page. A start whose answer was
 * lost may be repeated: nobody knows the page of the lost payment, so nobody can pay on it. It is noted.
 */
export const startTopup = route({
  ...routes.startTopup,
  idempotencyField: 'reference',
  body,
  async run(world, { owner, body }) {
    const initial = check(world, owner, body);
    const leaseId = newId(world, 'sta');
    const fresh = beginTopup(initial, leaseId, world.now());
    const { topup, isNew } = await findOrCreate(world, fresh);
    if (!isNew) requireSame(topup, initial);
    const started = topup.status === 'starting' ? await startOnce(world, topup, leaseId) : topup;
    return {
      status: isNew ? 201 : 200,
      body: viewTopup(started),
      headers: { location: `/api/v1/wallet/topup/${topup.id}`, ...(isNew ? {} : REPLAYED) },
    };
  },
});

/** Where none can be started, only one whose page was answered before. */
async function findOrCreate(world: World, fresh: Topup): Promise<{ topup: Topup; isNew: boolean }> {
  const refusal = (await spendingRefusal(world, fresh)) ?? (await offRefusal(world, fresh.mode));
  if (!refusal) return createTopup(world, fresh);
  const existing = await readTopup(world, fresh.id);
  if (!existing || existing.status === 'starting') throw refusal;
  return { topup: existing, isNew: false };
}

async function offRefusal(world: World, mode: Mode): Promise<Refusal | undefined> {
  if (!(await world.payments(mode).isOff?.())) return undefined;
  return new Refusal('currency_not_payable', { param: 'currency', detail: 'No online payments are set up here.' });
}

/** Starts the payment if this request has the lease or gets it; else waits for the request that has it. */
async function startOnce(world: World, topup: Topup, leaseId: string): Promise<Topup> {
  let current = topup;
  for (let polls = 0; polls < POLLS_MAX; polls += 1) {
    if (current.status !== 'starting') return current;
    if (polls > 0 && current.startLease === undefined) throw unavailable('The payment gateway gave no payment page.');
    const taken = await changeTopup(world, current, (each) => takeStart(each, leaseId, world.now()));
    if (taken.status === 'starting' && taken.startLease?.id === leaseId) return startPayment(world, taken, leaseId);
    await world.sleep(POLL_INTERVAL_MS);
    current = (await readTopup(world, topup.id)) ?? taken;
  }
  throw unavailable('Another request under this reference is starting the payment.');
}

function unavailable(detail: string): Refusal {
  return new Refusal('payments_unavailable', { detail, headers: { 'retry-after': '10' } });
}

async function startPayment(world: World, topup: Topup, leaseId: string): Promise<Topup> {
  assert(world.publicUrl !== undefined, 'a payment needs an address that payers and the payment gateway reach us by');
  const answer = await world.payments(topup.mode).start({
    reference: topup.id,
    amountMinor: topup.chargedMinor,
    currency: topup.currency,
    reason: `Airtime wallet top-up ${topup.reference}`,
    resultUrl: `${world.publicUrl}${await paymentPath(world, topup.id)}`,
    returnUrl: topup.returnUrl ?? `${world.publicUrl}${PAYMENT_END_PATH}`,
  });
  world.log.info('payment.started', { topupId: topup.id, outcome: answer.kind });
  if (answer.kind !== 'started') {
    const orphan = answer.kind === 'unclear' ? `start ${leaseId}: ${answer.evidence}` : undefined;
    await changeTopup(world, topup, (current) => releaseStart(current, leaseId, orphan));
    throw unavailable('The payment gateway gave no payment page.');
  }
  // Where the lease ran out meanwhile, the first payment written is shown to all callers.
  return changeTopup(world, topup, (current) => startedTopup(current, answer, world.now()));
}

function check(world: World, owner: Owner, { amount, currency, reference, return_url }: z.infer<typeof body>) {
  const { currencies } = world.payments(owner.mode);
  if (!currencies.includes(currency)) {
    const detail = `A ${currency} wallet cannot be topped up by payment; payments take ${currencies.join(' and ')}.`;
    throw new Refusal('currency_not_payable', { param: 'currency', detail });
  }
  const amountMinor = parseAmount(amount, currency);
  const least = AMOUNT_MAJOR_MIN * 10 ** CURRENCIES[currency];
  const most = AMOUNT_MAJOR_MAX * 10 ** CURRENCIES[currency];
  if (typeof amountMinor !== 'number' || amountMinor < least || amountMinor > most) {
    const range = `from ${currency} ${formatAmount(least, currency)} to ${formatAmount(most, currency)}`;
    throw new Refusal('invalid_amount', { param: 'amount', detail: `The amount must be a plain decimal ${range}.` });
  }
  const problem = return_url === undefined ? undefined : world.problemOfUrl(return_url);
  if (problem !== undefined) {
    throw new Refusal('invalid_request', { param: 'return_url', detail: `return_url ${problem}.` });
  }
  return {
    ...owner,
    currency,
    reference: reference ?? newId(world, 'ref'),
    amountMinor,
    chargedMinor: world.isDebug ? DEBUG_CHARGE_MINOR : amountMinor,
    ...defined({ returnUrl: return_url }),
  };
}

/** The same reference with other content is a mistake, never a second payment. */
function requireSame(topup: Topup, initial: Pick<Topup, 'amountMinor' | 'currency' | 'returnUrl'>): void {
  const other = (['amountMinor', 'currency', 'returnUrl'] as const).find((name) => topup[name] !== initial[name]);
  if (other === undefined) return;
  const param = { amountMinor: 'amount', currency: 'currency', returnUrl: 'return_url' }[other];
  const detail = `The top-up under ${topup.reference} has another ${param}.`;
  throw new Refusal('reference_reused', { param, detail, headers: REPLAYED });
}

export const handler = lambda(startTopup);
