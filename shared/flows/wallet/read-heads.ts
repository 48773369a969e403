import type { Head, Leaf, Step } from '../../domain/head.ts';
import { dayOf, leafHash, pageOf, parseLeaf, rootOf, stepsFrom } from '../../domain/head.ts';
import type { WalletId } from '../../domain/ledger.ts';
import { walletKey } from '../../domain/ledger.ts';
import { sha256 } from '../../domain/sha256.ts';
import type { Instant } from '../../domain/time.ts';
import { DAY, HOUR, plus } from '../../domain/time.ts';
import { readEntry } from '../../store/ledger.ts';
import type { World } from '../../world.ts';
import type { Checkpoint, Violation } from './verify-ledger.ts';

/**
 * Signed heads as they are stored: `heads/<day>` is a head with its signature and the roots of its pages,
 * `pages/<day>/<page>` the leaves of a page, a line each. Nothing that is read is believed before it is checked: the
 * head by its signature, a page by its root.
 */

export interface SignedHead {
  readonly head: Head;
  /** What was signed. */
  readonly text: string;
  readonly signature: string;
  readonly pageRoots: readonly string[];
}

export interface Page {
  readonly index: number;
  readonly leaves: ReadonlyMap<string, string>;
  readonly hashes: readonly string[];
}

/** A head or a page that is not what was signed. */
export class DamagedHead extends Error {}

export const headName = (day: string) => `heads/${day}`;
export const pageName = (day: string, index: number) => `pages/${day}/${String(index).padStart(4, '0')}`;

/** The head of a day; `undefined` if there is none. Throws `DamagedHead` where it was not signed like this. */
export async function readHead(world: World, day: string): Promise<SignedHead | undefined> {
  const stored = await world.heads.read(headName(day));
  if (stored === undefined) return undefined;
  const { text, signature, pageRoots } = parse(stored);
  if (!(await world.heads.isSigned(text, signature)))
    throw new DamagedHead(`the head of ${day} is not signed by our key`);
  const head: Head = JSON.parse(text);
  const isWhole = head.day === day && head.pages === pageRoots.length && head.root === rootOf(pageRoots);
  if (!isWhole) throw new DamagedHead(`the head of ${day} was changed`);
  return { head, text, signature, pageRoots };
}

function parse(stored: string): Omit<SignedHead, 'head'> {
  try {
    return JSON.parse(stored);
  } catch {
    return { text: '', signature: '', pageRoots: [] };
  }
}

/** Where the last head is looked for first. */
const RECENT_MS = 7 * DAY;

/** The last head before the end of a day. */
export async function readLastHead(world: World): Promise<SignedHead | undefined> {
  let days = await world.heads.list('heads', dayOf(plus(world.now(), -RECENT_MS)));
  // There is none of the last week: look through all.
  for (let after = ''; days.length === 0; ) {
    const more = await world.heads.list('heads', after);
    const last = more.at(-1);
    if (last === undefined) {
      if (after === '') return undefined;
      days = [after];
    } else after = last;
  }
  return readHead(world, days.at(-1) ?? '');
}

/** A page of a head. Throws `DamagedHead` where it is missing or changed. */
export async function readPage(world: World, { head, pageRoots }: SignedHead, index: number): Promise<Page> {
  const page = pageFrom(index, (await world.heads.read(pageName(head.day, index))) ?? '');
  if (rootOf(page.hashes) === pageRoots[index]) return page;
  throw new DamagedHead(`page ${index} of the head of ${head.day} is missing or was changed`);
}

export function pageFrom(index: number, stored: string): Page {
  const texts = stored.split('\n').filter((text) => text !== '');
  const leaves = new Map(texts.map((text) => [text.split(' ')[0] ?? '', text]));
  return { index, leaves, hashes: texts.map(leafHash) };
}

export function leafIn(page: Page, wallet: WalletId): Leaf | undefined {
  const text = page.leaves.get(walletKey(wallet));
  return text === undefined ? undefined : parseLeaf(text);
}

/** What leads from a wallet's leaf to the root of a head: first within its page, then among the roots of pages. */
export function stepsTo({ pageRoots }: SignedHead, page: Page, wallet: WalletId): Step[] {
  const place = [...page.leaves.keys()].indexOf(walletKey(wallet));
  return [...stepsFrom(page.hashes, place), ...stepsFrom(pageRoots, page.index)];
}

export function hashOfHead({ text }: SignedHead): string {
  return sha256(text);
}

/** An index may lag, and clocks differ: a wallet whose first entry is only so much older may be missing in a head. */
const LATE_MS_MAX = HOUR;
/** So long a new wallet may be in no head. */
const UNSIGNED_MS_MAX = 2 * DAY;

export interface HeadCheck {
  readonly head?: Head;
  /** The wallet's tail as the head has it. */
  readonly leaf?: Leaf;
  readonly violation?: Violation;
}

export interface LastHead {
  /** When its signing began; `undefined` where there is no head, or it is damaged. */
  readonly at?: Instant;
  /**
   * Holds a wallet's ledger against the head: one read of an entry, or none where the caller has just read the one that
   * the head has. Pages are read once.
   */
  check(wallet: WalletId, known?: Checkpoint): Promise<HeadCheck>;
}

/** Some 40 MB of them. */
const PAGES_KEPT = 256;

/** The last head, to hold ledgers against. */
export async function openLastHead(world: World): Promise<LastHead> {
  try {
    const signed = await readLastHead(world);
    if (!signed) return { check: (wallet) => checkUnsigned(world, wallet, plus(world.now(), -UNSIGNED_MS_MAX)) };
    const pages = new Map<number, Promise<Page>>();
    const pageOfWallet = (wallet: WalletId) => {
      const index = pageOf(walletKey(wallet), signed.head.pages);
      const page = pages.get(index) ?? readPage(world, signed, index);
      pages.set(index, page);
      const [oldest = index] = pages.keys();
      if (pages.size > PAGES_KEPT) pages.delete(oldest);
      return page;
    };
    const check = async (wallet: WalletId, known?: Checkpoint) =>
      checkLeaf(world, wallet, { head: signed.head, leaf: leafIn(await pageOfWallet(wallet), wallet), known });
    return { at: signed.head.at, check: (...about) => check(...about).catch(damageOf) };
  } catch (error) {
    const damage = damageOf(error);
    return { check: async () => damage };
  }
}

/** A head that was tampered with proves nothing, and is no reason to say that a ledger is right. */
function damageOf(error: unknown): HeadCheck {
  if (error instanceof DamagedHead) return { violation: { seq: 0, what: error.message } };
  throw error;
}

interface LeafCheck {
  readonly head: Head;
  readonly leaf: Leaf | undefined;
  readonly known: Checkpoint | undefined;
}

async function checkLeaf(world: World, wallet: WalletId, { head, leaf, known }: LeafCheck): Promise<HeadCheck> {
  if (!leaf) return { head, ...(await checkUnsigned(world, wallet, plus(head.at, -LATE_MS_MAX), head.day)) };
  const { seq, hash, balanceMinor } = leaf;
  const entry = known?.seq === seq ? known : await readCheckpoint(world, wallet, seq);
  if (entry?.hash === hash && entry.balanceMinor === balanceMinor) return { head, leaf };
  const what = entry
    ? `entry ${seq} is not the one in the head of ${head.day}: it or one before it was rewritten`
    : `entry ${seq} is missing, and the head of ${head.day} has it`;
  return { head, leaf, violation: { seq, what } };
}

async function readCheckpoint(world: World, wallet: WalletId, seq: number): Promise<Checkpoint | undefined> {
  const entry = await readEntry(world, wallet, seq);
  return entry && { seq, hash: entry.hash, balanceMinor: entry.balanceAfterMinor };
}

/** A wallet that no head names is a new one, or somebody hid it or took the heads away. */
async function checkUnsigned(world: World, wallet: WalletId, since: Instant, day?: string): Promise<HeadCheck> {
  const first = await readEntry(world, wallet, 1);
  if (!first || first.at >= since) return {};
  const what = day
    ? `entry 1 is older than the head of ${day}, which does not have this wallet`
    : 'there is no signed head, and entry 1 is older than two days';
  return { violation: { seq: 1, what } };
}
