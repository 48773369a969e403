import { beforeAll, expect, it } from '@jest/globals';
import type { Role } from '../shared/domain/role.ts';
import { mayManage, ROLES, scopesOfRole } from '../shared/domain/role.ts';
import { isPesaway } from '../shared/http/openapi/contract.ts';
import { serve } from '../shared/http/pipeline.ts';
import { scopesOf } from '../shared/manifest/route.ts';
import { call } from './support/call.ts';
import { keptContract } from './support/contract.ts';
import type { Row } from './support/every-route.ts';
import {
  BODIES,
  endpointOf,
  everyRoute,
  modeOf,
  other,
  owner,
  peopleRows,
  QUERIES,
  rows,
  standing,
  world,
} from './support/every-route.ts';
import { granted } from './support/granted.ts';
import { aMember, asPerson, TestIssuer } from './support/people.ts';

/**
 * Every route against every role, made from `routes.ts` and the table of roles: a menu that hides something hides
 * nothing that the API does not refuse. PesaWay's protocol is for keys.
 */

everyRoute();

let issuer: TestIssuer;

beforeAll(async () => {
  issuer = new TestIssuer(world.now);
  Object.assign(world, { people: issuer.people });
  for (const role of ROLES) await aMember(world, owner.id, role, role);
  await aMember(world, other.id, 'owner', 'stranger');
});

const all = [...rows, ...peopleRows].filter(({ name }) => !isPesaway(name));

function requestOf(row: Row, headers: Record<string, string>) {
  const params = Object.fromEntries(Object.entries(standing).filter(([name]) => row.path.includes(`{${name}}`)));
  return { headers, params, query: QUERIES[row.name] ?? {}, body: BODIES[row.name]?.() ?? '' };
}

/** How far a person gets: 299 is what stands in the place of what the route does. */
async function reached(row: Row, role: Role) {
  const endpoint = await endpointOf(row);
  const { body, ...request } = requestOf(row, asPerson(issuer.token(role), owner.id, modeOf(row)));
  const response = await serve(
    world,
    { ...endpoint, run: async () => ({ status: 299, body: {} }) },
    {
      ...request,
      ...{ method: row.method, path: row.path, requestId: 'req_1' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    },
  );
  const { status, body: text } = response;
  if (status === 299) return { status, code: undefined, text };
  return { status, code: JSON.parse(keptContract(row.name, response).body).code, text };
}

it.each(all)('$name is for the roles with its scopes, and for no other', async (row) => {
  const answers = [];
  for (const role of ROLES) answers.push({ role, ...(await reached(row, role)) });
  const needed = scopesOf(row);
  for (const { role, status, code, text } of answers) {
    const isAllowed = needed.every((scope) => scopesOfRole(role).includes(scope));
    expect([role, status, code]).toEqual(isAllowed ? [role, 299, undefined] : [role, 403, 'scope_missing']);
    if (!isAllowed) expect(text).toContain(`The role ${role} does not have the scope`);
  }
});

it.each(all)('$name is for no person whose token is wrong, who is no member, or who says of what', async (row) => {
  const endpoint = await endpointOf(row);
  const mode = modeOf(row);
  const [good, headers] = [issuer.token('owner'), asPerson(issuer.token('owner'), owner.id, mode)];
  const refused: [Record<string, string>, number, string][] = [
    [asPerson(issuer.token('owner', { client_id: 'other' }), owner.id, mode), 401, 'token_invalid'],
    [asPerson(`${good.slice(0, -6)}AAAAAA`, owner.id, mode), 401, 'token_invalid'],
    [asPerson(issuer.token('owner', { exp: 1 }), owner.id, mode), 401, 'token_expired'],
    [asPerson(issuer.token('stranger'), owner.id, mode), 403, 'not_a_member'],
    [asPerson(issuer.token('owner'), other.id, mode), 403, 'not_a_member'],
    [{ authorization: headers.authorization ?? '', 'airtime-mode': mode }, 400, 'invalid_request'],
    [{ ...headers, 'airtime-mode': 'production' }, 400, 'invalid_request'],
  ];
  for (const [sent, status, code] of refused) {
    const reply = await call(granted(world, row.access), endpoint, requestOf(row, sent));
    expect([reply.status, reply.json.code]).toEqual([status, code]);
    if (status === 401) expect(reply.headers['www-authenticate']).toBe('Bearer');
  }
});

it.each(peopleRows)('$name is for people: a key with every scope is refused', async (row) => {
  const reply = await call(granted(world, row.access), await endpointOf(row), requestOf(row, owner.headers('test')));
  expect([reply.status, reply.json.code]).toEqual([403, 'person_required']);
  const nobody = await call(granted(world, row.access), await endpointOf(row), requestOf(row, {}));
  expect([nobody.status, nobody.json.code]).toEqual([401, 'unauthenticated']);
});

it('a person in live mode is refused what is for tests', async () => {
  for (const row of rows.filter((each) => 'isTestOnly' in each)) {
    const headers = asPerson(issuer.token('owner'), owner.id, 'live');
    const reply = await call(granted(world, row.access), await endpointOf(row), requestOf(row, headers));
    expect([reply.status, reply.json.code]).toEqual([403, 'test_key_required']);
  }
});

it('where nobody signs in, a token is refused and says so', async () => {
  const { people: _people, ...alone } = world;
  const [row] = rows;
  const headers = asPerson(issuer.token('owner'), owner.id, 'live');
  const reply = await call(
    granted(alone, (row as Row).access),
    await endpointOf(row as Row),
    requestOf(row as Row, headers),
  );
  expect([reply.status, reply.json.code, reply.json.detail]).toEqual([
    ...[401, 'token_invalid'],
    'Nobody signs in here: this deployment knows API keys only.',
  ]);
});

it('the roles are as the guide says: an owner may all, an admin all but unfreeze, a viewer may change nothing', () => {
  const writes = (role: Role) => scopesOfRole(role).filter((scope) => !scope.endsWith(':read'));
  expect(writes('viewer')).toEqual([]);
  expect(writes('finance')).toEqual(['wallet:write', 'account:freeze']);
  const [ofOwner, ofAdmin, ofDeveloper] = (['owner', 'admin', 'developer'] as const).map(scopesOfRole);
  expect(ofOwner?.filter((scope) => !ofAdmin?.includes(scope))).toEqual(['account:write']);
  expect(ofAdmin?.filter((scope) => !ofDeveloper?.includes(scope))).toEqual(['team:write']);
  expect(new Set(ofDeveloper)).toEqual(new Set(ofAdmin?.filter((scope) => scope !== 'team:write')));
  const pairs = ROLES.flatMap((role) => ROLES.filter((each) => mayManage(role, each)).map((each) => `${role} ${each}`));
  expect(pairs.filter((pair) => !pair.startsWith('owner'))).toEqual(
    ['admin', 'developer', 'finance', 'viewer'].map((role) => `admin ${role}`),
  );
});
