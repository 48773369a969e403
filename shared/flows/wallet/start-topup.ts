import { assert } from '../../domain/assert.ts';
import { defined } from '../../domain/defined.ts';
import type { Owner } from '../../domain/ledger.ts';
import type { Currency } from '../../domain/money.ts';
import { CURRENCIES, formatAmount, parseAmount } from '../../domain/money.ts';
import type { Topup } from '../../domain/topup.ts';
import { beginTopup, startedTopup } from '../../domain/topup.ts';
import { Refusal } from '../../http/refusal.ts';
import { newId } from '../../id.ts';
import { createTopup, readTopup } from '../../store/topups.ts';
import type { World } from '../../world.ts';
import { REPLAYED } from '../orders/place-order.ts';
import { changeTopup } from './change-topup.ts';
import { paymentPath } from './payment-url.ts';

export interface TopupInput {
  readonly amount: number | string;
  readonly currency: Currency;
  readonly reference?: string | undefined;
  readonly returnUrl?: string | undefined;
}

/** Between one unit and a hundred thousand: less costs more than it brings, more is a matter for a bank transfer. */
const LEAST_MAJOR = 1;
const MOST_MAJOR = 100_000;
/** What a debugging deployment charges, whatever is asked for, in minor units. */
const DEBUG_CHARGE_MINOR = 1;
const PAGE_FOR_PAYERS = '/payments/end';

/**
 * Starts a payment into a wallet, once per reference, and answers with the page to pay on. A start whose answer was
 * lost may be repeated: the page of a payment that we never learnt of is known to nobody, so nobody can pay on it.
 */
export async function startTopup(
  world: World,
  owner: Owner,
  input: TopupInput,
): Promise<{ topup: Topup; isReplay: boolean }> {
  const initial = check(world, owner, input);
  const known = beginTopup(initial, world.now());
  const existing = await readTopup(world, known.id);
  const { topup, isNew } = existing ? { topup: existing, isNew: false } : await createTopup(world, known);
  if (!isNew) requireSame(topup, initial);
  if (topup.status !== 'starting') return { topup, isReplay: !isNew };
  const started = await start(world, topup);
  return { topup: started, isReplay: !isNew };
}

async function start(world: World, topup: Topup): Promise<Topup> {
  assert(world.publicUrl !== undefined, 'a payment needs an address that payers and the gateway reach us by');
  const answer = await world.payments(topup.mode).start({
    reference: topup.id,
    amountMinor: topup.chargedMinor,
    currency: topup.currency,
    reason: `Airtime wallet top-up ${topup.reference}`,
    resultUrl: `${world.publicUrl}${await paymentPath(world, topup.id)}`,
    returnUrl: topup.returnUrl ?? `${world.publicUrl}${PAGE_FOR_PAYERS}`,
  });
  world.log.info('payment.started', { topupId: topup.id, outcome: answer.kind, evidence: answer.evidence });
  if (answer.kind !== 'started') {
    const detail = 'The payment gateway gave no payment page.';
    throw new Refusal('payments_unavailable', { detail, headers: { 'retry-after': '10' } });
  }
  // Two starts at once make two payments; the first that is written is the one that is shown, to both.
  return changeTopup(world, topup, (now) => startedTopup(now, answer, world.now()));
}

function check(world: World, owner: Owner, input: TopupInput) {
  const { currency, returnUrl } = input;
  const { currencies } = world.payments(owner.mode);
  if (!currencies.includes(currency)) {
    const detail = `A ${currency} wallet cannot be topped up by payment; currencies are ${currencies.join(', ')}.`;
    throw new Refusal('invalid_amount', { param: 'currency', detail });
  }
  const amountMinor = parseAmount(input.amount, currency);
  const least = LEAST_MAJOR * 10 ** CURRENCIES[currency];
  const most = MOST_MAJOR * 10 ** CURRENCIES[currency];
  if (typeof amountMinor !== 'number' || amountMinor < least || amountMinor > most) {
    const range = `from ${currency} ${formatAmount(least, currency)} to ${formatAmount(most, currency)}`;
    throw new Refusal('invalid_amount', { param: 'amount', detail: `The amount must be a plain decimal ${range}.` });
  }
  const flaw = returnUrl === undefined ? undefined : world.problemOfUrl(returnUrl);
  if (flaw !== undefined) {
    throw new Refusal('invalid_request', { param: 'return_url', detail: `return_url ${flaw}.` });
  }
  return {
    merchantId: owner.merchantId,
    mode: owner.mode,
    currency,
    reference: input.reference ?? newId(world, 'ref'),
    amountMinor,
    chargedMinor: world.isDebug ? DEBUG_CHARGE_MINOR : amountMinor,
    ...defined({ returnUrl }),
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
