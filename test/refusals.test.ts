import { beforeAll, expect, it } from '@jest/globals';
import { acceptInvitation } from '../functions/account/accept-invitation.ts';
import { createBusiness } from '../functions/account/create-business.ts';
import { getMe } from '../functions/account/get-me.ts';
import { previewInvitation } from '../functions/account/preview-invitation.ts';
import { createPayout } from '../functions/campaigns/create-payout.ts';
import { issueToken } from '../functions/pesaway/issue-token.ts';
import { getHealth } from '../functions/status/get-health.ts';
import { getStatus } from '../functions/status/get-status.ts';
import { BAD_KEYS } from '../shared/http/limits.ts';
import { CONTRACTS, INTERNAL, refusalsOf } from '../shared/http/openapi/contract.ts';
import { statusOf } from '../shared/http/openapi/violations.ts';
import { serve, serveOpen } from '../shared/http/pipeline.ts';
import type { PlainResponse } from '../shared/http/route.ts';
import { REFUSALS } from '../shared/manifest/refusals.ts';
import { families } from '../shared/manifest/routes.ts';
import type { World } from '../shared/world.ts';
import { aCampaign, standard } from './support/campaigns.ts';
import { keptContract } from './support/contract.ts';
import {
  BODIES,
  endpointOf,
  everyRoute,
  modeOf,
  owner,
  peopleRows,
  QUERIES,
  rows,
  standing,
  world,
} from './support/every-route.ts';
import { aMember, asPerson, TestIssuer } from './support/people.ts';

/** The refusals that the pipeline gives any route, from each operation that documents them. */

everyRoute();

let issuer: TestIssuer;
beforeAll(async () => {
  issuer = new TestIssuer(world.now);
  Object.assign(world, { people: issuer.people });
  await aMember(world, owner.id, 'owner', 'owner');
});

type Change = { headers?: Record<string, string>; query?: Record<string, string>; body?: string; address?: string };
type Ask = (world: World, change: Change) => Promise<PlainResponse>;

const REQUEST = { path: '/', params: {}, query: {}, requestId: 'req_1' };
const OPEN = { ...REQUEST, method: 'GET', headers: {}, body: '' };

const NO_INVITATION = () => `${owner.id}.inv_00000000000000000000.${'0'.repeat(32)}`;

/** A good request to each public route, with a part of it changed. */
const asks: ReadonlyMap<string, Ask> = new Map([
  ...[...rows, ...peopleRows].map((row): [string, Ask] => [
    row.name,
    async (at, change) => {
      const params = Object.fromEntries(Object.entries(standing).filter(([name]) => row.path.includes(`{${name}}`)));
      const body = BODIES[row.name]?.();
      const { method } = row;
      const ofPerson = () => asPerson(issuer.token('owner'), owner.id, modeOf(row));
      const headers = 'isForPeople' in row ? ofPerson() : owner.headers(modeOf(row));
      const good = { ...REQUEST, method, params, query: QUERIES[row.name] ?? {}, headers };
      return serve(at, await endpointOf(row), {
        ...good,
        body: body === undefined ? '' : JSON.stringify(body),
        ...change,
        query: { ...good.query, ...change.query },
      });
    },
  ]),
  ...[getMe, createBusiness, previewInvitation, acceptInvitation].map((route): [string, Ask] => [
    route.name,
    (at, change) => {
      const bodies: Record<string, object> = {
        [createBusiness.name]: { name: 'Kiosk' },
        [previewInvitation.name]: { token: NO_INVITATION() },
        [acceptInvitation.name]: { token: NO_INVITATION() },
      };
      const body = JSON.stringify(bodies[route.name] ?? {});
      const headers = { authorization: `Bearer ${issuer.token('owner')}` };
      return serveOpen(at, route, { ...REQUEST, method: route.method, headers, body, ...change });
    },
  ]),
  [
    createPayout.name,
    async (at, change) => {
      const { id, secret } = await aCampaign(world, owner.id);
      const body = change.body ?? JSON.stringify({ respondent_id: 'r', target: '0772279099' });
      const headers = standard(secret, body, world.now());
      const request = { ...REQUEST, method: 'POST', params: { campaign_id: id }, headers, ...change, body };
      return serveOpen(at, createPayout, request);
    },
  ],
  [getHealth.name, (at, change) => serveOpen(at, getHealth, { ...OPEN, ...change })],
  [getStatus.name, (at, change) => serveOpen(at, getStatus, { ...OPEN, ...change })],
  [
    issueToken.name,
    (at, change) => {
      const body = JSON.stringify({ consumer_key: 'key_1', consumer_secret: owner.liveKey });
      return serveOpen(at, issueToken, { ...REQUEST, method: 'POST', headers: {}, body, ...change });
    },
  ],
]);

/** The names of the routes that document one of these codes: ours, or PesaWay's for the same. */
const documenting = (...codes: string[]) =>
  [...CONTRACTS.keys()].filter((name) => codes.some((code) => refusalsOf(name).includes(code)));

async function codeOf(name: string, change: Change, at: World = world): Promise<string> {
  const response = await asks.get(name)?.(at, change);
  if (!response) throw new Error(`nothing asks ${name}`);
  return JSON.parse(keptContract(name, response).body).code;
}

const failing = (error: Error) => ({ ...world, db: { send: () => Promise.reject(error) } as never });
const throttled = Object.assign(new Error('throttled'), { name: 'ThrottlingException' });

it.each(documenting('busy', '429.001'))('%s says that the system is busy', async (name) => {
  expect(await codeOf(name, {}, failing(throttled))).toMatch(/^(busy|429\.001)$/);
});

it.each(documenting('internal_error', '500.001'))('%s says that something went wrong', async (name) => {
  expect(await codeOf(name, {}, failing(new Error('secret detail')))).toMatch(/^(internal_error|500\.001)$/);
});

it('every route says that too many requests of an address had no key', async () => {
  const at = { ...world, random: () => 0, within: (_ms: number, work: Promise<unknown>) => work } as World;
  const bad = { headers: {}, address: '192.0.2.77', body: '{"consumer_key":"a","consumer_secret":"b"}' };
  for (let n = 0; n <= BAD_KEYS.quota; n += 1) await codeOf('get-account', bad, at);
  for (const name of documenting('rate_limited', '429.001')) {
    expect([name, await codeOf(name, bad, at)]).toEqual([name, expect.stringMatching(/^(rate_limited|429\.001)$/)]);
  }
});

it.each(documenting('malformed_json'))('%s says that its body is not JSON', async (name) => {
  expect(await codeOf(name, { body: '{' })).toBe('malformed_json');
});

it.each(documenting('body_too_large', '413.001'))('%s says that its body is too large', async (name) => {
  expect(await codeOf(name, { body: ' '.repeat(4 * 1024 * 1024 + 1) })).toMatch(/^(body_too_large|413\.001)$/);
});

it.each(documenting('invalid_cursor'))('%s says that its cursor is not its own', async (name) => {
  const body = name === 'recover-deliveries' ? { body: '{"since":"2026-01-01","cursor":"x"}' } : {};
  expect(await codeOf(name, 'body' in body ? body : { query: { cursor: 'x' } })).toBe('invalid_cursor');
});

it('documents a code of a body where there is one, and of a cursor where there is one', async () => {
  for (const row of [...rows, ...peopleRows]) {
    const { body, query, protocol } = await endpointOf(row);
    if (protocol) continue;
    const codes = refusalsOf(row.name);
    expect([row.name, codes.includes('malformed_json')]).toEqual([row.name, body !== undefined]);
    const takesCursor = [query, body].some((schema) => 'cursor' in ((schema as { shape?: object })?.shape ?? {}));
    expect([row.name, codes.includes('invalid_cursor')]).toEqual([row.name, takesCursor]);
    // A change of a campaign to less is no spending, but refused like one.
    expect([row.name, codes.includes('account_frozen')]).toEqual([row.name, 'spends' in row]);
  }
});

it('every public route has a contract, and every refusal an operation, or a path that is none', () => {
  const all = Object.values(families)
    .flat()
    .map(({ name }) => name);
  expect([...CONTRACTS.keys(), ...INTERNAL].toSorted()).toEqual(all.toSorted());
  const documented = new Set([...CONTRACTS.keys()].flatMap(refusalsOf));
  const undocumented = Object.keys(REFUSALS).filter((code) => !documented.has(code));
  expect(undocumented.toSorted()).toEqual(['callback_not_ours', 'method_not_allowed', 'route_not_found']);
  for (const code of documented) expect([code, statusOf(code)]).toEqual([code, expect.any(Number)]);
});
