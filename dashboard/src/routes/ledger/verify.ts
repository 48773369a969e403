import { call, callForPart, type Input, type Scope } from '../../api/client.ts';
import { beginningOf, follow, type Row, sha256, type Tail, type Violation } from './chain.ts';
import { columnsOf, rowsOf } from './export-rows.ts';
import { type CheckedHead, checkHeads, type Head } from './heads.ts';
import { type Kept, keep, keptOf } from './kept-heads.ts';

/** What was found, and what it was found by. */
export interface Finding {
  readonly tail: Tail;
  readonly violation: Violation | undefined;
  /** The last entries, as they were read. */
  readonly last: readonly Row[];
  readonly heads: readonly (CheckedHead & { readonly agrees: boolean })[];
  /** Of the public key, as short as can be compared by eye. */
  readonly fingerprint: string;
  /** What this browser has kept of an earlier day, and whether it is still true. */
  readonly kept: (Kept & { readonly sameKey: boolean; readonly agrees: boolean }) | undefined;
}

const SHOWN_MAX = 8;
const HEADS_MAX = 31;

interface Asked {
  readonly scope: Scope;
  readonly currency: string;
  /** So many are shown in the list: the export must not end before. */
  readonly entries: number;
  /** After each part, the entries that are checked so far. */
  readonly onProgress: (entries: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Reads a whole wallet and recomputes it: each hash from what the entry says, each balance from the one before; then
 * holds it against the signed heads of the last month, and against what this browser kept at an earlier time.
 */
export async function verifyHere({ scope, currency, entries, onProgress, signal }: Asked): Promise<Finding> {
  const wallet = `${scope.merchantId}#${scope.mode}#${currency}`;
  const { public_key: key, data: heads } = await call(scope, 'listHeads', { query: { currency, limit: HEADS_MAX } });
  const kept = keptOf(wallet);
  const wanted = new Set([...heads.map(({ entries }) => entries), kept?.seq]);
  const hashes = new Map<number, string>();
  let tail = await beginningOf(wallet);
  let violation: Violation | undefined;
  let last: Row[] = [];
  let columns: string[] = [];
  let cursor: string | undefined;
  do {
    const query = { currency, ...(cursor ? { cursor } : {}) };
    const part = await callForPart(scope, 'exportLedger', { query } as Input<'exportLedger'>);
    signal.throwIfAborted();
    if (columns.length === 0) columns = columnsOf(part.text);
    const rows = rowsOf(part.text, columns);
    ({ tail, violation } = { violation: undefined, ...(await follow(wallet, tail, rows)) });
    for (const row of rows) if (wanted.has(row.seq) && row.seq <= tail.seq) hashes.set(row.seq, row.hash);
    last = [...last, ...rows].slice(-SHOWN_MAX);
    cursor = part.cursor;
    onProgress(tail.seq);
  } while (cursor && !violation);
  if (!violation && tail.seq < entries) violation = { seq: tail.seq + 1, what: 'missing' };
  return conclude({ wallet, tail, violation, last, hashes, kept }, key, heads);
}

interface Read extends Pick<Finding, 'tail' | 'violation' | 'last'> {
  readonly wallet: string;
  readonly hashes: ReadonlyMap<number, string>;
  readonly kept: Kept | undefined;
}

async function conclude({ wallet, tail, violation, last, hashes, kept }: Read, key: string, heads: readonly Head[]) {
  const fingerprint = (await sha256(key)).slice(0, 16);
  const checked = (await checkHeads(wallet, key, heads)).map((head) => ({
    ...head,
    agrees: hashes.get(head.seq) === head.hash,
  }));
  const finding: Finding = {
    tail,
    violation,
    last,
    heads: checked,
    fingerprint,
    kept: kept && {
      ...kept,
      sameKey: kept.fingerprint === fingerprint,
      agrees: hashes.get(kept.seq) === kept.hash,
    },
  };
  const newest = checked.at(-1);
  // The first key that was seen is the one to compare with: another one does not take its place.
  if (isSound(finding) && newest) keep(wallet, { fingerprint, day: newest.day, seq: newest.seq, hash: newest.hash });
  return finding;
}

export function isSound({ violation, heads, kept }: Finding): boolean {
  const isKeptSo = !kept || (kept.sameKey && kept.agrees);
  return (
    !violation && isKeptSo && heads.every(({ isSigned, follows, agrees }) => isSigned && follows !== false && agrees)
  );
}
