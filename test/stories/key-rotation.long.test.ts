import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { DATA_FORMAT } from '../../shared/local/data-folder.ts';
import { plain } from '../support/campaigns.ts';
import { System } from '../support/system.ts';

/** The runbook's "Rotate a signing key", followed on a running system: before, during and after the overlap. */

const data = mkdtempSync(join(tmpdir(), 'airtime-keys-'));
let system: System;

afterAll(async () => {
  await system.stop();
  rmSync(data, { recursive: true, force: true });
});

const command = (...words: string[]) => system.operator(...words);
const operator = (...words: string[]) => command('secret', ...words);

async function later(minutesLater: number) {
  await system.stop();
  system = await System.start(data, { minutesLater });
}

async function login(): Promise<string> {
  const { liveKeyId, liveKey } = system.local;
  const { json } = await system.api('/api/v1/token', { body: { consumer_key: liveKeyId, consumer_secret: liveKey } });
  return json.access_token;
}

async function isLoggedIn(token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, 'x-region': 'ke' };
  return (await system.api('/api/v1/account-balance', { headers })).status;
}

async function payout(secret: string, respondent: string): Promise<number> {
  const { campaignId } = system.local;
  const body = { respondent_id: respondent, target: '0772279099' };
  const headers = plain(secret, JSON.stringify(body));
  return (await system.api(`/api/v1/campaigns/${campaignId}/payouts`, { body, headers })).status;
}

const states = ({ keys }: { keys: { state: string }[] }) => keys.map(({ state }) => state);

it('keys are rotated while merchants go on with what they have, and old ones end', async () => {
  // As a folder is that was made when one key was for all purposes.
  writeFileSync(join(data, 'format'), String(DATA_FORMAT));
  writeFileSync(join(data, 'signing-key'), 'the key of an older folder');
  system = await System.start(data);
  expect(states(await operator('show', 'access'))).toEqual(['signs', 'is accepted']);
  await expect(operator('rotate', 'access')).rejects.toThrow('an overlap of access is not over');
  for (const purpose of ['access', 'campaign', 'webhook']) {
    expect(states(await operator('end-overlap', purpose))).toEqual(['signs']);
  }
  const first = { token: await login(), secret: system.local.campaignSecret };
  expect([await isLoggedIn(first.token), await payout(first.secret, 'before')]).toEqual([200, 201]);

  expect(states(await operator('rotate', 'access'))).toEqual(['signs later', 'signs']);
  expect(states(await operator('rotate', 'campaign', '--overlap-hours', '2'))).toEqual(['signs later', 'signs']);
  expect(states(await operator('show', 'webhook'))).toEqual(['signs']);
  const { by_another_key: behind } = await operator('show', 'campaign');
  expect(behind).toEqual([expect.objectContaining({ id: system.local.campaignId, keyVersion: 2 })]);

  await later(15);
  const second = { token: await login(), secret: '' };
  expect([await isLoggedIn(first.token), await isLoggedIn(second.token)]).toEqual([200, 200]);
  expect(await payout(first.secret, 'during')).toBe(201);
  const rotate = `/api/v1/campaigns/${system.local.campaignId}/rotate-secret`;
  second.secret = (await system.api(rotate, { body: { overlap_hours: 100 } })).json.secret;
  expect([await payout(first.secret, 'old'), await payout(second.secret, 'new')]).toEqual([201, 201]);
  expect((await operator('show', 'campaign')).by_another_key).toEqual([]);
  expect(states(await operator('rotate', 'access', '--overlap-hours', '0'))).toEqual(['signs']);

  const { acts } = await command('audit', 'list', 'stage', '--mode', 'live');
  expect(acts.slice(0, 2)).toEqual([
    expect.objectContaining({ action: 'secret.rotation_ordered', subject: 'access', after: { overlap_hours: 0 } }),
    expect.objectContaining({ action: 'secret.rotation_ordered', subject: 'campaign', after: { overlap_hours: 2 } }),
  ]);

  await later(16);
  expect([await isLoggedIn(second.token), await isLoggedIn(await login())]).toEqual([401, 200]);
  await later(3 * 60);
  expect([await payout(first.secret, 'after'), await payout(second.secret, 'after')]).toEqual([401, 201]);
}, 300_000);
