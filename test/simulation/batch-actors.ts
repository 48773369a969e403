import { cancelBulk } from '../../functions/bulk/cancel-bulk.ts';
import { createBulk } from '../../functions/bulk/create-bulk.ts';
import { retryBulk } from '../../functions/bulk/retry-bulk.ts';
import { MINUTE, SECOND } from '../../shared/domain/time.ts';
import type { PlainResponse, RouteHandler } from '../../shared/http/route.ts';
import type { Account, Actors } from './actors.ts';
import { ANSWER_TIMEOUT_MS, drawAccount, isAnswer, RETRY_PAUSE_MS, request, TRIES_MAX } from './actors.ts';
import type { Chance } from './chance.ts';
import { SAMPLE_PRODUCT } from './sample-product.ts';

/**
 * Merchants' programs that send files of recharges. Files are small or of several chunks, have invalid rows, and use
 * references of single orders and of rows of other files. The programs post twice at once, cancel, and retry failed
 * rows.
 */

const TARGET = '0772279099';
const INVALID_ROWS = ['0242123456,5', `${TARGET},"5,50"`, `${TARGET},1000000`, `${TARGET},`, '12,1'];

interface File {
  readonly reference: string;
  readonly body: string;
  readonly rows: number;
  /** The sum of all rows; rows that are left out cost nothing. */
  readonly totalMinor: number;
  /** References that its rows give, and that others may use too. */
  readonly references: readonly string[];
  readonly hasInvalidRows: boolean;
}

/** One program that sends a file. Resolves when the program is done with it. */
export async function sendFile(actors: Actors, n: number, withinMs: number): Promise<void> {
  const { clock, faults } = actors;
  const chance = actors.chance.fork(`file of client ${n}`);
  const account = drawAccount(actors, chance);
  const file = drawFile(chance, n, drawSize(chance));
  const isDoubled = faults.happens(chance, 'request doubled');
  const isOther = isDoubled && faults.happens(chance, 'reference reused with other content');
  const second = isOther ? { ...file, ...drawFile(chance, n, file.rows + 1) } : file;
  const apartMs = chance.pick([0, 20, SECOND, MINUTE]);
  const plan = { cancels: chance.happens(0.25), retriesAtOnce: chance.happens(0.1), retries: chance.happens(0.5) };
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
    plan.cancels ? cancel(actors, account, id, chance) : undefined,
    plan.retriesAtOnce ? retry(actors, account, id, `file ${n}, in a hurry`) : undefined,
  ]);
  if (plan.retries) await retryWhenEnded(actors, account, id, chance, `file ${n}`);
}

export interface FaultFreeFile {
  readonly rows: number;
  readonly cancelsAfterMs?: number;
}

/** A small file in which chance plays no part, for crashes at chosen points. */
export async function sendFaultFreeFile(actors: Actors, { rows, cancelsAfterMs }: FaultFreeFile): Promise<void> {
  const [account] = actors.accounts;
  if (!account) throw new Error('there is no account');
  const amounts = Array.from({ length: rows }, (_, row) => 20 + (row % 70));
  const lines = amounts.map((amountMinor) => `${TARGET},0.${amountMinor}`);
  const body = JSON.stringify({
    csv: ['target,amount', ...lines].join('\n'),
    batch_reference: 'b0',
    currency: 'USD',
    row_webhooks: true,
  });
  const totalMinor = amounts.reduce((sum, amountMinor) => sum + amountMinor, 0);
  const file: File = { reference: 'b0', body, rows, totalMinor, references: [], hasInvalidRows: false };
  const id = await post(actors, account, file, { name: 'file 0', isOnly: true });
  if (id === undefined) actors.report('the file was not accepted');
  else if (cancelsAfterMs !== undefined) {
    await actors.clock.sleep(cancelsAfterMs);
    await requestUntilAnswered(actors, account, cancelBulk, { name: 'cancel of file 0', params: { batch_id: id } });
  }
}

/** Mostly a few rows, sometimes a chunk, and rarely enough rows for all lanes. */
function drawSize(chance: Chance): number {
  if (chance.happens(0.65)) return 1 + chance.below(5);
  return chance.happens(0.7) ? 6 + chance.below(20) : 28 + chance.below(85);
}

function drawFile(chance: Chance, n: number, rows: number): File {
  const reference = `b${n}`;
  const hasReferences = chance.happens(0.35);
  // Most amounts are small, so that most files can be paid.
  const amountMinorMax = chance.happens(0.06) ? 30_000 : 150;
  const invalidRate = chance.happens(0.25) ? 0.15 : 0;
  const lines: string[] = [];
  const references: string[] = [];
  let totalMinor = 0;
  for (let row = 0; row < rows; row += 1) {
    const own = hasReferences && chance.happens(0.4) ? drawReference(chance, n, row) : '';
    if (chance.happens(invalidRate)) {
      lines.push(`${chance.pick(INVALID_ROWS)},${own}`);
      continue;
    }
    if (own !== '') references.push(own);
    const amountMinor = 10 + chance.below(Math.min(amountMinorMax, SAMPLE_PRODUCT.maxMinor - 10));
    totalMinor += amountMinor;
    lines.push(`${TARGET},${(amountMinor / 100).toFixed(2)},${own}`);
  }
  const hasInvalidRows = lines.some((line) => !/^\d+,[\d.]+,/.test(line)) || invalidRate > 0;
  const body = JSON.stringify({
    csv: ['target,amount,reference', ...lines].join('\n'),
    batch_reference: reference,
    // The sandbox sells in two.
    currency: 'USD',
    accept:
      hasInvalidRows || hasReferences ? chance.pick(['valid_rows', 'valid_rows', 'all_or_nothing']) : 'all_or_nothing',
    row_webhooks: chance.happens(0.4),
  });
  return { reference, body, rows, totalMinor, references, hasInvalidRows };
}

/** A reference that only this row has, or one that a single order or a row of another file uses too. */
function drawReference(chance: Chance, n: number, row: number): string {
  return chance.pick([`b${n}-${row}`, `r${Math.max(0, n - 5 + chance.below(10))}`, `s${chance.below(8)}`]);
}

/** Posts a file until it is answered. Returns the id of its batch if it was accepted. */
async function post(
  actors: Actors,
  account: Account,
  file: File,
  { name, isOnly }: { name: string; isOnly: boolean },
): Promise<string | undefined> {
  const response = await requestUntilAnswered(actors, account, createBulk, {
    name,
    body: file.body,
    check: (answer, startedAt) => checkAnswer(actors, account, { file, isOnly, answer, startedAt }),
  });
  return response && response.status < 300 ? JSON.parse(response.body).id : undefined;
}

interface FileAnswer {
  readonly file: File;
  /** Whether nothing else is posted under its reference. */
  readonly isOnly: boolean;
  readonly answer: PlainResponse;
  readonly startedAt: number;
}

/** An answer shows the batch that this account sent. A refusal is right for some moment of its request. */
function checkAnswer(actors: Actors, account: Account, { file, isOnly, answer, startedAt }: FileAnswer): void {
  const { auditor } = actors;
  const { merchantId, mode } = account;
  const { reference, rows, totalMinor, references, hasInvalidRows } = file;
  const batch = [...auditor.batchAuditor.batches.values()].find(
    (each) => each.merchantId === merchantId && each.mode === mode && each.reference === reference,
  );
  const shown = JSON.parse(answer.body);
  if (answer.status < 300) {
    const isOwn = batch !== undefined && shown.id === batch.id && shown.rows === rows;
    if (!isOwn) actors.report(`${reference} is answered with another batch`);
    return;
  }
  if (!isAnswer(answer)) return;
  switch (shown.code) {
    case 'insufficient_funds': {
      // A request that begins after the batch was paid finds the batch, and reads no wallet.
      const until = isOnly ? auditor.batchAuditor.acceptedAt(batch?.id) : undefined;
      const wallet = { merchantId, mode, currency: 'USD' } as const;
      const isTrue = auditor.wasShort(wallet, totalMinor, startedAt, until);
      if (!isTrue) actors.report(`${reference} was refused though its wallet could pay`);
      return;
    }
    case 'batch_invalid': {
      const orders = references.map((each) => auditor.orders.get(`${merchantId} ${mode} ${each}`));
      const isTaken = orders.some((order) => order && (!batch || order.batchId !== batch.id));
      const isRepeated = new Set(references).size < references.length;
      if (!hasInvalidRows && !isTaken && !isRepeated) {
        actors.report(`${reference} is refused for invalid rows: ${JSON.stringify(shown.errors)}`);
      }
      return;
    }
    case 'reference_reused':
      if (isOnly) actors.report(`${reference} is refused as reused, and this merchant used it once`);
      return;
    case 'account_frozen':
      if (!auditor.freezeAuditor.wasFrozen(account, startedAt)) actors.report(`${reference} is refused as frozen`);
      return;
    default:
      actors.report(`${reference} is answered ${answer.status} ${shown.code}`);
  }
}

/** Cancels a batch at some moment, mostly while it runs, and sometimes twice at once. */
async function cancel(actors: Actors, account: Account, id: string, chance: Chance): Promise<void> {
  const { clock, faults } = actors;
  await clock.sleep(chance.below(chance.pick([SECOND, 10 * SECOND, 5 * MINUTE])));
  const copies = faults.happens(chance, 'request doubled') ? 2 : 1;
  const answers = Array.from({ length: copies }, (_, copy) =>
    requestUntilAnswered(actors, account, cancelBulk, { name: `cancel ${copy} of ${id}`, params: { batch_id: id } }),
  );
  for (const answer of await Promise.all(answers)) {
    if (answer && answer.status >= 300) actors.report(`the cancellation of ${id} is answered ${answer.status}`);
  }
}

/** Retries what failed when the batch has ended, and sometimes what failed of the retry. */
async function retryWhenEnded(
  actors: Actors,
  account: Account,
  id: string,
  chance: Chance,
  name: string,
): Promise<void> {
  const { clock, auditor, faults } = actors;
  while (auditor.batchAuditor.batches.get(id)?.status === 'running') {
    if (actors.isOver()) return;
    await clock.sleep(2 * MINUTE);
  }
  const copies = faults.happens(chance, 'request doubled') ? 2 : 1;
  const retries = Array.from({ length: copies }, (_, copy) => retry(actors, account, id, `${name}.${copy}`));
  const [retryId] = (await Promise.all(retries)).flatMap((each) => each ?? []);
  if (retryId !== undefined && chance.happens(0.3)) await retryWhenEnded(actors, account, retryId, chance, `${name}~`);
}

/** Requests a batch of the failed rows. Refused if none failed, while the batch runs, and if the wallet is short. */
async function retry(actors: Actors, account: Account, id: string, name: string): Promise<string | undefined> {
  const answer = await requestUntilAnswered(actors, account, retryBulk, {
    name: `retry by ${name}`,
    params: { batch_id: id },
  });
  if (!answer || !isAnswer(answer)) return undefined;
  const shown = JSON.parse(answer.body);
  actors.faults.count(`retry: ${shown.code ?? answer.status}`);
  if (answer.status < 300) return shown.id;
  const mayRefuse = ['insufficient_funds', 'batch_running', 'nothing_to_retry', 'account_frozen'];
  if (!mayRefuse.includes(shown.code)) actors.report(`a retry of ${id} is refused: ${shown.code}`);
  return undefined;
}

interface BatchRequest {
  readonly name: string;
  readonly body?: string;
  readonly params?: Record<string, string>;
  readonly check?: (answer: PlainResponse, startedAt: number) => void;
}

/** Repeats a request until it is answered. Checks all answers, also those that come after the timeout. */
async function requestUntilAnswered<P, Q, B>(
  actors: Actors,
  account: Account,
  route: RouteHandler<P, Q, B>,
  { name, check, ...rest }: BatchRequest,
): Promise<PlainResponse | undefined> {
  const { clock, faults } = actors;
  for (let tries = 1; tries <= TRIES_MAX && !actors.isOver(); tries += 1) {
    const startedAt = clock.now;
    const response = request(actors, account, route, { ...rest, name: `${name} try ${tries}` }).then((answer) => {
      faults.count(`${route.name} answered: ${answer.status}`);
      actors.trace(`${name} is answered ${answer.status}`);
      check?.(answer, startedAt);
      return answer;
    });
    const answer = await Promise.race([response, clock.sleep(ANSWER_TIMEOUT_MS)]);
    if (answer && isAnswer(answer)) return answer;
    await clock.sleep(RETRY_PAUSE_MS);
  }
  return undefined;
}
