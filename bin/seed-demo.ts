import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { awsWorld } from '../shared/aws/world.ts';
import type { Origin } from '../shared/domain/act.ts';
import { SCOPES } from '../shared/domain/key.ts';
import type { Mode } from '../shared/domain/ledger.ts';
import type { Currency } from '../shared/domain/money.ts';
import { PLAY_MONEY } from '../shared/domain/play-money.ts';
import { addCampaign } from '../shared/flows/campaigns/add-campaign.ts';
import { makeKey } from '../shared/flows/keys/make-key.ts';
import { addMember } from '../shared/flows/people/change-team.ts';
import { adjustWallet } from '../shared/flows/wallet/adjust-wallet.ts';
import { addEndpoint } from '../shared/flows/webhooks/add-endpoint.ts';
import { newestSecret } from '../shared/flows/webhooks/signing-secrets.ts';
import type { LocalFile } from '../shared/local/data-folder.ts';
import { DEMO_PEOPLE, personId } from '../shared/local/people/demo-people.ts';
import { listCampaigns, readCampaign } from '../shared/store/campaigns.ts';
import { listEndpoints, saveEndpoint } from '../shared/store/endpoints.ts';
import { readActiveKey } from '../shared/store/keys.ts';
import { readTail } from '../shared/store/ledger.ts';
import type { Merchant } from '../shared/store/merchants.ts';
import { createMerchant, readMerchant } from '../shared/store/merchants.ts';
import { readAnyMembership } from '../shared/store/teams.ts';

const MERCHANT_NAME = 'Demo';
const ENDPOINT_DESCRIPTION = 'Printed by npm start';
const CAMPAIGN_NAME = 'Demo survey';

/** What is made here is made by nobody but this command. */
const SEEDER: Origin = { by: { kind: 'operator', id: 'local:npm start' } };
/** Where the keys of local.json are tried from. */
const HERE = '127.0.0.1';

type Merchants = Pick<LocalFile, 'merchantId' | 'liveKey' | 'testKey' | 'liveKeyId' | 'testKeyId'>;
type Campaigns = Pick<LocalFile, 'campaignId' | 'campaignSecret'>;

/**
 * The demo merchant of `npm start` with keys, funded wallets, webhook endpoints and a campaign. All of it is created at
 * the first start and found again later, by `local.json`, or by its name if that file was lost.
 */
export async function seedDemo(
  before: LocalFile | undefined,
  { webhookUrl, say }: { webhookUrl: string; say: (text: string) => void },
): Promise<Merchants & Campaigns & Pick<LocalFile, 'webhookSecret'>> {
  const merchant = await seedMerchant(before, say);
  const webhookSecret = await seedEndpoints(merchant.merchantId, webhookUrl);
  await seedPeople(merchant.merchantId);
  return { ...merchant, webhookSecret, ...(await seedCampaign(merchant.merchantId, before)) };
}

/** One webhook endpoint in each mode. They get the receiver's new address at every start. Returns the live secret. */
async function seedEndpoints(merchantId: string, url: string): Promise<string> {
  const world = awsWorld();
  const secrets: Partial<Record<Mode, string>> = {};
  for (const mode of ['live', 'test'] as const) {
    const owner = { merchantId, mode };
    const known = (await listEndpoints(world, owner)).find(({ description }) => description === ENDPOINT_DESCRIPTION);
    if (!known)
      secrets[mode] = (await addEndpoint(world, owner, { url, description: ENDPOINT_DESCRIPTION }, SEEDER)).secret;
    else {
      await saveEndpoint(world, { ...known, url, revision: known.revision + 1 });
      secrets[mode] = await newestSecret(world, 'webhook', known);
    }
  }
  return secrets.live ?? '';
}

/** The people of the demo, each added once. Whoever was removed from the business stays removed. */
async function seedPeople(merchantId: string): Promise<void> {
  const world = awsWorld();
  const known = await Promise.all(
    DEMO_PEOPLE.map(({ email }) => readAnyMembership(world, personId(email), merchantId)),
  );
  for (const [index, { email, role }] of DEMO_PEOPLE.entries()) {
    if (role === undefined || known[index]) continue;
    await addMember(world, merchantId, { subject: personId(email), email, role }, SEEDER);
  }
}

async function seedCampaign(merchantId: string, before: LocalFile | undefined): Promise<Campaigns> {
  const world = awsWorld();
  const owner = { merchantId, mode: 'live' } as const;
  const { campaigns } = await listCampaigns(world, owner, { limit: 100 });
  const kept = before?.campaignId === undefined ? undefined : await readCampaign(world, before.campaignId);
  const known = kept ?? campaigns.find(({ name }) => name === CAMPAIGN_NAME);
  if (known) return { campaignId: known.id, campaignSecret: await newestSecret(world, 'campaign', known) };
  const terms = { name: CAMPAIGN_NAME, amount: '0.50', budget: 100, retry_failed: true, allow_api_key: true };
  const { campaign, secret } = await addCampaign(world, owner, { currency: 'USD', ...terms }, SEEDER);
  return { campaignId: campaign.id, campaignSecret: secret };
}

async function seedMerchant(before: LocalFile | undefined, say: (text: string) => void): Promise<Merchants> {
  const world = awsWorld();
  const known = (before && (await readMerchant(world, before.merchantId))) ?? (await findMerchant());
  if (before && known) {
    const { merchantId, liveKey, testKey } = before;
    const [live, test] = await Promise.all([readActiveKey(world, liveKey, HERE), readActiveKey(world, testKey, HERE)]);
    if (live && test) return { merchantId, liveKey, testKey, liveKeyId: live.id, testKeyId: test.id };
  }
  const { id: merchantId } = known ?? (await createMerchant(world, MERCHANT_NAME));
  if (known) say('local.json is missing or its keys are no longer valid: creating new ones for the same merchant.');
  await fundWallets(merchantId);
  const key = { name: 'npm start', scopes: SCOPES };
  const create = (mode: Mode) => makeKey(world, { merchantId, mode }, key, { origin: SEEDER });
  const [live, test] = [await create('live'), await create('test')];
  return { merchantId, liveKey: live.text, testKey: test.text, liveKeyId: live.key.id, testKeyId: test.key.id };
}

/** The demo merchant by its name. */
async function findMerchant(): Promise<Merchant | undefined> {
  const world = awsWorld();
  const scan = new ScanCommand({
    TableName: world.table('merchants'),
    FilterExpression: 'sk = :profile AND #name = :demo',
    ExpressionAttributeNames: { '#name': 'name' },
    ExpressionAttributeValues: { ':profile': 'profile', ':demo': MERCHANT_NAME },
    ConsistentRead: true,
  });
  const [item] = (await world.db.send(scan)).Items ?? [];
  return item && readMerchant(world, item.id);
}

/** Funds the wallets without an entry: all of them at the first start, or what a kill during it left. */
async function fundWallets(merchantId: string): Promise<void> {
  for (const mode of ['live', 'test'] as const) {
    for (const [currency, amountMinor] of Object.entries(PLAY_MONEY)) {
      const wallet = { merchantId, mode, currency: currency as Currency };
      if (await readTail(awsWorld(), wallet)) continue;
      await adjustWallet(awsWorld(), wallet, {
        ...{ amountMinor, reason: 'Opening deposit', by: 'npm start' },
        reference: `opening-${currency}`,
      });
    }
  }
}
