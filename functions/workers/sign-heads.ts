import { worker } from '../../shared/aws/worker.ts';
import type { Head, Leaf } from '../../shared/domain/head.ts';
import {
  dayOf,
  headText,
  leafOf,
  leafText,
  pageOf,
  pagesFor,
  parseLeaf,
  parseWalletKey,
  rootOf,
} from '../../shared/domain/head.ts';
import type { Entry, WalletId } from '../../shared/domain/ledger.ts';
import { mismatchIn } from '../../shared/domain/ledger.ts';
import type { Instant } from '../../shared/domain/time.ts';
import { DAY, elapsed, HOUR, plus, SECOND } from '../../shared/domain/time.ts';
import { countLive } from '../../shared/flows/count-live.ts';
import type { SignedHead } from '../../shared/flows/wallet/read-heads.ts';
import {
  hashOfHead,
  headName,
  pageFrom,
  pageName,
  readHead,
  readLastHead,
  readPage,
} from '../../shared/flows/wallet/read-heads.ts';
import { workThrough } from '../../shared/flows/work-through.ts';
import { METRICS } from '../../shared/manifest/metrics.ts';
import { readEntry, readLastTwo } from '../../shared/store/ledger.ts';
import { everyWallet } from '../../shared/store/wallets.ts';
import type { World } from '../../shared/world.ts';

/** Leaves a margin below the function's timeout for the pages in hand. */
const RUN_MS_MAX = 240 * SECOND;
const PAGES_AT_ONCE = 4;
const WALLETS_AT_ONCE = 8;
/** When all pages are there: some tens of seconds for as many as there can be. */
const READS_AT_ONCE = 16;

/** What a day's runs share, written by the first of them. */
interface Plan extends Pick<Head, 'day' | 'at' | 'pages' | 'previous'> {}

/**
 * Signs the head of the day, once. Wallets are read page by page, and each page is stored as soon as it is done: a run
 * that ends early is continued by the next, and of two at once the first to store a page or the head decides. A tail
 * is only taken if it continues what the head before has; otherwise the old leaf stays in the new head, so that what
 * contradicts it does so until somebody has mended the ledger.
 */
export async function signHeads(world: World): Promise<void> {
  const startedAt = world.now();
  const day = dayOf(startedAt);
  if ((await world.heads.read(headName(day))) !== undefined) return;
  const wallets = await everyWallet(world);
  const plan = await planOf(world, day, wallets.length);
  const previous = plan.previous ? await readHead(world, plan.previous.day) : undefined;
  if (plan.previous && (!previous || hashOfHead(previous) !== plan.previous.hash)) {
    throw new Error(`the head of ${plan.previous.day}, which that of ${day} builds on, is gone`);
  }
  const inPage = Map.groupBy(wallets, (key) => pageOf(key, plan.pages));
  const problems: Problem[] = [];
  const missing = await missingPages(world, plan);
  const { done, failed } = await workThrough(
    missing,
    (index) => storePage(world, plan, previous, { index, keys: inPage.get(index) ?? [], problems }),
    {
      atOnce: PAGES_AT_ONCE,
      isTimeLeft: () => elapsed(startedAt, world.now()) < RUN_MS_MAX,
      onFailure: (error, index) => world.log.error('heads.page_failed', { day, index }, error),
    },
  );
  for (const { wallet, what } of problems) {
    world.log.error('heads.mismatch', { ...wallet, what });
    countLive(world, wallet, METRICS.headMismatches);
  }
  const left = missing.length - done + failed;
  if (left === 0) await storeHead(world, plan, previous);
  world.log.info('heads.run', { day, pages: plan.pages, left, failed, problems: problems.length });
}

interface Problem {
  readonly wallet: WalletId;
  readonly what: string;
}

async function planOf(world: World, day: string, wallets: number): Promise<Plan> {
  const name = `plans/${day}`;
  const stored = await world.heads.read(name);
  if (stored !== undefined) return JSON.parse(stored);
  const last = await readLastHead(world);
  const plan: Plan = {
    day,
    at: world.now(),
    pages: pagesFor(wallets, last?.head.pages ?? 1),
    previous: last ? { day: last.head.day, hash: hashOfHead(last) } : null,
  };
  if (await world.heads.create(name, JSON.stringify(plan))) return plan;
  return JSON.parse((await world.heads.read(name)) ?? '');
}

/** The pages that no run has stored yet. */
async function missingPages(world: World, { day, pages }: Plan): Promise<number[]> {
  const stored = new Set<string>();
  let some: string[] = [];
  do {
    some = await world.heads.list(`pages/${day}`, some.at(-1) ?? '');
    for (const name of some) stored.add(`pages/${day}/${name}`);
  } while (some.length > 0);
  return [...Array(pages).keys()].filter((index) => !stored.has(pageName(day, index)));
}

interface PageWork {
  readonly index: number;
  readonly keys: readonly string[];
  readonly problems: Problem[];
}

/** Of two runs at once the first to store a page decides what is in it. */
async function storePage(world: World, plan: Plan, previous: SignedHead | undefined, work: PageWork): Promise<void> {
  await world.heads.create(pageName(plan.day, work.index), await makePage(world, plan, previous, work));
}

async function makePage(
  world: World,
  plan: Plan,
  previous: SignedHead | undefined,
  { index, keys, problems }: PageWork,
): Promise<string> {
  const before = await leavesBefore(world, plan, previous, index);
  const since = plus(previous?.head.at ?? plus(plan.at, -DAY), -HOUR);
  const texts: string[] = [];
  const failures: unknown[] = [];
  const work = async (key: string) => {
    const wallet = parseWalletKey(key);
    if (!wallet) return;
    const { leaf, problem } = await nextLeaf(world, wallet, before.get(key), since);
    if (problem !== undefined) problems.push({ wallet, what: problem });
    if (leaf) texts.push(leafText(leaf));
  };
  const all = [...new Set([...before.keys(), ...keys])];
  await workThrough(all, work, { atOnce: WALLETS_AT_ONCE, onFailure: (error) => void failures.push(error) });
  if (failures.length > 0) throw failures[0];
  return texts.sort().join('\n');
}

/** What the head before has for the wallets of a page. It may have had fewer pages, which were divided since. */
async function leavesBefore(
  world: World,
  { pages }: Plan,
  previous: SignedHead | undefined,
  index: number,
): Promise<Map<string, Leaf>> {
  if (!previous) return new Map();
  const page = await readPage(world, previous, Math.floor((index * previous.head.pages) / pages));
  const own = [...page.leaves].filter(([key]) => pageOf(key, pages) === index);
  return new Map(own.map(([key, text]) => [key, parseLeaf(text)]));
}

/**
 * A wallet's leaf in the new head, and what is wrong: two or three entries are read, however many there are. A wallet
 * whose first entry is older than the head before should have been in that one; it is signed, and reported.
 */
async function nextLeaf(
  world: World,
  wallet: WalletId,
  before: Leaf | undefined,
  since: Instant,
): Promise<{ leaf?: Leaf; problem?: string }> {
  const [tail, beforeTail] = await readLastTwo(world, wallet);
  if (!tail) return before ? { leaf: before, problem: 'its entries are gone' } : {};
  const wrong = mismatchIn(wallet, beforeTail, tail);
  if (!before) {
    if (wrong !== undefined) return { problem: wrong };
    const first = await readEntry(world, wallet, 1);
    const isLate = !first || first.at < since;
    return { leaf: leafOf(tail), ...(isLate ? { problem: 'it is older than the head before, and not in it' } : {}) };
  }
  if (wrong !== undefined) return { leaf: before, problem: wrong };
  if (tail.seq < before.seq) return { leaf: before, problem: `its entries after ${tail.seq} are gone` };
  const signed =
    [tail, beforeTail].find((entry) => entry?.seq === before.seq) ?? (await readEntry(world, wallet, before.seq));
  if (!signed || !isSame(signed, before)) {
    return { leaf: before, problem: `entry ${before.seq} or one before it was rewritten` };
  }
  return { leaf: leafOf(tail) };
}

function isSame(entry: Entry, leaf: Leaf): boolean {
  return entry.hash === leaf.hash && entry.balanceAfterMinor === leaf.balanceMinor;
}

/** Signs what is stored, whichever runs stored it. */
async function storeHead(world: World, plan: Plan, previous: SignedHead | undefined): Promise<void> {
  const pages: { root: string; wallets: number }[] = [];
  const read = async (index: number) => {
    const stored = await world.heads.read(pageName(plan.day, index));
    if (stored === undefined) throw new Error(`page ${index} of ${plan.day} is gone`);
    const { hashes } = pageFrom(index, stored);
    pages[index] = { root: rootOf(hashes), wallets: hashes.length };
  };
  const { failed } = await workThrough([...Array(plan.pages).keys()], read, {
    atOnce: READS_AT_ONCE,
    onFailure: (error, index) => world.log.error('heads.page_failed', { day: plan.day, index }, error),
  });
  if (failed > 0) return;
  const pageRoots = pages.map(({ root }) => root);
  const wallets = pages.reduce((sum, page) => sum + page.wallets, 0);
  const number = (previous?.head.number ?? 0) + 1;
  const text = headText({ ...plan, number, wallets, root: rootOf(pageRoots) });
  const signature = await world.heads.sign(text);
  const isFirst = await world.heads.create(headName(plan.day), JSON.stringify({ text, signature, pageRoots }));
  if (isFirst) world.log.info('heads.signed', { day: plan.day, number, wallets });
}

export const handler = worker({ schedule: 'sign-heads', onSchedule: signHeads });
