import type { JsonWebKey, KeyObject } from 'node:crypto';
import { createPublicKey, generateKeyPairSync, randomBytes, verify } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Configuration, JWK, KoaContextWithOIDC } from 'oidc-provider';
import { Provider } from 'oidc-provider';
import { PEOPLE_SCOPES, REFRESH_HOURS, SIGNED_IN_PATH, SIGNED_OUT_PATH, TOKEN_MINUTES } from '../../manifest/people.ts';
import { writeWhole } from '../data-folder.ts';
import { normalEmail } from './demo-people.ts';
import { KeptSignIns } from './kept-sign-ins.ts';
import { localPeople, PEOPLE_PATH } from './local-people.ts';
import { messagePage, PAGE_POLICY, signInPage, signOutPage } from './pages.ts';

/**
 * An issuer of OpenID Connect whose tokens are shaped like Cognito's: the access token is a JWT with `client_id` and
 * `token_use`, and the mail address is in the ID token and at its userinfo endpoint.
 */

const SIGN_IN = /^\/sign-in\/[\w-]+$/;
const USER_INFO = '/me';
const EMAIL = /^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+$/;
const EMAIL_CHARACTERS_MAX = 254;
const FORM_BYTES_MAX = 4_096;
const DAY_SECONDS = 86_400;

interface Keys {
  readonly signing: JWK & JsonWebKey;
  readonly cookies: string;
}

export function startIssuer({ origin, fileOf }: { origin: string; fileOf: (name: string) => string }) {
  const keys = keysIn(fileOf('people-keys.json'));
  const signIns = new KeptSignIns(fileOf('people.json'));
  const { issuer } = localPeople(origin);
  const provider = new Provider(issuer, configuration(origin, keys, signIns));
  provider.use(async (context, next) => {
    context.set('content-security-policy', PAGE_POLICY);
    await next();
  });
  provider.on('server_error', (_context, error) => console.error(error));
  const publicKey = createPublicKey({ key: keys.signing, format: 'jwk' });
  const answer = provider.callback();
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = (request.url ?? '').slice(PEOPLE_PATH.length) || '/';
    const [path = ''] = url.split('?');
    if (path === USER_INFO) return answerWho(request, response, { issuer, publicKey, signIns });
    // The issuer makes its URLs of what is missing here in front.
    Object.assign(request, { originalUrl: request.url, url });
    if (SIGN_IN.test(path)) return signIn(provider, signIns, request, response);
    await answer(request, response);
  };
}

/** Made once, so that a restart keeps who is signed in. */
function keysIn(file: string): Keys {
  if (!existsSync(file)) {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const signing = { ...privateKey.export({ format: 'jwk' }), kid: 'local', use: 'sig', alg: 'RS256' };
    writeWhole(file, { signing, cookies: randomBytes(32).toString('base64url') });
  }
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** Whether a token is the client's that wants to revoke it. */
function isOf(client: { clientId: string }, token: { clientId?: string | undefined }): boolean {
  return token.clientId === client.clientId;
}

function configuration(origin: string, keys: Keys, signIns: KeptSignIns): Configuration {
  const { clientId, userinfoUrl } = localPeople(origin);
  const scope = PEOPLE_SCOPES.join(' ');
  const audience = clientId;
  return {
    adapter: (kind: string) => signIns.of(kind),
    jwks: { keys: [keys.signing] },
    cookies: { keys: [keys.cookies] },
    clients: [
      {
        client_id: clientId,
        token_endpoint_auth_method: 'none',
        application_type: 'web',
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        redirect_uris: [`${origin}${SIGNED_IN_PATH}`],
        post_logout_redirect_uris: [`${origin}${SIGNED_OUT_PATH}`],
      },
    ],
    // A browser names its origin in a POST to its own origin, too.
    clientBasedCORS: (_context, from) => from === origin,
    scopes: [...PEOPLE_SCOPES],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: false,
    discovery: { userinfo_endpoint: userinfoUrl },
    features: {
      devInteractions: { enabled: false },
      revocation: { enabled: true, allowedPolicy: async (_context, client, token) => isOf(client, token) },
      // Its own is only for tokens that are no JWT.
      userinfo: { enabled: false },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: async (context, form) => showPage(context, signOutPage(form)),
        postLogoutSuccessSource: async (context) =>
          showPage(context, messagePage('Signed out', 'You have signed out.')),
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: async () => `${origin}/api/v1`,
        useGrantedResource: async () => true,
        getResourceServerInfo: async () => ({ audience, scope, accessTokenFormat: 'jwt' }),
      },
    },
    extraTokenClaims: async (_context, token) => ({
      token_use: 'access',
      username: 'accountId' in token ? token.accountId : undefined,
    }),
    interactions: { url: (_context, { uid }) => `${PEOPLE_PATH}/sign-in/${uid}` },
    issueRefreshToken: async () => true,
    loadExistingGrant: (context) => grantAll(context, `${origin}/api/v1`),
    findAccount: async (_context, sub) => {
      const email = signIns.emailOf(sub);
      if (email === undefined) return undefined;
      const claims = { sub, email, email_verified: true, name: email.split('@')[0] };
      return { accountId: sub, claims: async () => claims };
    },
    renderError: async (context, out) =>
      showPage(context, messagePage('This did not work', out.error_description ?? out.error)),
    ttl: {
      AccessToken: TOKEN_MINUTES * 60,
      IdToken: TOKEN_MINUTES * 60,
      AuthorizationCode: 60,
      RefreshToken: (_context, token) => lastsUntil(token.iiat ?? token.iat),
      Interaction: 3_600,
      Session: DAY_SECONDS,
      Grant: DAY_SECONDS,
    },
  };
}

/** A new refresh token lasts no longer than the first one would have. */
function lastsUntil(signedInAt = Math.floor(Date.now() / 1000)): number {
  return Math.max(1, signedInAt + REFRESH_HOURS * 3_600 - Math.floor(Date.now() / 1000));
}

/** The dashboard is ours: nobody is asked whether it may know who they are. */
async function grantAll({ oidc }: KoaContextWithOIDC, resource: string) {
  const { client, session } = oidc;
  if (!client || !session?.accountId) return undefined;
  const known = session.grantIdFor(client.clientId);
  const found = known === undefined ? undefined : await oidc.provider.Grant.find(known);
  if (found) return found;
  const grant = new oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope(PEOPLE_SCOPES.join(' '));
  grant.addResourceScope(resource, PEOPLE_SCOPES.join(' '));
  await grant.save();
  return grant;
}

function showPage(context: KoaContextWithOIDC, html: string): void {
  context.type = 'html';
  context.body = html;
}

/** The page that asks who somebody is, and what they answer it. */
async function signIn(provider: Provider, signIns: KeptSignIns, request: IncomingMessage, response: ServerResponse) {
  const details = await provider.interactionDetails(request, response).catch(() => undefined);
  if (!details) {
    const text = 'This sign-in has ended, or its cookie is missing. Begin again at the dashboard.';
    return send(response, 400, messagePage('Sign in', text));
  }
  if (request.method !== 'POST') {
    const { login_hint: hint } = details.params;
    return send(response, 200, signInPage(typeof hint === 'string' ? { email: hint } : {}));
  }
  const typed = new URLSearchParams(await bodyOf(request)).get('email') ?? '';
  const email = normalEmail(typed);
  if (email.length > EMAIL_CHARACTERS_MAX || !EMAIL.test(email)) {
    const problem = email ? 'Write the whole mail address, such as me@example.com.' : 'Write a mail address.';
    return send(response, 422, signInPage({ email: typed, problem }));
  }
  await provider.interactionFinished(request, response, { login: { accountId: signIns.add(email) } });
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text = `${text}${chunk}`.slice(0, FORM_BYTES_MAX);
  return text;
}

/** As Cognito answers: whether the address is verified is a text there. */
function answerWho(
  request: IncomingMessage,
  response: ServerResponse,
  { issuer, publicKey, signIns }: { issuer: string; publicKey: KeyObject; signIns: KeptSignIns },
): void {
  const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
  const sub = subOf(token, issuer, publicKey);
  const email = sub === undefined ? undefined : signIns.emailOf(sub);
  response.setHeader('cache-control', 'no-store');
  response.setHeader('content-type', 'application/json');
  if (email === undefined) {
    const failure = { error: 'invalid_token', error_description: 'Access token is expired or is not valid.' };
    response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end(JSON.stringify(failure));
  } else {
    response.end(JSON.stringify({ sub, email, email_verified: 'true', username: sub }));
  }
}

/** Whose access token it is, if it is one of ours that is still valid. */
function subOf(token: string, issuer: string, publicKey: KeyObject): string | undefined {
  const [head = '', payload = '', signature = ''] = token.split('.');
  try {
    const bytes = Buffer.from(signature, 'base64url');
    if (!verify('RSA-SHA256', Buffer.from(`${head}.${payload}`), publicKey, bytes)) return undefined;
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    const isGood = claims.iss === issuer && claims.token_use === 'access' && claims.exp > Date.now() / 1000;
    return isGood ? claims.sub : undefined;
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': PAGE_POLICY,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  });
  response.end(html);
}
