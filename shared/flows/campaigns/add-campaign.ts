import type { Origin } from '../../domain/act.ts';
import type { Campaign } from '../../domain/campaign.ts';
import { newCampaign } from '../../domain/campaign.ts';
import type { Owner } from '../../domain/ledger.ts';
import type { Currency } from '../../domain/money.ts';
import { FIRST_SECRET } from '../../domain/rotation.ts';
import { limitsOf } from '../../domain/terms.ts';
import { Refusal } from '../../http/refusal.ts';
import { campaignFacts } from '../../http/views/act-views.ts';
import { newId } from '../../id.ts';
import { recordAct } from '../../store/audit.ts';
import { createCampaign } from '../../store/campaigns.ts';
import { readTerms } from '../../store/terms.ts';
import { Retry, withRetries } from '../../store/write.ts';
import type { World } from '../../world.ts';
import { signingVersion } from '../signing-keys.ts';
import { newestSecret } from '../webhooks/signing-secrets.ts';
import { noteCampaign } from './find-campaign.ts';
import type { TermsInput } from './set-terms.ts';
import { setTerms } from './set-terms.ts';

interface CampaignInput extends TermsInput {
  readonly currency: Currency;
  readonly one_per_number?: boolean | undefined;
}

/** A new campaign with its secret, which is shown here and when it is rotated only. */
export async function addCampaign(
  world: World,
  { merchantId, mode }: Owner,
  { currency, one_per_number: isOncePerNumber = false, ...terms }: CampaignInput,
  origin: Origin,
): Promise<{ campaign: Campaign; secret: string }> {
  const id = newId(world, 'cmp');
  const keyVersion = await signingVersion(world, 'campaign');
  const fixed = { id, merchantId, mode, currency, isOncePerNumber, createdBy: origin.by, ...FIRST_SECRET, keyVersion };
  const initial = newCampaign({ ...fixed, ...NO_TERMS }, world.now());
  const campaign = { ...(await setTerms(world, initial, terms)), version: 1 };
  const max = limitsOf(await readTerms(world, merchantId), mode).counts.campaigns;
  await withRetries(world, async () => {
    const noted = await noteCampaign(world, origin, id);
    const created = { action: 'campaign.created', subject: id, after: campaignFacts(campaign) } as const;
    const act = recordAct(world, campaign, origin, created);
    const made = await createCampaign(world, campaign, max, [act, ...noted]);
    if (made === 'full') throw new Refusal('campaign_limit_reached', { detail: `There are ${max} ${mode} campaigns.` });
    return made === 'done' || new Retry('other campaigns of the key are written');
  });
  return { campaign, secret: await newestSecret(world, 'campaign', campaign) };
}

const NO_TERMS = {
  name: '',
  budgetMinor: 0,
  isPaused: false,
  countries: [],
  mayRetryFailed: false,
  needsTimestamp: false,
  allowsApiKey: false,
};
