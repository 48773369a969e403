import { cancelBulk } from '../../functions/bulk/cancel-bulk.ts';
import { createBulk } from '../../functions/bulk/create-bulk.ts';
import { retryBulk } from '../../functions/bulk/retry-bulk.ts';
import { MINUTE, SECOND } from '../../shared/domain/time.ts';
import type { PlainResponse, RouteHandler } from '../../shared/http/route.ts';
import type { Chance } from './clock.ts';
import type { Account, Actors } from './merchant-actors.ts';
import { request } from './merchant-actors.ts';
import { SAMPLE_PRODUCT } from './sample-product.ts';

/**
 * Merchants' programs that send files of recharges: small ones and some of several chunks, with rows that cannot be
 * sent, with references of single orders and of each other's rows; that post twice at once, cancel, and send again
 * what failed.
 */

const TRIES_MAX = 8;
const TARGET = '0772279099';
const WRONG_ROWS = ['0242123456,5', `${TARGET},"5,50"`, `${TARGET},1000000`, `${TARGET},`, '12,1'];

interface File {
  readonly reference: string;
  readonly body: string;
  readonly rows: number;
  /** At most: rows that are left out cost nothing. */
  readonly totalMinor: number;
  /** References that its rows name, which others may use too. */
  readonly named: readonly string[];
  readonly hasWrongRows: boolean;
}

/** One program's file, and what becomes of it until it wants nothing more. */
export async function sendFile(actors: Actors, n: number, withinMs: number): Promise<void> {
  const { clock, faults, accounts } = actors;
  const chance = actors.chance.fork(`file of client ${n}`);
  const account = accounts[Math.max(0, chance.below(10) - 7)] ?? accounts[0];
  if (!account) throw new Error('somebody has an account');
  const file = fileOf(chance, n, sizeOf(chance));
  const isDoubled = faults.happens(chance, 'request doubled');
  const isOther = isDoubled && faults.happens(chance, 'other content under one reference');
  const second = isOther ? { ...file, ...fileOf(chance, n, file.rows + 1) } : file;
  const apartMs = chance.pick([0, 20, SECOND, MINUTE]);
  const fate = { cancels: chance.happens(0.25), hurries: chance.happens(0.1), retries: chance.happens(0.5) };
  await clock.sleep(chance.below(withinMs));
  const first = post(actors, account, file, { name: `file ${n}.0`, isOnly: !isOther });
  const copies = [first];
  if (isDoubled) {
    await clock.sleep(apartMs);
    copies.push(post(actors, account, second, { name: `file ${n}.1`, isOnly: !isOther }));
  }
  const ids = (await Promise.all(copies)).flatMap((id) => id ?? []);
  const [id] = ids;
  if (id === undefined) return;
  await Promise.all([
    fate.cancels ? cancel(actors, account, id, chance) : undefined,
    fate.hurries ? sendAgain(actors, account, id, `file ${n}, in a hurry`) : undefined,
  ]);
  if (fate.retries) await retryWhenEnded(actors, account, id, chance, `file ${n}`);
}

export interface FaultFreeFile {
  readonly rows: number;
  readonly cancelsAfterMs?: number;
}

/** A small file without any ifs, for crashes at chosen points. */
export async function sendFaultFreeFile(actors: Actors, { rows, cancelsAfterMs }: FaultFreeFile): Promise<void> {
  const [account] = actors.accounts;
  if (!account) throw new Error('somebody has an account');
  const lines = Array.from({ length: rows }, (_, row) => `${TARGET},0.${20 + row}`);
  const body = JSON.stringify({
    csv: ['target,amount', ...lines].join('\n'),
    batch_reference: 'b0',
    row_webhooks: true,
  });
  const totalMinor = rows * 20 + (rows * (rows - 1)) / 2;
  const file: File = { reference: 'b0', body, rows, totalMinor, named: [], hasWrongRows: false };
  const id = await post(actors, account, file, { name: 'file 0', isOnly: true });
  if (id === undefined) actors.violate('the file was not taken');
  else if (cancelsAfterMs !== undefined) {
    await actors.clock.sleep(cancelsAfterMs);
    await insist(actors, account, cancelBulk, { name: 'cancel of file 0', params: { batch_id: id } });
  }
}

/** Mostly a few rows, sometimes a chunk, and now and then so many that every lane has work. */
function sizeOf(chance: Chance): number {
  if (chance.happens(0.65)) return 1 + chance.below(5);
  return chance.happens(0.7) ? 6 + chance.below(20) : 28 + chance.below(85);
}

function fileOf(chance: Chance, n: number, rows: number): File {
  const reference = `b${n}`;
  const isNaming = chance.happens(0.35);
  // Few are beyond what any wallet holds, so that most files are paid.
  const mostMinor = chance.happens(0.06) ? 30_000 : 150;
  const wrongRate = chance.happens(0.25) ? 0.15 : 0;
  const lines: string[] = [];
  const named: string[] = [];
  let totalMinor = 0;
  for (let row = 0; row < rows; row += 1) {
    const own = isNaming && chance.happens(0.4) ? nameOf(chance, n, row) : '';
    if (chance.happens(wrongRate)) {
      lines.push(`${chance.pick(WRONG_ROWS)},${own}`);
      continue;
    }
    if (own !== '') named.push(own);
    const amountMinor = 10 + chance.below(Math.min(mostMinor, SAMPLE_PRODUCT.maxMinor - 10));
    totalMinor += amountMinor;
    lines.push(`${TARGET},${(amountMinor / 100).toFixed(2)},${own}`);
  }
  const hasWrongRows = lines.some((line) => !/^\d+,[\d.]+,/.test(line)) || wrongRate > 0;
  const body = JSON.stringify({
    csv: ['target,amount,reference', ...lines].join('\n'),
    batch_reference: reference,
    accept: hasWrongRows || isNaming ? chance.pick(['valid_rows', 'valid_rows', 'all_or_nothing']) : 'all_or_nothing',
    row_webhooks: chance.happens(0.4),
  });
  return { reference, body, rows, totalMinor, named, hasWrongRows };
}

/** A row's own reference, or one that a single order, or a row of another file, has too, before or after it. */
function nameOf(chance: Chance, n: number, row: number): string {
  return chance.pick([`b${n}-${row}`, `r${Math.max(0, n - 5 + chance.below(10))}`, `s${chance.below(8)}`]);
}

/** Posts a file until it is answered; the id of its batch where it was accepted. */
async function post(
  actors: Actors,
  account: Account,
  file: File,
  { name, isOnly }: { name: string; isOnly: boolean },
): Promise<string | undefined> {
  const response = await insist(actors, account, createBulk, {
    name,
    body: file.body,
    check: (answer, startedAt) => checkAnswer(actors, account, { file, isOnly, answer, startedAt }),
  });
  return response && response.status < 300 ? JSON.parse(response.body).id : undefined;
}

interface Answered {
  readonly file: File;
  /** Whether nobody posts anything else under its reference. */
  readonly isOnly: boolean;
  readonly answer: PlainResponse;
  readonly startedAt: number;
}

/** An answer speaks of the batch that this account sent; a refusal is true of some moment of its request. */
function checkAnswer(actors: Actors, account: Account, { file, isOnly, answer, startedAt }: Answered): void {
  const { auditor } = actors;
  const { merchantId, mode } = account;
  const { reference, rows, totalMinor, named, hasWrongRows } = file;
  const batch = [...auditor.bulk.batches.values()].find(
    (each) => each.merchantId === merchantId && each.mode === mode && each.reference === reference,
  );
  const answered = JSON.parse(answer.body);
  if (answer.status < 300) {
    const isOwn = batch !== undefined && answered.id === batch.id && answered.rows === rows;
    if (!isOwn) actors.violate(`${reference} is answered as another`);
    return;
  }
  if (answer.status === 401 || answer.status >= 500) return;
  switch (answered.code) {
    case 'insufficient_funds': {
      // Whoever looks after the batch was paid finds the batch, and not an empty wallet.
      const until = isOnly ? auditor.bulk.acceptedAt(batch?.id) : undefined;
      const wallet = { merchantId, mode, currency: 'USD' } as const;
      const isTrue = auditor.wasShort(wallet, totalMinor, startedAt, until);
      if (!isTrue) actors.violate(`${reference} was refused though its wallet could pay`);
      return;
    }
    case 'batch_invalid': {
      const orders = named.map((each) => auditor.orders.get(`${merchantId} ${mode} ${each}`));
      const isTaken = orders.some((order) => order && (!batch || order.batchId !== batch.id));
      const isRepeated = new Set(named).size < named.length;
      if (!hasWrongRows && !isTaken && !isRepeated)
        actors.violate(`${reference} is said to have wrong rows: ${JSON.stringify(answered.errors)}`);
      return;
    }
    case 'reference_reused':
      if (isOnly) actors.violate(`${reference} is said to be taken, and was not by this merchant`);
      return;
    default:
      actors.violate(`${reference} is answered ${answer.status} ${answered.code}`);
  }
}

/** Cancels at some moment, mostly while it runs, sometimes twice at once. */
async function cancel(actors: Actors, account: Account, id: string, chance: Chance): Promise<void> {
  const { clock, faults } = actors;
  await clock.sleep(chance.below(chance.pick([SECOND, 10 * SECOND, 5 * MINUTE])));
  const copies = faults.happens(chance, 'request doubled') ? 2 : 1;
  const asked = Array.from({ length: copies }, (_, copy) =>
    insist(actors, account, cancelBulk, { name: `cancel ${copy} of ${id}`, params: { batch_id: id } }),
  );
  for (const answer of await Promise.all(asked)) {
    if (answer && answer.status >= 300) actors.violate(`${id} is cancelled with ${answer.status}`);
  }
}

/** Sends again what failed, once the batch is ended; and, sometimes, what failed of that. */
async function retryWhenEnded(
  actors: Actors,
  account: Account,
  id: string,
  chance: Chance,
  name: string,
): Promise<void> {
  const { clock, auditor, faults } = actors;
  while (auditor.bulk.batches.get(id)?.status === 'running') {
    if (actors.isOver()) return;
    await clock.sleep(2 * MINUTE);
  }
  const copies = faults.happens(chance, 'request doubled') ? 2 : 1;
  const asked = Array.from({ length: copies }, (_, copy) => sendAgain(actors, account, id, `${name}.${copy}`));
  const [again] = (await Promise.all(asked)).flatMap((each) => each ?? []);
  if (again !== undefined && chance.happens(0.3)) await retryWhenEnded(actors, account, again, chance, `${name}~`);
}

/** Asks for a batch of what failed; its id. Refused where nothing did, while it runs, and where the wallet is short. */
async function sendAgain(actors: Actors, account: Account, id: string, name: string): Promise<string | undefined> {
  const answer = await insist(actors, account, retryBulk, { name: `retry by ${name}`, params: { batch_id: id } });
  if (!answer || answer.status === 401 || answer.status >= 500) return undefined;
  const answered = JSON.parse(answer.body);
  actors.faults.count(`retry answered: ${answered.code ?? answer.status}`);
  if (answer.status < 300) return answered.id;
  const mayRefuse = ['insufficient_funds', 'batch_running', 'nothing_to_retry'];
  if (!mayRefuse.includes(answered.code)) actors.violate(`a retry of ${id} is refused: ${answered.code}`);
  return undefined;
}

interface Asked {
  readonly name: string;
  readonly body?: string;
  readonly params?: Record<string, string>;
  readonly check?: (answer: PlainResponse, startedAt: number) => void;
}

/** Repeats what was not answered, and looks at every answer, also at those that come after it had given up on them. */
async function insist<P, Q, B>(
  actors: Actors,
  account: Account,
  endpoint: RouteHandler<P, Q, B>,
  { name, check, ...rest }: Asked,
): Promise<PlainResponse | undefined> {
  const { clock, faults } = actors;
  for (let tries = 1; tries <= TRIES_MAX && !actors.isOver(); tries += 1) {
    const startedAt = clock.now;
    const asked = request(actors, account, endpoint, { ...rest, name: `${name} try ${tries}` }).then((answer) => {
      faults.count(`${endpoint.name} answered: ${answer.status}`);
      actors.tell(`${name} is answered ${answer.status}`);
      check?.(answer, startedAt);
      return answer;
    });
    const answer = await Promise.race([asked, clock.sleep(40 * SECOND)]);
    if (answer && answer.status < 500 && answer.status !== 401) return answer;
    await clock.sleep(2 * SECOND);
  }
  return undefined;
}
