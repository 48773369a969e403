import { ErrorResponse, UserManager, WebStorageStateStore } from 'oidc-client-ts';
import { Problem } from '../api/problem.ts';
import type { Config } from '../config.ts';
import { APP_URL } from '../config.ts';
import { forgetTyped } from './typed.ts';

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

/** Whether somebody asked for it, or nobody was there any more. */
export type SignOutReason = 'asked' | 'idle';

/**
 * Ends the session here and at the issuer, and the token for renewal: whoever copied it has nothing. A revocation that
 * fails keeps nobody signed in. Cognito wants the two names of the redirect; others ignore them. Where the session has
 * ended already, such as on a machine that slept, nothing is left to say whose it was, and the library names us itself:
 * an issuer refuses who is named twice. What was typed goes where somebody asked for it, and else waits for the same
 * person.
 */
export function signOut(reason: SignOutReason = 'asked'): Promise<void> {
  leaving ??= leave(reason).finally(() => {
    leaving = undefined;
  });
  return leaving;
}

let leaving: Promise<void> | undefined;

async function leave(reason: SignOutReason): Promise<void> {
  note(reason);
  if (reason === 'idle') sessionStorage.setItem(LEFT_AT, hereOr('/app'));
  await manager?.revokeTokens(['refresh_token']).catch(() => undefined);
  localStorage.setItem(SIGNED_OUT, `${Date.now()} ${reason}`);
  const { client_id = '', post_logout_redirect_uri: logout_uri = '' } = manager?.settings ?? {};
  const { id_token: hint } = (await manager?.getUser()) ?? {};
  await manager?.signoutRedirect(
    hint ? { id_token_hint: hint, extraQueryParams: { client_id, logout_uri } } : { extraQueryParams: { logout_uri } },
  );
}

/** Where other tabs notice it. */
const SIGNED_OUT = 'airtime.signed_out_at';
/** Where this tab knows it after the way to the issuer and back. */
const REASON = 'airtime.signed_out_because';

function note(reason: SignOutReason): void {
  sessionStorage.setItem(REASON, reason);
  if (reason === 'asked') forgetTyped();
}

/** Why this tab was signed out; undefined where its session ended otherwise. */
export function signedOutBecause(): SignOutReason | undefined {
  const reason = sessionStorage.getItem(REASON);
  return reason === 'asked' || reason === 'idle' ? reason : undefined;
}

/** Ends the session of this tab when somebody signs out in another one. */
export function followSignOut(): () => void {
  const notice = ({ key, newValue }: StorageEvent) => {
    if (key !== SIGNED_OUT) return;
    note(newValue?.endsWith(' idle') ? 'idle' : 'asked');
    manager?.removeUser();
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
  sessionStorage.removeItem(REASON);
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
