/* Made by `npm run docs` from docs/openapi.json. Change the code that the document is made from. */

/** Values that are known today. New ones may be added at any time: have a branch for those you do not know. */
export type Open<Known extends string> = Known | (string & {});

export interface CreateOrderBody {
  /** The id of the product. */
  product_id: number | string;
  /** The phone number or the meter number, as a text. */
  target: string;
  /** In major units, as a number or a decimal text; never rounded. */
  amount: number | string;
  /** Your reference of the order, which makes it idempotent. */
  agent_reference: string;
  /** The text that the recipient gets with the recharge, where the network sends one. */
  custom_sms?: string | undefined;
}

export interface StartTopupBody {
  /** In major units, as a number or a decimal text. */
  amount: number | string;
  /** The currency, as its ISO 4217 code. */
  currency: string;
  /** Your reference, which makes it idempotent. */
  reference?: string | undefined;
  /** Where the payer comes back to. */
  return_url?: string | undefined;
}

export interface UpdateWalletBody {
  /** The balance below which you get `wallet.low_balance`; `null`: none. */
  low_balance_threshold: number | string | null;
}

export interface SetTestBalanceBody {
  /** The currency, as its ISO 4217 code. */
  currency: string;
  /** The balance in major units; `null` for a key without `wallet:read`. */
  balance: number | string;
}

export interface CreateEndpointBody {
  /** Where events are posted: public and HTTPS. */
  url: string;
  /** The types of events that it gets; an empty list in a request means all. */
  events?: Array<'order.success' | 'order.failed' | 'order.unknown' | 'order.reversed' | 'topup.success' | 'topup.failed' | 'topup.reversed' | 'payout.success' | 'payout.failed' | 'wallet.low_balance' | 'batch.completed'> | undefined;
  /** What it is for, in your words. */
  description?: string | undefined;
}

export interface UpdateEndpointBody {
  /** Where events are posted: public and HTTPS. */
  url?: string | undefined;
  /** The types of events that it gets; an empty list in a request means all. */
  events?: Array<'order.success' | 'order.failed' | 'order.unknown' | 'order.reversed' | 'topup.success' | 'topup.failed' | 'topup.reversed' | 'payout.success' | 'payout.failed' | 'wallet.low_balance' | 'batch.completed'> | undefined;
  /** What it is for, in your words. */
  description?: string | undefined;
  /** Whether it gets events. */
  enabled?: boolean | undefined;
}

export interface RotateSecretBody {
  /** How long the old one works beside the new one. */
  overlap_hours?: number | undefined;
}

export interface TestEndpointBody {
  /** The type of the event. */
  type?: 'webhook.test' | 'order.success' | 'order.failed' | 'order.unknown' | 'order.reversed' | 'topup.success' | 'topup.failed' | 'topup.reversed' | 'payout.success' | 'payout.failed' | 'wallet.low_balance' | 'batch.completed' | undefined;
}

export interface RecoverDeliveriesBody {
  /** From when on, as a date or an instant. */
  since: string;
  /** Up to when; now by default. */
  until?: string | undefined;
  /** `next_cursor` of the page before, with the same filters. */
  cursor?: string | undefined;
}

export interface CreateListenerBody {
  /** The types of events that it gets; an empty list in a request means all. */
  event_types?: Array<'order.success' | 'order.failed' | 'order.unknown' | 'order.reversed' | 'topup.success' | 'topup.failed' | 'topup.reversed' | 'payout.success' | 'payout.failed' | 'wallet.low_balance' | 'batch.completed'> | undefined;
}

export interface PreviewBulkBody {
  /** The text of the CSV file. */
  csv?: string | undefined;
  /** The id of the upload. */
  upload_id?: string | undefined;
  /** The id of the product. */
  product_id?: number | string | undefined;
  /** The currency, as its ISO 4217 code. */
  currency?: string | undefined;
  /** Your reference of the batch, which makes it idempotent; by default from the file. */
  batch_reference?: string | undefined;
}

export interface CreateUploadBody {
  /** The size of the file. */
  bytes: number;
}

export interface CreateBulkBody {
  /** The text of the CSV file. */
  csv?: string | undefined;
  /** The id of the upload. */
  upload_id?: string | undefined;
  /** The id of the product. */
  product_id?: number | string | undefined;
  /** The currency, as its ISO 4217 code. */
  currency?: string | undefined;
  /** The id of the preview, which is kept for a day. */
  preview_id?: string | undefined;
  /** Your reference of the batch, which makes it idempotent; by default from the file. */
  batch_reference?: string | undefined;
  /** `all_or_nothing` refuses a file with a bad row; `valid_rows` leaves bad rows out. */
  accept?: 'all_or_nothing' | 'valid_rows' | undefined;
  /** Whether each row has events of its own, beside `batch.completed`. */
  row_webhooks?: boolean | 'true' | 'false' | undefined;
}

export interface CreateCampaignBody {
  /** Its name. */
  name: string;
  /** The currency, as its ISO 4217 code. */
  currency: string;
  /** What it may spend in all, in major units. */
  budget: number | string;
  /** Whether it pays each number once. */
  one_per_number?: boolean | undefined;
  /** The id of the product. */
  product_id?: number | string | null | undefined;
  /** The amount of every payout; without it, each request names its own. */
  amount?: number | string | null | undefined;
  /** The least amount of a payout. Absent where `amount` is fixed. */
  min_amount?: number | string | null | undefined;
  /** The largest amount of a payout. Absent where `amount` is fixed. */
  max_amount?: number | string | null | undefined;
  /** How many payouts in all; `null`: no limit. */
  max_payouts?: number | null | undefined;
  /** What it may spend in a day of UTC; `null`: no limit. */
  daily_budget?: number | string | null | undefined;
  /** How many payouts in a day of UTC; `null`: no limit. */
  daily_max_payouts?: number | null | undefined;
  /** From when on it pays; `null`: at once. */
  starts_at?: string | null | undefined;
  /** Until when it pays; `null`: without an end. */
  ends_at?: string | null | undefined;
  /** Whether it is paused. */
  paused?: boolean | undefined;
  /** Whose numbers it pays; an empty list: of every country of its currency. */
  countries?: Array<'ZW' | 'KE' | 'UG' | 'TZ'> | undefined;
  /** Whether a failed payout may be requested again. */
  retry_failed?: boolean | undefined;
  /** Whether a signature must cover an id and a timestamp. */
  require_timestamp?: boolean | undefined;
  /** Whether your own key may request payouts, too. */
  allow_api_key?: boolean | undefined;
}

export interface UpdateCampaignBody {
  /** Its name. */
  name?: string | undefined;
  /** What it may spend in all, in major units. */
  budget?: number | string | undefined;
  /** The id of the product. */
  product_id?: number | string | null | undefined;
  /** The amount of every payout; without it, each request names its own. */
  amount?: number | string | null | undefined;
  /** The least amount of a payout. Absent where `amount` is fixed. */
  min_amount?: number | string | null | undefined;
  /** The largest amount of a payout. Absent where `amount` is fixed. */
  max_amount?: number | string | null | undefined;
  /** How many payouts in all; `null`: no limit. */
  max_payouts?: number | null | undefined;
  /** What it may spend in a day of UTC; `null`: no limit. */
  daily_budget?: number | string | null | undefined;
  /** How many payouts in a day of UTC; `null`: no limit. */
  daily_max_payouts?: number | null | undefined;
  /** From when on it pays; `null`: at once. */
  starts_at?: string | null | undefined;
  /** Until when it pays; `null`: without an end. */
  ends_at?: string | null | undefined;
  /** Whether it is paused. */
  paused?: boolean | undefined;
  /** Whose numbers it pays; an empty list: of every country of its currency. */
  countries?: Array<'ZW' | 'KE' | 'UG' | 'TZ'> | undefined;
  /** Whether a failed payout may be requested again. */
  retry_failed?: boolean | undefined;
  /** Whether a signature must cover an id and a timestamp. */
  require_timestamp?: boolean | undefined;
  /** Whether your own key may request payouts, too. */
  allow_api_key?: boolean | undefined;
}

export interface RotateCampaignSecretBody {
  /** How long the old one works beside the new one. */
  overlap_hours?: number | undefined;
}

export interface CreatePayoutBody {
  /** Your id of who is paid, once. `null` if it is erased, or for a key that may not see it. */
  respondent_id: string;
  /** The number or meter, as it was sent. */
  target: string;
  /** In major units. Without it, the amount of the campaign. */
  amount?: number | string | undefined;
}

export interface SendAirtimeBody {
  /** Your reference, which makes it idempotent. */
  ExternalReference: string | number;
  /** In major units. */
  Amount: number | string;
  /** The number with its country code. */
  PhoneNumber: string | number;
  /** Not looked at. */
  MerchantCode?: string | number | null | undefined;
  /** The currency; by default that of the region. */
  Currency?: string | number | null | undefined;
  /** A text for the recipient. */
  Description?: string | number | undefined;
  /** As `Description`, if that is absent. */
  Reason?: string | number | undefined;
  /** The network of the number, because numbers are portable; by default that of its prefix. */
  Network?: string | number | null | undefined;
  /** Where the result is posted. */
  ResultsUrl?: string | undefined;
  [name: string]: unknown;
}

export interface QueryTransactionBody {
  /** The `ExternalReference` of the request, in the body or the query. */
  TransactionReference?: string | number | undefined;
  [name: string]: unknown;
}

export interface GetAccountBalanceBody {
  /** Not looked at. */
  MerchantCode?: string | number | null | undefined;
  /** The currency; by default that of the region. */
  Currency?: string | number | null | undefined;
  [name: string]: unknown;
}

export interface IssueTokenBody {
  /** The id of the key. */
  consumer_key: string;
  /** The key itself. */
  consumer_secret: string;
  [name: string]: unknown;
}

export interface UpdateAccountBody {
  /** The name of the business, as people and invitations are shown it. */
  name: string;
}

export interface FreezeAccountBody {
  /** Why, in your words. */
  reason: string;
}

export interface UnfreezeAccountBody {
  /** Why, in your words. */
  reason: string;
}

export interface CreateKeyBody {
  /** Its name. */
  name: string;
  /** What it may do. */
  scopes: Array<'orders:write' | 'orders:read' | 'products:read' | 'wallet:read' | 'wallet:write' | 'webhooks:read' | 'webhooks:write' | 'campaigns:read' | 'campaigns:write' | 'account:read' | 'keys:write' | 'audit:read' | 'requests:read' | 'account:freeze' | 'account:write'>;
  /** When it expires. */
  expires_at?: string | undefined;
  /** The only addresses that it works from; `null`: from anywhere. */
  allowed_ranges?: string[] | undefined;
}

export interface RevokeKeyBody {
  /** Whether the campaigns that it made go on paying. */
  keep_campaigns?: boolean | undefined;
}

export interface RollKeyBody {
  /** How long the old one works beside the new one. */
  overlap_hours?: number | undefined;
  /** When it expires. */
  expires_at?: string | undefined;
}

export interface UpdateMemberBody {
  /** The role: what the person may do. */
  role: 'owner' | 'admin' | 'developer' | 'finance' | 'viewer';
}

export interface CreateInvitationBody {
  /** The e-mail address. */
  email: string;
  /** The role: what the person may do. */
  role: 'owner' | 'admin' | 'developer' | 'finance' | 'viewer';
}

export interface UpdateNotificationsBody {
  /** Whether you get a mail when a balance falls below its threshold. */
  low_balance?: boolean | undefined;
  /** Whether you get a mail when a webhook endpoint fails for an hour, or is disabled. */
  endpoint_failing?: boolean | undefined;
  /** Whether you get a mail when all rows of a batch are decided. */
  batch_finished?: boolean | undefined;
  /** Whether you get a mail when orders go to manual review. */
  orders_under_review?: boolean | undefined;
  /** Whether you get a mail when a top-up is declined, reversed or under review. */
  topup_problem?: boolean | undefined;
}

export interface CreateBusinessBody {
  /** Its name. */
  name: string;
}

export interface PreviewInvitationBody {
  /** What is behind `#` in the link. */
  token: string;
}

export interface AcceptInvitationBody {
  /** What is behind `#` in the link. */
  token: string;
}

export interface OrderEvent {
  /** The id. */
  id: string;
  /** The type. */
  type: 'order.success' | 'order.failed' | 'order.unknown' | 'order.reversed';
  /** `live`, or `test` where nothing is real. */
  mode?: Mode;
  /** When it was created. */
  created_at: string;
  /** Increases with every event about the same thing: the highest is current. */
  sequence: number;
  /** The items of this page. */
  data: OrderEventData;
}

export type Mode = Open<'live' | 'test'>;

export interface OrderEventData {
  /** What the event is about, as it was then. */
  object: Order;
}

export interface Order {
  /** The id of the order. */
  id: string;
  /** Your reference of the order, which makes it idempotent. */
  agent_reference: string;
  /** The status of the order. `unknown`: do not order again, the outcome will come. */
  status: OrderStatus;
  /** Whether the outcome is decided. A final order changes only if a provider takes it back or delivers late. */
  final: boolean;
  /** `live`, or `test` where nothing is real. */
  mode: Mode;
  /** The id of the product. */
  product_id: number;
  /** The number or meter, as it was sent. */
  target: string;
  /** The number in the form of E.164, or the meter; of an erased order a hash. */
  msisdn: string;
  /** The network or utility. */
  network: string;
  /** In major units: 5.5 is five and a half. */
  amount: number;
  /** The currency, as its ISO 4217 code. */
  currency: Currency;
  /** The text that the recipient gets with the recharge, where the network sends one. */
  custom_sms: string | null;
  /** The provider's own reference; `null` until it is known. */
  provider_ref: string | null;
  /** Why it failed; `null` if it did not. */
  failure: Failure | null;
  /** The electricity tokens, in the order in which the meter takes them; empty if all of the amount went to arrears. `null` for a key that may not read orders. */
  tokens?: Token[] | null;
  /** Whose meter it is. `null` for a key that may not see it. */
  holder?: Holder | null;
  /** When the provider is asked next; `null` when nothing is due. */
  next_check_at: string | null;
  /** Since when it waits for its provider. Absent if it does not. */
  held_since?: string;
  /** A person of ours asks the provider or the gateway. Present only while that is so. */
  under_review?: true;
  /** The id of the batch. */
  batch_id?: string;
  /** The id of the campaign. */
  campaign_id?: string;
  /** Who placed it; of a row, who sent its batch. Absent where that is not known, and in events. */
  created_by?: Actor;
  /** When it was created. */
  created_at: string;
  /** When the outcome was decided; `null` before. */
  finalized_at: string | null;
}

export type OrderStatus = Open<'pending' | 'success' | 'failed' | 'refunded' | 'unknown' | 'reversed'>;

export type Currency = Open<'USD' | 'ZWG' | 'KES' | 'UGX' | 'TZS'>;

export interface Failure {
  /** Why the order failed, as a stable code. */
  code: Open<'insufficient_funds' | 'invalid_target' | 'invalid_amount' | 'out_of_stock' | 'limit_reached' | 'network_refused' | 'product_unavailable' | 'provider_unavailable' | 'cancelled' | 'account_frozen' | 'reference_used' | 'not_delivered'>;
  /** What happened, in one sentence. */
  message: string;
  /** Nothing in the request is wrong: the same content may succeed later. */
  retryable: boolean;
}

export interface Token {
  /** Twenty digits, to be keyed into the meter. */
  token: string;
  /** The units that it is worth. */
  units?: string;
}

export interface Holder {
  /** The name. */
  name: string;
  /** The address; `null` if it is not known. */
  address: string | null;
}

export interface Actor {
  /** An API key of yours, or an operator of ours. */
  type: Open<'key' | 'person' | 'operator'>;
  /** The id of the key; `null` for an operator. */
  id: string | null;
}

export interface PayoutEvent {
  /** The id. */
  id: string;
  /** The type. */
  type: 'payout.success' | 'payout.failed';
  /** `live`, or `test` where nothing is real. */
  mode?: Mode;
  /** When it was created. */
  created_at: string;
  /** Increases with every event about the same thing: the highest is current. */
  sequence: number;
  /** The items of this page. */
  data: PayoutEventData;
}

export interface PayoutEventData {
  /** What the event is about, as it was then. */
  object: Payout;
}

export interface Payout {
  /** The id of the payout. */
  id: string;
  /** The id of the campaign. */
  campaign_id: string;
  /** Your id of who is paid, once. `null` if it is erased, or for a key that may not see it. */
  respondent_id: string | null;
  /** Its status. */
  status: OrderStatus;
  /** Whether the outcome is decided. */
  final: boolean;
  /** `live`, or `test` where nothing is real. */
  mode: Mode;
  /** The number or meter, as it was sent. */
  target: string;
  /** In major units. */
  amount: number;
  /** The currency, as its ISO 4217 code. */
  currency: Currency;
  /** The id of the order. */
  order_id: string;
  /** Your reference of the order, which makes it idempotent. */
  agent_reference: string;
  /** Why it failed; `null` if it did not. */
  failure: Failure | null;
  /** When it was created. */
  created_at: string;
  /** When the outcome was decided; `null` before. */
  finalized_at: string | null;
}

export interface TopupEvent {
  /** The id. */
  id: string;
  /** The type. */
  type: 'topup.success' | 'topup.failed' | 'topup.reversed';
  /** `live`, or `test` where nothing is real. */
  mode?: Mode;
  /** When it was created. */
  created_at: string;
  /** Increases with every event about the same thing: the highest is current. */
  sequence: number;
  /** The items of this page. */
  data: TopupEventData;
}

export interface TopupEventData {
  /** What the event is about, as it was then. */
  object: Topup;
}

export interface Topup {
  /** The id of the top-up. */
  id: string;
  /** Your reference. */
  reference: string;
  /** Its status. */
  status: TopupStatus;
  /** `live`, or `test` where nothing is real. */
  mode: Mode;
  /** In major units. */
  amount: number;
  /** What the payer pays and the wallet gets. */
  charged_amount: number;
  /** The currency, as its ISO 4217 code. */
  currency: Currency;
  /** The page to pay on; `null` before there is one. */
  redirect_url: string | null;
  /** Why it failed; `null` if it did not. */
  failure: TopupFailure | null;
  /** A person of ours asks the provider or the gateway. Present only while that is so. */
  under_review?: true;
  /** When it was created. */
  created_at: string;
  /** When the outcome was decided; `null` before. */
  finalized_at: string | null;
}

export type TopupStatus = Open<'pending' | 'success' | 'failed' | 'reversed'>;

export interface TopupFailure {
  /** Why the top-up failed, as a stable code. */
  code: Open<'declined' | 'cancelled' | 'insufficient_funds' | 'expired' | 'gateway_error'>;
  /** What happened, in one sentence. */
  message: string;
}

export interface BatchEvent {
  /** The id. */
  id: string;
  /** The type. */
  type: 'batch.completed';
  /** `live`, or `test` where nothing is real. */
  mode?: Mode;
  /** When it was created. */
  created_at: string;
  /** Increases with every event about the same thing: the highest is current. */
  sequence: number;
  /** The items of this page. */
  data: BatchEventData;
}

export interface BatchEventData {
  /** What the event is about, as it was then. */
  object: Batch;
}

export interface Batch {
  /** The id of the batch. */
  id: string;
  /** Your reference of the batch, which makes it idempotent; by default from the file. */
  batch_reference: string;
  /** Its status. */
  status: BatchStatus;
  /** `live`, or `test` where nothing is real. */
  mode: Mode;
  /** How many rows. */
  rows: number;
  /** How many there are of each status. */
  counts: RowCounts;
  /** The totals by currency. */
  amounts: BatchAmount[];
  /** `all_or_nothing` refuses a file with a bad row; `valid_rows` leaves bad rows out. */
  accept: Accept;
  /** Whether each row has events of its own, beside `batch.completed`. */
  row_webhooks: boolean;
  /** The batch whose failed rows this one sends again. Absent in others. */
  retry_of?: string;
  /** Who sent it. Absent where that is not known, and in events. */
  created_by?: Actor;
  /** When it was created. */
  created_at: string;
  /** When it was cancelled; `null` if it was not. */
  cancelled_at: string | null;
  /** When its last row was decided; `null` before. */
  finished_at: string | null;
  /** About when it ends; `null` where that is not known. */
  estimated_end_at: string | null;
}

export type BatchStatus = Open<'running' | 'cancelling' | 'completed' | 'cancelled'>;

export interface RowCounts {
  /** How many are pending. */
  pending: number;
  /** How many were delivered. */
  success: number;
  /** How many failed. */
  failed: number;
  /** How many failed and were refunded. */
  refunded: number;
  /** How many have no known outcome yet. */
  unknown: number;
  /** How many were taken back. */
  reversed: number;
  /** How many were left out. */
  left_out: number;
}

export interface BatchAmount {
  /** The currency, as its ISO 4217 code. */
  currency: Currency;
  /** How many rows. */
  rows: number;
  /** The sum of the rows that can be sent, in major units. */
  total: number;
  /** How many, or how much in major units, was refunded. */
  refunded: number;
}

export type Accept = Open<'all_or_nothing' | 'valid_rows'>;

export interface LowBalanceEvent {
  /** The id. */
  id: string;
  /** The type. */
  type: 'wallet.low_balance';
  /** `live`, or `test` where nothing is real. */
  mode?: Mode;
  /** When it was created. */
  created_at: string;
  /** Increases with every event about the same thing: the highest is current. */
  sequence: number;
  /** The items of this page. */
  data: LowBalanceEventData;
}

export interface LowBalanceEventData {
  /** What the event is about, as it was then. */
  object: LowBalance;
}

export interface LowBalance {
  /** The currency, as its ISO 4217 code. */
  currency: Currency;
  /** `live`, or `test` where nothing is real. */
  mode: Mode;
  /** The balance in major units; `null` for a key without `wallet:read`. */
  balance: number | null;
  /** The balance below which you get `wallet.low_balance`; `null`: none. */
  low_balance_threshold: number | null;
  /** The entry that took the balance below; `null` where the threshold was set above the balance. */
  entry_id: string | null;
}

export interface TestEvent {
  /** The id. */
  id: string;
  /** The type. */
  type: 'webhook.test';
  /** `live`, or `test` where nothing is real. */
  mode?: Mode;
  /** When it was created. */
  created_at: string;
  /** Increases with every event about the same thing: the highest is current. */
  sequence: number;
  /** The items of this page. */
  data: TestEventData;
}

export interface TestEventData {
  /** What the event is about, as it was then. */
  object: Test;
}

export interface Test {
  /** A greeting. */
  message: string;
  /** The id of the webhook endpoint; `results` is the one for results of single orders. */
  endpoint_id: string;
  /** `live`, or `test` where nothing is real. */
  mode: Mode;
}

export type PesawayResult = PesawaySuccess | PesawayFailure;

export interface PesawaySuccess {
  /** 0: delivered; 2001: failed, and refunded; 1001: not decided yet. */
  ResultCode: 0;
  /** The code in words. */
  ResultDesc: string;
  /** The `ExternalReference` of the request. */
  OriginatorReference: string;
  /** The number with its country code. */
  PhoneNumber: string;
  /** Our id of the order. */
  TransactionID: string;
  /** With two decimals, in every currency. */
  TransactionAmount: string;
  /** The balance; `null` for a key without `wallet:read`. */
  AccountAvailableFunds: string | null;
  /** When it was decided. */
  TransactionCompletedDateTime: string;
}

export interface PesawayFailure {
  /** 0: delivered; 2001: failed, and refunded; 1001: not decided yet. */
  ResultCode: 2001;
  /** The code in words. */
  ResultDesc: string;
  /** The `ExternalReference` of the request. */
  OriginatorReference: string;
  /** Our id of the order. */
  TransactionID: string;
  /** With two decimals, in every currency. */
  TransactionAmount: string;
  /** Always `null`. */
  TransactionReceipt: null;
}

export interface Problem {
  /** A URL that names the code. */
  type: string;
  /** The code in words. */
  title: string;
  /** The HTTP status. */
  status: number;
  /** This case in one sentence. Its text may change. */
  detail: string;
  /** What is wrong, as a stable code. */
  code: Open<'malformed_json' | 'invalid_request' | 'invalid_cursor' | 'unauthenticated' | 'signature_invalid' | 'timestamp_required' | 'timestamp_stale' | 'campaign_unfunded' | 'insufficient_funds' | 'scope_missing' | 'test_key_required' | 'powers_exceeded' | 'account_frozen' | 'account_not_live' | 'unfreeze_not_allowed' | 'api_key_not_allowed' | 'route_not_found' | 'method_not_allowed' | 'order_not_found' | 'endpoint_not_found' | 'listener_not_found' | 'delivery_not_found' | 'topup_not_found' | 'campaign_not_found' | 'key_not_found' | 'request_not_found' | 'callback_not_ours' | 'meter_not_found' | 'batch_not_found' | 'preview_not_found' | 'upload_not_found' | 'token_invalid' | 'token_expired' | 'not_a_member' | 'person_required' | 'email_not_verified' | 'role_not_allowed' | 'invitation_for_another' | 'member_not_found' | 'invitation_not_found' | 'last_owner' | 'already_member' | 'member_limit_reached' | 'business_limit_reached' | 'test_mode_only' | 'endpoint_disabled' | 'endpoint_listening' | 'endpoint_limit_reached' | 'campaign_limit_reached' | 'key_limit_reached' | 'key_not_active' | 'key_replaced' | 'request_replayed' | 'campaign_paused' | 'campaign_not_started' | 'campaign_ended' | 'budget_spent' | 'daily_cap_reached' | 'already_paid' | 'statement_too_large' | 'batch_running' | 'nothing_to_retry' | 'batch_invalid' | 'currency_required' | 'body_too_large' | 'csv_too_large' | 'invalid_csv' | 'product_not_found' | 'product_unavailable' | 'invalid_amount' | 'currency_not_payable' | 'invalid_target' | 'reference_reused' | 'rate_limited' | 'internal_error' | 'payments_unavailable' | 'provider_unavailable' | 'busy'>;
  /** The field or parameter with the problem. Absent where it is none. */
  param?: string;
  /** What to do about it. */
  fix: string;
  /** All problems, of which the first is the one described beside. */
  errors?: Array<RowError | FieldProblem>;
  /** Nothing in the request is wrong: the same content may succeed later. */
  retryable: boolean;
  /** The id of the request: name it to support. */
  request_id: string;
}

export interface RowError {
  /** The row, as a spreadsheet numbers it: the header is usually 1. */
  row: number;
  /** The column, by our name of it; `row` where it is about the whole row. */
  column: string;
  /** What happened, as a stable code. */
  code: RowProblemCode;
  /** This case in one sentence. Its text may change. */
  detail: string;
  /** What to do about it. */
  fix: string;
}

export type RowProblemCode = Open<'missing' | 'too_many_cells' | 'too_long' | 'invisible_characters' | 'spreadsheet_error' | 'formula' | 'scientific_notation' | 'decimals_in_target' | 'decimal_comma' | 'thousands_separator' | 'negative_amount' | 'not_an_amount' | 'not_a_product_id' | 'not_a_currency' | 'two_currencies' | 'two_targets' | 'invalid_reference' | 'duplicate_reference' | 'reference_used' | 'invalid_request' | 'invalid_target' | 'invalid_amount' | 'product_not_found' | 'product_unavailable'>;

export interface FieldProblem {
  /** The field or parameter with the problem. Absent where it is none. */
  param: string;
  /** This case in one sentence. Its text may change. */
  detail: string;
  /** What to do about it. */
  fix: string;
}

export interface PesawayRefusal {
  /** What happened, as a stable code. */
  code: PesawayCode;
  /** The `ExternalReference` of the request. */
  OriginatorReference: string | null;
  /** Our id of the order. */
  TransactionID: string | null;
  /** The code in words. */
  ResponseDescription: string;
  /** As `ResponseDescription`. */
  description: string;
  /** As `ResponseDescription`. */
  message: string;
}

export type PesawayCode = Open<'200.001' | '400.001' | '400.002' | '400.003' | '400.004' | '400.005' | '400.006' | '401.001' | '402.001' | '403.001' | '403.002' | '403.003' | '404.001' | '409.001' | '413.001' | '429.001' | '500.001' | '503.001'>;

export interface PlacedOrder {
  /** The id of the order. */
  id: string;
  /** Your reference of the order, which makes it idempotent. */
  agent_reference: string;
  /** The status of the order. `unknown`: do not order again, the outcome will come. */
  status: OrderStatus;
  /** Whether the outcome is decided. A final order changes only if a provider takes it back or delivers late. */
  final: boolean;
  /** `live`, or `test` where nothing is real. */
  mode: Mode;
  /** The id of the product. */
  product_id: number;
  /** The number or meter, as it was sent. */
  target: string;
  /** The number in the form of E.164, or the meter; of an erased order a hash. */
  msisdn: string;
  /** The network or utility. */
  network: string;
  /** In major units: 5.5 is five and a half. */
  amount: number;
  /** The currency, as its ISO 4217 code. */
  currency: Currency;
  /** The text that the recipient gets with the recharge, where the network sends one. */
  custom_sms: string | null;
  /** The provider's own reference; `null` until it is known. */
  provider_ref: string | null;
  /** Why it failed; `null` if it did not. */
  failure: Failure | null;
  /** The electricity tokens, in the order in which the meter takes them; empty if all of the amount went to arrears. `null` for a key that may not read orders. */
  tokens?: Token[] | null;
  /** Whose meter it is. `null` for a key that may not see it. */
  holder?: Holder | null;
  /** When the provider is asked next; `null` when nothing is due. */
  next_check_at: string | null;
  /** Since when it waits for its provider. Absent if it does not. */
  held_since?: string;
  /** A person of ours asks the provider or the gateway. Present only while that is so. */
  under_review?: true;
  /** The id of the batch. */
  batch_id?: string;
  /** The id of the campaign. */
  campaign_id?: string;
  /** Who placed it; of a row, who sent its batch. Absent where that is not known, and in events. */
  created_by?: Actor;
  /** When it was created. */
  created_at: string;
  /** When the outcome was decided; `null` before. */
  finalized_at: string | null;
  /** Hints. The order is accepted all the same. */
  warnings?: Warning[];
}

export interface Warning {
  /** What the hint is. */
  code: 'possible_duplicate';
  /** The order of the last minute with the same number and amount. */
  other_reference: string;
}

export interface OrderPage {
  /** The items of this page. */
  data: Order[];
  /** Pass it as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
  /** How far back the pages up to this one have looked; `null` at the end. Before it a page may be short, even empty. */
  searched_to: string | null;
}

export interface Figures {
  /** The first day. */
  from: string;
  /** The last day. */
  to: string;
  /** The items of this page. */
  data: DayFigures[];
}

export interface DayFigures {
  /** A day, in UTC. */
  date: string;
  /** Orders that were placed up to then are counted, with the status that they had when the day was last counted. */
  as_of: string;
  /** The sums, by kind or by currency. */
  totals: FigureTotal[];
}

export interface FigureTotal {
  /** The currency, as its ISO 4217 code. */
  currency: Currency;
  /** The country, as its ISO 3166 code. */
  country: Country;
  /** The network or utility. */
  network: string;
  /** The kind. */
  kind: ProductKind;
  /** Its status. */
  status: OrderStatus;
  /** How many. */
  orders: number;
  /** Their amounts together. */
  amount: number;
}

export type Country = Open<'ZW' | 'KE' | 'UG' | 'TZ'>;

export type ProductKind = Open<'airtime' | 'data' | 'zesa'>;

export interface OrderInFull {
  /** The id of the order. */
  id: string;
  /** Your reference of the order, which makes it idempotent. */
  agent_reference: string;
  /** The status of the order. `unknown`: do not order again, the outcome will come. */
  status: OrderStatus;
  /** Whether the outcome is decided. A final order changes only if a provider takes it back or delivers late. */
  final: boolean;
  /** `live`, or `test` where nothing is real. */
  mode: Mode;
  /** The id of the product. */
  product_id: number;
  /** The number or meter, as it was sent. */
  target: string;
  /** The number in the form of E.164, or the meter; of an erased order a hash. */
  msisdn: string;
  /** The network or utility. */
  network: string;
  /** In major units: 5.5 is five and a half. */
  amount: number;
  /** The currency, as its ISO 4217 code. */
  currency: Currency;
  /** The text that the recipient gets with the recharge, where the network sends one. */
  custom_sms: string | null;
  /** The provider's own reference; `null` until it is known. */
  provider_ref: string | null;
  /** Why it failed; `null` if it did not. */
  failure: Failure | null;
  /** The electricity tokens, in the order in which the meter takes them; empty if all of the amount went to arrears. `null` for a key that may not read orders. */
  tokens?: Token[] | null;
  /** Whose meter it is. `null` for a key that may not see it. */
  holder?: Holder | null;
  /** When the provider is asked next; `null` when nothing is due. */
  next_check_at: string | null;
  /** Since when it waits for its provider. Absent if it does not. */
  held_since?: string;
  /** A person of ours asks the provider or the gateway. Present only while that is so. */
  under_review?: true;
  /** The id of the batch. */
  batch_id?: string;
  /** The id of the campaign. */
  campaign_id?: string;
  /** Who placed it; of a row, who sent its batch. Absent where that is not known, and in events. */
  created_by?: Actor;
  /** When it was created. */
  created_at: string;
  /** When the outcome was decided; `null` before. */
  finalized_at: string | null;
  /** What happened, oldest first. */
  timeline: OrderStep[];
}

export interface OrderStep {
  /** When it happened. */
  at: string;
  /** The status that it reached. */
  status: OrderStatus;
  /** What happened, in one sentence. */
  note: string;
}

export interface Target {
  /** What it is. */
  type: Open<'phone' | 'meter'>;
  /** The number in the form of E.164, or the meter. */
  target: string;
  /** The country, as its ISO 3166 code. */
  country: Country;
  /** The network or utility. */
  network: string;
  /** Whether numbers of this country keep to the network of their prefix. */
  network_is_certain: boolean;
  /** Whose meter it is. `null` for a key that may not see it. */
  holder?: FoundHolder | null;
  /** What can be sent to it, the likeliest first. */
  products: Product[];
}

export interface FoundHolder {
  /** Its name. */
  name: string;
  /** The address; `null` if it is not known. */
  address: string | null;
  /** Whether only the initials are shown: to who sold this meter nothing lately. */
  masked: boolean;
}

export interface Product {
  /** The id of the product. */
  id: number;
  /** The name of the product. */
  name: string;
  /** The network; `any` for every network of the country. */
  network: string;
  /** `airtime`, `data` or `zesa` (electricity). */
  kind: ProductKind;
  /** The country, as its ISO 3166 code. */
  country: Country;
  /** The currency, as its ISO 4217 code. */
  currency: Currency;
  /** The least amount, in major units. */
  min: number;
  /** The largest amount, in major units. */
  max: number;
  /** The only amounts, where not every amount is sold. */
  denominations?: number[];
  /** Amounts are multiples of this. Absent where there are denominations. */
  step?: number;
  /** What it is sent to. */
  target: ProductTarget;
  /** Whether it is sold at present. */
  available: boolean;
  /** Since when it is not sold. Absent if it is. */
  unavailable_since?: string;
}

export interface ProductTarget {
  /** A phone or a meter. */
  type: Open<'phone' | 'meter'>;
  /** A target of the right form. */
  example: string;
}

export interface ProductPage {
  /** The items of this page. */
  data: Product[];
  /** Pass it as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

export interface Wallets {
  /** One for each currency that ever had money. */
  wallets: Wallet[];
}

export interface Wallet {
  /** The currency, as its ISO 4217 code. */
  currency: Currency;
  /** The balance in major units; `null` for a key without `wallet:read`. */
  balance: number;
  /** The part of what was spent that may come back: the sum of unknown orders. `null`: too many to add. */
  in_doubt: number | null;
  /** The balance below which you get `wallet.low_balance`; `null`: none. */
  low_balance_threshold: number | null;
}

export interface EntryPage {
  /** The items of this page. */
  data: Entry[];
  /** Pass it as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

export interface Entry {
  /** The id of the entry. */
  id: string;
  /** Its number in the ledger of its currency, without gaps. */
  seq: number;
  /** The currency, as its ISO 4217 code. */
  currency: Currency;
  /** What it is for; empty if it is damaged. */
  kind: EntryKind | '';
  /** In major units: negative where it takes from the wallet. */
  amount: number;
  /** The balance after it; `null` for a key without `wallet:read`. */
  balance_after: number | null;
  /** What it is for, in a sentence. */
  description: string;
  /** The id of the order. */
  order_id?: string;
  /** Your reference of the order, which makes it idempotent. */
  agent_reference?: string;
  /** The id of the top-up. */
  topup_id?: string;
  /** The id of the batch. */
  batch_id?: string;
  /** The fields that are shown empty because they are not what was written. Absent in a sound entry. */
  damaged?: string[];
  /** When it was written; empty if that is damaged. */
  created_at: string | '';
  /** The entry's hash, which fixes all entries before it. */
  hash: string;
  /** The hash of the entry before. */
  previous_hash: string;
}

export type EntryKind = Open<'order' | 'refund' | 'reversal' | 'correction' | 'adjustment' | 'topup' | 'topup_reversal' | 'batch' | 'batch_refund'>;

export interface Verification {
  /** The currency, as its ISO 4217 code. */
  currency: Currency;
  /** Whether everything looked at is sound. */
  verified: boolean;
  /** How many entries. */
  entries: number;
  /** The balance in major units; `null` for a key without `wallet:read`. */
  balance: number | null;
  /** The first entry that is wrong; `null` if none is. */
  first_flaw: Violation | null;
  /** The last signed head, and whether the ledger agrees with it; `null` if there is none yet. */
  head: HeadCheck | null;
  /** Pass it as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

export interface Violation {
  /** The number of the entry. */
  seq: number;
  /** What is wrong with it. */
  what: string;
}

export interface HeadCheck {
  /** The day, in UTC. */
  day: string;
  /** When it was signed. */
  signed_at: string;
  /** How many entries. */
  entries: number;
  /** The balance in major units; `null` for a key without `wallet:read`. */
  balance: number | null;
  /** The entry's hash, which fixes all entries before it. */
  hash: string;
  /** Whether the ledger continues what the head fixed. */
  agrees: boolean;
}

export interface HeadPage {
  /** The key that verifies signatures, as PEM. */
  public_key: string;
  /** The items of this page. */
  data: Head[];
  /** Pass it as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

export interface Head {
  /** The day, in UTC. */
  day: string;
  /** When it was signed. */
  signed_at: string;
  /** The currency, as its ISO 4217 code. */
  currency: Currency;
  /** How many entries. */
  entries: number;
  /** The balance in major units; `null` for a key without `wallet:read`. */
  balance: number | null;
  /** The entry's hash, which fixes all entries before it. */
  hash: string;
  /** The text that the tree has of the wallet. */
  leaf: string;
  /** The hashes beside the path from the leaf to the root. */
  steps: HeadStep[];
  /** The text that was signed. */
  head: string;
  /** Its signature, in base64. */
  signature: string;
}

export interface HeadStep {
  /** On which side of the path it is. */
  side: Open<'left' | 'right'>;
  /** The hash beside the path. */
  hash: string;
}

export interface Statement {
  /** The currency, as its ISO 4217 code. */
  currency: Currency;
  /** A calendar month in UTC. */
  month: string;
  /** The first instant of the month. */
  from: string;
  /** The first instant after the month. */
  to: string;
  /** Whether the month is over. Before, the statement is as of now. */
  closed: boolean;
  /** The balance before the month; `null` for a key without `wallet:read`. */
  opening_balance: number | null;
  /** The balance after it; `null` for a key without `wallet:read`. */
  closing_balance: number | null;
  /** Whether every entry continues the one before. */
  adds_up: boolean;
  /** The first entry that is wrong; `null` if none is. */
  first_flaw: Violation | null;
  /** How many entries. */
  entries: number;
  /** The sums, by kind or by currency. */
  totals: StatementTotal[];
}

export interface StatementTotal {
  /** The kind of entries; empty for those whose kind is damaged. */
  kind: EntryKind | '';
  /** How many. */
  count: number;
  /** Their sum, in major units. */
  amount: number;
}

export interface TopupPage {
  /** The items of this page. */
  data: Topup[];
  /** Pass it as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

export interface TopupInFull {
  /** The id of the top-up. */
  id: string;
  /** Your reference. */
  reference: string;
  /** Its status. */
  status: TopupStatus;
  /** `live`, or `test` where nothing is real. */
  mode: Mode;
  /** In major units. */
  amount: number;
  /** What the payer pays and the wallet gets. */
  charged_amount: number;
  /** The currency, as its ISO 4217 code. */
  currency: Currency;
  /** The page to pay on; `null` before there is one. */
  redirect_url: string | null;
  /** Why it failed; `null` if it did not. */
  failure: TopupFailure | null;
  /** A person of ours asks the provider or the gateway. Present only while that is so. */
  under_review?: true;
  /** When it was created. */
  created_at: string;
  /** When the outcome was decided; `null` before. */
  finalized_at: string | null;
  /** What happened, oldest first. */
  timeline: TopupStep[];
}

export interface TopupStep {
  /** When it happened. */
  at: string;
  /** Its status. */
  status: TopupStatus;
  /** What happened, in one sentence. */
  note: string;
}

export interface ChangedWallet {
  /** The currency, as its ISO 4217 code. */
  currency: Currency;
  /** The balance in major units; `null` for a key without `wallet:read`. */
  balance: number | null;
  /** The balance below which you get `wallet.low_balance`; `null`: none. */
  low_balance_threshold: number | null;
}

export interface TestBalance {
  /** The currency, as its ISO 4217 code. */
  currency: Currency;
  /** What the wallet holds now. */
  balance: number | null;
  /** By how much the balance was changed. */
  adjustment: number | null;
  /** The entry of the ledger; `null` where nothing was changed. */
  entry_id: string | null;
}

export interface EndpointPage {
  /** The items of this page. */
  data: Endpoint[];
  /** Pass it as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

export interface Endpoint {
  /** The id of the endpoint. */
  id: string;
  /** `live`, or `test` where nothing is real. */
  mode: Mode;
  /** Where events are posted; `null` for the built-in endpoint of results and for one that listens. */
  url: string | null;
  /** What it is for, in your words. */
  description: string | null;
  /** The types of events that it gets; an empty list in a request means all. */
  events: Array<EventType | 'airtime.result'>;
  /** Whether it gets events. */
  enabled: boolean;
  /** Since when it gets none; `null` if it does. */
  disabled_at: string | null;
  /** Why it gets none: it failed for days, answered 410, or you asked for it. */
  disabled_reason: Open<'failing' | 'gone' | 'requested'> | null;
  /** Since when it has taken nothing; `null` if it does. */
  failing_since: string | null;
  /** Whether its deliveries are kept for polling, and posted nowhere. */
  listening: boolean;
  /** When a listening endpoint ends; `null` for any other. */
  expires_at: string | null;
  /** Until when each earlier secret still works, newest first. */
  retiring_secrets_until: string[];
  /** When it was created. */
  created_at: string;
  /** Who created it; `null` where that is not known. */
  created_by: Actor | null;
}

export type EventType = Open<'order.success' | 'order.failed' | 'order.unknown' | 'order.reversed' | 'topup.success' | 'topup.failed' | 'topup.reversed' | 'payout.success' | 'payout.failed' | 'wallet.low_balance' | 'batch.completed'>;

export interface EndpointWithSecret {
  /** The id of the endpoint. */
  id: string;
  /** `live`, or `test` where nothing is real. */
  mode: Mode;
  /** Where events are posted; `null` for the built-in endpoint of results. */
  url: string | null;
  /** What it is for, in your words. */
  description: string | null;
  /** The types of events that it gets; an empty list in a request means all. */
  events: Array<EventType | 'airtime.result'>;
  /** Whether it gets events. */
  enabled: boolean;
  /** Since when it gets none; `null` if it does. */
  disabled_at: string | null;
  /** Why it gets none: it failed for days, answered 410, or you asked for it. */
  disabled_reason: Open<'failing' | 'gone' | 'requested'> | null;
  /** Since when it has taken nothing; `null` if it does. */
  failing_since: string | null;
  /** Whether its deliveries are kept for polling, and posted nowhere. */
  listening: boolean;
  /** When a listening endpoint ends; `null` for any other. */
  expires_at: string | null;
  /** Until when each earlier secret still works, newest first. */
  retiring_secrets_until: string[];
  /** When it was created. */
  created_at: string;
  /** Who created it; `null` where that is not known. */
  created_by: Actor | null;
  /** The secret. No other answer shows it. */
  secret: string;
}

export interface DeletedEndpoint {
  /** The id. */
  id: string;
  /** Always `true`. */
  deleted: true;
}

export interface DeliveryInFull {
  /** The id of the delivery. */
  id: string;
  /** The id of the webhook endpoint; `results` is the one for results of single orders. */
  endpoint_id: string;
  /** The id of the event, and its `webhook-id`. */
  event_id: string;
  /** The type of the event. */
  event_type: EventType | 'airtime.result' | 'webhook.test';
  /** Increases with every event about the same thing: the highest is current. */
  sequence: number;
  /** The id of the order. */
  order_id: string | null;
  /** Your reference of the order, which makes it idempotent. */
  agent_reference?: string;
  /** Where it is posted, if that is not its endpoint's URL. */
  url?: string;
  /** Its status. */
  status: DeliveryStatus;
  /** Tries since it was created or last asked for. */
  tries: number;
  /** How often it was asked for again: by a resend, or by a recovery of its endpoint. */
  resends: number;
  /** The HTTP status of the last answer; `null` without one. */
  last_status: number | null;
  /** When it is tried next; `null` if it is not. */
  next_try_at: string | null;
  /** When it was created. */
  created_at: string;
  /** When it was answered with 2xx; `null` before. */
  delivered_at: string | null;
  /** The result of each try, oldest first, of the last twenty. */
  attempts: DeliveryAttempt[];
  /** The body that is posted. */
  event: AnyEvent;
}

export type DeliveryStatus = Open<'pending' | 'delivered' | 'failed' | 'held' | 'kept'>;

export interface DeliveryAttempt {
  /** When it happened. */
  at: string;
  /** How long the answer took. */
  latency_ms: number;
  /** The HTTP status of the answer; `null` without one. */
  status: number | null;
  /** Why there was no answer; `null` if there was one. */
  error: string | null;
  /** The beginning of the answer. */
  excerpt: string | null;
}

export type AnyEvent = OrderEvent | PayoutEvent | TopupEvent | BatchEvent | LowBalanceEvent | TestEvent | PesawayResult;

export interface Recovery {
  /** How many are due again so far. */
  recovered: number;
  /** Whether there are more: they become due by themselves. */
  in_progress: boolean;
  /** How far back it came; `null` when it is done. */
  reached: string | null;
  /** Always `null`: one request is enough. */
  next_cursor: null;
}

export interface DeliveryPage {
  /** The items of this page. */
  data: Delivery[];
  /** Pass it as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

export interface Delivery {
  /** The id of the delivery. */
  id: string;
  /** The id of the webhook endpoint; `results` is the one for results of single orders. */
  endpoint_id: string;
  /** The id of the event, and its `webhook-id`. */
  event_id: string;
  /** The type of the event. */
  event_type: EventType | 'airtime.result' | 'webhook.test';
  /** Increases with every event about the same thing: the highest is current. */
  sequence: number;
  /** The id of the order. */
  order_id: string | null;
  /** Your reference of the order, which makes it idempotent. */
  agent_reference?: string;
  /** Where it is posted, if that is not its endpoint's URL. */
  url?: string;
  /** Its status. */
  status: DeliveryStatus;
  /** Tries since it was created or last asked for. */
  tries: number;
  /** How often it was asked for again: by a resend, or by a recovery of its endpoint. */
  resends: number;
  /** The HTTP status of the last answer; `null` without one. */
  last_status: number | null;
  /** When it is tried next; `null` if it is not. */
  next_try_at: string | null;
  /** When it was created. */
  created_at: string;
  /** When it was answered with 2xx; `null` before. */
  delivered_at: string | null;
}

export interface ListenerWithSecret {
  /** The id of the webhook endpoint; `results` is the one for results of single orders. */
  endpoint_id: string;
  /** `live`, or `test` where nothing is real. */
  mode: Mode;
  /** The types of events that it gets; an empty list in a request means all. */
  event_types: Array<EventType | 'airtime.result'>;
  /** When it was created. */
  created_at: string;
  /** When it ends: an hour after it was started. */
  expires_at: string;
  /** The secret. No other answer shows it. */
  secret: string;
}

export interface PolledPage {
  /** The items of this page. */
  data: PolledDelivery[];
  /** Where to go on with the next request, also where there is nothing yet. */
  next_cursor: string;
}

export interface PolledDelivery {
  /** The id of the delivery. */
  delivery_id: string;
  /** The id of the event, and its `webhook-id`. */
  event_id: string;
  /** The type of the event. */
  event_type: EventType | 'airtime.result' | 'webhook.test';
  /** When it was created. */
  created_at: string;
  /** The headers of a POST, by their names in lower case, signed at this moment. */
  headers: Record<string, string>;
  /** The body of a POST, unchanged: it is what is signed. */
  body: string;
}

export interface NewPreview {
  /** The id of the preview, which is kept for a day. */
  preview_id: string;
  /** When it expires. */
  expires_at: string;
  /** Your reference of the batch, which makes it idempotent; by default from the file. */
  batch_reference: string;
  /** How many rows. */
  rows: number;
  /** How many rows can be sent. */
  valid: number;
  /** How many rows cannot be sent. */
  invalid: number;
  /** How many rows are the same as an earlier one. They are sent too. */
  duplicates: number;
  /** The sums, by kind or by currency. */
  totals: PreviewTotal[];
  /** Whether the wallet covers it; `null` for a key that may not know. */
  is_covered: boolean | null;
  /** The batch that has this reference already; `null` if there is none. */
  existing_batch: BatchName | null;
  /** A batch of the same file; `null` if there is none. */
  same_file_batch: BatchName | null;
  /** The columns that we know, in the order of the file. */
  columns: SheetColumn[];
  /** What separates the cells of a row. */
  separator: string;
  /** The columns that mean nothing to us. */
  ignored_columns: string[];
  /** How the file was read. */
  notes: SheetNote[];
  /** All row results as a CSV, for some minutes. */
  report_url: string;
  /** The items of this page. */
  data: Array<ValidRow | InvalidRow>;
  /** Pass it as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
  /** The problems of all rows, the first hundred. */
  errors: RowError[];
}

export interface PreviewTotal {
  /** The currency, as its ISO 4217 code. */
  currency: Currency;
  /** How many rows. */
  rows: number;
  /** The sum of the rows that can be sent, in major units. */
  total: number;
  /** The balance in major units; `null` for a key without `wallet:read`. */
  balance: number | null;
  /** Whether the wallet covers it; `null` for a key that may not know. */
  is_covered: boolean | null;
}

export interface BatchName {
  /** The id. */
  id: string;
  /** Your reference of the batch, which makes it idempotent; by default from the file. */
  batch_reference: string;
  /** Its status. */
  status: Open<'running' | 'completed' | 'cancelled'>;
  /** When it was created. */
  created_at: string;
}

export interface SheetColumn {
  /** The column, by our name of it. */
  column: string;
  /** Its place in a row, from 1. */
  position: number;
}

export interface SheetNote {
  /** What happened, as a stable code. */
  code: Open<'encoding' | 'decimal_commas' | 'currency_of_wallet'>;
  /** This case in one sentence. Its text may change. */
  detail: string;
}

export interface ValidRow {
  /** The row, as a spreadsheet numbers it: the header is usually 1. */
  row: number;
  /** Its status. */
  status: 'valid';
  /** The number or meter, as it was sent. */
  target: string;
  /** The number in the form of E.164, or the meter; of an erased order a hash. */
  msisdn: string;
  /** The id of the product. */
  product_id: number;
  /** The name of the product. */
  product: string;
  /** The network or utility. */
  network: string;
  /** In major units: 5.5 is five and a half. */
  amount: number;
  /** The currency, as its ISO 4217 code. */
  currency: Currency;
  /** Your reference. */
  reference: string;
  /** The earlier row with the same number and amount. Absent if there is none. */
  same_as_row?: number;
  /** Hints. The order is accepted all the same. */
  warnings?: Warning[];
}

export interface InvalidRow {
  /** The row, as a spreadsheet numbers it: the header is usually 1. */
  row: number;
  /** Its status. */
  status: 'invalid';
  /** The number or meter, as it was sent. */
  target: string;
  /** The text of the cell. */
  amount: string;
  /** Your reference. */
  reference: string | null;
  /** What is wrong with it. */
  errors: CellProblem[];
}

export interface CellProblem {
  /** The column, by our name of it; `row` where it is about the whole row. */
  column: string;
  /** What happened, as a stable code. */
  code: RowProblemCode;
  /** This case in one sentence. Its text may change. */
  detail: string;
  /** What to do about it. */
  fix: string;
}

export interface Preview {
  /** The id of the preview, which is kept for a day. */
  preview_id: string;
  /** When it expires. */
  expires_at: string;
  /** Your reference of the batch, which makes it idempotent; by default from the file. */
  batch_reference: string;
  /** How many rows. */
  rows: number;
  /** How many rows can be sent. */
  valid: number;
  /** How many rows cannot be sent. */
  invalid: number;
  /** How many rows are the same as an earlier one. They are sent too. */
  duplicates: number;
  /** The sums, by kind or by currency. */
  totals: PreviewTotal[];
  /** Whether the wallet covers it; `null` for a key that may not know. */
  is_covered: boolean | null;
  /** The batch that has this reference already; `null` if there is none. */
  existing_batch: BatchName | null;
  /** A batch of the same file; `null` if there is none. */
  same_file_batch: BatchName | null;
  /** The columns that we know, in the order of the file. */
  columns: SheetColumn[];
  /** What separates the cells of a row. */
  separator: string;
  /** The columns that mean nothing to us. */
  ignored_columns: string[];
  /** How the file was read. */
  notes: SheetNote[];
  /** All row results as a CSV, for some minutes. */
  report_url: string;
  /** The items of this page. */
  data: Array<ValidRow | InvalidRow>;
  /** Pass it as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

export interface Upload {
  /** The id of the upload. */
  upload_id: string;
  /** The method to send it with. */
  method: 'PUT';
  /** Where to PUT the file. */
  upload_url: string;
  /** When it expires. */
  expires_at: string;
}

export interface BatchPage {
  /** The items of this page. */
  data: Batch[];
  /** Pass it as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

export interface RowPage {
  /** The items of this page. */
  data: Array<SentRow | LeftOutRow>;
  /** Pass it as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

export interface SentRow {
  /** The row, as a spreadsheet numbers it: the header is usually 1. */
  row: number;
  /** Its status. */
  status: OrderStatus;
  /** Whether the outcome is decided. A final order changes only if a provider takes it back or delivers late. */
  final: boolean;
  /** The number or meter, as it was sent. */
  target: string;
  /** The number in the form of E.164, or the meter; of an erased order a hash. */
  msisdn: string;
  /** The id of the product. */
  product_id: number;
  /** The network or utility. */
  network: string;
  /** In major units: 5.5 is five and a half. */
  amount: number;
  /** The currency, as its ISO 4217 code. */
  currency: Currency;
  /** Your reference of the order, which makes it idempotent. */
  agent_reference: string;
  /** The id of the order. */
  order_id: string | null;
  /** The provider's own reference; `null` until it is known. */
  provider_ref: string | null;
  /** The electricity tokens, in the order in which the meter takes them; empty if all of the amount went to arrears. `null` for a key that may not read orders. */
  tokens?: Token[] | null;
  /** Why it failed; `null` if it did not. */
  failure: Failure | null;
  /** When the outcome was decided; `null` before. */
  finalized_at: string | null;
}

export interface LeftOutRow {
  /** The row, as a spreadsheet numbers it: the header is usually 1. */
  row: number;
  /** Its status. */
  status: 'left_out';
  /** The number or meter, as it was sent. */
  target?: string;
  /** The text of the cell. */
  amount?: string;
  /** What is wrong with it. */
  errors: CellProblem[];
}

export interface CancelledBatch {
  /** The id of the batch. */
  id: string;
  /** Your reference of the batch, which makes it idempotent; by default from the file. */
  batch_reference: string;
  /** Its status. */
  status: BatchStatus;
  /** `live`, or `test` where nothing is real. */
  mode: Mode;
  /** How many rows. */
  rows: number;
  /** How many there are of each status. */
  counts: RowCounts;
  /** The totals by currency. */
  amounts: BatchAmount[];
  /** `all_or_nothing` refuses a file with a bad row; `valid_rows` leaves bad rows out. */
  accept: Accept;
  /** Whether each row has events of its own, beside `batch.completed`. */
  row_webhooks: boolean;
  /** The batch whose failed rows this one sends again. Absent in others. */
  retry_of?: string;
  /** Who sent it. Absent where that is not known, and in events. */
  created_by?: Actor;
  /** When it was created. */
  created_at: string;
  /** When it was cancelled; `null` if it was not. */
  cancelled_at: string | null;
  /** When its last row was decided; `null` before. */
  finished_at: string | null;
  /** About when it ends; `null` where that is not known. */
  estimated_end_at: string | null;
  /** How many rows at most are still being sent. */
  rows_still_sent_max: number;
}

export interface CampaignWithSecret {
  /** The id of the campaign. */
  id: string;
  /** `live`, or `test` where nothing is real. */
  mode: Mode;
  /** Its name. */
  name: string;
  /** The currency, as its ISO 4217 code. */
  currency: Currency;
  /** The id of the product. */
  product_id: number | null;
  /** In major units: 5.5 is five and a half. */
  amount?: number | null;
  /** The least amount of a payout. Absent where `amount` is fixed. */
  min_amount?: number | null;
  /** The largest amount of a payout. Absent where `amount` is fixed. */
  max_amount?: number | null;
  /** What it may spend in all, in major units. */
  budget: number | null;
  /** How many payouts in all; `null`: no limit. */
  max_payouts: number | null;
  /** What it may spend in a day of UTC; `null`: no limit. */
  daily_budget: number | null;
  /** How many payouts in a day of UTC; `null`: no limit. */
  daily_max_payouts: number | null;
  /** From when on it pays; `null`: at once. */
  starts_at: string | null;
  /** Until when it pays; `null`: without an end. */
  ends_at: string | null;
  /** Whether it is paused. */
  paused: boolean;
  /** Whose numbers it pays; an empty list: of every country of its currency. */
  countries: Country[];
  /** Whether it pays each number once. */
  one_per_number: boolean;
  /** Whether a failed payout may be requested again. */
  retry_failed: boolean;
  /** Whether a signature must cover an id and a timestamp. */
  require_timestamp: boolean;
  /** Whether your own key may request payouts, too. */
  allow_api_key: boolean;
  /** What it has spent, in major units. */
  spent: number | null;
  /** What is left of its budget. */
  left: number | null;
  /** How many payouts it has made. */
  payouts: number;
  /** How many more it may make; `null`: no limit. */
  payouts_left: number | null;
  /** The last day with a payout. */
  latest_day: CampaignDay;
  /** Until when each earlier secret still works, newest first. */
  retiring_secrets_until: string[];
  /** When it was created. */
  created_at: string;
  /** Who created it; `null` where that is not known. */
  created_by: Actor | null;
  /** The secret. No other answer shows it. */
  secret: string;
}

export interface CampaignDay {
  /** The day, in UTC. */
  day: string;
  /** What it has spent, in major units. */
  spent: number | null;
  /** How many payouts it has made. */
  payouts: number;
}

export interface CampaignPage {
  /** The items of this page. */
  data: Campaign[];
  /** Pass it as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

export interface Campaign {
  /** The id of the campaign. */
  id: string;
  /** `live`, or `test` where nothing is real. */
  mode: Mode;
  /** Its name. */
  name: string;
  /** The currency, as its ISO 4217 code. */
  currency: Currency;
  /** The id of the product. */
  product_id: number | null;
  /** The amount of every payout. Absent where each request names its own. */
  amount?: number | null;
  /** The least amount of a payout. Absent where `amount` is fixed. */
  min_amount?: number | null;
  /** The largest amount of a payout. Absent where `amount` is fixed. */
  max_amount?: number | null;
  /** What it may spend in all, in major units. */
  budget: number | null;
  /** How many payouts in all; `null`: no limit. */
  max_payouts: number | null;
  /** What it may spend in a day of UTC; `null`: no limit. */
  daily_budget: number | null;
  /** How many payouts in a day of UTC; `null`: no limit. */
  daily_max_payouts: number | null;
  /** From when on it pays; `null`: at once. */
  starts_at: string | null;
  /** Until when it pays; `null`: without an end. */
  ends_at: string | null;
  /** Whether it is paused. */
  paused: boolean;
  /** Whose numbers it pays; an empty list: of every country of its currency. */
  countries: Country[];
  /** Whether it pays each number once. */
  one_per_number: boolean;
  /** Whether a failed payout may be requested again. */
  retry_failed: boolean;
  /** Whether a signature must cover an id and a timestamp. */
  require_timestamp: boolean;
  /** Whether your own key may request payouts, too. */
  allow_api_key: boolean;
  /** What it has spent, in major units. */
  spent: number | null;
  /** What is left of its budget. */
  left: number | null;
  /** How many payouts it has made. */
  payouts: number;
  /** How many more it may make; `null`: no limit. */
  payouts_left: number | null;
  /** The last day with a payout. */
  latest_day: CampaignDay;
  /** Until when each earlier secret still works, newest first. */
  retiring_secrets_until: string[];
  /** When it was created. */
  created_at: string;
  /** Who created it; `null` where that is not known. */
  created_by: Actor | null;
}

export interface CampaignInFull {
  /** The id of the campaign. */
  id: string;
  /** `live`, or `test` where nothing is real. */
  mode: Mode;
  /** Its name. */
  name: string;
  /** The currency, as its ISO 4217 code. */
  currency: Currency;
  /** The id of the product. */
  product_id: number | null;
  /** In major units: 5.5 is five and a half. */
  amount?: number | null;
  /** The least amount of a payout. Absent where `amount` is fixed. */
  min_amount?: number | null;
  /** The largest amount of a payout. Absent where `amount` is fixed. */
  max_amount?: number | null;
  /** What it may spend in all, in major units. */
  budget: number | null;
  /** How many payouts in all; `null`: no limit. */
  max_payouts: number | null;
  /** What it may spend in a day of UTC; `null`: no limit. */
  daily_budget: number | null;
  /** How many payouts in a day of UTC; `null`: no limit. */
  daily_max_payouts: number | null;
  /** From when on it pays; `null`: at once. */
  starts_at: string | null;
  /** Until when it pays; `null`: without an end. */
  ends_at: string | null;
  /** Whether it is paused. */
  paused: boolean;
  /** Whose numbers it pays; an empty list: of every country of its currency. */
  countries: Country[];
  /** Whether it pays each number once. */
  one_per_number: boolean;
  /** Whether a failed payout may be requested again. */
  retry_failed: boolean;
  /** Whether a signature must cover an id and a timestamp. */
  require_timestamp: boolean;
  /** Whether your own key may request payouts, too. */
  allow_api_key: boolean;
  /** What it has spent, in major units. */
  spent: number | null;
  /** What is left of its budget. */
  left: number | null;
  /** How many payouts it has made. */
  payouts: number;
  /** How many more it may make; `null`: no limit. */
  payouts_left: number | null;
  /** The last day with a payout. */
  latest_day: CampaignDay;
  /** Until when each earlier secret still works, newest first. */
  retiring_secrets_until: string[];
  /** When it was created. */
  created_at: string;
  /** Who created it; `null` where that is not known. */
  created_by: Actor | null;
  /** How many there are of each status. */
  counts: PayoutCounts;
}

export interface PayoutCounts {
  /** How many are pending. */
  pending: number;
  /** How many were delivered. */
  success?: number;
  /** How many failed. */
  failed?: number;
  /** How many, or how much in major units, was refunded. */
  refunded?: number;
  /** How many have no known outcome yet. */
  unknown?: number;
  /** How many were taken back. */
  reversed?: number;
}

export interface PayoutPage {
  /** The items of this page. */
  data: Payout[];
  /** Pass it as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

export interface PesawayAcceptance {
  /** What happened, as a stable code. */
  code: PesawayCode;
  /** The `ExternalReference` of the request. */
  OriginatorReference: string | null;
  /** Our id of the order. */
  TransactionID: string | null;
  /** The code in words. */
  ResponseDescription: string;
}

export type PesawayTransaction = PesawaySuccess | PesawayFailure | PesawayPending;

export interface PesawayPending {
  /** 0: delivered; 2001: failed, and refunded; 1001: not decided yet. */
  ResultCode: 1001;
  /** The code in words. */
  ResultDesc: string;
  /** The `ExternalReference` of the request. */
  OriginatorReference: string;
  /** Our id of the order. */
  TransactionID: string;
  /** With two decimals, in every currency. */
  TransactionAmount: string;
}

export interface PesawayBalance {
  /** What happened, as a stable code. */
  code: '200.001';
  /** The code in words. */
  ResponseDescription: string;
  /** The currency; by default that of the region. */
  Currency: Currency;
  /** With two decimals; `null` for a key without `wallet:read`. */
  Balance: string | null;
  /** As `Balance`. */
  AvailableBalance: string | null;
}

export interface PesawayToken {
  /** What happened, as a stable code. */
  code: '200.001';
  /** The token. */
  access_token: string;
  /** Always `Bearer`. */
  token_type: 'Bearer';
  /** How many seconds it is valid. */
  expires_in: number;
  /** When it expires. */
  expires_at: string;
  /** The items of this page. */
  data: PesawayTokenData;
}

export interface PesawayTokenData {
  /** The token. */
  token: string;
  /** When it expires. */
  expires_at: string;
}

export interface Account {
  /** The id of the merchant. */
  merchant_id: string;
  /** The name of the merchant. */
  name: string;
  /** `live`, or `test` where nothing is real. */
  mode: Mode;
  /** Whether live mode accepts orders. */
  live: boolean;
  /** Whether nothing new is accepted or sent in this mode. */
  frozen: boolean;
  /** Since when it is frozen, by whom and why; `null` if it is not. */
  freeze: Freeze | null;
  /** Its freezes: one of its own, one of ours, or both. */
  freezes: Freeze[];
  /** The limits of this mode. */
  limits: Limits;
  /** When it was created. */
  created_at: string;
}

export interface Freeze {
  /** Since when. */
  since: string;
  /** Who did it; `null` where that is not known. */
  by: Actor | null;
  /** Why, in your words. */
  reason: string;
}

export interface Limits {
  /** Orders. */
  orders: Quota;
  /** Look-ups of meters. */
  meter_lookups: Quota;
  /** Test events. */
  test_events: Quota;
  /** Deliveries that are sent again. */
  resends: Quota;
  /** New and rolled keys. */
  new_keys: Quota;
  /** Bytes of files. */
  upload_bytes: Quota;
  /** Webhook endpoints: how many there may be, or those that the key made. */
  endpoints: number;
  /** Campaigns: how many there may be, or those that the key made. */
  campaigns: number;
  /** API keys: how many there may be, or those that the key made. */
  keys: number;
  /** People and invitations together, of both modes: the limit of live holds. */
  members: number;
}

export interface Quota {
  /** So many at once, and as many again in each window. */
  quota: number;
  /** The window. */
  window_seconds: number;
}

export interface KeptRequestPage {
  /** The items of this page. */
  data: KeptRequest[];
  /** Pass it as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
  /** How far back the pages up to this one have looked; `null` at the end. Before it a page may be short, even empty. */
  searched_to: string | null;
}

export interface KeptRequest {
  /** The id of the request, as in `X-Request-Id`. */
  id: string;
  /** When it was created. */
  created_at: string;
  /** The method. */
  method: string;
  /** The path. */
  path: string;
  /** The name of the operation. */
  operation: string;
  /** The status of the answer. */
  status: number;
  /** The code of the refusal; `null` if it was none. */
  code: string | null;
  /** How long the answer took, in milliseconds. */
  duration_ms: number;
  /** The key that sent it; `null` if a person did. */
  key_id: string | null;
  /** Who sent it, if a person did; else `null`. */
  member_id: string | null;
  /** How many requests were not kept before this one, because there were too many at once. */
  left_out_before: number;
}

export interface KeptRequestInFull {
  /** The id of the request, as in `X-Request-Id`. */
  id: string;
  /** When it was created. */
  created_at: string;
  /** The method. */
  method: string;
  /** The path. */
  path: string;
  /** The name of the operation. */
  operation: string;
  /** The status of the answer. */
  status: number;
  /** The code of the refusal; `null` if it was none. */
  code: string | null;
  /** How long the answer took, in milliseconds. */
  duration_ms: number;
  /** The key that sent it; `null` if a person did. */
  key_id: string | null;
  /** Who sent it, if a person did; else `null`. */
  member_id: string | null;
  /** How many requests were not kept before this one, because there were too many at once. */
  left_out_before: number;
  /** The query, as JSON; `null` where it cannot be shown. */
  query: string | null;
  /** The headers that matter. The key is not among them. */
  request_headers: Record<string, string>;
  /** The body as it was sent, without secrets; `null` where it cannot be shown. */
  request_body: string | null;
  /** The size of the body. */
  request_bytes: number;
  /** Whether only the beginning of the body was kept. */
  request_cut: boolean;
  /** The headers of the answer that matter. */
  response_headers: Record<string, string>;
  /** The answer, without secrets; `null` where it cannot be shown. */
  response_body: string | null;
  /** The size of the answer. */
  response_bytes: number;
  /** Whether only the beginning of the answer was kept. */
  response_cut: boolean;
  /** Whether its texts were erased, with a number in them. */
  erased: boolean;
}

export interface NewKey {
  /** The id of the key. */
  id: string;
  /** `live`, or `test` where nothing is real. */
  mode: Mode;
  /** Its name. */
  name: string;
  /** The beginning of its text. */
  prefix: string;
  /** What it may do. */
  scopes: Scope[];
  /** The only addresses that it works from; `null`: from anywhere. */
  allowed_ranges: string[] | null;
  /** Its status. */
  status: KeyStatus;
  /** When it expires. */
  expires_at: string | null;
  /** The hour of its last use; `null` before the first. */
  last_used_at: string | null;
  /** The key that replaces it; `null` if none does. */
  replaced_by: string | null;
  /** When it was created. */
  created_at: string;
  /** Who created it; `null` where that is not known. */
  created_by: Actor | null;
  /** When it was revoked; `null` if it was not. */
  revoked_at: string | null;
  /** The key itself. No other answer shows it. */
  key: string;
}

export type Scope = Open<'orders:write' | 'orders:read' | 'products:read' | 'wallet:read' | 'wallet:write' | 'webhooks:read' | 'webhooks:write' | 'campaigns:read' | 'campaigns:write' | 'account:read' | 'keys:write' | 'audit:read' | 'requests:read' | 'account:freeze' | 'account:write' | 'team:read' | 'team:write'>;

export type KeyStatus = Open<'active' | 'expired' | 'revoked'>;

export interface KeyPage {
  /** The items of this page. */
  data: Key[];
  /** Pass it as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

export interface Key {
  /** The id of the key. */
  id: string;
  /** `live`, or `test` where nothing is real. */
  mode: Mode;
  /** Its name. */
  name: string;
  /** The beginning of its text. */
  prefix: string;
  /** What it may do. */
  scopes: Scope[];
  /** The only addresses that it works from; `null`: from anywhere. */
  allowed_ranges: string[] | null;
  /** Its status. */
  status: KeyStatus;
  /** When it expires. */
  expires_at: string | null;
  /** The hour of its last use; `null` before the first. */
  last_used_at: string | null;
  /** The key that replaces it; `null` if none does. */
  replaced_by: string | null;
  /** When it was created. */
  created_at: string;
  /** Who created it; `null` where that is not known. */
  created_by: Actor | null;
  /** When it was revoked; `null` if it was not. */
  revoked_at: string | null;
}

export interface RevokedKey {
  /** The id of the key. */
  id: string;
  /** `live`, or `test` where nothing is real. */
  mode: Mode;
  /** Its name. */
  name: string;
  /** The beginning of its text. */
  prefix: string;
  /** What it may do. */
  scopes: Scope[];
  /** The only addresses that it works from; `null`: from anywhere. */
  allowed_ranges: string[] | null;
  /** Its status. */
  status: KeyStatus;
  /** When it expires. */
  expires_at: string | null;
  /** The hour of its last use; `null` before the first. */
  last_used_at: string | null;
  /** The key that replaces it; `null` if none does. */
  replaced_by: string | null;
  /** When it was created. */
  created_at: string;
  /** Who created it; `null` where that is not known. */
  created_by: Actor | null;
  /** When it was revoked; `null` if it was not. */
  revoked_at: string | null;
  /** Campaigns: how many there may be, or those that the key made. */
  campaigns: LeftCampaign[];
  /** Webhook endpoints: how many there may be, or those that the key made. */
  endpoints: LeftEndpoint[];
  /** API keys: how many there may be, or those that the key made. */
  keys: LeftKey[];
}

export interface LeftCampaign {
  /** The id of the campaign. */
  id: string;
  /** Its name. */
  name: string;
  /** Whether it is paused. */
  paused: boolean;
}

export interface LeftEndpoint {
  /** The id of the endpoint. */
  id: string;
  /** Where events are posted: public and HTTPS. */
  url: string;
  /** Whether it gets events. */
  enabled: boolean;
}

export interface LeftKey {
  /** The id of the key. */
  id: string;
  /** Its name. */
  name: string;
  /** The beginning of its text. */
  prefix: string;
}

export interface ActPage {
  /** The items of this page. */
  data: Act[];
  /** Pass it as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

export interface Act {
  /** The id. */
  id: string;
  /** When it happened. */
  at: string;
  /** What was done. */
  action: Action;
  /** The id of what it was done to. */
  subject: string;
  /** Who did it; `null` where that is not known. */
  by: Actor | null;
  /** The id of the request; `null` where there was none. */
  request_id: string | null;
  /** From which address; `null` where that is not known. */
  address: string | null;
  /** What it changed, as it was; `null` where it made something. */
  before: Record<string, unknown> | null;
  /** The same afterwards. */
  after: Record<string, unknown> | null;
}

export type Action = Open<'merchant.created' | 'merchant.renamed' | 'member.joined' | 'member.role_changed' | 'member.removed' | 'invitation.created' | 'invitation.revoked' | 'merchant.frozen' | 'merchant.unfrozen' | 'terms.set' | 'key.created' | 'key.rolled' | 'key.revoked' | 'endpoint.created' | 'endpoint.updated' | 'endpoint.deleted' | 'endpoint.secret_rotated' | 'campaign.created' | 'campaign.updated' | 'campaign.paused' | 'campaign.secret_rotated' | 'wallet.threshold_set' | 'wallet.adjusted' | 'wallet.test_balance_set' | 'order.resolved' | 'order.reversed' | 'topup.resolved' | 'number.erased'>;

export interface MemberPage {
  /** The items of this page. */
  data: Member[];
  /** Pass it as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

export interface Member {
  /** The id. */
  id: string;
  /** The e-mail address. */
  email: string;
  /** The role: what the person may do. */
  role: Role;
  /** When they became a member. */
  joined_at: string;
  /** Whether it is who asks. */
  you: boolean;
}

export type Role = Open<'owner' | 'admin' | 'developer' | 'finance' | 'viewer'>;

export interface RemovedMember {
  /** The id. */
  id: string;
  /** Always `true`. */
  removed: true;
  /** The keys that they made and that still work: revoke or roll what they may know. */
  keys: KeyOfMember[];
  /** The webhook endpoints that they made, changed or were shown the secret of. */
  endpoints: EndpointOfMember[];
  /** The campaigns that they made, widened or were shown the secret of. */
  campaigns: CampaignOfMember[];
}

export interface KeyOfMember {
  /** The id. */
  id: string;
  /** `live`, or `test` where nothing is real. */
  mode: Mode;
  /** Its name. */
  name: string;
  /** The beginning of its text. */
  prefix: string;
}

export interface EndpointOfMember {
  /** The id. */
  id: string;
  /** `live`, or `test` where nothing is real. */
  mode: Mode;
  /** Where events are posted: public and HTTPS. */
  url: string;
  /** Whether it gets events. */
  enabled: boolean;
}

export interface CampaignOfMember {
  /** The id. */
  id: string;
  /** `live`, or `test` where nothing is real. */
  mode: Mode;
  /** Its name. */
  name: string;
  /** Whether it is paused. */
  paused: boolean;
}

export interface InvitationPage {
  /** The items of this page. */
  data: Invitation[];
  /** Pass it as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

export interface Invitation {
  /** The id. */
  id: string;
  /** The e-mail address. */
  email: string;
  /** The role: what the person may do. */
  role: Role;
  /** When it was created. */
  created_at: string;
  /** Who created it; `null` where that is not known. */
  created_by: Actor | null;
  /** When it expires. */
  expires_at: string;
}

export interface NewInvitation {
  /** The id. */
  id: string;
  /** The e-mail address. */
  email: string;
  /** The role: what the person may do. */
  role: Role;
  /** When it was created. */
  created_at: string;
  /** Who created it; `null` where that is not known. */
  created_by: Actor | null;
  /** When it expires. */
  expires_at: string;
  /** Whether the link was sent by e-mail. */
  mailed: boolean;
  /** The link, where it was not sent by e-mail: pass it on. No other answer shows it. Else `null`. */
  link: string | null;
}

export interface RevokedInvitation {
  /** The id. */
  id: string;
  /** Always `true`. */
  revoked: true;
}

export interface Notifications {
  /** Where mail to you goes: the address with which you joined. */
  email: string;
  /** Who the mails are from; `null`: this deployment sends none, whatever is chosen. */
  mail_from: string | null;
  /** Whether you get a mail when a balance falls below its threshold. */
  low_balance: boolean;
  /** Whether you get a mail when a webhook endpoint fails for an hour, or is disabled. */
  endpoint_failing: boolean;
  /** Whether you get a mail when all rows of a batch are decided. */
  batch_finished: boolean;
  /** Whether you get a mail when orders go to manual review. */
  orders_under_review: boolean;
  /** Whether you get a mail when a top-up is declined, reversed or under review. */
  topup_problem: boolean;
}

export interface Me {
  /** Who is signed in, by the `sub` of the token. */
  person_id: string;
  /** The businesses of which they are a member, in the order in which they joined. */
  memberships: Membership[];
}

export interface Membership {
  /** The business, for the header `Airtime-Merchant`. */
  merchant_id: string;
  /** The name of the business. */
  business_name: string;
  /** Whether live mode accepts orders. */
  live: boolean;
  /** The id of the member. */
  member_id: string;
  /** The role: what the person may do. */
  role: Role;
  /** What the role may do. */
  scopes: Scope[];
  /** When they became a member. */
  joined_at: string;
}

export interface InvitationPreview {
  /** The name of the business. */
  business_name: string;
  /** The e-mail address. */
  email: string;
  /** The role: what the person may do. */
  role: Role;
  /** The address of who invited; `null` if they are a member no more, or it was one of us. */
  invited_by: string | null;
  /** When it expires. */
  expires_at: string;
}

export interface ServiceHealth {
  /** Always `ok`: what is not answers 5xx. */
  status: 'ok';
  /** When it happened. */
  at: string;
}

export interface ServiceStatus {
  /** `degraded` while a provider is slow, its orders are held, or our own test orders fail. */
  status: Open<'ok' | 'degraded'>;
  /** When it happened. */
  at: string;
  /** What we try ourselves, every five minutes. */
  components: ComponentStatus[];
  /** The providers of live orders. */
  providers: ProviderStatus[];
}

export interface ComponentStatus {
  /** `orders`: a test order, the same one again, its ledger entry and its webhook. */
  component: 'orders';
  /** `up`; `slow`; `held`: its orders wait; `off`: it is not used. */
  state: ComponentState;
  /** From when on, as a date or an instant. */
  since: string | null;
  /** When it was last tried; `null` where it never was. */
  checked_at: string | null;
}

export type ComponentState = Open<'up' | 'down' | 'unknown'>;

export interface ProviderStatus {
  /** Its name. */
  provider: Open<'hotrecharge' | 'pesaway' | 'sandbox'>;
  /** `up`; `slow`; `held`: its orders wait; `off`: it is not used. */
  state: ProviderState;
  /** Since when; `null` where that is not known. */
  since: string | null;
  /** The networks that it serves, each with its country. */
  networks: string[];
}

export type ProviderState = Open<'up' | 'slow' | 'held' | 'off'>;

/** What each operation takes and answers. */
export interface Operations {
  /**
   * Lists orders, newest first.
   *
   * Needs the scope `orders:read`.
   */
  listOrders: {
    path: Record<never, never>;
    query: {
      /** The most items of a page. */
      limit?: number | undefined;
      /** `next_cursor` of the page before, with the same filters. */
      cursor?: string | undefined;
      /** Only orders with this status. */
      status?: 'pending' | 'success' | 'failed' | 'refunded' | 'unknown' | 'reversed' | undefined;
      /** Only orders of this product. */
      product_id?: string | undefined;
      /** Only orders to this number or meter, in any format. */
      target?: string | undefined;
      /** Only orders of this batch. */
      batch_id?: string | undefined;
      /** Only payouts of this campaign. */
      campaign_id?: string | undefined;
      /** Only orders that this key placed, also as rows of its batches. */
      key_id?: string | undefined;
      /** Only orders that this member placed, also as rows of their batches. */
      member_id?: string | undefined;
      /** From this date or instant on, which is included. */
      from?: string | undefined;
      /** Up to this date or instant, which is not included. */
      to?: string | undefined;
    };
    body: undefined;
    answer: OrderPage;
  };
  /**
   * Sends a recharge. Idempotent on agent_reference.
   *
   * Needs the scope `orders:write`.
   */
  createOrder: {
    path: Record<never, never>;
    query: Record<never, never>;
    body: CreateOrderBody;
    answer: PlacedOrder;
  };
  /**
   * Returns what the orders of each day came to: how many and how much, by network, kind and status.
   *
   * Needs the scope `orders:read`.
   */
  getFigures: {
    path: Record<never, never>;
    query: {
      /** The first day, in UTC; by default thirty days up to the last. */
      from?: string | undefined;
      /** The last day, in UTC, at most 91 days later; today by default. */
      to?: string | undefined;
    };
    body: undefined;
    answer: Figures;
  };
  /**
   * Returns one order with its timeline.
   *
   * Needs the scope `orders:read`.
   */
  getOrder: {
    path: {
      /** The `agent_reference` of the order, or its id. */
      agent_reference: string;
    };
    query: Record<never, never>;
    body: undefined;
    answer: OrderInFull;
  };
  /**
   * Makes the sandbox's next answer about a test order due, and handles it.
   *
   * Needs the scope `orders:write`.
   */
  advanceOrder: {
    path: {
      /** Your reference of the order, which makes it idempotent. */
      agent_reference: string;
    };
    query: {
      /** `final` for all answers up to the one that decides the order; left out, the next one. */
      to?: 'final' | undefined;
    };
    body: undefined;
    answer: OrderInFull;
  };
  /**
   * Looks up a phone number or meter, and the products that can be sent to it.
   *
   * Needs the scope `products:read`.
   */
  getTarget: {
    path: {
      /** A phone number or a meter number, in any format. */
      target: string;
    };
    query: {
      /** Whose number it is if it has no calling code; Zimbabwe by default. */
      country?: 'ZW' | 'KE' | 'UG' | 'TZ' | undefined;
    };
    body: undefined;
    answer: Target;
  };
  /**
   * Lists the products that can be sent, by country, with their amounts.
   *
   * Needs the scope `products:read`.
   */
  listProducts: {
    path: Record<never, never>;
    query: {
      /** Only products of this country. */
      country?: 'ZW' | 'KE' | 'UG' | 'TZ' | undefined;
      /** Only products of this kind. */
      kind?: 'airtime' | 'data' | 'zesa' | undefined;
      /** Only products of this network, in any case. */
      network?: string | undefined;
    };
    body: undefined;
    answer: ProductPage;
  };
  /**
   * Returns the balance of each currency.
   *
   * Needs the scope `wallet:read`.
   */
  getWallet: {
    path: Record<never, never>;
    query: Record<never, never>;
    body: undefined;
    answer: Wallets;
  };
  /**
   * Lists ledger entries, newest first.
   *
   * Needs the scope `wallet:read`.
   */
  listLedger: {
    path: Record<never, never>;
    query: {
      /** The most items of a page. */
      limit?: number | undefined;
      /** `next_cursor` of the page before, with the same filters. */
      cursor?: string | undefined;
      /** Only entries of this wallet. */
      currency?: string | undefined;
      /** Only entries of this kind. */
      kind?: 'order' | 'refund' | 'reversal' | 'correction' | 'adjustment' | 'topup' | 'topup_reversal' | 'batch' | 'batch_refund' | undefined;
      /** From this date or instant on, which is included. */
      from?: string | undefined;
      /** Up to this date or instant, which is not included. */
      to?: string | undefined;
    };
    body: undefined;
    answer: EntryPage;
  };
  /**
   * Exports ledger entries as CSV, oldest first.
   *
   * Needs the scope `wallet:read`.
   */
  exportLedger: {
    path: Record<never, never>;
    query: {
      /** The currency, as its ISO 4217 code. */
      currency: string;
      /** Only entries of this kind. */
      kind?: 'order' | 'refund' | 'reversal' | 'correction' | 'adjustment' | 'topup' | 'topup_reversal' | 'batch' | 'batch_refund' | undefined;
      /** From this date or instant on, which is included. */
      from?: string | undefined;
      /** Up to this date or instant, which is not included. */
      to?: string | undefined;
      /** `next_cursor` of the page before, with the same filters. */
      cursor?: string | undefined;
    };
    body: undefined;
    answer: string;
  };
  /**
   * Verifies the hash chain of a wallet against the last signed head, or names its first invalid entry.
   *
   * Needs the scope `wallet:read`.
   */
  verifyLedger: {
    path: Record<never, never>;
    query: {
      /** The currency, as its ISO 4217 code. */
      currency: string;
      /** `next_cursor` of the page before, with the same filters. */
      cursor?: string | undefined;
    };
    body: undefined;
    answer: Verification;
  };
  /**
   * Lists the signed heads of a wallet's ledger, oldest first, with what anybody needs to check them.
   *
   * Needs the scope `wallet:read`.
   */
  listHeads: {
    path: Record<never, never>;
    query: {
      /** The currency, as its ISO 4217 code. */
      currency: string;
      /** The most items of a page. */
      limit?: number | undefined;
      /** `next_cursor` of the page before, with the same filters. */
      cursor?: string | undefined;
      /** From this day on; a month ago by default. */
      from?: string | undefined;
    };
    body: undefined;
    answer: HeadPage;
  };
  /**
   * Returns a monthly statement: opening and closing balance, totals by kind.
   *
   * Needs the scope `wallet:read`.
   */
  getStatement: {
    path: Record<never, never>;
    query: {
      /** The currency, as its ISO 4217 code. */
      currency: string;
      /** A calendar month in UTC. */
      month: string;
    };
    body: undefined;
    answer: Statement;
  };
  /**
   * Lists top-ups, newest first.
   *
   * Needs the scope `wallet:read`.
   */
  listTopups: {
    path: Record<never, never>;
    query: {
      /** The most items of a page. */
      limit?: number | undefined;
      /** `next_cursor` of the page before, with the same filters. */
      cursor?: string | undefined;
    };
    body: undefined;
    answer: TopupPage;
  };
  /**
   * Starts a top-up and returns the payment page. Idempotent on reference.
   *
   * Needs the scope `wallet:write`.
   */
  startTopup: {
    path: Record<never, never>;
    query: Record<never, never>;
    body: StartTopupBody;
    answer: Topup;
  };
  /**
   * Returns one top-up with its timeline.
   *
   * Needs the scope `wallet:read`.
   */
  getTopup: {
    path: {
      /** The id of the top-up, or its `reference`. */
      topup_id: string;
    };
    query: Record<never, never>;
    body: undefined;
    answer: TopupInFull;
  };
  /**
   * Sets the threshold of the low-balance warning.
   *
   * Needs the scope `wallet:write`.
   */
  updateWallet: {
    path: {
      /** The currency, as its ISO 4217 code. */
      currency: string;
    };
    query: Record<never, never>;
    body: UpdateWalletBody;
    answer: ChangedWallet;
  };
  /**
   * Sets the balance of a test wallet, by an adjustment in its ledger.
   *
   * Needs the scope `wallet:write`.
   */
  setTestBalance: {
    path: Record<never, never>;
    query: Record<never, never>;
    body: SetTestBalanceBody;
    answer: TestBalance;
  };
  /**
   * Lists webhook endpoints with their health.
   *
   * Needs the scope `webhooks:read`.
   */
  listEndpoints: {
    path: Record<never, never>;
    query: Record<never, never>;
    body: undefined;
    answer: EndpointPage;
  };
  /**
   * Creates a webhook endpoint. Its secret is shown once.
   *
   * Needs the scope `webhooks:write`.
   */
  createEndpoint: {
    path: Record<never, never>;
    query: Record<never, never>;
    body: CreateEndpointBody;
    answer: EndpointWithSecret;
  };
  /**
   * Returns one webhook endpoint.
   *
   * Needs the scope `webhooks:read`.
   */
  getEndpoint: {
    path: {
      /** The id of the webhook endpoint; `results` is the one for results of single orders. */
      endpoint_id: string;
    };
    query: Record<never, never>;
    body: undefined;
    answer: Endpoint;
  };
  /**
   * Changes the URL or events of a webhook endpoint, enables or disables it.
   *
   * Needs the scope `webhooks:write`.
   */
  updateEndpoint: {
    path: {
      /** The id of the webhook endpoint; `results` is the one for results of single orders. */
      endpoint_id: string;
    };
    query: Record<never, never>;
    body: UpdateEndpointBody | undefined;
    answer: Endpoint;
  };
  /**
   * Deletes a webhook endpoint.
   *
   * Needs the scope `webhooks:write`.
   */
  deleteEndpoint: {
    path: {
      /** The id of the webhook endpoint; `results` is the one for results of single orders. */
      endpoint_id: string;
    };
    query: Record<never, never>;
    body: undefined;
    answer: DeletedEndpoint;
  };
  /**
   * Rotates the secret of a webhook endpoint. The new one is shown once; the old one also signs during the overlap.
   *
   * Needs the scope `webhooks:write`.
   */
  rotateSecret: {
    path: {
      /** The id of the webhook endpoint; `results` is the one for results of single orders. */
      endpoint_id: string;
    };
    query: Record<never, never>;
    body: RotateSecretBody | undefined;
    answer: EndpointWithSecret;
  };
  /**
   * Sends a test event now and returns the result.
   *
   * Needs the scope `webhooks:write`.
   */
  testEndpoint: {
    path: {
      /** The id of the webhook endpoint; `results` is the one for results of single orders. */
      endpoint_id: string;
    };
    query: Record<never, never>;
    body: TestEndpointBody | undefined;
    answer: DeliveryInFull;
  };
  /**
   * Sends all failed and held deliveries of an endpoint since a given time again.
   *
   * Needs the scope `webhooks:write`.
   */
  recoverDeliveries: {
    path: {
      /** The id of the webhook endpoint; `results` is the one for results of single orders. */
      endpoint_id: string;
    };
    query: Record<never, never>;
    body: RecoverDeliveriesBody;
    answer: Recovery;
  };
  /**
   * Lists webhook deliveries, newest first.
   *
   * Needs the scope `webhooks:read`.
   */
  listDeliveries: {
    path: Record<never, never>;
    query: {
      /** The most items of a page. */
      limit?: number | undefined;
      /** `next_cursor` of the page before, with the same filters. */
      cursor?: string | undefined;
      /** Only deliveries to this endpoint. */
      endpoint_id?: string | undefined;
      /** Only deliveries about this order. */
      order_id?: string | undefined;
      /** Only deliveries with this status. */
      status?: 'pending' | 'delivered' | 'failed' | 'held' | 'kept' | undefined;
      /** From this date or instant on, which is included. */
      from?: string | undefined;
    };
    body: undefined;
    answer: DeliveryPage;
  };
  /**
   * Returns one delivery: its event, attempts and next retry.
   *
   * Needs the scope `webhooks:read`.
   */
  getDelivery: {
    path: {
      /** The id of the delivery. */
      delivery_id: string;
    };
    query: Record<never, never>;
    body: undefined;
    answer: DeliveryInFull;
  };
  /**
   * Sends one delivery again now and returns the result.
   *
   * Needs the scope `webhooks:write`.
   */
  resendDelivery: {
    path: {
      /** The id of the delivery. */
      delivery_id: string;
    };
    query: Record<never, never>;
    body: undefined;
    answer: DeliveryInFull;
  };
  /**
   * Starts a listening endpoint: what it gets within an hour is kept for polling.
   *
   * Needs the scope `webhooks:write`.
   */
  createListener: {
    path: Record<never, never>;
    query: Record<never, never>;
    body: CreateListenerBody | undefined;
    answer: ListenerWithSecret;
  };
  /**
   * Returns what a listening endpoint got after a cursor, oldest first.
   *
   * Needs the scope `webhooks:read`.
   */
  pollDeliveries: {
    path: {
      /** The id of the webhook endpoint; `results` is the one for results of single orders. */
      endpoint_id: string;
    };
    query: {
      /** The most items of a page. */
      limit?: number | undefined;
      /** `next_cursor` of the page before, with the same filters. */
      cursor?: string | undefined;
    };
    body: undefined;
    answer: PolledPage;
  };
  /**
   * Checks a CSV and shows the result of each row. Nothing is sent.
   *
   * Needs the scope `orders:read`.
   */
  previewBulk: {
    path: Record<never, never>;
    query: {
      /** The id of the upload. */
      upload_id?: string | undefined;
      /** The id of the product. */
      product_id?: number | string | undefined;
      /** The currency, as its ISO 4217 code. */
      currency?: string | undefined;
      /** Your reference of the batch, which makes it idempotent; by default from the file. */
      batch_reference?: string | undefined;
    };
    body: PreviewBulkBody;
    answer: NewPreview;
  };
  /**
   * Returns a preview and its rows, page by page.
   *
   * Needs the scope `orders:read`.
   */
  getPreview: {
    path: {
      /** The id of the preview, which is kept for a day. */
      preview_id: string;
    };
    query: {
      /** The most items of a page. */
      limit?: number | undefined;
      /** `next_cursor` of the page before, with the same filters. */
      cursor?: string | undefined;
      /** Only valid or only invalid rows. */
      status?: 'valid' | 'invalid' | undefined;
    };
    body: undefined;
    answer: Preview;
  };
  /**
   * Returns a URL to upload a large CSV to.
   *
   * Needs the scope `orders:write`.
   */
  createUpload: {
    path: Record<never, never>;
    query: Record<never, never>;
    body: CreateUploadBody;
    answer: Upload;
  };
  /**
   * Returns a CSV template.
   *
   * Needs the scope `products:read`.
   */
  getBulkTemplate: {
    path: Record<never, never>;
    query: Record<never, never>;
    body: undefined;
    answer: string;
  };
  /**
   * Lists batches, newest first.
   *
   * Needs the scope `orders:read`.
   */
  listBulk: {
    path: Record<never, never>;
    query: {
      /** The most items of a page. */
      limit?: number | undefined;
      /** `next_cursor` of the page before, with the same filters. */
      cursor?: string | undefined;
    };
    body: undefined;
    answer: BatchPage;
  };
  /**
   * Creates a batch: pays for all rows at once, then sends them. Idempotent on batch_reference.
   *
   * Needs the scope `orders:write`.
   */
  createBulk: {
    path: Record<never, never>;
    query: {
      /** The id of the upload. */
      upload_id?: string | undefined;
      /** The id of the product. */
      product_id?: number | string | undefined;
      /** The currency, as its ISO 4217 code. */
      currency?: string | undefined;
      /** The id of the preview, which is kept for a day. */
      preview_id?: string | undefined;
      /** Your reference of the batch, which makes it idempotent; by default from the file. */
      batch_reference?: string | undefined;
      /** `all_or_nothing` refuses a file with a bad row; `valid_rows` leaves bad rows out. */
      accept?: 'all_or_nothing' | 'valid_rows' | undefined;
      /** Whether each row has events of its own, beside `batch.completed`. */
      row_webhooks?: boolean | 'true' | 'false' | undefined;
    };
    body: CreateBulkBody;
    answer: Batch;
  };
  /**
   * Returns one batch with its progress, amounts and refunds.
   *
   * Needs the scope `orders:read`.
   */
  getBulk: {
    path: {
      /** The id of the batch. */
      batch_id: string;
    };
    query: Record<never, never>;
    body: undefined;
    answer: Batch;
  };
  /**
   * Lists the rows of a batch and their status, as JSON or CSV.
   *
   * Needs the scope `orders:read`.
   */
  listBulkRows: {
    path: {
      /** The id of the batch. */
      batch_id: string;
    };
    query: {
      /** The most items of a page. */
      limit?: number | undefined;
      /** `next_cursor` of the page before, with the same filters. */
      cursor?: string | undefined;
      /** Only rows with this status. */
      status?: 'pending' | 'success' | 'failed' | 'refunded' | 'unknown' | 'reversed' | 'left_out' | undefined;
      /** `json`, or `csv` for a file in parts that a Link header names. */
      format?: 'json' | 'csv' | undefined;
    };
    body: undefined;
    answer: RowPage;
  };
  /**
   * Cancels a batch: rows that were not sent yet are stopped and refunded.
   *
   * Needs the scope `orders:write`.
   */
  cancelBulk: {
    path: {
      /** The id of the batch. */
      batch_id: string;
    };
    query: Record<never, never>;
    body: undefined;
    answer: CancelledBatch;
  };
  /**
   * Creates a new batch of the rows that failed.
   *
   * Needs the scope `orders:write`.
   */
  retryBulk: {
    path: {
      /** The id of the batch. */
      batch_id: string;
    };
    query: Record<never, never>;
    body: undefined;
    answer: Batch;
  };
  /**
   * Lists campaigns, newest first.
   *
   * Needs the scope `campaigns:read`.
   */
  listCampaigns: {
    path: Record<never, never>;
    query: {
      /** The most items of a page. */
      limit?: number | undefined;
      /** `next_cursor` of the page before, with the same filters. */
      cursor?: string | undefined;
    };
    body: undefined;
    answer: CampaignPage;
  };
  /**
   * Creates a campaign. Its secret is shown once.
   *
   * Needs the scope `campaigns:write` and `orders:write`.
   */
  createCampaign: {
    path: Record<never, never>;
    query: Record<never, never>;
    body: CreateCampaignBody;
    answer: CampaignWithSecret;
  };
  /**
   * Returns one campaign: its terms, spending and payouts by status.
   *
   * Needs the scope `campaigns:read`.
   */
  getCampaign: {
    path: {
      /** The id of the campaign. */
      campaign_id: string;
    };
    query: Record<never, never>;
    body: undefined;
    answer: CampaignInFull;
  };
  /**
   * Changes the terms of a campaign, pauses or resumes it.
   *
   * Needs the scope `campaigns:write`.
   */
  updateCampaign: {
    path: {
      /** The id of the campaign. */
      campaign_id: string;
    };
    query: Record<never, never>;
    body: UpdateCampaignBody | undefined;
    answer: Campaign;
  };
  /**
   * Rotates the secret of a campaign. The new one is shown once; the old one stays valid during the overlap.
   *
   * Needs the scope `campaigns:write` and `orders:write`.
   */
  rotateCampaignSecret: {
    path: {
      /** The id of the campaign. */
      campaign_id: string;
    };
    query: Record<never, never>;
    body: RotateCampaignSecretBody | undefined;
    answer: CampaignWithSecret;
  };
  /**
   * Lists the payouts of a campaign, newest first, as JSON or CSV.
   *
   * Needs the scope `campaigns:read`.
   */
  listPayouts: {
    path: {
      /** The id of the campaign. */
      campaign_id: string;
    };
    query: {
      /** Only payouts with this status. */
      status?: 'pending' | 'success' | 'failed' | 'refunded' | 'unknown' | 'reversed' | undefined;
      /** `json`, or `csv` for a file in parts that a Link header names. */
      format?: 'json' | 'csv' | undefined;
      /** The most items of a page. */
      limit?: number | undefined;
      /** `next_cursor` of the page before, with the same filters. */
      cursor?: string | undefined;
    };
    body: undefined;
    answer: PayoutPage;
  };
  /** Pays a respondent once. Authenticated by a signature with the campaign's secret. */
  createPayout: {
    path: {
      /** The id of the campaign. */
      campaign_id: string;
    };
    query: Record<never, never>;
    body: CreatePayoutBody;
    answer: Payout;
  };
  /**
   * PesaWay-compatible send-airtime for ke, ug and tz. Idempotent on ExternalReference.
   *
   * Needs the scope `orders:write`.
   */
  sendAirtime: {
    path: Record<never, never>;
    query: Record<never, never>;
    body: SendAirtimeBody;
    answer: PesawayAcceptance;
  };
  /**
   * PesaWay-compatible transaction query.
   *
   * Needs the scope `orders:read`.
   */
  queryTransactionByGet: {
    path: Record<never, never>;
    query: {
      /** The `ExternalReference` of the request, in the body or the query. */
      TransactionReference?: string | number | undefined;
    };
    body: undefined;
    answer: PesawayTransaction;
  };
  /**
   * PesaWay-compatible transaction query.
   *
   * Needs the scope `orders:read`.
   */
  queryTransaction: {
    path: Record<never, never>;
    query: {
      /** The `ExternalReference` of the request, in the body or the query. */
      TransactionReference?: string | number | undefined;
    };
    body: QueryTransactionBody | undefined;
    answer: PesawayTransaction;
  };
  /**
   * PesaWay-compatible account balance.
   *
   * Needs the scope `wallet:read`.
   */
  getAccountBalance: {
    path: Record<never, never>;
    query: {
      /** Not looked at. */
      MerchantCode?: string | number | null | undefined;
      /** The currency; by default that of the region. */
      Currency?: string | number | null | undefined;
    };
    body: undefined;
    answer: PesawayBalance;
  };
  /**
   * PesaWay-compatible account balance.
   *
   * Needs the scope `wallet:read`.
   */
  getAccountBalanceByPost: {
    path: Record<never, never>;
    query: {
      /** Not looked at. */
      MerchantCode?: string | number | null | undefined;
      /** The currency; by default that of the region. */
      Currency?: string | number | null | undefined;
    };
    body: GetAccountBalanceBody | undefined;
    answer: PesawayBalance;
  };
  /** PesaWay-compatible log-in: exchanges a key's id and the key for a bearer token valid for an hour. */
  issueToken: {
    path: Record<never, never>;
    query: Record<never, never>;
    body: IssueTokenBody;
    answer: PesawayToken;
  };
  /**
   * Returns the merchant's state and limits.
   *
   * Needs the scope `account:read`.
   */
  getAccount: {
    path: Record<never, never>;
    query: Record<never, never>;
    body: undefined;
    answer: Account;
  };
  /**
   * Gives the business another name.
   *
   * Needs the scope `team:write`.
   */
  updateAccount: {
    path: Record<never, never>;
    query: Record<never, never>;
    body: UpdateAccountBody;
    answer: Account;
  };
  /**
   * Freezes the merchant in the key's mode: nothing new is accepted, and nothing is sent.
   *
   * Needs the scope `account:freeze`.
   */
  freezeAccount: {
    path: Record<never, never>;
    query: Record<never, never>;
    body: FreezeAccountBody;
    answer: Account;
  };
  /**
   * Unfreezes the merchant in the key's mode: what was held is sent.
   *
   * Needs the scope `account:write`.
   */
  unfreezeAccount: {
    path: Record<never, never>;
    query: Record<never, never>;
    body: UnfreezeAccountBody;
    answer: Account;
  };
  /**
   * Lists requests that were refused, failed or changed settings, newest first.
   *
   * Needs the scope `requests:read`.
   */
  listRequests: {
    path: Record<never, never>;
    query: {
      /** A status, such as 422, or a class, such as 4xx. */
      status?: string | undefined;
      /** The path. */
      path?: string | undefined;
      /** The name of the operation. */
      operation?: string | undefined;
      /** Only refusals with this code. */
      code?: string | undefined;
      /** The id of the API key. */
      key_id?: string | undefined;
      /** Only requests of this member. */
      member_id?: string | undefined;
      /** From this date or instant on, which is included. */
      from?: string | undefined;
      /** Up to this date or instant, which is not included. */
      to?: string | undefined;
      /** The most items of a page. */
      limit?: number | undefined;
      /** `next_cursor` of the page before, with the same filters. */
      cursor?: string | undefined;
    };
    body: undefined;
    answer: KeptRequestPage;
  };
  /**
   * Returns a request of the log with what was sent and answered, without secrets.
   *
   * Needs the scope `requests:read`.
   */
  getRequest: {
    path: {
      /** The id of the request; `null` where there was none. */
      request_id: string;
    };
    query: Record<never, never>;
    body: undefined;
    answer: KeptRequestInFull;
  };
  /**
   * Lists API keys, never their secret.
   *
   * Needs the scope `keys:write`.
   */
  listKeys: {
    path: Record<never, never>;
    query: {
      /** The most keys of a page. Without it: a thousand. */
      limit?: number | undefined;
      /** `next_cursor` of the page before, with the same filters. */
      cursor?: string | undefined;
    };
    body: undefined;
    answer: KeyPage;
  };
  /**
   * Creates an API key with a part of the powers of the calling one. It is shown once.
   *
   * Needs the scope `keys:write`.
   */
  createKey: {
    path: Record<never, never>;
    query: Record<never, never>;
    body: CreateKeyBody;
    answer: NewKey;
  };
  /**
   * Revokes an API key, pauses its campaigns, and lists what it made.
   *
   * Needs the scope `keys:write`.
   */
  revokeKey: {
    path: {
      /** The id of the API key. */
      key_id: string;
    };
    query: Record<never, never>;
    body: RevokeKeyBody | undefined;
    answer: RevokedKey;
  };
  /**
   * Replaces an API key by a new one, which is shown once; the old one works during the overlap.
   *
   * Needs the scope `keys:write`.
   */
  rollKey: {
    path: {
      /** The id of the API key. */
      key_id: string;
    };
    query: Record<never, never>;
    body: RollKeyBody | undefined;
    answer: NewKey;
  };
  /**
   * Lists what was changed, by whom and from where, newest first.
   *
   * Needs the scope `audit:read`.
   */
  listAudit: {
    path: Record<never, never>;
    query: {
      /** Only acts of this kind. */
      action?: 'merchant.created' | 'merchant.renamed' | 'member.joined' | 'member.role_changed' | 'member.removed' | 'invitation.created' | 'invitation.revoked' | 'merchant.frozen' | 'merchant.unfrozen' | 'terms.set' | 'key.created' | 'key.rolled' | 'key.revoked' | 'endpoint.created' | 'endpoint.updated' | 'endpoint.deleted' | 'endpoint.secret_rotated' | 'campaign.created' | 'campaign.updated' | 'campaign.paused' | 'campaign.secret_rotated' | 'wallet.threshold_set' | 'wallet.adjusted' | 'wallet.test_balance_set' | 'order.resolved' | 'order.reversed' | 'topup.resolved' | 'number.erased' | undefined;
      /** The id of what it was done to. */
      subject?: string | undefined;
      /** Only acts of this key. */
      key_id?: string | undefined;
      /** Only acts of this member. */
      member_id?: string | undefined;
      /** From this date or instant on, which is included. */
      from?: string | undefined;
      /** Up to this date or instant, which is not included. */
      to?: string | undefined;
      /** The most items of a page. */
      limit?: number | undefined;
      /** `next_cursor` of the page before, with the same filters. */
      cursor?: string | undefined;
    };
    body: undefined;
    answer: ActPage;
  };
  /**
   * Lists the people of the business with their roles.
   *
   * Needs the scope `team:read`.
   */
  listMembers: {
    path: Record<never, never>;
    query: Record<never, never>;
    body: undefined;
    answer: MemberPage;
  };
  /**
   * Gives a member another role.
   *
   * Needs the scope `team:write`.
   */
  updateMember: {
    path: {
      /** The id of the member. */
      member_id: string;
    };
    query: Record<never, never>;
    body: UpdateMemberBody;
    answer: Member;
  };
  /**
   * Removes a member, or lets the caller leave; lists what they made.
   *
   * Needs the scope `team:read`.
   */
  removeMember: {
    path: {
      /** The id of the member. */
      member_id: string;
    };
    query: Record<never, never>;
    body: undefined;
    answer: RemovedMember;
  };
  /**
   * Lists the invitations that wait.
   *
   * Needs the scope `team:write`.
   */
  listInvitations: {
    path: Record<never, never>;
    query: Record<never, never>;
    body: undefined;
    answer: InvitationPage;
  };
  /**
   * Invites somebody by e-mail to a role; where no mail can be sent, the link is in the answer.
   *
   * Needs the scope `team:write`.
   */
  createInvitation: {
    path: Record<never, never>;
    query: Record<never, never>;
    body: CreateInvitationBody;
    answer: NewInvitation;
  };
  /**
   * Revokes an invitation.
   *
   * Needs the scope `team:write`.
   */
  revokeInvitation: {
    path: {
      /** The id of the invitation. */
      invitation_id: string;
    };
    query: Record<never, never>;
    body: undefined;
    answer: RevokedInvitation;
  };
  /**
   * Returns what is mailed to whoever is signed in, in this mode, and to which address.
   *
   * Needs the scope `team:read`.
   */
  getNotifications: {
    path: Record<never, never>;
    query: Record<never, never>;
    body: undefined;
    answer: Notifications;
  };
  /**
   * Turns mails to whoever is signed in on or off, in this mode.
   *
   * Needs the scope `team:read`.
   */
  updateNotifications: {
    path: Record<never, never>;
    query: Record<never, never>;
    body: UpdateNotificationsBody | undefined;
    answer: Notifications;
  };
  /** Returns the businesses of whoever is signed in, with their role in each. */
  getMe: {
    path: Record<never, never>;
    query: Record<never, never>;
    body: undefined;
    answer: Me;
  };
  /** Signs up: a new business in test mode, with play money, whose owner is who is signed in. */
  createBusiness: {
    path: Record<never, never>;
    query: Record<never, never>;
    body: CreateBusinessBody;
    answer: Membership;
  };
  /** Shows what an invitation is to, by its token, to whoever may accept it. */
  previewInvitation: {
    path: Record<never, never>;
    query: Record<never, never>;
    body: PreviewInvitationBody;
    answer: InvitationPreview;
  };
  /** Makes whoever is signed in a member, by the token of an invitation to their address. */
  acceptInvitation: {
    path: Record<never, never>;
    query: Record<never, never>;
    body: AcceptInvitationBody;
    answer: Membership;
  };
  /** Says whether the API and its database answer. */
  getHealth: {
    path: Record<never, never>;
    query: Record<never, never>;
    body: undefined;
    answer: ServiceHealth;
  };
  /** Returns the state of each provider, since when it is so, and the networks that it serves. */
  getStatus: {
    path: Record<never, never>;
    query: Record<never, never>;
    body: undefined;
    answer: ServiceStatus;
  };
}

export type OperationId = keyof Operations;

/** The method and the path of each operation. */
export const OPERATIONS = {
  listOrders: ['GET', '/api/v1/orders'],
  createOrder: ['POST', '/api/v1/orders'],
  getFigures: ['GET', '/api/v1/figures'],
  getOrder: ['GET', '/api/v1/orders/{agent_reference}'],
  advanceOrder: ['POST', '/api/v1/test/orders/{agent_reference}/advance'],
  getTarget: ['GET', '/api/v1/targets/{target}'],
  listProducts: ['GET', '/api/v1/products'],
  getWallet: ['GET', '/api/v1/wallet'],
  listLedger: ['GET', '/api/v1/wallet/ledger'],
  exportLedger: ['GET', '/api/v1/wallet/ledger/export'],
  verifyLedger: ['GET', '/api/v1/wallet/ledger/verify'],
  listHeads: ['GET', '/api/v1/wallet/ledger/heads'],
  getStatement: ['GET', '/api/v1/wallet/statement'],
  listTopups: ['GET', '/api/v1/wallet/topup'],
  startTopup: ['POST', '/api/v1/wallet/topup'],
  getTopup: ['GET', '/api/v1/wallet/topup/{topup_id}'],
  updateWallet: ['PATCH', '/api/v1/wallet/{currency}'],
  setTestBalance: ['PUT', '/api/v1/test/wallet'],
  listEndpoints: ['GET', '/api/v1/webhooks/endpoints'],
  createEndpoint: ['POST', '/api/v1/webhooks/endpoints'],
  getEndpoint: ['GET', '/api/v1/webhooks/endpoints/{endpoint_id}'],
  updateEndpoint: ['PATCH', '/api/v1/webhooks/endpoints/{endpoint_id}'],
  deleteEndpoint: ['DELETE', '/api/v1/webhooks/endpoints/{endpoint_id}'],
  rotateSecret: ['POST', '/api/v1/webhooks/endpoints/{endpoint_id}/rotate-secret'],
  testEndpoint: ['POST', '/api/v1/webhooks/endpoints/{endpoint_id}/test'],
  recoverDeliveries: ['POST', '/api/v1/webhooks/endpoints/{endpoint_id}/recover'],
  listDeliveries: ['GET', '/api/v1/webhooks/deliveries'],
  getDelivery: ['GET', '/api/v1/webhooks/deliveries/{delivery_id}'],
  resendDelivery: ['POST', '/api/v1/webhooks/deliveries/{delivery_id}/resend'],
  createListener: ['POST', '/api/v1/webhooks/listeners'],
  pollDeliveries: ['GET', '/api/v1/webhooks/listeners/{endpoint_id}/deliveries'],
  previewBulk: ['POST', '/api/v1/bulk/preview'],
  getPreview: ['GET', '/api/v1/bulk/preview/{preview_id}'],
  createUpload: ['POST', '/api/v1/bulk/uploads'],
  getBulkTemplate: ['GET', '/api/v1/bulk/template'],
  listBulk: ['GET', '/api/v1/bulk'],
  createBulk: ['POST', '/api/v1/bulk'],
  getBulk: ['GET', '/api/v1/bulk/{batch_id}'],
  listBulkRows: ['GET', '/api/v1/bulk/{batch_id}/rows'],
  cancelBulk: ['POST', '/api/v1/bulk/{batch_id}/cancel'],
  retryBulk: ['POST', '/api/v1/bulk/{batch_id}/retry-failed'],
  listCampaigns: ['GET', '/api/v1/campaigns'],
  createCampaign: ['POST', '/api/v1/campaigns'],
  getCampaign: ['GET', '/api/v1/campaigns/{campaign_id}'],
  updateCampaign: ['PATCH', '/api/v1/campaigns/{campaign_id}'],
  rotateCampaignSecret: ['POST', '/api/v1/campaigns/{campaign_id}/rotate-secret'],
  listPayouts: ['GET', '/api/v1/campaigns/{campaign_id}/payouts'],
  createPayout: ['POST', '/api/v1/campaigns/{campaign_id}/payouts'],
  sendAirtime: ['POST', '/api/v1/airtime/send-airtime'],
  queryTransactionByGet: ['GET', '/api/v1/mobile-money/transaction-query'],
  queryTransaction: ['POST', '/api/v1/mobile-money/transaction-query'],
  getAccountBalance: ['GET', '/api/v1/account-balance'],
  getAccountBalanceByPost: ['POST', '/api/v1/account-balance'],
  issueToken: ['POST', '/api/v1/token'],
  getAccount: ['GET', '/api/v1/account'],
  updateAccount: ['PATCH', '/api/v1/account'],
  freezeAccount: ['POST', '/api/v1/account/freeze'],
  unfreezeAccount: ['POST', '/api/v1/account/unfreeze'],
  listRequests: ['GET', '/api/v1/requests'],
  getRequest: ['GET', '/api/v1/requests/{request_id}'],
  listKeys: ['GET', '/api/v1/keys'],
  createKey: ['POST', '/api/v1/keys'],
  revokeKey: ['POST', '/api/v1/keys/{key_id}/revoke'],
  rollKey: ['POST', '/api/v1/keys/{key_id}/roll'],
  listAudit: ['GET', '/api/v1/audit'],
  listMembers: ['GET', '/api/v1/members'],
  updateMember: ['PATCH', '/api/v1/members/{member_id}'],
  removeMember: ['DELETE', '/api/v1/members/{member_id}'],
  listInvitations: ['GET', '/api/v1/invitations'],
  createInvitation: ['POST', '/api/v1/invitations'],
  revokeInvitation: ['DELETE', '/api/v1/invitations/{invitation_id}'],
  getNotifications: ['GET', '/api/v1/notifications'],
  updateNotifications: ['PATCH', '/api/v1/notifications'],
  getMe: ['GET', '/api/v1/me'],
  createBusiness: ['POST', '/api/v1/businesses'],
  previewInvitation: ['POST', '/api/v1/invitations/preview'],
  acceptInvitation: ['POST', '/api/v1/invitations/accept'],
  getHealth: ['GET', '/health'],
  getStatus: ['GET', '/status'],
} as const satisfies Record<OperationId, readonly [string, string]>;

/** The fields that are always in the JSON of an answer; none where there is only CSV. */
export const ANSWER_FIELDS: Record<OperationId, readonly string[]> = {
  listOrders: ['data', 'next_cursor', 'searched_to'],
  createOrder: ['id', 'agent_reference', 'status', 'final', 'mode', 'product_id', 'target', 'msisdn', 'network', 'amount', 'currency', 'custom_sms', 'provider_ref', 'failure', 'next_check_at', 'created_at', 'finalized_at'],
  getFigures: ['from', 'to', 'data'],
  getOrder: ['id', 'agent_reference', 'status', 'final', 'mode', 'product_id', 'target', 'msisdn', 'network', 'amount', 'currency', 'custom_sms', 'provider_ref', 'failure', 'next_check_at', 'created_at', 'finalized_at', 'timeline'],
  advanceOrder: ['id', 'agent_reference', 'status', 'final', 'mode', 'product_id', 'target', 'msisdn', 'network', 'amount', 'currency', 'custom_sms', 'provider_ref', 'failure', 'next_check_at', 'created_at', 'finalized_at', 'timeline'],
  getTarget: ['type', 'target', 'country', 'network', 'network_is_certain', 'products'],
  listProducts: ['data', 'next_cursor'],
  getWallet: ['wallets'],
  listLedger: ['data', 'next_cursor'],
  exportLedger: [],
  verifyLedger: ['currency', 'verified', 'entries', 'balance', 'first_flaw', 'head', 'next_cursor'],
  listHeads: ['public_key', 'data', 'next_cursor'],
  getStatement: ['currency', 'month', 'from', 'to', 'closed', 'opening_balance', 'closing_balance', 'adds_up', 'first_flaw', 'entries', 'totals'],
  listTopups: ['data', 'next_cursor'],
  startTopup: ['id', 'reference', 'status', 'mode', 'amount', 'charged_amount', 'currency', 'redirect_url', 'failure', 'created_at', 'finalized_at'],
  getTopup: ['id', 'reference', 'status', 'mode', 'amount', 'charged_amount', 'currency', 'redirect_url', 'failure', 'created_at', 'finalized_at', 'timeline'],
  updateWallet: ['currency', 'balance', 'low_balance_threshold'],
  setTestBalance: ['currency', 'balance', 'adjustment', 'entry_id'],
  listEndpoints: ['data', 'next_cursor'],
  createEndpoint: ['id', 'mode', 'url', 'description', 'events', 'enabled', 'disabled_at', 'disabled_reason', 'failing_since', 'listening', 'expires_at', 'retiring_secrets_until', 'created_at', 'created_by', 'secret'],
  getEndpoint: ['id', 'mode', 'url', 'description', 'events', 'enabled', 'disabled_at', 'disabled_reason', 'failing_since', 'listening', 'expires_at', 'retiring_secrets_until', 'created_at', 'created_by'],
  updateEndpoint: ['id', 'mode', 'url', 'description', 'events', 'enabled', 'disabled_at', 'disabled_reason', 'failing_since', 'listening', 'expires_at', 'retiring_secrets_until', 'created_at', 'created_by'],
  deleteEndpoint: ['id', 'deleted'],
  rotateSecret: ['id', 'mode', 'url', 'description', 'events', 'enabled', 'disabled_at', 'disabled_reason', 'failing_since', 'listening', 'expires_at', 'retiring_secrets_until', 'created_at', 'created_by', 'secret'],
  testEndpoint: ['id', 'endpoint_id', 'event_id', 'event_type', 'sequence', 'order_id', 'status', 'tries', 'resends', 'last_status', 'next_try_at', 'created_at', 'delivered_at', 'attempts', 'event'],
  recoverDeliveries: ['recovered', 'in_progress', 'reached', 'next_cursor'],
  listDeliveries: ['data', 'next_cursor'],
  getDelivery: ['id', 'endpoint_id', 'event_id', 'event_type', 'sequence', 'order_id', 'status', 'tries', 'resends', 'last_status', 'next_try_at', 'created_at', 'delivered_at', 'attempts', 'event'],
  resendDelivery: ['id', 'endpoint_id', 'event_id', 'event_type', 'sequence', 'order_id', 'status', 'tries', 'resends', 'last_status', 'next_try_at', 'created_at', 'delivered_at', 'attempts', 'event'],
  createListener: ['endpoint_id', 'mode', 'event_types', 'created_at', 'expires_at', 'secret'],
  pollDeliveries: ['data', 'next_cursor'],
  previewBulk: ['preview_id', 'expires_at', 'batch_reference', 'rows', 'valid', 'invalid', 'duplicates', 'totals', 'is_covered', 'existing_batch', 'same_file_batch', 'columns', 'separator', 'ignored_columns', 'notes', 'report_url', 'data', 'next_cursor', 'errors'],
  getPreview: ['preview_id', 'expires_at', 'batch_reference', 'rows', 'valid', 'invalid', 'duplicates', 'totals', 'is_covered', 'existing_batch', 'same_file_batch', 'columns', 'separator', 'ignored_columns', 'notes', 'report_url', 'data', 'next_cursor'],
  createUpload: ['upload_id', 'method', 'upload_url', 'expires_at'],
  getBulkTemplate: [],
  listBulk: ['data', 'next_cursor'],
  createBulk: ['id', 'batch_reference', 'status', 'mode', 'rows', 'counts', 'amounts', 'accept', 'row_webhooks', 'created_at', 'cancelled_at', 'finished_at', 'estimated_end_at'],
  getBulk: ['id', 'batch_reference', 'status', 'mode', 'rows', 'counts', 'amounts', 'accept', 'row_webhooks', 'created_at', 'cancelled_at', 'finished_at', 'estimated_end_at'],
  listBulkRows: ['data', 'next_cursor'],
  cancelBulk: ['id', 'batch_reference', 'status', 'mode', 'rows', 'counts', 'amounts', 'accept', 'row_webhooks', 'created_at', 'cancelled_at', 'finished_at', 'estimated_end_at', 'rows_still_sent_max'],
  retryBulk: ['id', 'batch_reference', 'status', 'mode', 'rows', 'counts', 'amounts', 'accept', 'row_webhooks', 'created_at', 'cancelled_at', 'finished_at', 'estimated_end_at'],
  listCampaigns: ['data', 'next_cursor'],
  createCampaign: ['id', 'mode', 'name', 'currency', 'product_id', 'budget', 'max_payouts', 'daily_budget', 'daily_max_payouts', 'starts_at', 'ends_at', 'paused', 'countries', 'one_per_number', 'retry_failed', 'require_timestamp', 'allow_api_key', 'spent', 'left', 'payouts', 'payouts_left', 'latest_day', 'retiring_secrets_until', 'created_at', 'created_by', 'secret'],
  getCampaign: ['id', 'mode', 'name', 'currency', 'product_id', 'budget', 'max_payouts', 'daily_budget', 'daily_max_payouts', 'starts_at', 'ends_at', 'paused', 'countries', 'one_per_number', 'retry_failed', 'require_timestamp', 'allow_api_key', 'spent', 'left', 'payouts', 'payouts_left', 'latest_day', 'retiring_secrets_until', 'created_at', 'created_by', 'counts'],
  updateCampaign: ['id', 'mode', 'name', 'currency', 'product_id', 'budget', 'max_payouts', 'daily_budget', 'daily_max_payouts', 'starts_at', 'ends_at', 'paused', 'countries', 'one_per_number', 'retry_failed', 'require_timestamp', 'allow_api_key', 'spent', 'left', 'payouts', 'payouts_left', 'latest_day', 'retiring_secrets_until', 'created_at', 'created_by'],
  rotateCampaignSecret: ['id', 'mode', 'name', 'currency', 'product_id', 'budget', 'max_payouts', 'daily_budget', 'daily_max_payouts', 'starts_at', 'ends_at', 'paused', 'countries', 'one_per_number', 'retry_failed', 'require_timestamp', 'allow_api_key', 'spent', 'left', 'payouts', 'payouts_left', 'latest_day', 'retiring_secrets_until', 'created_at', 'created_by', 'secret'],
  listPayouts: ['data', 'next_cursor'],
  createPayout: ['id', 'campaign_id', 'respondent_id', 'status', 'final', 'mode', 'target', 'amount', 'currency', 'order_id', 'agent_reference', 'failure', 'created_at', 'finalized_at'],
  sendAirtime: ['code', 'OriginatorReference', 'TransactionID', 'ResponseDescription'],
  queryTransactionByGet: ['ResultCode', 'ResultDesc', 'OriginatorReference', 'TransactionID', 'TransactionAmount'],
  queryTransaction: ['ResultCode', 'ResultDesc', 'OriginatorReference', 'TransactionID', 'TransactionAmount'],
  getAccountBalance: ['code', 'ResponseDescription', 'Currency', 'Balance', 'AvailableBalance'],
  getAccountBalanceByPost: ['code', 'ResponseDescription', 'Currency', 'Balance', 'AvailableBalance'],
  issueToken: ['code', 'access_token', 'token_type', 'expires_in', 'expires_at', 'data'],
  getAccount: ['merchant_id', 'name', 'mode', 'live', 'frozen', 'freeze', 'freezes', 'limits', 'created_at'],
  updateAccount: ['merchant_id', 'name', 'mode', 'live', 'frozen', 'freeze', 'freezes', 'limits', 'created_at'],
  freezeAccount: ['merchant_id', 'name', 'mode', 'live', 'frozen', 'freeze', 'freezes', 'limits', 'created_at'],
  unfreezeAccount: ['merchant_id', 'name', 'mode', 'live', 'frozen', 'freeze', 'freezes', 'limits', 'created_at'],
  listRequests: ['data', 'next_cursor', 'searched_to'],
  getRequest: ['id', 'created_at', 'method', 'path', 'operation', 'status', 'code', 'duration_ms', 'key_id', 'member_id', 'left_out_before', 'query', 'request_headers', 'request_body', 'request_bytes', 'request_cut', 'response_headers', 'response_body', 'response_bytes', 'response_cut', 'erased'],
  listKeys: ['data', 'next_cursor'],
  createKey: ['id', 'mode', 'name', 'prefix', 'scopes', 'allowed_ranges', 'status', 'expires_at', 'last_used_at', 'replaced_by', 'created_at', 'created_by', 'revoked_at', 'key'],
  revokeKey: ['id', 'mode', 'name', 'prefix', 'scopes', 'allowed_ranges', 'status', 'expires_at', 'last_used_at', 'replaced_by', 'created_at', 'created_by', 'revoked_at', 'campaigns', 'endpoints', 'keys'],
  rollKey: ['id', 'mode', 'name', 'prefix', 'scopes', 'allowed_ranges', 'status', 'expires_at', 'last_used_at', 'replaced_by', 'created_at', 'created_by', 'revoked_at', 'key'],
  listAudit: ['data', 'next_cursor'],
  listMembers: ['data', 'next_cursor'],
  updateMember: ['id', 'email', 'role', 'joined_at', 'you'],
  removeMember: ['id', 'removed', 'keys', 'endpoints', 'campaigns'],
  listInvitations: ['data', 'next_cursor'],
  createInvitation: ['id', 'email', 'role', 'created_at', 'created_by', 'expires_at', 'mailed', 'link'],
  revokeInvitation: ['id', 'revoked'],
  getNotifications: ['email', 'mail_from', 'low_balance', 'endpoint_failing', 'batch_finished', 'orders_under_review', 'topup_problem'],
  updateNotifications: ['email', 'mail_from', 'low_balance', 'endpoint_failing', 'batch_finished', 'orders_under_review', 'topup_problem'],
  getMe: ['person_id', 'memberships'],
  createBusiness: ['merchant_id', 'business_name', 'live', 'member_id', 'role', 'scopes', 'joined_at'],
  previewInvitation: ['business_name', 'email', 'role', 'invited_by', 'expires_at'],
  acceptInvitation: ['merchant_id', 'business_name', 'live', 'member_id', 'role', 'scopes', 'joined_at'],
  getHealth: ['status', 'at'],
  getStatus: ['status', 'at', 'components', 'providers'],
};
