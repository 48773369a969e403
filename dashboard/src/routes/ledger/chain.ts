/**
 * A wallet's chain, recomputed here: from what each entry says its hash is made, beginning with the wallet's own first
 * text, so that no entry can be changed, taken out or put in without a hash that differs. See docs/ledger-heads.md.
 */

/** An entry as the export has it. */
export interface Row {
  readonly seq: number;
  readonly id: string;
  readonly at: string;
  readonly kind: string;
  readonly description: string;
  readonly agentReference: string;
  readonly orderId: string;
  readonly topupId: string;
  readonly batchId: string;
  readonly amountMinor: number;
  readonly balanceMinor: number;
  readonly hash: string;
  /** Fields that are not what was written. */
  readonly damaged: string;
}

/** The last entry that is sound, and its place in the chain. */
export interface Tail {
  readonly seq: number;
  readonly hash: string;
  readonly balanceMinor: number;
}

export interface Violation {
  readonly seq: number;
  readonly what: 'missing' | 'changed' | 'balance';
}

const COUNTER_ACCOUNTS: Readonly<Record<string, string>> = {
  adjustment: 'operator_funding',
  topup: 'payment_gateway_receivable',
  topup_reversal: 'payment_gateway_receivable',
};

export async function sha256(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** What comes before the first entry of a wallet, whose name is `merchant#mode#currency`. */
export async function beginningOf(wallet: string): Promise<Tail> {
  return { seq: 0, hash: await sha256(`airtime ledger v1 ${wallet}`), balanceMinor: 0 };
}

/** Follows the chain over some entries: to the last of them, or to before the first that is wrong. */
export async function follow(
  wallet: string,
  from: Tail,
  rows: readonly Row[],
): Promise<{ tail: Tail; violation?: Violation }> {
  // Each hash is made with what the entry before says of its own, so they are made at once and then compared.
  const sound = await Promise.all(rows.map((row, at) => hasItsHash(wallet, rows[at - 1]?.hash ?? from.hash, row)));
  let tail = from;
  for (const [at, row] of rows.entries()) {
    const seq = tail.seq + 1;
    if (row.seq !== seq) return { tail, violation: { seq, what: 'missing' } };
    if (!sound[at]) return { tail, violation: { seq, what: 'changed' } };
    const isRight = row.balanceMinor === tail.balanceMinor + row.amountMinor && row.balanceMinor >= 0;
    if (!isRight) return { tail, violation: { seq, what: 'balance' } };
    tail = { seq, hash: row.hash, balanceMinor: row.balanceMinor };
  }
  return { tail };
}

/** A text that a spreadsheet might run has an apostrophe in the export: the one that makes the hash was written. */
async function hasItsHash(wallet: string, previous: string, row: Row): Promise<boolean> {
  if (row.damaged) return false;
  for (const description of spellings(row.description)) {
    for (const agentReference of spellings(row.agentReference)) {
      if ((await hashOf(wallet, previous, { ...row, description, agentReference })) === row.hash) return true;
    }
  }
  return false;
}

function spellings(text: string): string[] {
  return text.startsWith("'") ? [text, text.slice(1)] : [text];
}

function hashOf(wallet: string, previous: string, row: Row): Promise<string> {
  return sha256(
    JSON.stringify([
      previous,
      wallet,
      row.seq,
      row.id,
      row.kind,
      row.amountMinor,
      row.balanceMinor,
      COUNTER_ACCOUNTS[row.kind] ?? 'provider_payable',
      row.description,
      row.orderId || null,
      row.agentReference || null,
      row.at,
      ...(row.topupId ? [row.topupId] : []),
      ...(row.batchId ? [{ batchId: row.batchId }] : []),
    ]),
  );
}
