import { awsWorld } from '../../shared/aws/world.ts';
import { PROVIDERS } from '../../shared/domain/catalogue.ts';
import { formatAmount } from '../../shared/domain/money.ts';
import { TOPUP_RESOLUTIONS } from '../../shared/domain/topup.ts';
import { resolveOrder, resolveTopupByHand, viewEvidence, viewTopupEvidence } from '../../shared/flows/orders/review.ts';
import { syncProducts } from '../../shared/flows/orders/sync-products.ts';
import { adjustWallet, isLargeAdjustment } from '../../shared/flows/wallet/adjust-wallet.ts';
import { openLastHead } from '../../shared/flows/wallet/read-heads.ts';
import { verifyLedger } from '../../shared/flows/wallet/verify-ledger.ts';
import type { OrderKey } from '../../shared/store/orders.ts';
import { readOrder } from '../../shared/store/orders.ts';
import type { Options } from './arguments.ts';
import { currencyOf, mode, required, signedAmount, UsageError } from './arguments.ts';
import { decision, knownMerchant, origin, recordOrderOfStage } from './caller.ts';

/** The commands on money, and on what it is paid for. */

export async function adjustCommand([merchantId, amount, currency]: string[], options: Options): Promise<unknown> {
  const id = await knownMerchant(merchantId);
  const code = currencyOf(currency);
  const amountMinor = signedAmount(required(amount, 'an amount'), code);
  const reason = required(options.reason, '--reason, which is recorded in the ledger');
  const reference = required(options.reference, '--reference, under which there is one entry');
  const wallet = { merchantId: id, mode: mode(options.mode), currency: code };
  if (isLargeAdjustment(amountMinor, code) && !options.yes) {
    const sum = `${code} ${amountMinor < 0 ? '-' : ''}${formatAmount(Math.abs(amountMinor), code)}`;
    throw new UsageError(`${sum} is a large adjustment of the ${wallet.mode} wallet: repeat the command with --yes`);
  }
  const by = (await origin()).by.id;
  const entry = await adjustWallet(awsWorld(), wallet, { amountMinor, reason, by, reference });
  return { entry: entry.id, seq: entry.seq, currency: code, balance: formatAmount(entry.balanceAfterMinor, code) };
}

export async function verifyCommand([merchantId, currency]: string[], options: Options): Promise<unknown> {
  const wallet = {
    merchantId: await knownMerchant(merchantId),
    mode: mode(options.mode),
    currency: currencyOf(currency),
  };
  const world = awsWorld();
  const { head, leaf, violation: contradiction } = await (await openLastHead(world)).check(wallet);
  const { entries, balanceMinor, violation = contradiction } = await verifyLedger(world, wallet);
  if (violation !== undefined) throw new Error(`the ledger is broken: ${violation.what}`);
  const balance = `${wallet.currency} ${formatAmount(balanceMinor, wallet.currency)}`;
  return { verified: true, entries, balance, head: head && leaf ? { day: head.day, entries: leaf.seq } : null };
}

export async function showOrderCommand(args: string[], options: Options): Promise<unknown> {
  const order = await readOrder(awsWorld(), orderKey(args, options));
  if (!order) throw new UsageError(`there is no ${options.mode} order ${args[1]} of ${args[0]}`);
  return viewEvidence(order);
}

export async function resolveOrderCommand(args: string[], options: Options): Promise<unknown> {
  const [, , outcome] = args;
  if (outcome !== 'delivered' && outcome !== 'refunded')
    throw new UsageError('the outcome must be delivered or refunded');
  return viewEvidence(await resolveOrder(awsWorld(), orderKey(args, options), outcome, await decision(options)));
}

export function orderKey([merchantId, agentReference]: string[], options: Options): OrderKey {
  return {
    merchantId: required(merchantId, 'a merchant id'),
    agentReference: required(agentReference, 'an agent_reference'),
    mode: mode(options.mode),
  };
}

export async function resolveTopupCommand([id, outcome]: string[], options: Options): Promise<unknown> {
  const resolution = TOPUP_RESOLUTIONS.find((each) => each === outcome);
  if (!resolution) throw new UsageError(`the outcome must be one of ${TOPUP_RESOLUTIONS.join(', ')}`);
  const topupId = required(id, 'a top-up id');
  return viewTopupEvidence(await resolveTopupByHand(awsWorld(), topupId, resolution, await decision(options)));
}

export async function syncCommand([name]: string[], options: Options): Promise<unknown> {
  const provider = PROVIDERS.find((each) => each === required(name, 'a provider') && each !== 'sandbox');
  if (!provider) throw new UsageError(`there is no catalogue of ${name}`);
  const allowsWithdrawals = options['allow-withdrawals'];
  const world = awsWorld();
  if (allowsWithdrawals) await recordOrderOfStage(world, 'catalogue.withdrawals_ordered', provider, {});
  // Metrics are written to the output, which is the answer of the command here.
  const quiet = { ...world, log: { ...world.log, metric: () => undefined } };
  const { isOff, changes, keptBack } = await syncProducts(quiet, provider, { allowsWithdrawals });
  return { provider, off: isOff, changes, kept_back: keptBack };
}
