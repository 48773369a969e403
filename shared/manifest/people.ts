/**
 * How people sign in: the same here and in the cloud. An issuer that speaks OpenID Connect says who somebody is, by a
 * code with PKCE; what they may do is ours.
 */

/** Below the one origin: where an issuer sends people back, signed in or signed out. */
export const SIGNED_IN_PATH = '/app/signed-in';
export const SIGNED_OUT_PATH = '/app/signed-out';

export const PEOPLE_SCOPES = ['openid', 'email', 'profile'] as const;

/** So long a token that was stolen is of use. */
export const TOKEN_MINUTES = 15;
/** So long somebody goes on without signing in again, if the dashboard does not end it earlier. */
export const REFRESH_HOURS = 12;
/** A refresh token is good for one use, and for its repetition within these seconds: the answer may have been lost. */
export const REFRESH_REPEAT_SECONDS = 30;

/** Of an issuer, what the API needs. Functions have it as JSON in one variable of their environment. */
export interface PeopleSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly keysUrl: string;
  /** Where the mail address of somebody is read, with their own access token. */
  readonly userinfoUrl: string;
}
