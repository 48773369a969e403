import type { Campaign } from '../../domain/campaign.ts';
import { newCampaign } from '../../domain/campaign.ts';
import type { Owner } from '../../domain/ledger.ts';
import type { Currency } from '../../domain/money.ts';
import { FIRST_SECRET } from '../../domain/rotation.ts';
import { limitsOf } from '../../domain/terms.ts';
import { Refusal } from '../../http/refusal.ts';
import { newId } from '../../id.ts';
import { createCampaign } from '../../store/campaigns.ts';
import { readTerms } from '../../store/terms.ts';
import type { World } from '../../world.ts';
import { newestSecret } from '../webhooks/signing-secrets.ts';
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
): Promise<{ campaign: Campaign; secret: string }> {
  const fixed = { id: newId(world, 'cmp'), merchantId, mode, currency, isOncePerNumber, ...FIRST_SECRET };
  const initial = newCampaign({ ...fixed, ...NO_TERMS }, world.now());
  const campaign = { ...(await setTerms(world, initial, terms)), version: 1 };
  const max = limitsOf(await readTerms(world, merchantId), mode).counts.campaigns;
  if (!(await createCampaign(world, campaign, max))) {
    throw new Refusal('campaign_limit_reached', { detail: `There are ${max} ${mode} campaigns.` });
  }
  return { campaign, secret: await newestSecret(world, campaign) };
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
