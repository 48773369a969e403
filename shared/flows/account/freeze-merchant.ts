import type { Action, Origin } from '../../domain/act.ts';
import { defined } from '../../domain/defined.ts';
import type { Mode } from '../../domain/ledger.ts';
import type { Terms } from '../../domain/terms.ts';
import { freezesOf, frozen, isFrozenByOthers, unfrozen } from '../../domain/terms.ts';
import { Refusal } from '../../http/refusal.ts';
import { viewFreeze } from '../../http/views/account-views.ts';
import { recordAct } from '../../store/audit.ts';
import { readTermsNow, saveTerms } from '../../store/terms.ts';
import { Retry, withRetries } from '../../store/write.ts';
import type { World } from '../../world.ts';
import type { Maker } from '../people/standing.ts';

interface Owners {
  readonly merchantId: string;
  readonly modes: readonly Mode[];
}

/** Freezes a merchant. The same side once more changes nothing; the other side's freeze stands beside it. */
export function freezeMerchant(world: World, owners: Owners, origin: Origin, reason: string): Promise<Terms> {
  const freeze = { at: world.now(), by: origin.by, reason };
  return change(world, owners, { origin, action: 'merchant.frozen', reason }, (terms, mode) =>
    frozen(terms, mode, freeze),
  );
}

/**
 * Lifts the freeze of the merchant or, by an operator, ours: each side lifts its own. Where no other is left, sweeps
 * send what was held. `maker` lifts it; one that lost its powers since it was read does not.
 */
export function unfreezeMerchant(
  world: World,
  owners: Owners,
  origin: Origin,
  reason: string,
  maker?: Maker,
): Promise<Terms> {
  const entry = { origin, action: 'merchant.unfrozen', reason, ...defined({ maker }) } as const;
  return change(world, owners, entry, (terms, mode) => {
    if (!isFrozenByOthers(terms, mode, origin.by)) return unfrozen(terms, mode, origin.by);
    const others = origin.by.kind === 'operator' ? 'The merchant itself' : 'An operator';
    throw new Refusal('unfreeze_not_allowed', { detail: `${others} has frozen the ${mode} account.` });
  });
}

interface Entry {
  readonly origin: Origin;
  readonly action: Action;
  readonly reason: string;
  readonly maker?: Maker;
}

/** Changes the terms and records it in one transaction; decides again whenever somebody else changed them first. */
function change(
  world: World,
  { merchantId, modes }: Owners,
  { origin, action, reason, maker }: Entry,
  decide: (terms: Terms, mode: Mode) => Terms,
): Promise<Terms> {
  const checks = maker ? [maker.check] : [];
  return withRetries(world, async (tries) => {
    if (tries > 0) await maker?.require(world);
    const current = await readTermsNow(world, merchantId);
    const decided = modes.reduce(decide, current);
    if (decided === current) return current;
    const next = { ...decided, version: current.version + 1 };
    const changed = modes.filter((mode) => decide(current, mode) !== current);
    const acts = changed.map((mode) => {
      const facts = { before: factsOf(current, mode), after: { ...factsOf(next, mode), reason } };
      return recordAct(world, { merchantId, mode }, origin, { action, subject: merchantId, ...facts });
    });
    if (!(await saveTerms(world, next, [...acts, ...checks]))) return new Retry('the terms keep changing');
    for (const mode of changed) world.log.info(action, { merchantId, mode });
    return next;
  });
}

function factsOf(terms: Terms, mode: Mode) {
  const freezes = freezesOf(terms, mode);
  return { frozen: freezes.length > 0, freezes: freezes.map(viewFreeze), reason: freezes[0]?.reason ?? null };
}
