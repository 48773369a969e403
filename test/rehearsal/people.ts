import { expect } from '@jest/globals';
import { BAD_KEYS } from '../../shared/http/limits.ts';
import type { Day } from './day.ts';
import { halfEmpty } from './visits.ts';

/** A person signs up and invites others; they join, are given roles, read, leave and are removed. */
export async function peopleMeet(day: Day): Promise<void> {
  const { cloud } = day;
  const as = (subject: string, more: Record<string, string> = {}) => ({
    authorization: `Bearer ${cloud.people.token(subject)}`,
    ...more,
  });
  await refuseStrangers(day);
  // Its answer is lost where play money is paid in, so it is looked for.
  cloud.guard.decree({ who: 'CreateBusiness', what: 'dynamodb:PutItem on Wallets.Arn', isLost: 'the answer' });
  const founded = await day.well('/api/v1/businesses', { headers: as('founder'), body: { name: 'Kiosk' } });
  const merchant = founded.merchant_id;
  const of = (subject: string) => ({ headers: as(subject, { 'airtime-merchant': merchant, 'airtime-mode': 'test' }) });
  expect((await day.well('/api/v1/me', { headers: as('founder') })).memberships).toHaveLength(1);
  const invite = (who: string, role: string) => {
    return day.well('/api/v1/invitations', { ...of('founder'), body: { email: `${who}@people.example`, role } });
  };
  const tokenOf = (who: string) => {
    const mail = cloud.mails.findLast((text) => text.includes(`${who}@people.example`)) ?? '';
    return /\/app\/invitation#([\w.]+)/.exec(mail)?.[1] ?? '';
  };
  for (const who of ['clerk', 'seller', 'nobody']) expect((await invite(who, 'developer')).mailed).toBe(true);
  const { data: waiting } = await day.well('/api/v1/invitations', of('founder'));
  const nobody = waiting.find(({ email }: { email: string }) => email.startsWith('nobody'));
  await day.well(`/api/v1/invitations/${nobody.id}`, { ...of('founder'), method: 'DELETE' });
  for (const who of ['clerk', 'seller']) {
    const invited = { headers: as(who), body: { token: tokenOf(who) } };
    expect((await day.well('/api/v1/invitations/preview', invited)).business_name).toBe('Kiosk');
    await day.well('/api/v1/invitations/accept', invited);
  }
  const { data: members } = await day.well('/api/v1/members', of('founder'));
  const idOf = (who: string) => members.find(({ email }: { email: string }) => email.startsWith(who)).id;
  const role = { ...of('founder'), method: 'PATCH', body: { role: 'admin' } };
  expect((await day.well(`/api/v1/members/${idOf('clerk')}`, role)).role).toBe('admin');
  await day.well('/api/v1/keys', { ...of('clerk'), body: { name: 'till', scopes: ['orders:read'] } });
  for (const path of ['orders', 'wallet', 'keys', 'audit', 'account']) await day.well(`/api/v1/${path}`, of('clerk'));
  await day.well('/api/v1/account', { ...of('founder'), method: 'PATCH', body: { name: 'Corner kiosk' } });
  await day.well('/api/v1/notifications', of('clerk'));
  await day.well('/api/v1/notifications', { ...of('clerk'), method: 'PATCH', body: { low_balance: true } });
  // One is removed, the other leaves.
  const gone = await day.well(`/api/v1/members/${idOf('clerk')}`, { ...of('founder'), method: 'DELETE' });
  expect(gone.keys).toHaveLength(1);
  await day.well(`/api/v1/members/${idOf('seller')}`, { ...of('seller'), method: 'DELETE' });
  expect((await day.ask('/api/v1/orders', of('clerk'))).status).toBe(403);
  // An operator invites who takes over, and lets the business do it live.
  const { link } = await day.operator('merchant', 'invite', merchant, 'heir@people.example');
  expect(link).toMatch(/^http.+\/app\/invitation#/);
  await day.well('/api/v1/invitations/accept', { headers: as('heir'), body: { token: link.split('#')[1] } });
  await day.operator('merchant', 'activate', merchant);
  await day.operator('terms', 'set', merchant, 'live', 'no');
}

/** What is no token counts against an address, of whose tokens no function has any left. */
async function refuseStrangers(day: Day): Promise<void> {
  await day.cloud.database.send(halfEmpty('bad_keys#127.0.0.1', BAD_KEYS));
  const headers = { authorization: 'Bearer x.y.z' };
  for (const [path, body] of [
    ['/api/v1/me', undefined],
    ['/api/v1/businesses', { name: 'Kiosk' }],
    ['/api/v1/invitations/preview', { token: 'x' }],
    ['/api/v1/invitations/accept', { token: 'x' }],
  ] as const) {
    expect([path, (await day.ask(path, { headers, body })).status]).toEqual([path, 401]);
  }
}
