import type { ReactNode } from 'react';
import { useMe } from '../api/me.ts';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { AcceptInvitation } from './accept-invitation.tsx';
import { ChosenBusiness } from './chosen.tsx';
import { NameBusiness } from './name-business.tsx';
import { SignedOutFrame, Waiting } from './signed-out.tsx';

/** Whoever signs in first without a membership names a business, and is in test mode at once. */
export function MembershipGate({ children }: { readonly children: ReactNode }) {
  const me = useMe();
  // For somebody new, too, so it is outside of any business.
  if (window.location.pathname === '/app/invitation') return <AcceptInvitation email={me.data?.email} />;
  if (me.data && me.data.memberships.length > 0) return <ChosenBusiness me={me.data}>{children}</ChosenBusiness>;
  if (me.data) return <NameBusiness email={me.data.email} />;
  if (!me.error) return <Waiting />;
  return (
    <SignedOutFrame>
      <ProblemAlert error={me.error} onRetry={() => me.refetch()} />
    </SignedOutFrame>
  );
}
