import { type ReactNode, useEffect, useRef } from 'react';
import { useAuth } from 'react-oidc-context';
import { IdleGuard } from './idle-guard.tsx';
import { MembershipGate } from './membership-gate.tsx';
import { followSignOut, signedOutBecause, signIn } from './oidc.ts';
import { SessionEnded, SignedOut, SignInFailed, Waiting } from './signed-out.tsx';

/**
 * Lets only those through who have signed in. Whoever is not is sent to the issuer, and comes back to the page that was
 * asked for. A session that ends later takes the page away: its forms are kept in the tab, and nobody else reads on.
 */
export function SignedIn({ children }: { readonly children: ReactNode }) {
  const auth = useAuth();
  const wasSignedIn = useRef(false);
  if (auth.isAuthenticated) wasSignedIn.current = true;
  const hasLeft = window.location.pathname === '/app/signed-out';
  const mustSignIn = !auth.isLoading && !auth.isAuthenticated && !auth.error && !hasLeft && !wasSignedIn.current;
  useEffect(followSignOut, []);
  useEffect(() => {
    if (mustSignIn) signIn();
  }, [mustSignIn]);

  if (wasSignedIn.current && auth.activeNavigator !== 'signoutRedirect') {
    if (!auth.isAuthenticated) return signedOutBecause() ? <SignedOut /> : <SessionEnded />;
    return (
      <>
        <MembershipGate>{children}</MembershipGate>
        <IdleGuard />
      </>
    );
  }
  if (hasLeft) return <SignedOut />;
  if (auth.error) return <SignInFailed error={auth.error} />;
  return <Waiting />;
}
