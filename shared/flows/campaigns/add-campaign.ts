import type { Campaign } from '../../domain/campaign.ts';
import { newCampaign } from '../../domain/campaign.ts';
import type { Owner } from '../../domain/ledger.ts';
import type { Currency } from '../../domain/money.ts';
import { FIRST_SECRET } from '../../domain/rotation.ts';
import { newId } from '../../id.ts';
import { saveCampaign } from '../../store/campaigns.ts';
import type { World } from '../../world.ts';
import { signingVersion } from '../signing-keys.ts';
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
  const keyVersion = await signingVersion(world, 'campaign');
  const fixed = { id: newId(world, 'cmp'), merchantId, mode, currency, isOncePerNumber, ...FIRST_SECRET, keyVersion };
  const initial = newCampaign({ ...fixed, ...NO_TERMS }, world.now());
  const campaign = { ...(await setTerms(world, initial, terms)), version: 1 };
  await saveCampaign(world, campaign);
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
