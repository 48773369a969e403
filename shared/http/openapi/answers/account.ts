import * as z from 'zod/mini';
import { ACTIONS } from '../../../domain/act.ts';
import type { CountName, RateName } from '../../../domain/terms.ts';
import { COUNT_NAMES, RATE_NAMES } from '../../../domain/terms.ts';
import type { viewAccount } from '../../views/account-views.ts';
import type { viewAct } from '../../views/act-views.ts';
import type { viewKey, viewRevocation } from '../../views/key-views.ts';
import type { viewRequest, viewRequestInFull } from '../../views/request-views.ts';
import type { Contract } from '../schema.ts';
import { BODY, CURSOR, named, viewOf } from '../schema.ts';
import { scope } from './people.ts';
import * as c from './shared-parts.ts';

/** The account, its keys and its audit log. */

const quota = named('Quota', z.strictObject({ quota: c.count, window_seconds: c.count }));
const rates = Object.fromEntries(RATE_NAMES.map((name) => [name, quota])) as Record<RateName, typeof quota>;
const counts = Object.fromEntries(COUNT_NAMES.map((name) => [name, c.count])) as Record<CountName, typeof c.count>;

const freeze = named('Freeze', z.strictObject({ since: c.instant, by: z.nullable(c.actor), reason: c.text }));

type Account = ReturnType<typeof viewAccount>;
/** Whose view makes an object of them out of the table, which loses their names. */
type Rates = Record<RateName, { quota: number; window_seconds: number }>;
const account = viewOf<Omit<Account, 'limits'> & { limits: Account['limits'] & Rates }>()(
  'Account',
  z.strictObject({
    merchant_id: c.text,
    name: c.text,
    mode: c.mode,
    live: z.boolean(),
    frozen: z.boolean(),
    freeze: z.nullable(freeze),
    freezes: z.array(freeze),
    limits: named('Limits', z.strictObject({ ...rates, ...counts })),
    created_at: c.instant,
  }),
);

const keyFields = {
  id: c.text,
  mode: c.mode,
  name: c.text,
  prefix: c.text,
  scopes: z.array(scope),
  allowed_ranges: z.nullable(z.array(c.text)),
  status: named('KeyStatus', z.enum(['active', 'expired', 'revoked'])),
  expires_at: c.maybeInstant,
  last_used_at: c.maybeInstant,
  replaced_by: c.maybeText,
  created_at: c.instant,
  created_by: z.nullable(c.actor),
  revoked_at: c.maybeInstant,
};
const key = viewOf<ReturnType<typeof viewKey>>()('Key', z.strictObject(keyFields));
const keyWithText = named('NewKey', z.strictObject({ ...keyFields, key: c.text }));
const revokedKey = viewOf<ReturnType<typeof viewRevocation>>()(
  'RevokedKey',
  z.strictObject({
    ...keyFields,
    campaigns: z.array(named('LeftCampaign', z.strictObject({ id: c.text, name: c.text, paused: z.boolean() }))),
    endpoints: z.array(named('LeftEndpoint', z.strictObject({ id: c.text, url: c.text, enabled: z.boolean() }))),
    keys: z.array(named('LeftKey', z.strictObject({ id: c.text, name: c.text, prefix: c.text }))),
  }),
);

const facts = z.nullable(z.record(c.text, z.unknown()));
/** Acts that concern all merchants are in no merchant's list. */
type OwnAct = Omit<ReturnType<typeof viewAct>, 'action'> & { action: (typeof ACTIONS)[number] };
const act = viewOf<OwnAct>()(
  'Act',
  z.strictObject({
    id: c.text,
    at: c.instant,
    action: named('Action', z.enum(ACTIONS)),
    subject: c.text,
    by: z.nullable(c.actor),
    request_id: c.maybeText,
    address: c.maybeText,
    before: facts,
    after: facts,
  }),
);

const requestFields = {
  id: c.text,
  created_at: c.instant,
  method: c.text,
  path: c.text,
  operation: c.text,
  status: c.count,
  code: c.maybeText,
  duration_ms: c.money,
  key_id: c.maybeText,
  member_id: c.maybeText,
  left_out_before: c.count,
};
const keptRequest = viewOf<ReturnType<typeof viewRequest>>()('KeptRequest', z.strictObject(requestFields));
const texts = z.record(c.text, c.text);
const keptRequestInFull = viewOf<ReturnType<typeof viewRequestInFull>>()(
  'KeptRequestInFull',
  z.strictObject({
    ...requestFields,
    query: c.maybeText,
    request_headers: texts,
    request_body: c.maybeText,
    request_bytes: c.count,
    request_cut: z.boolean(),
    response_headers: texts,
    response_body: c.maybeText,
    response_bytes: c.count,
    response_cut: z.boolean(),
    erased: z.boolean(),
  }),
);

const keptRequestPage = named(
  'KeptRequestPage',
  z.strictObject({ data: z.array(keptRequest), next_cursor: c.maybeText, searched_to: c.maybeInstant }),
);

const KEY = 'key_not_found';
const POWERS = ['powers_exceeded', 'key_limit_reached'] as const;

export const accountContract = {
  'get-account': { answers: { 200: { says: 'The account.', body: account } } },
  'update-account': { answers: { 200: { says: 'The account under its new name.', body: account } }, refusals: BODY },
  'freeze-account': { answers: { 200: { says: 'The frozen account.', body: account } }, refusals: BODY },
  'unfreeze-account': {
    answers: { 200: { says: 'The account.', body: account } },
    refusals: [...BODY, 'unfreeze_not_allowed'],
  },
  'create-key': {
    answers: { 201: { says: 'The key with its text.', body: keyWithText } },
    refusals: [...BODY, ...POWERS],
    counted: true,
  },
  'list-keys': {
    answers: { 200: { says: 'Keys, the oldest first.', body: c.pageOf('KeyPage', key) } },
    refusals: CURSOR,
  },
  'revoke-key': {
    answers: { 200: { says: 'The revoked key with what it made.', body: revokedKey } },
    refusals: [...BODY, KEY],
  },
  'roll-key': {
    answers: { 201: { says: 'The new key with its text.', body: keyWithText } },
    refusals: [...BODY, ...POWERS, KEY, 'key_not_active', 'key_replaced'],
    counted: true,
  },
  'list-requests': {
    answers: { 200: { says: 'A page of requests.', body: keptRequestPage } },
    refusals: CURSOR,
  },
  'get-request': {
    answers: { 200: { says: 'The request and its answer.', body: keptRequestInFull } },
    refusals: ['request_not_found'],
  },
  'list-audit': {
    answers: { 200: { says: 'A page of acts.', body: c.pageOf('ActPage', act) } },
    refusals: CURSOR,
  },
} as const satisfies Record<string, Contract>;
