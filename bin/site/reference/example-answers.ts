/**
 * What the example of an answer says otherwise than its schema, by the operation: the schema is the same for a batch
 * that runs and for one that has ended, and an example must not contradict the request beside it.
 */

const AT = '2026-05-07T08:00:00.000Z';
const TOMORROW = '2026-05-08T08:00:00.000Z';
const ACTOR = { type: 'key', id: 'key_01jx3q9v7cx8g2m5' };
const FREEZE = { since: AT, by: ACTOR, reason: 'A key leaked.' };

const counts = { pending: 0, success: 0, failed: 0, refunded: 0, unknown: 0, reversed: 0, left_out: 0 };
const RUNNING = {
  status: 'running',
  counts: { ...counts, pending: 2 },
  amounts: [{ currency: 'USD', rows: 2, total: 10, refunded: 0 }],
  finished_at: null,
};

const ROWS = ['0772279099', '0782345678'].map((target, index) => ({
  row: index + 2,
  status: 'valid',
  target,
  msisdn: target.replace('0', '+263'),
  product_id: 100,
  product: 'Econet airtime USD',
  network: 'Econet',
  amount: 5,
  currency: 'USD',
  reference: `payroll-2026-05-${index + 2}`,
}));

export const ANSWERS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  createBulk: RUNNING,
  cancelBulk: { ...RUNNING, status: 'cancelling', cancelled_at: AT, rows_still_sent_max: 1 },
  retryBulk: {
    ...RUNNING,
    id: 'bat_7d0e5c1b9a3f4826b1c2d3e4',
    rows: 1,
    counts: { ...counts, pending: 1 },
    amounts: [{ currency: 'USD', rows: 1, total: 5, refunded: 0 }],
    retry_of: 'bat_5b1c3a9d2e7f4a6b8c0d1e2f',
  },
  createCampaign: {
    max_payouts: null,
    spent: 0,
    left: 1000,
    payouts: 0,
    payouts_left: null,
    latest_day: { day: '2026-05-07', spent: 0, payouts: 0 },
  },
  rotateCampaignSecret: { retiring_secrets_until: [TOMORROW] },
  rotateSecret: { retiring_secrets_until: [TOMORROW] },
  createKey: { last_used_at: null },
  rollKey: { id: 'key_01jx4b2m9wd3h7n8', last_used_at: null },
  getCampaign: { counts: { pending: 2, success: 58 } },
  previewBulk: { data: ROWS },
  revokeKey: {
    status: 'revoked',
    revoked_at: AT,
    campaigns: [{ id: 'cmp_01jx3q9v7cx8g2m5', name: 'Staff recharges', paused: true }],
  },
  freezeAccount: { frozen: true, freeze: FREEZE, freezes: [FREEZE] },
  issueToken: {
    expires_at: '2026-05-07T09:00:00.000Z',
    data: { token: 'pwt_…', expires_at: '2026-05-07T09:00:00.000Z' },
  },
};
