import { ErrorResponse, UserManager, WebStorageStateStore } from 'oidc-client-ts';
import { Problem } from '../api/problem.ts';
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
    ...(config.logout_url ? { metadataSeed: { end_session_endpoint: config.logout_url } } : {}),
  });
  return manager;
}

/**
 * The token for a request; renewed when it is about to end. Undefined: the session has ended. Where the issuer does not
 * answer, nothing is known about that.
 */
export async function accessToken({ renew = false } = {}): Promise<string | undefined> {
  const user = await manager?.getUser();
  if (!user) return undefined;
  if (!renew && (user.expires_in ?? 0) > RENEW_SECONDS) return user.access_token;
  try {
    return (await renewOnce())?.access_token;
  } catch (error) {
    if (!(error instanceof ErrorResponse)) throw new Problem(0, {});
    await manager?.removeUser();
    return undefined;
  }
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

/** Where somebody was who was signed out for doing nothing. */
const LEFT_AT = 'airtime.left_at';

/** Whether that is how the session of this tab ended. */
export function wasIdle(): boolean {
  return sessionStorage.getItem(LEFT_AT) !== null;
}

/** All that pages keep in the tab: what was typed, a file that is worked on, what was sent. */
const OF_PAGES = /^airtime\.(?:draft|kept)\./;

/**
 * Ends the session here and at the issuer, and the token for renewal: whoever copied it has nothing. A revocation that
 * fails keeps nobody signed in. Cognito wants the two names of the redirect; others ignore them. Who only was away for
 * too long comes back to the page with all that was typed there; who leaves, leaves nothing.
 */
export async function signOut({ isIdle = false } = {}): Promise<void> {
  if (isIdle) sessionStorage.setItem(LEFT_AT, hereOr('/app'));
  else for (const key of Object.keys(sessionStorage)) if (OF_PAGES.test(key)) sessionStorage.removeItem(key);
  await manager?.revokeTokens(['refresh_token']).catch(() => undefined);
  localStorage.setItem(SIGNED_OUT, String(Date.now()));
  const { client_id = '', post_logout_redirect_uri = '' } = manager?.settings ?? {};
  await manager?.signoutRedirect({ extraQueryParams: { client_id, logout_uri: post_logout_redirect_uri } });
}

/** Where other tabs notice it. */
const SIGNED_OUT = 'airtime.signed_out_at';

/** Ends the session of this tab when somebody signs out in another one. */
export function followSignOut(): () => void {
  const notice = ({ key }: StorageEvent) => {
    if (key === SIGNED_OUT) manager?.removeUser();
  };
  window.addEventListener('storage', notice);
  return () => window.removeEventListener('storage', notice);
}

/** The same page as somebody else. */
export function signInAgain(): Promise<void> {
  return signIn({ prompt: 'login' });
}

export async function signIn(more: { readonly prompt?: string } = {}): Promise<void> {
  const returnTo = hereOr(sessionStorage.getItem(LEFT_AT) ?? '/app');
  sessionStorage.removeItem(LEFT_AT);
  await manager?.signinRedirect({ ...more, state: { returnTo } });
}

function hereOr(other: string): string {
  const { pathname, search, hash } = window.location;
  return /^\/app\/signed-(?:in|out)$/.test(pathname) ? other : pathname + search + hash;
}

/** The mail address of whoever is signed in, as the issuer says. */
export async function emailOf(): Promise<string | undefined> {
  return (await manager?.getUser())?.profile.email;
}
