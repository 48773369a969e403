/**
 * Fields of answers that every scope of their route shows. A new one is written here once somebody has decided that no other
 * scope owns it, or else into `OWNED_FIELDS`.
 */
export const PLAIN_FIELDS: ReadonlySet<string> = new Set(
  `
    accept action address adds_up after agent_reference allow_api_key allowed_ranges amount amounts at attempts
    available batch_id batch_reference before budget by campaign_id campaigns campaigns_to_pause charged_amount closed code
    count countries country counts created_at created_by Currency currency data day deleted delivered_at
    description duplicates enabled endpoint_id endpoints entries entry_id error errors event event_id event_type event_types events example
    excerpt expires_at failed failure final finalized_at finished_at from freeze freezes frozen hash id
    column columns position separator
    ignored_columns in_progress invalid key keys kind last_status last_used_at latency_ms latest_day left listening
    left_out limits live max member_id members merchant_id message meter_lookups method min mode month name network
    network_is_certain next_check_at next_cursor next_try_at new_keys note notes object one_per_number order_id orders
    OriginatorReference other_reference paused payouts pending prefix preview_id previous_hash
    product product_id products provider_ref public_key quota reason recovered redirect_url reference refunded
    replaced_by report_url request_id require_timestamp resends ResponseDescription ResultCode ResultDesc
    retiring_secrets_until retry_failed retry_of retryable reversed revoked_at row row_webhooks rows
    rows_still_sent_max same_file_batch scopes searched_to secret secret_version seq sequence since spent status step subject
    success test_events timeline to token total totals TransactionAmount TransactionCompletedDateTime
    TransactionID tries type units unknown upload_bytes upload_id upload_url url valid verified wallets warnings
    window_seconds content-type duration_ms erased key_id left_out_before operation path query request_body
    as_of date request_bytes request_cut request_headers response_body response_bytes response_cut response_headers
  `
    .trim()
    .split(/\s+/),
);
