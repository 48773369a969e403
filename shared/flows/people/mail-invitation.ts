import { findMerchant } from '../../store/merchants.ts';
import type { World } from '../../world.ts';
import type { NewInvitation } from './change-team.ts';

/** Where an invitation is accepted. Its token is behind `#`, so no server and no log sees it. */
export function linkOf({ publicUrl = '' }: Pick<World, 'publicUrl'>, { token }: Pick<NewInvitation, 'token'>): string {
  return `${publicUrl}/app/invitation#${token}`;
}

/** So long the answer waits for a mail to be taken. */
const MAIL_MS_MAX = 5_000;

/**
 * Mails the link of an invitation. Not where nobody sends mail, and not where the mail is not taken: then the link is
 * passed on by who invites.
 */
export async function mailInvitation(
  world: World,
  merchantId: string,
  { invitation, token }: NewInvitation,
): Promise<{ isMailed: boolean; link: string }> {
  const link = linkOf(world, { token });
  const { mail } = world;
  if (!mail) return { isMailed: false, link };
  const { name } = await findMerchant(world, merchantId);
  const text = [
    `You are invited to ${name} on Airtime, as ${invitation.role}.`,
    `To accept, open this link and sign in with this address (${invitation.email}):`,
    link,
    `The link works once, until ${invitation.endsAt}. If you do not know ${name}, ignore this mail.`,
  ].join('\n\n');
  try {
    const subject = `You are invited to ${name} on Airtime`;
    const sent = mail.send({ to: invitation.email, subject, text }).then(() => true);
    return { isMailed: (await world.within(MAIL_MS_MAX, sent)) === true, link };
  } catch (error) {
    // Not its message: who sends mail names the address in it.
    world.log.error('people.mail_failed', { merchantId, reason: error instanceof Error ? error.name : 'unknown' });
    return { isMailed: false, link };
  }
}
