import type { Claimed, Notice, NoticeKey } from '../../domain/notice.ts';
import { attempted, byFailures, claimMailing, isLeft, isStillMine, leaveMailing } from '../../domain/notice.ts';
import { mailOf } from '../../domain/notice-mail.ts';
import { isNotified } from '../../domain/notification.ts';
import type { Member } from '../../domain/team.ts';
import type { Instant } from '../../domain/time.ts';
import { SECOND } from '../../domain/time.ts';
import { METRICS } from '../../manifest/metrics.ts';
import { findMerchant } from '../../store/merchants.ts';
import { readNotice, saveNotice } from '../../store/notices.ts';
import { readTeam } from '../../store/teams.ts';
import type { Mail, World } from '../../world.ts';
import { countLive } from '../count-live.ts';

/** Others only add to a notice whose mailing is ours. */
const TRIES_MAX = 8;
/** So long one mail may take to be taken. What is taken later may come twice. */
const MAIL_MS_MAX = 5 * SECOND;

/**
 * Mails a notice that is due to each member who wants it, one after the other: whether they are a member, and want it,
 * is read right before their mail. Who has it is written right after, so that a run that goes on mails nobody twice;
 * one that dies between the two does. Until `endsAt`; the rest is left to the next run.
 */
export async function mailNotice(world: World, key: NoticeKey, endsAt: Instant): Promise<void> {
  const claimed = claimMailing(await readNotice(world, key), world.now());
  if (!claimed || !(await saveNotice(world, claimed))) return;
  const { mail } = world;
  const { mailing, left } = mail ? await mailAll(world, mail, claimed, endsAt) : { mailing: claimed, left: [] };
  if (!mailing) return;
  const done = await change(world, mailing, (current) => leaveMailing(current, left, world.now()));
  if (done?.mailing === undefined) reportEnd(world, mailing, left);
}

/** `mailing` is `undefined` where another run has taken over; `left` are those who are still to get it. */
async function mailAll(
  world: World,
  mail: Mail,
  claimed: Claimed,
  endsAt: Instant,
): Promise<{ mailing: Claimed | undefined; left: readonly Member[] }> {
  const { name: business } = await findMerchant(world, claimed.merchantId);
  const tried = new Set<string>();
  let mailing = claimed;
  for (;;) {
    const left = await whoIsLeft(world, mailing);
    const member = left.find(({ id }) => !tried.has(id));
    if (!member || world.now() >= endsAt) return { mailing, left };
    tried.add(member.id);
    const isTaken = await mailTo(world, mail, mailing, member, business);
    const after = await change(world, mailing, (current) => attempted(current, member.id, isTaken));
    if (!after) return { mailing: undefined, left: [] };
    mailing = after;
  }
}

async function whoIsLeft(world: World, { merchantId, kind, mode, mailing }: Claimed): Promise<Member[]> {
  const { members } = await readTeam(world, merchantId);
  const left = members.filter((member) => isNotified(member, kind, mode) && isLeft(mailing, member.id));
  return byFailures(mailing, left);
}

/** Whether the mail was taken. One that takes too long was not, as far as anybody knows. */
async function mailTo(
  world: World,
  mail: Mail,
  notice: Claimed,
  { id: memberId, email, role }: Member,
  business: string,
): Promise<boolean> {
  const { merchantId, mode, kind, mailing } = notice;
  const message = mailOf(notice, mailing, { business, role, origin: world.publicUrl ?? '' });
  const facts = { merchantId, mode, type: kind, memberId };
  try {
    const sent = mail.send({ to: email, ...message }).then(() => true);
    const isTaken = (await world.within(MAIL_MS_MAX, sent)) === true;
    if (isTaken) world.log.info('notice.mailed', facts);
    else world.log.warn('notice.not_mailed', { ...facts, reason: 'no answer' });
    return isTaken;
  } catch (error) {
    // Not its message: who sends mail names the address in it.
    world.log.warn('notice.not_mailed', { ...facts, reason: error instanceof Error ? error.name : 'unknown' });
    return false;
  }
}

/** Changes a notice whose mailing is ours, whatever was added to it meanwhile. `undefined`: it is ours no more. */
async function change<N extends Notice>(
  world: World,
  mine: Claimed,
  decide: (current: Claimed) => N,
): Promise<N | undefined> {
  let current: Notice = mine;
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    if (!isStillMine(current, mine)) return undefined;
    const next = decide(current);
    if (await saveNotice(world, next)) return next;
    current = await readNotice(world, mine);
  }
  throw new Error('the notice keeps changing');
}

/** Who did not get it after all tries, or a day of them. Whoever left, or wants it no more, is not among them. */
function reportEnd(world: World, { merchantId, mode, kind, mailing }: Claimed, left: readonly Member[]): void {
  const { failures, mailedTo } = mailing;
  const ids = Object.keys(failures).filter((id) => !mailedTo.includes(id) && !isLeft(mailing, id));
  const failed = ids.length + left.length;
  world.log.info('notice.done', { merchantId, mode, type: kind, done: mailedTo.length, failed });
  for (let each = 0; each < failed; each += 1) countLive(world, { mode }, METRICS.noticesNotMailed);
}
