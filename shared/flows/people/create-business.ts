import type { Origin } from '../../domain/act.ts';
import type { Owner } from '../../domain/ledger.ts';
import type { Currency } from '../../domain/money.ts';
import { formatAmount, toMajor } from '../../domain/money.ts';
import { PLAY_MONEY } from '../../domain/play-money.ts';
import { sha256 } from '../../domain/sha256.ts';
import type { Membership } from '../../domain/team.ts';
import { emptyTeam, joined } from '../../domain/team.ts';
import { defaultTerms } from '../../domain/terms.ts';
import { Refusal } from '../../http/refusal.ts';
import { newId } from '../../id.ts';
import { setBalance } from '../../store/adjustments.ts';
import { recordAct } from '../../store/audit.ts';
import { readTail } from '../../store/ledger.ts';
import { findMerchant, merchantPut } from '../../store/merchants.ts';
import type { SignUp } from '../../store/teams.ts';
import { listMemberships, membershipPut, readMembership, readSignUp, saveSignUp, teamPut } from '../../store/teams.ts';
import { termsPut } from '../../store/terms.ts';
import { Retry, withRetries } from '../../store/write.ts';
import type { World } from '../../world.ts';

/** More than anybody has, and few enough to list at once. */
const BUSINESSES_MAX = 20;

interface Founder {
  readonly subject: string;
  /** Asked for only where something is made. */
  email(): Promise<string>;
  /** The request, without who it is by: that becomes the new member. */
  readonly origin: Omit<Origin, 'by'>;
}

/** The business that a person signed up with under this name, if it still has it and they are still a member of it. */
export async function findBusiness(world: World, subject: string, name: string): Promise<Membership | undefined> {
  const known = await readSignUp(world, subject, hashOf(name));
  return known && businessOf(world, known);
}

/** A business that was renamed leaves its name to another one. */
async function businessOf(world: World, { subject, nameHash, merchantId }: SignUp): Promise<Membership | undefined> {
  const membership = await readMembership(world, subject, merchantId);
  return membership && hashOf((await findMerchant(world, merchantId)).name) === nameHash ? membership : undefined;
}

/**
 * A new merchant with its first owner: in test mode at once, with play money, and not live until an operator says so.
 * One for each person and name: the same request again, also after a lost answer or at the same time, finds it and
 * funds what is not funded yet.
 */
export async function createBusiness(world: World, founder: Founder, name: string): Promise<Membership> {
  const membership = (await findBusiness(world, founder.subject, name)) ?? (await found(world, founder, name));
  await fundPlayWallets(world, membership, founder.origin);
  return membership;
}

async function found(world: World, { subject, email: emailOf, origin }: Founder, name: string): Promise<Membership> {
  if ((await listMemberships(world, subject)).length >= BUSINESSES_MAX) throw new Refusal('business_limit_reached');
  const email = await emailOf();
  const nameHash = hashOf(name);
  return withRetries(world, async () => {
    const before = await readSignUp(world, subject, nameHash);
    const known = before && (await businessOf(world, before));
    if (known) return known;
    const at = world.now();
    const [merchantId, id] = [newId(world, 'mer'), newId(world, 'mem')];
    const membership: Membership = { id, subject, merchantId, role: 'owner', joinedAt: at, revision: 1 };
    const team = joined(emptyTeam(merchantId), { id, subject, email, role: 'owner', joinedAt: at }, at);
    if (typeof team === 'string') throw new Error(`a new team has ${team}`);
    const signUp: SignUp = { subject, nameHash, merchantId, revision: (before?.revision ?? 0) + 1 };
    const by = { ...origin, by: { kind: 'person', id } } as const;
    const live = { merchantId, mode: 'live' } as const;
    const isSaved = await saveSignUp(world, signUp, [
      merchantPut({ id: merchantId, name, createdAt: at }),
      termsPut({ ...defaultTerms(merchantId), isLive: false, version: 1 }),
      teamPut(team),
      membershipPut(membership),
      recordAct(world, live, by, { action: 'merchant.created', subject: merchantId, after: { name, live: false } }),
      recordAct(world, live, by, { action: 'member.joined', subject: id, after: { role: 'owner' } }),
    ]);
    return isSaved ? membership : new Retry('another request signs up with this name');
  });
}

/** Funds the test wallets without an entry: all of a new merchant, or what was left when a request died. */
async function fundPlayWallets(world: World, { id, merchantId }: Membership, origin: Omit<Origin, 'by'>) {
  const owner: Owner = { merchantId, mode: 'test' };
  const by = { ...origin, by: { kind: 'person', id } } as const;
  await Promise.all(
    Object.entries(PLAY_MONEY).map(async ([code, balanceMinor]) => {
      const currency = code as Currency;
      const wallet = { ...owner, currency };
      if (await readTail(world, wallet)) return;
      const description = `Play money: ${formatAmount(balanceMinor, currency)} to test with`;
      await setBalance(world, wallet, { balanceMinor, description }, () => [
        recordAct(world, owner, by, {
          action: 'wallet.test_balance_set',
          subject: currency,
          before: { balance: 0 },
          after: { balance: toMajor(balanceMinor, currency) },
        }),
      ]);
    }),
  );
}

/** Whoever sends the same name in other letters sends the same request. */
function hashOf(name: string): string {
  return sha256(name.trim().toLowerCase());
}
