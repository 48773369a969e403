import { listBulk } from '../../functions/bulk/list-bulk.ts';
import { listBulkRows } from '../../functions/bulk/list-bulk-rows.ts';
import { getCampaign } from '../../functions/campaigns/get-campaign.ts';
import { listOrders } from '../../functions/orders/list-orders.ts';
import { listLedger } from '../../functions/wallet/list-ledger.ts';
import { HOUR, MINUTE } from '../../shared/domain/time.ts';
import type { Account, Actors } from './actors.ts';
import { request } from './actors.ts';
import type { Survey } from './survey-actors.ts';

/** Merchants' programs that read: what the API shows must be what was committed. */

interface ListedItem {
  readonly id: string;
  readonly seq: number;
  readonly row: number;
}

/** A whole list, page by page; a page that failed is repeated. `undefined` if the pages keep failing. */
async function readAll(
  actors: Actors,
  account: Account,
  route: typeof listOrders | typeof listLedger | typeof listBulk | typeof listBulkRows,
  name: string,
  { params = {}, ...filter }: { currency?: string; params?: Record<string, string> } = {},
): Promise<ListedItem[] | undefined> {
  const items: ListedItem[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < 400; page += 1) {
    const query = { ...filter, limit: '17', ...(cursor === null ? {} : { cursor }) };
    const answer = request<unknown, never, unknown>(actors, account, route as never, {
      name: `${name} page ${page}`,
      params,
      query,
    });
    const response = await Promise.race([answer, actors.clock.sleep(5 * MINUTE)]);
    if (response?.status !== 200) continue;
    const shown: { data: ListedItem[]; next_cursor: string | null } = JSON.parse(response.body);
    items.push(...shown.data);
    cursor = shown.next_cursor;
    if (cursor === null) return items;
  }
  return undefined;
}

/** Reads both lists while they grow: a reader misses nothing that was there before, and sees nothing twice. */
export async function readWhileWritten(actors: Actors, account: Account): Promise<void> {
  const entries = (await readAll(actors, account, listLedger, 'reader of the ledger', { currency: 'USD' })) ?? [];
  const seqs = entries.map((entry) => entry.seq);
  if (seqs.some((seq, place) => seq !== (seqs[place + 1] ?? 0) + 1)) {
    actors.report('the list of ledger entries misses an entry or shows one twice');
  }
  const orders = (await readAll(actors, account, listOrders, 'reader of the orders')) ?? [];
  if (new Set(orders.map((order) => order.id)).size < orders.length) {
    actors.report('the list of orders shows an order twice');
  }
}

interface Committed {
  readonly id: string;
  readonly merchantId: string;
  readonly mode: string;
}

/** In the end the lists of orders and batches hold exactly what was committed. */
export async function readWhenQuiescent(actors: Actors): Promise<void> {
  const { orders, batchAuditor } = actors.auditor;
  for (const account of actors.accounts) {
    const compare = (what: string, committed: Iterable<Committed>, listed: readonly ListedItem[] | undefined) => {
      const { merchantId, mode } = account;
      const own = [...committed].filter((each) => each.merchantId === merchantId && each.mode === mode);
      const isSame = sortedIds(own) === sortedIds(listed ?? []);
      if (!isSame) actors.report(`${own.length} ${what} were committed and ${listed?.length} are listed`);
    };
    compare('orders', orders.values(), await readAll(actors, account, listOrders, 'reader when quiescent'));
    const batches = await readAll(actors, account, listBulk, 'reader of batches when quiescent');
    compare('batches', batchAuditor.batches.values(), batches);
    for (const { id } of batches ?? []) await readRows(actors, account, id);
  }
}

/** A batch shows each of its rows once, in the order of its file. */
async function readRows(actors: Actors, account: Account, id: string): Promise<void> {
  const rows = await readAll(actors, account, listBulkRows, `reader of the rows of ${id}`, {
    params: { batch_id: id },
  });
  const isRight = rows?.every(({ row }, place) => place === 0 || row > (rows[place - 1]?.row ?? 0));
  const count = actors.auditor.batchAuditor.batches.get(id)?.rows;
  if (!isRight || rows?.length !== count) actors.report(`${id} has ${count} rows, and its list shows ${rows?.length}`);
}

function sortedIds(items: readonly { readonly id: string }[]): string {
  return items
    .map(({ id }) => id)
    .toSorted()
    .join();
}

/** In the end the API shows the totals of a campaign that the auditor has. */
export async function readSurveyWhenQuiescent(actors: Actors, survey: Survey): Promise<void> {
  const answer = request<unknown, unknown, unknown>(actors, survey.account, getCampaign as never, {
    name: 'reader of the survey',
    params: { campaign_id: survey.id },
  });
  const response = await Promise.race([answer, actors.clock.sleep(HOUR / 2)]);
  const known = actors.auditor.campaignAuditor.campaigns.get(survey.id);
  const shown = response && JSON.parse(response.body);
  const total = Object.values<number>(shown?.counts ?? {}).reduce((sum, count) => sum + count, 0);
  const isRight = shown?.spent === (known?.spentMinor ?? 0) / 100 && total === known?.accepted;
  if (!isRight || shown?.counts.pending !== 0) actors.report(`${survey.id} is shown as ${response?.body}`);
}
