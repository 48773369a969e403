import type { Mode } from '../../domain/ledger.ts';
import type { NotificationKind } from '../../domain/notification.ts';
import { isNotified, NOTIFICATION_KINDS } from '../../domain/notification.ts';
import type { Member } from '../../domain/team.ts';

/** What is mailed to a member in a mode, to which address, and from which one: `null` where no mail is sent. */
export function viewNotifications(member: Member, mode: Mode, mailFrom: string | undefined) {
  const chosen = Object.fromEntries(NOTIFICATION_KINDS.map((kind) => [kind, isNotified(member, kind, mode)]));
  return { email: member.email, mail_from: mailFrom ?? null, ...(chosen as Record<NotificationKind, boolean>) };
}
