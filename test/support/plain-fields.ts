/**
 * Fields of answers that every scope of their route shows. A new one is written here once somebody has decided that no other
 * scope owns it, or else into `OWNED_FIELDS`.
 */
export const PLAIN_FIELDS: ReadonlySet<string> = new Set(
  `
    accept address adds_up agent_reference allow_api_key amount amounts at attempts available batch_id
    batch_reference budget charged_amount closed code count countries country counts created_at Currency currency
    data day deleted delivered_at description duplicates enabled endpoint_id entries errors event event_id
    event_type events example excerpt expires_at failed failure final finalized_at finished_at from hash id
    ignored_columns in_progress invalid kind last_status latency_ms latest_day left left_out max message method min
    mode month msisdn name network network_is_certain next_check_at next_cursor next_try_at note notes object
    one_per_number order_id OriginatorReference other_reference paused payouts pending PhoneNumber preview_id
    previous_hash product product_id products provider_ref public_key recovered redirect_url reference refunded
    report_url
    require_timestamp ResponseDescription ResultCode ResultDesc retiring_secrets_until retry_failed retry_of
    retryable reversed row row_webhooks rows rows_still_sent_max same_file_batch secret seq sequence spent status
    step success target timeline to token total totals TransactionAmount TransactionCompletedDateTime TransactionID
    tries type units unknown upload_id upload_url url valid verified wallets warnings
  `
    .trim()
    .split(/\s+/),
);
