import { createHash, createPublicKey, verify } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startApiGateway } from '../../shared/local/api-gateway.ts';
import { freePort } from '../../shared/local/engine.ts';
import { DEMO_PEOPLE, personId } from '../../shared/local/people/demo-people.ts';
import { localPeople } from '../../shared/local/people/local-people.ts';
import { servePeople } from '../../shared/local/people/people.ts';
import { REFRESH_REPEAT_SECONDS, SIGNED_OUT_PATH } from '../../shared/manifest/people.ts';
import { askForTokens, codeIn, Visitor } from '../support/visitor.ts';

/** The issuer of `npm start`, by plain HTTP: what a browser and the dashboard's library do, step by step. */

const folder = mkdtempSync(join(tmpdir(), 'airtime-people-'));
let origin: string;
let gateway: Awaited<ReturnType<typeof startApiGateway>>;

async function start(port: number): Promise<void> {
  const people = servePeople({ origin, fileOf: (name) => join(folder, name) });
  const notFound = async () => ({ statusCode: 404, body: '{}' });
  gateway = await startApiGateway({ port, routes: [], notFound, people });
}

beforeAll(async () => {
  const port = await freePort();
  origin = `http://localhost:${port}`;
  await start(port);
});
afterAll(async () => {
  await gateway.stop();
  rmSync(folder, { recursive: true });
});

/** The claims of a token, whose signature is checked by the published keys. */
async function claimsOf(jwt = ''): Promise<Record<string, unknown>> {
  const [head = '', payload = '', signature = ''] = jwt.split('.');
  const read = (text: string) => JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  const { keys } = (await (await fetch(localPeople(origin).keysUrl)).json()) as { keys: { kid: string }[] };
  expect(keys.every((key) => !('d' in key))).toBe(true);
  const key = createPublicKey({ key: keys.find(({ kid }) => kid === read(head).kid) ?? {}, format: 'jwk' });
  expect(verify('RSA-SHA256', Buffer.from(`${head}.${payload}`), key, Buffer.from(signature, 'base64url'))).toBe(true);
  return read(payload);
}

const refresh = (refreshToken = '') =>
  askForTokens(origin, { grant_type: 'refresh_token', refresh_token: refreshToken });

async function who(accessToken = '') {
  const headers = { authorization: `Bearer ${accessToken}`, connection: 'close' };
  const answer = await fetch(localPeople(origin).userinfoUrl, { headers });
  return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
}

it('says where everything is, below the one origin', async () => {
  const { issuer, keysUrl, userinfoUrl } = localPeople(origin);
  const found = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json();
  expect(found).toMatchObject({
    issuer,
    jwks_uri: keysUrl,
    userinfo_endpoint: userinfoUrl,
    authorization_endpoint: `${issuer}/auth`,
    token_endpoint: `${issuer}/token`,
    end_session_endpoint: `${issuer}/session/end`,
    code_challenge_methods_supported: ['S256'],
  });
});

describe('somebody who signs in', () => {
  let visitor: Visitor;
  beforeAll(() => {
    visitor = new Visitor(origin);
  });
  let tokens: Record<string, string>;

  it('is asked who they are on a page that loads nothing, and comes back with a code', async () => {
    const asked = await visitor.begin();
    const page = await visitor.open(asked.location);
    for (const { email } of DEMO_PEOPLE) expect(page.text).toContain(`value="${email}"`);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'; /);
    expect(policy).not.toContain('unsafe');
    const wrong = await visitor.open(asked.location, { email: '"><script>' });
    expect([wrong.status, wrong.text.includes('<script>')]).toEqual([422, false]);
    const answered = await visitor.open(asked.location, { email: ' Owner@Demo.example' });
    const code = codeIn(await visitor.open(answered.location));
    expect((await visitor.exchange(code, 'another verifier, which is long enough to be one')).status).toBe(400);
    ({ json: tokens } = await visitor.exchange(await again(visitor)));
  });

  it('has tokens like those of Cognito, and a mail address that is verified', async () => {
    const { issuer } = localPeople(origin);
    const sub = personId('owner@demo.example');
    const common = { iss: issuer, sub, exp: expect.any(Number) };
    const access = { ...common, client_id: 'airtime-dashboard', token_use: 'access', username: sub };
    expect(await claimsOf(tokens.access_token)).toMatchObject({ ...access, aud: 'airtime-dashboard' });
    const email = 'owner@demo.example';
    expect(await claimsOf(tokens.id_token)).toMatchObject({ ...common, email, email_verified: true });
    const text = { sub, email, email_verified: 'true', username: sub };
    expect(await who(tokens.access_token)).toEqual({ status: 200, json: text });
    expect((await who(tokens.id_token)).status).toBe(401);
    const [head, payload, signature = ''] = (tokens.access_token ?? '').split('.');
    expect((await who(`${head}.${payload}.${signature.slice(4)}AAAA`)).status).toBe(401);
  });

  it('refreshes them, each refresh token once and again when the answer was lost', async () => {
    const first = await refresh(tokens.refresh_token);
    const again = await refresh(tokens.refresh_token);
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(first.json.refresh_token).not.toBe(tokens.refresh_token);
    expect((await claimsOf(first.json.access_token)).sub).toBe(personId('owner@demo.example'));
    tokens = first.json;
  });

  it('is known in another tab, and after a restart', async () => {
    await gateway.stop();
    await start(Number(new URL(origin).port));
    expect((await visitor.exchange(await again(visitor))).status).toBe(200);
    expect((await refresh(tokens.refresh_token)).status).toBe(200);
    for (const name of ['people.json', 'people-keys.json']) expect(statSync(join(folder, name)).mode & 0o077).toBe(0);
  });

  it('signs out: the issuer knows them no more, and no token is refreshed', async () => {
    const query = new URLSearchParams({
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: `${origin}${SIGNED_OUT_PATH}`,
    });
    const page = await visitor.open(`/people/session/end?${query}`);
    const [, action = '', xsrf = ''] = /action="([^"]+)".*name="xsrf" value="([^"]+)"/s.exec(page.text) ?? [];
    const done = await visitor.open(action, { xsrf, logout: 'yes' });
    expect([done.status, done.location]).toEqual([303, `${origin}${SIGNED_OUT_PATH}`]);
    expect((await refresh(tokens.refresh_token)).status).toBe(400);
    expect((await visitor.begin()).location).toMatch(/^\/people\/sign-in\//);
  });
});

async function again(visitor: Visitor): Promise<string> {
  return codeIn(await visitor.begin());
}

it('signs up whoever types another address, and who is signed in can be somebody else', async () => {
  const visitor = new Visitor(origin);
  await visitor.signIn('new@shop.example');
  const asked = await visitor.begin({ prompt: 'login', login_hint: 'two@shop.example' });
  expect((await visitor.open(asked.location)).text).toContain('value="two@shop.example"');
  const answered = await visitor.open(asked.location, { email: 'two@shop.example' });
  // A page that signs the first one out, and then goes on by itself.
  const between = await visitor.open(answered.location);
  const [, script = ''] = /<script>(.*)<\/script>/s.exec(between.text) ?? [];
  const hash = createHash('sha256').update(script).digest('base64');
  expect(between.headers.get('content-security-policy')).toContain(`'sha256-${hash}'`);
  const [, action = '', xsrf = ''] = /action="([^"]+)".*name="xsrf" value="([^"]+)"/s.exec(between.text) ?? [];
  const resumed = await visitor.open(action, { xsrf, logout: 'yes' });
  const { json } = await visitor.exchange(codeIn(await visitor.open(resumed.location)));
  expect((await claimsOf(json.access_token)).sub).toBe(personId('two@shop.example'));
});

it('ends it for whoever has a refresh token that was used before, and for whoever used it', async () => {
  const visitor = new Visitor(origin);
  const { json: stolen } = await visitor.exchange(await visitor.signIn('robbed@shop.example'));
  const { json: used } = await refresh(stolen.refresh_token);
  const now = Date.now();
  const clock = jest.spyOn(Date, 'now').mockImplementation(() => now + REFRESH_REPEAT_SECONDS * 1_000 + 1_000);
  try {
    expect((await refresh(stolen.refresh_token)).status).toBe(400);
    expect((await refresh(used.refresh_token)).status).toBe(400);
  } finally {
    clock.mockRestore();
  }
});

it('sends nobody to an address that is not the dashboard, and says what is wrong', async () => {
  const visitor = new Visitor(origin);
  const stray = await visitor.begin({ redirect_uri: 'https://elsewhere.example/' });
  expect([stray.status, stray.location]).toEqual([400, '']);
  expect(stray.text).toContain('This did not work');
  expect(await visitor.open('/people/sign-in/nobody')).toMatchObject({ status: 400 });
  const plain = await visitor.begin({ code_challenge_method: 'plain' });
  expect(new URL(plain.location).searchParams.get('error')).toBe('invalid_request');
});
