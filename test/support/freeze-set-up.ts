import { createOrder } from '../../functions/orders/create-order.ts';
import { getOrder } from '../../functions/orders/get-order.ts';
import type { Mode } from '../../shared/domain/ledger.ts';
import { SECOND } from '../../shared/domain/time.ts';
import { freezeMerchant, unfreezeMerchant } from '../../shared/flows/account/freeze-merchant.ts';
import { TERMS_MS_MAX } from '../../shared/store/terms.ts';
import { call } from './call.ts';
import { OPERATOR } from './origin.ts';
import type { TestMerchant, TestWorld } from './world.ts';

/** What the tests of freezes share: an operator's freeze of a merchant's live mode, and orders of it. */

const modes: readonly Mode[] = ['live'];

export function freeze(world: TestWorld, { id }: TestMerchant, reason = 'A key leaked.') {
  return freezeMerchant(world, { merchantId: id, modes }, OPERATOR, reason);
}

export function unfreeze(world: TestWorld, { id }: TestMerchant) {
  return unfreezeMerchant(world, { merchantId: id, modes }, OPERATOR, 'It was revoked.');
}

/** Another process on the same tables and queues, with the same clock. */
export function anotherProcess(world: TestWorld): TestWorld {
  return { ...world, memo: new Map() };
}

/** The same process, where a freeze comes and time passes right before its first command about this item. */
export function frozenBefore(world: TestWorld, merchant: TestMerchant, item: RegExp, passedMs: number): TestWorld {
  let isFrozen = false;
  const send = async (command: { input: unknown }) => {
    if (!isFrozen && item.test(JSON.stringify(command.input))) {
      isFrozen = true;
      await freeze(anotherProcess(world), merchant);
      world.advance(passedMs);
    }
    return (world.db.send as (command: unknown) => Promise<unknown>)(command);
  };
  return { ...world, db: { send } as never };
}

/** From now on every process has read its merchant's terms again. */
export function letCachesEnd(world: TestWorld): void {
  world.advance(TERMS_MS_MAX + SECOND);
}

export function place(world: TestWorld, merchant: TestMerchant, reference: string) {
  const body = { product_id: 100, target: '0772279099', amount: 5, agent_reference: reference };
  return call(world, createOrder, { headers: { ...merchant.headers(), prefer: 'respond-async' }, body });
}

export async function shown(world: TestWorld, merchant: TestMerchant, reference: string) {
  const input = { headers: merchant.headers(), params: { agent_reference: reference } };
  return (await call(world, getOrder, input)).json;
}

/** Sweeps, and runs all that follows, as often as it takes until nothing more happens. */
export async function sweepUntilDone(world: TestWorld, sweeps = 3): Promise<void> {
  for (let run = 0; run < sweeps; run += 1) {
    await world.sweep();
    while (world.messages.length > 0) await world.dispatchAll();
  }
}
