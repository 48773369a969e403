import { textsOf } from './language.ts';

/** What a refusal is called, what it means and what to do, for somebody who has a page before them and no program. */
export interface RefusalWords {
  readonly title: string;
  /** Absent where the API's own sentence says more: which number, which amount, which row. */
  readonly detail?: string;
  /** What can be done from a page. Absent where the title or the sentence says it. */
  readonly fix?: string;
}

const GONE = 'It may be in the other mode, or it is not there any more.';
const AGAIN = 'Wait a moment, then try again.';
const SIGN_IN: RefusalWords = { title: 'Your session has ended', detail: 'Sign in again to go on.' };
const NO_RIGHT = 'An owner or an admin can give you another role, under Team.';

/** By the code of the refusal. */
const en: Readonly<Record<string, RefusalWords>> = {
  account_frozen: {
    title: 'Frozen',
    fix: 'Since when and why is said under Business, where an owner can unfreeze it.',
  },
  account_not_live: {
    title: 'Live mode is not switched on',
    detail: 'This business is in test mode: nothing is accepted in live mode yet.',
    fix: 'What to do for it is said under Business.',
  },
  already_member: {
    title: 'Already in the team',
    detail: 'This person is in the team.',
    fix: 'For another role choose "Change role" beside the name.',
  },
  batch_invalid: { title: 'Some rows cannot be sent', fix: 'Correct them, or leave them out.' },
  batch_not_found: { title: 'Batch not found', detail: 'There is no such batch here.', fix: GONE },
  batch_running: {
    title: 'The batch is still running',
    detail: 'Not every row is decided yet.',
    fix: 'Wait until it has ended.',
  },
  body_too_large: { title: 'Too much at once', detail: 'This is more than can be sent at once.', fix: 'Shorten it.' },
  business_limit_reached: {
    title: 'Too many businesses',
    detail: 'You are in as many businesses as one person can be.',
    fix: 'Leave one that you do not use, or ask your contact for more.',
  },
  busy: { title: 'Too much at this moment', detail: 'Too much is under way at this moment.', fix: AGAIN },
  campaign_limit_reached: {
    title: 'Too many campaigns',
    detail: 'There are as many campaigns as this mode can have.',
    fix: 'Change one that you do not need any more, or ask your contact for more.',
  },
  campaign_not_found: { title: 'Campaign not found', detail: 'There is no such campaign here.', fix: GONE },
  csv_too_large: { title: 'The file is too large', fix: 'Split it into smaller files, each with the header line.' },
  currency_not_payable: {
    title: 'No online payment in this currency',
    fix: 'Pay by bank transfer: your contact tells you how.',
  },
  currency_required: {
    title: 'In which currency?',
    detail: 'Some networks are sold in several currencies, and the file does not say which is meant.',
    fix: 'Choose the currency of rows that name none, or add a column currency.',
  },
  delivery_not_found: { title: 'Event not found', detail: 'Events are kept for 90 days.', fix: GONE },
  email_not_verified: {
    title: 'Address not confirmed',
    detail: 'Your e-mail address is not confirmed yet.',
    fix: 'Follow the link in the message about it, then try again.',
  },
  endpoint_disabled: {
    title: 'The endpoint is switched off',
    detail: 'Nothing is sent to an endpoint that is switched off.',
    fix: 'Switch it on first, under Webhooks.',
  },
  endpoint_limit_reached: {
    title: 'Too many endpoints',
    detail: 'There are as many endpoints as this mode can have.',
    fix: 'Delete one that you do not use, or change its address.',
  },
  endpoint_listening: {
    title: 'This endpoint only listens',
    detail: 'Its events are fetched by a program. Nothing is sent to it, and nothing about it can be changed.',
  },
  endpoint_not_found: { title: 'Endpoint not found', detail: 'There is no such endpoint here.', fix: GONE },
  insufficient_funds: { title: 'The balance does not cover it', fix: 'Top up the wallet, then send it again.' },
  internal_error: {
    title: 'Something went wrong on our side',
    detail: 'That was not your fault.',
    fix: 'Try again. If it stays so, tell your contact the id of the request.',
  },
  invalid_amount: { title: 'This amount does not fit' },
  invalid_csv: { title: 'The file cannot be read', fix: 'Begin with the template, and save as CSV UTF-8.' },
  invalid_cursor: {
    title: 'The list has changed',
    detail: 'It cannot be continued from here.',
    fix: 'Load the page again.',
  },
  invalid_request: { title: 'This cannot be accepted as it is' },
  invalid_target: { title: 'This number does not fit' },
  invitation_for_another: {
    title: 'The invitation is for somebody else',
    detail: 'It was sent to another address than the one you signed in with.',
    fix: 'Sign in with that address, or ask for an invitation to this one.',
  },
  invitation_not_found: {
    title: 'The invitation does not work any more',
    detail: 'It was used, taken back or replaced, or it has ended.',
    fix: 'Ask whoever invited you for a new one: it works once, for seven days.',
  },
  key_limit_reached: {
    title: 'Too many keys',
    detail: 'There are as many keys as this mode can have.',
    fix: 'Revoke one that you do not use, or ask your contact for more.',
  },
  key_not_active: {
    title: 'The key is not active',
    detail: 'It was revoked, or it has expired.',
    fix: 'Create a new one.',
  },
  key_not_found: { title: 'Key not found', detail: 'There is no such key here.', fix: GONE },
  key_replaced: {
    title: 'The key was replaced before',
    detail: 'Another key has taken its place.',
    fix: 'Use that one. If nobody has its text, revoke it, then replace this one again.',
  },
  last_owner: {
    title: 'The last owner',
    detail: 'A business always has an owner, and this is the last one.',
    fix: 'Make somebody else an owner first.',
  },
  malformed_json: {
    title: 'This cannot be read',
    detail: 'Something in it cannot be read.',
    fix: 'Load the page again, and type it once more.',
  },
  member_limit_reached: {
    title: 'The team is full',
    detail: 'There are as many people and invitations as there can be.',
    fix: 'Remove somebody, take back an invitation, or ask your contact for more.',
  },
  member_not_found: {
    title: 'Not in the team',
    detail: 'This person is not in the team any more.',
    fix: 'Load the page again.',
  },
  meter_not_found: {
    title: 'Meter not found',
    detail: 'Nobody knows a meter with this number.',
    fix: 'Check the number with the customer.',
  },
  not_a_member: {
    title: 'Not your business',
    detail: 'You are not in the team of this business, or not any more.',
    fix: 'Ask an owner for an invitation.',
  },
  nothing_to_retry: {
    title: 'Nothing to send again',
    detail: 'No row of the batch failed. Rows that were stopped or left out are not sent again from here.',
    fix: 'Send them in a new batch.',
  },
  order_not_found: {
    title: 'Order not found',
    detail: 'There is no such order here.',
    fix: 'Check the reference. The order may be in the other mode.',
  },
  payments_unavailable: {
    title: 'No payments at present',
    detail: 'The payment page does not answer. Nothing was charged.',
    fix: AGAIN,
  },
  person_required: { title: 'Sign in for this', detail: 'This is only for people who are signed in.' },
  powers_exceeded: {
    title: 'More than you have yourself',
    detail: 'A key can have only what your own role has.',
    fix: 'Choose fewer scopes, or ask an owner to create it.',
  },
  preview_not_found: {
    title: 'The file has to be checked again',
    detail: 'The result of a check is kept for a day.',
    fix: 'Check the file again.',
  },
  product_not_found: {
    title: 'Product not found',
    detail: 'There is no such product.',
    fix: 'Choose one of the products that are listed under Send airtime.',
  },
  product_unavailable: { title: 'Not sold at present', fix: 'Choose another product, or try again later.' },
  provider_unavailable: { title: 'No answer from the network', fix: AGAIN },
  rate_limited: {
    title: 'Too often',
    detail: 'That was too often in a short time, so nothing was done.',
    fix: 'Wait a minute, then try again.',
  },
  reference_reused: {
    title: 'The reference was used before',
    detail: 'Something else was sent under the same reference.',
    fix: 'Look for it in the list, or choose another reference.',
  },
  request_not_found: { title: 'Request not found', detail: 'Requests are kept for some days only.', fix: GONE },
  role_not_allowed: {
    title: 'Only an owner can do this',
    detail: 'Only an owner makes, changes or removes an owner.',
    fix: 'Choose another role, or ask an owner to do it.',
  },
  scope_missing: {
    title: 'Your role does not include this',
    detail: 'Your role in this business does not include this.',
    fix: NO_RIGHT,
  },
  statement_too_large: {
    title: 'Too many entries for a statement',
    detail: 'This month has more entries than one statement can hold.',
    fix: 'Download the entries from the ledger instead.',
  },
  test_key_required: {
    title: 'Only in test mode',
    detail: 'This is there in test mode only. Nothing was changed.',
    fix: 'Switch to test mode.',
  },
  test_mode_only: {
    title: 'Only in test mode',
    detail: 'A live endpoint never gets an event about something that has not happened.',
    fix: 'Send the test event, or switch to test mode.',
  },
  token_expired: SIGN_IN,
  token_invalid: SIGN_IN,
  topup_not_found: { title: 'Top-up not found', detail: 'There is no such top-up here.', fix: GONE },
  unauthenticated: SIGN_IN,
  unfreeze_not_allowed: {
    title: 'You cannot unfreeze this',
    detail: 'This freeze is not yours to lift.',
    fix: 'Ask an owner. If the freeze is ours, ask your contact.',
  },
  upload_not_found: { title: 'The file is not there', detail: 'The file did not arrive.', fix: 'Choose it again.' },
};

export const refusalTexts = textsOf({
  en: {
    words: en,
    /** What forms call the fields of the API. */
    labels: {
      accept: 'Rows with problems',
      agent_reference: 'Reference',
      allow_api_key: 'Accept your API key instead of a signature',
      allowed_ranges: 'Works from',
      amount: 'Amount',
      balance: 'Balance',
      batch_reference: 'Reference of the batch',
      budget: 'Budget',
      campaign_id: 'Campaign',
      countries: 'Countries',
      country: 'Country',
      csv: 'File',
      currency: 'Currency',
      cursor: 'Place in the list',
      batch_finished: 'A batch is finished',
      bytes: 'Size of the file',
      custom_sms: 'Text to the recipient',
      daily_budget: 'Budget of a day',
      daily_max_payouts: 'Payouts of a day',
      description: 'Description',
      email: 'E-mail address',
      enabled: 'Switched on',
      ends_at: 'Ends on',
      endpoint_failing: 'A webhook endpoint is failing',
      endpoint_id: 'Endpoint',
      events: 'Events',
      expires_at: 'Expires',
      from: 'From',
      keep_campaigns: 'Leave its campaigns running',
      key_id: 'Key',
      low_balance: 'A balance is low',
      low_balance_threshold: 'Warn below',
      max_amount: 'Largest amount',
      max_payouts: 'Payouts in all',
      member_id: 'Person',
      min_amount: 'Least amount',
      month: 'Month',
      name: 'Name',
      network: 'Network',
      one_per_number: 'Pay each phone number once',
      operation: 'What was asked',
      order_id: 'Order',
      orders_under_review: 'Orders are under review',
      overlap_hours: 'Hours',
      paused: 'Paused',
      preview_id: 'Checked file',
      product_id: 'Product',
      reason: 'Reason',
      reference: 'Reference',
      require_timestamp: 'Accept only signatures with an id and a timestamp',
      respondent_id: 'Respondent',
      retry_failed: 'A respondent whose payout failed may be paid by another request',
      return_url: 'Way back',
      role: 'Role',
      scopes: 'Scopes',
      since: 'Since',
      starts_at: 'Starts on',
      status: 'Status',
      target: 'Number or meter',
      to: 'Before',
      token: 'Invitation link',
      topup_problem: 'A top-up did not go through',
      type: 'Type of the event',
      until: 'Until',
      upload_id: 'File',
      url: 'Address',
    } as Readonly<Record<string, string>>,
    entry: (label: string, at: number) => `${label}, entry ${at}`,
    quoted: (label: string) => `“${label}”`,
    /** What to do about a cell of a file, where the API's own advice is for programs. */
    cells: {
      not_a_product_id: 'Write the number of a product, or leave the cell empty.',
    } as Readonly<Record<string, string>>,
  },
});
