import { UserManager, WebStorageStateStore } from 'oidc-client-ts';
import type { Config } from '../config.ts';
import { APP_URL } from '../config.ts';

let manager: UserManager | undefined;

/** Tokens are kept for the life of a tab. A new tab gets its own by the issuer's session, without a second password. */
export function userManagerOf(config: Config): UserManager {
  manager ??= new UserManager({
    authority: config.issuer,
    client_id: config.client_id,
    redirect_uri: `${APP_URL}/signed-in`,
    post_logout_redirect_uri: `${APP_URL}/signed-out`,
    scope: 'openid email profile',
    userStore: new WebStorageStateStore({ store: window.sessionStorage }),
    stateStore: new WebStorageStateStore({ store: window.sessionStorage }),
    automaticSilentRenew: true,
    revokeTokensOnSignout: true,
    ...(config.logout_url ? { metadataSeed: { end_session_endpoint: config.logout_url } } : {}),
  });
  return manager;
}

/** The token for a request; renewed when it is about to end. Undefined: the session has ended. */
export async function accessToken({ renew = false } = {}): Promise<string | undefined> {
  const user = await manager?.getUser();
  if (!user) return undefined;
  if (!renew && (user.expires_in ?? 0) > RENEW_SECONDS) return user.access_token;
  return (await renewOnce().catch(() => undefined))?.access_token;
}

const RENEW_SECONDS = 20;
let renewing: ReturnType<UserManager['signinSilent']> | undefined;

/** A token for renewal works once, so requests that need it at the same time wait for one renewal. */
function renewOnce() {
  renewing ??= manager?.signinSilent().finally(() => {
    renewing = undefined;
  });
  return renewing ?? Promise.resolve(null);
}

/** Ends the session here and at the issuer. Cognito wants the last two names; others ignore them. */
export async function signOut(): Promise<void> {
  const { client_id = '', post_logout_redirect_uri = '' } = manager?.settings ?? {};
  await manager?.signoutRedirect({ extraQueryParams: { client_id, logout_uri: post_logout_redirect_uri } });
}

export async function signIn(): Promise<void> {
  const { pathname, search } = window.location;
  const isPage = !/^\/app\/signed-(?:in|out)$/.test(pathname);
  await manager?.signinRedirect({ state: { returnTo: isPage ? pathname + search : '/app' } });
}
