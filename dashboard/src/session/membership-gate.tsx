import { type ReactNode, useEffect } from 'react';
import { useMe } from '../api/me.ts';
import { later } from '../parts/later.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { ChosenBusiness } from './chosen.tsx';
import { NameBusiness } from './name-business.tsx';
import { SignedOutFrame, Waiting } from './signed-out.tsx';

/** Opened once by most people, so it is no part of the first load. */
const AcceptInvitation = later(async () => (await import('./accept-invitation.tsx')).AcceptInvitation, <Waiting />);

/** Who was a member of something in this tab. */
const MEMBER = 'airtime.member';

/** Whoever signs in first without a membership names a business, and is in test mode at once. */
export function MembershipGate({ children }: { readonly children: ReactNode }) {
  const me = useMe();
  const { email, memberships = [] } = me.data ?? {};
  const isMember = memberships.length > 0;
  useEffect(() => {
    if (isMember && email) sessionStorage.setItem(MEMBER, email);
  }, [isMember, email]);
  // For somebody new, too, so it is outside of any business.
  if (window.location.pathname === '/app/invitation') return <AcceptInvitation email={email} />;
  if (me.data && isMember) return <ChosenBusiness me={me.data}>{children}</ChosenBusiness>;
  if (me.data) return <NameBusiness email={email} wasMember={sessionStorage.getItem(MEMBER) === email} />;
  if (!me.error) return <Waiting />;
  return (
    <SignedOutFrame>
      <ProblemAlert error={me.error} onRetry={() => me.refetch()} />
    </SignedOutFrame>
  );
}
