import type {
  Campaign,
  CampaignInFull,
  CampaignPage,
  CampaignWithSecret,
  CreateCampaignBody,
  CreatePayoutBody,
  Operations,
  Payout,
  PayoutPage,
  RotateCampaignSecretBody,
  UpdateCampaignBody,
} from '../api.ts';
import type { CallOptions, Connection } from '../connection.ts';
import { fileParts } from '../files.ts';
import type { Pages } from '../pages.ts';
import { pagesOf } from '../pages.ts';
import { signPayout } from '../signatures.ts';

export interface PayOptions extends CallOptions {
  /** Signs each try with the campaign's secret; the API key is not sent. Without it, the API key must be allowed. */
  readonly secret?: string | undefined;
}

export class Campaigns {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async create(body: CreateCampaignBody, options?: CallOptions): Promise<CampaignWithSecret> {
    return (await this.#connection.call('createCampaign', { body }, options)).body;
  }

  async get(campaignId: string, options?: CallOptions): Promise<CampaignInFull> {
    return (await this.#connection.call('getCampaign', { path: { campaign_id: campaignId } }, options)).body;
  }

  list(query: Operations['listCampaigns']['query'] = {}, options?: CallOptions): Pages<CampaignPage> {
    return pagesOf(this.#connection, 'listCampaigns', { query }, options);
  }

  async update(campaignId: string, body: UpdateCampaignBody, options?: CallOptions): Promise<Campaign> {
    return (await this.#connection.call('updateCampaign', { path: { campaign_id: campaignId }, body }, options)).body;
  }

  async rotateSecret(
    campaignId: string,
    body: RotateCampaignSecretBody = {},
    options?: CallOptions,
  ): Promise<CampaignWithSecret> {
    const path = { campaign_id: campaignId };
    return (await this.#connection.call('rotateCampaignSecret', { path, body }, options)).body;
  }

  /** Pays a respondent, once for ever: a repeat for the same `respondent_id` is the same payout. */
  async pay(campaignId: string, body: CreatePayoutBody, { secret, ...options }: PayOptions = {}): Promise<Payout> {
    const sign = secret === undefined ? undefined : (bytes: string) => signPayout(bytes, secret);
    const input = { path: { campaign_id: campaignId }, body, sign };
    return (await this.#connection.call('createPayout', input, options)).body;
  }

  /** Payouts, newest first. */
  payouts(campaignId: string, query: PayoutsQuery = {}, options?: CallOptions): Pages<PayoutPage> {
    const path = { campaign_id: campaignId };
    return pagesOf(this.#connection, 'listPayouts', { path, query }, options);
  }

  /** The payouts as CSV, in parts. */
  exportPayouts(campaignId: string, query: PayoutsQuery = {}, options?: CallOptions): AsyncIterable<string> {
    const input = { path: { campaign_id: campaignId }, query: { ...query, format: 'csv' as const } };
    return fileParts(this.#connection, () => this.#connection.call('listPayouts', input, options), options);
  }
}

type PayoutsQuery = Omit<Operations['listPayouts']['query'], 'format'>;
