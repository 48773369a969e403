import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { awsWorld } from '../shared/aws/world.ts';
import { SCOPES } from '../shared/domain/key.ts';
import type { Mode } from '../shared/domain/ledger.ts';
import type { Currency } from '../shared/domain/money.ts';
import { addCampaign } from '../shared/flows/campaigns/add-campaign.ts';
import { adjustWallet } from '../shared/flows/wallet/adjust-wallet.ts';
import { addEndpoint } from '../shared/flows/webhooks/add-endpoint.ts';
import { newestSecret } from '../shared/flows/webhooks/signing-secrets.ts';
import type { LocalFile } from '../shared/local/data-folder.ts';
import { listCampaigns, readCampaign } from '../shared/store/campaigns.ts';
import { listEndpoints, saveEndpoint } from '../shared/store/endpoints.ts';
import { readTail } from '../shared/store/ledger.ts';
import type { Merchant } from '../shared/store/merchants.ts';
import { createKey, createMerchant, readActiveKey, readMerchant } from '../shared/store/merchants.ts';

/** What the demo merchant starts with in each mode, in minor units. */
const FUNDS: Readonly<Partial<Record<Currency, number>>> = {
  USD: 1_000_00,
  ZWG: 25_000_00,
  KES: 100_000_00,
  UGX: 3_000_000,
  TZS: 2_000_000_00,
};

const DEMO = 'Demo';

type Keys = Pick<LocalFile, 'merchantId' | 'liveKey' | 'testKey' | 'liveKeyId' | 'testKeyId'>;

const DEMO_ENDPOINT = 'npm start prints what it hears';

/**
 * The demo merchant's webhook endpoints, one in each mode: they follow the receiver to its new address at every start.
 * One that was deleted is made anew. Answers with the secret of the live one.
 */
export async function seedEndpoints(merchantId: string, url: string): Promise<string> {
  const world = awsWorld();
  const secrets: Partial<Record<Mode, string>> = {};
  for (const mode of ['live', 'test'] as const) {
    const owner = { merchantId, mode };
    const known = (await listEndpoints(world, owner)).find(({ description }) => description === DEMO_ENDPOINT);
    if (!known) secrets[mode] = (await addEndpoint(world, owner, { url, description: DEMO_ENDPOINT })).secret;
    else {
      await saveEndpoint(world, { ...known, url, revision: known.revision + 1 });
      secrets[mode] = await newestSecret(world, known);
    }
  }
  return secrets.live ?? '';
}

const DEMO_CAMPAIGN = 'Demo survey';

/** The demo merchant's live campaign: made at the first start, found again at later ones. */
export async function seedCampaign(
  merchantId: string,
  before: LocalFile | undefined,
): Promise<Pick<LocalFile, 'campaignId' | 'campaignSecret'>> {
  const world = awsWorld();
  const owner = { merchantId, mode: 'live' } as const;
  const { campaigns } = await listCampaigns(world, owner, { limit: 100 });
  const kept = before?.campaignId === undefined ? undefined : await readCampaign(world, before.campaignId);
  // Where local.json is lost, it is known by its name.
  const known = kept ?? campaigns.find(({ name }) => name === DEMO_CAMPAIGN);
  if (known) return { campaignId: known.id, campaignSecret: await newestSecret(world, known) };
  const terms = { name: DEMO_CAMPAIGN, amount: '0.50', budget: 100, retry_failed: true, allow_api_key: true };
  const { campaign, secret } = await addCampaign(world, owner, { currency: 'USD', ...terms });
  return { campaignId: campaign.id, campaignSecret: secret };
}

/** The demo merchant of `npm start`, with funded wallets: made at the first start, found again at later ones. */
export async function seedDemo(before: LocalFile | undefined, say: (text: string) => void): Promise<Keys> {
  const world = awsWorld();
  const known = (before && (await readMerchant(world, before.merchantId))) ?? (await findDemo());
  if (before && known) {
    const { merchantId, liveKey, testKey } = before;
    const [live, test] = await Promise.all([readActiveKey(world, liveKey), readActiveKey(world, testKey)]);
    if (live && test) return { merchantId, liveKey, testKey, liveKeyId: live.id, testKeyId: test.id };
  }
  const merchant = known ?? (await createMerchant(world, DEMO));
  if (known) say('local.json is missing or its keys are no longer valid: making new ones for the same merchant.');
  await fundAll(merchant.id);
  const [live, test] = await Promise.all(
    (['live', 'test'] as const).map((mode) =>
      createKey(world, { merchantId: merchant.id, mode, name: 'npm start', scopes: SCOPES }),
    ),
  );
  if (!live || !test) throw new Error('two keys were made');
  const ids = { liveKeyId: live.key.id, testKeyId: test.key.id };
  return { merchantId: merchant.id, liveKey: live.text, testKey: test.text, ...ids };
}

/** The demo merchant by its name: where local.json is lost, its data is not. */
async function findDemo(): Promise<Merchant | undefined> {
  const world = awsWorld();
  const scan = new ScanCommand({
    TableName: world.table('merchants'),
    FilterExpression: 'sk = :profile AND #name = :demo',
    ExpressionAttributeNames: { '#name': 'name' },
    ExpressionAttributeValues: { ':profile': 'profile', ':demo': DEMO },
    ConsistentRead: true,
  });
  const [item] = (await world.db.send(scan)).Items ?? [];
  return item && readMerchant(world, item.id);
}

/** Funds the wallets that never held anything: all at the first start, the rest where that one was cut short. */
async function fundAll(merchantId: string): Promise<void> {
  for (const mode of ['live', 'test'] as const) {
    for (const [currency, amountMinor] of Object.entries(FUNDS)) {
      const wallet = { merchantId, mode, currency: currency as Currency };
      if (await readTail(awsWorld(), wallet)) continue;
      await adjustWallet(awsWorld(), wallet, { amountMinor, reason: 'Opening deposit', by: 'npm start' });
    }
  }
}
