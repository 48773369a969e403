import { assert } from './assert.ts';
import type { Entry, Mode, WalletId } from './ledger.ts';
import { walletKey } from './ledger.ts';
import type { Currency } from './money.ts';
import { CURRENCIES } from './money.ts';
import { sha256 } from './sha256.ts';
import type { Instant } from './time.ts';

/**
 * A head is one short text that is signed once a day and fixes the tails of all wallets: the root of a hash tree whose
 * leaves are those tails. A wallet's leaf and the hashes beside its path show that it is in the tree, and nothing of
 * other wallets. The leaves are divided into pages, by a hash of the wallet's key, so that the tree of any number of
 * wallets is made piece by piece; each page is a tree of its own, and their roots are the bottom of the last tree.
 */

/** A wallet's tail as a head fixes it: a hash of the chain fixes all entries before it as well. */
export interface Leaf extends WalletId {
  readonly seq: number;
  readonly hash: string;
  readonly balanceMinor: number;
}

export interface Head {
  /** The UTC date that it is of: there is one a day. */
  readonly day: string;
  /** When its signing began. Every wallet with an entry of before is in it. */
  readonly at: Instant;
  /** Heads are numbered 1, 2, 3 … */
  readonly number: number;
  /** A power of two, which never falls. */
  readonly pages: number;
  readonly wallets: number;
  readonly root: string;
  /** The head before, by its date and the hash of its text; `null` for the first. */
  readonly previous: { readonly day: string; readonly hash: string } | null;
}

/** The hash that stands beside the path at one level, and on which side. */
export interface Step {
  readonly side: 'left' | 'right';
  readonly hash: string;
}

/** The date of an instant, in UTC. */
export function dayOf(at: Instant): string {
  return at.slice(0, 'YYYY-MM-DD'.length);
}

export function leafOf({ merchantId, mode, currency, seq, hash, balanceAfterMinor }: Entry): Leaf {
  return { merchantId, mode, currency, seq, hash, balanceMinor: balanceAfterMinor };
}

/** A leaf as it is hashed and stored: the wallet's key, the tail's number, its hash, the balance in minor units. */
export function leafText(leaf: Leaf): string {
  return `${walletKey(leaf)} ${leaf.seq} ${leaf.hash} ${leaf.balanceMinor}`;
}

const LEAF = /^(\S+) (\d+) ([0-9a-f]{64}) (\d+)$/;

export function parseLeaf(text: string): Leaf {
  const [, key = '', seq, hash = '', balance] = LEAF.exec(text) ?? [];
  const wallet = parseWalletKey(key);
  assert(wallet, 'a leaf names a wallet');
  return { ...wallet, seq: Number(seq), hash, balanceMinor: Number(balance) };
}

/** The wallet of a key; `undefined` for a text that is none. */
export function parseWalletKey(key: string): WalletId | undefined {
  const [merchantId = '', mode, currency = '', ...rest] = key.split('#');
  const isWallet = /^\w+$/.test(merchantId) && (mode === 'live' || mode === 'test') && currency in CURRENCIES;
  return isWallet && rest.length === 0 ? { merchantId, mode: mode as Mode, currency: currency as Currency } : undefined;
}

/** The text that is signed. Its bytes are what counts: readers keep it as it is. */
export function headText(head: Head): string {
  return JSON.stringify({ what: 'airtime ledger head v1', ...head });
}

/** So many wallets lie in a page on average, at most: half a second's work, and some 70 kB. */
const WALLETS_PER_PAGE = 500;
export const PAGES_MAX = 4_096;

/** How many pages so many wallets need: at least as many as the head before has. */
export function pagesFor(wallets: number, before: number): number {
  let pages = Math.max(1, before);
  while (pages < PAGES_MAX && wallets > pages * WALLETS_PER_PAGE) pages *= 2;
  return pages;
}

/** The page of a wallet. With twice as many pages, those of a page are in two: `2n` and `2n + 1`. */
export function pageOf(key: string, pages: number): number {
  return Math.floor((Number.parseInt(sha256(key).slice(0, 8), 16) / 2 ** 32) * pages);
}

export function leafHash(text: string): string {
  return sha256(`leaf ${text}`);
}

function nodeHash(left: string, right: string): string {
  return sha256(`node ${left} ${right}`);
}

/** One level up: neighbours are hashed together, and the last of an odd number goes up as it is. */
function levelAbove(hashes: readonly string[]): string[] {
  const above: string[] = [];
  for (let place = 0; place < hashes.length; place += 2) {
    const [left = '', right] = hashes.slice(place, place + 2);
    above.push(right === undefined ? left : nodeHash(left, right));
  }
  return above;
}

/** The root of the tree above some hashes. */
export function rootOf(hashes: readonly string[]): string {
  let level = hashes;
  while (level.length > 1) level = levelAbove(level);
  return level[0] ?? sha256('nothing');
}

/** The hashes beside the path from one of them to the root. */
export function stepsFrom(hashes: readonly string[], place: number): Step[] {
  const steps: Step[] = [];
  for (let [level, at] = [hashes, place]; level.length > 1; [level, at] = [levelAbove(level), Math.floor(at / 2)]) {
    const [side, beside] = at % 2 === 0 ? (['right', level[at + 1]] as const) : (['left', level[at - 1]] as const);
    if (beside !== undefined) steps.push({ side, hash: beside });
  }
  return steps;
}

/** The root that a leaf and its steps lead to. */
export function rootFrom(text: string, steps: readonly Step[]): string {
  return steps.reduce(
    (hash, step) => (step.side === 'left' ? nodeHash(step.hash, hash) : nodeHash(hash, step.hash)),
    leafHash(text),
  );
}
