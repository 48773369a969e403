import { byOperator } from '../../shared/domain/act.ts';
import type { Currency } from '../../shared/domain/money.ts';
import type { Order } from '../../shared/domain/order.ts';
import { providerReferences } from '../../shared/domain/order.ts';
import { HOUR, MINUTE, SECOND } from '../../shared/domain/time.ts';
import { freezeMerchant, unfreezeMerchant } from '../../shared/flows/account/freeze-merchant.ts';
import { resolveOrder, resolveTopupByHand } from '../../shared/flows/orders/review.ts';
import { adjustWallet } from '../../shared/flows/wallet/adjust-wallet.ts';
import type { World } from '../../shared/world.ts';
import type { Account, Actors } from './actors.ts';

/**
 * Two operators. Every few hours both resolve orders in review at the same time, with the truth from the upstream, and
 * both also try orders that are not in review. `mayResolve` limits which orders they touch.
 */
export function resolveReviews(actors: Actors, until: number, mayResolve: (order: Order) => boolean): void {
  const { clock, auditor, upstream } = actors;
  const resolve = (operator: string) => {
    for (const order of auditor.orders.values()) {
      if (!mayResolve(order)) continue;
      const chance = actors.chance.fork(`${operator} on ${order.id} at ${clock.now}`);
      const wasInReview = order.status === 'review';
      if (!chance.happens(wasInReview ? 0.7 : 0.05)) continue;
      const isDelivered =
        order.mode === 'live' && providerReferences(order).some((each) => upstream.hasDelivered(each));
      const world = actors.process(`${operator} decides on ${order.id} at ${clock.now}`);
      const decision = { by: operator, reason: 'according to the upstream' };
      actors.trace(`${operator} resolves ${order.agentReference}`);
      resolveOrder(world, order, isDelivered ? 'delivered' : 'refunded', decision).then(
        () => actors.faults.count('operator: resolved'),
        () => actors.faults.count(wasInReview ? 'operator: too late' : 'operator: refused'),
      );
    }
  };
  const resolveTogether = () => {
    if (actors.isOver() || clock.now > until) return;
    resolve('one operator');
    resolve('another operator');
    resolveDenied(actors, 'one operator');
    resolveDenied(actors, 'another operator');
    clock.at(5 * HOUR, resolveTogether);
  };
  clock.at(30 * MINUTE, resolveTogether);
}

/** Credits that the payment gateway denies: most are taken back, some are kept, and some wait. */
function resolveDenied(actors: Actors, operator: string): void {
  const { clock, auditor } = actors;
  for (const topup of auditor.topups.values()) {
    const chance = actors.chance.fork(`${operator} on ${topup.id} at ${clock.now}`);
    const isDenied = topup.deniedAt !== undefined;
    if (!chance.happens(isDenied ? 0.7 : 0.05)) continue;
    const world = actors.process(`${operator} decides on ${topup.id} at ${clock.now}`);
    const resolution = chance.happens(0.8) ? 'reversed' : 'kept';
    const decision = { by: operator, reason: 'according to the gateway' };
    resolveTopupByHand(world, topup.id, resolution, decision).then(
      () => actors.faults.count(`operator: top-up ${resolution}`),
      () => actors.faults.count(isDenied ? 'operator: too late' : 'operator: refused'),
    );
  }
}

const FREEZES_MS = [10 * SECOND, MINUTE, 8 * MINUTE];
const CHECK_MS = 20 * SECOND;
/** No process that was to freeze it still lives then. */
const UNTIL_MS = HOUR;

/** Two operators freeze one account at the same time, and unfreeze it after a while, as often as it takes. */
export function freezeForAWhile(actors: Actors, withinMs: number): void {
  const { clock, faults, auditor } = actors;
  const chance = actors.chance.fork('freezes');
  if (!faults.happens(chance, 'merchant frozen')) return;
  faults.hasRightClocks = true;
  const account = chance.pick(actors.accounts);
  const owners = { merchantId: account.merchantId, modes: [account.mode] };
  const startMs = chance.below(withinMs * 0.8);
  const endMs = startMs + chance.pick(FREEZES_MS);
  const act = (freezes: typeof freezeMerchant, name: string) => {
    const world = actors.process(`${name} at ${clock.now}`);
    actors.trace(`${name} of ${account.merchantId} ${account.mode}`);
    freezes(world, owners, byOperator(name), 'A key leaked.').catch(() =>
      faults.count('operator: freeze not answered'),
    );
  };
  for (const name of ['one freeze', 'another freeze']) clock.at(startMs, () => act(freezeMerchant, name));
  for (let ms = endMs; ms < withinMs + UNTIL_MS; ms += CHECK_MS) {
    clock.at(ms, () => {
      if (auditor.freezeAuditor.isFrozen(account) && !actors.isOver()) act(unfreezeMerchant, 'the end of a freeze');
    });
  }
}

const OPERATOR = 'simulation';
const CURRENCIES: readonly Currency[] = ['USD', 'ZWG', 'KES', 'UGX', 'TZS'];
const LATE_DEPOSITS = 10;

/** A deposit into one wallet. Each has a reason of its own, by which the auditor knows it. */
export async function deposit(
  { auditor }: Actors,
  world: World,
  { merchantId, mode }: Account,
  { reason, amountMinor, currency }: { reason: string; amountMinor: number; currency: Currency },
): Promise<void> {
  const wallet = { merchantId, mode, currency };
  const description = `${reason} (${OPERATOR})`;
  auditor.expectDeposit(wallet, description, amountMinor);
  await adjustWallet(world, wallet, { amountMinor, reason, by: OPERATOR });
  auditor.onDepositAnswered(wallet, description);
}

/** Small deposits in every currency while orders are paid from the same wallets. */
export function depositMeanwhile(actors: Actors, withinMs: number): void {
  const { clock } = actors;
  const chance = actors.chance.fork('deposits');
  for (let n = 0; n < LATE_DEPOSITS; n += 1) {
    const money = { reason: `Deposit ${n}`, amountMinor: 100 + chance.below(900), currency: chance.pick(CURRENCIES) };
    const account = chance.pick(actors.accounts);
    clock.at(chance.below(withinMs), () => {
      deposit(actors, actors.process(`operator of deposit ${n}`), account, money).catch(() =>
        actors.faults.count('operator: deposit not answered'),
      );
    });
  }
}
