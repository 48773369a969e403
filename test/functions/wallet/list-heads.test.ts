import { describe, expect, it } from '@jest/globals';
import { listHeads } from '../../../functions/wallet/list-heads.ts';
import { signHeads } from '../../../functions/workers/sign-heads.ts';
import { routes } from '../../../shared/manifest/routes.ts';
import type { World } from '../../../shared/world.ts';
import { call } from '../../support/call.ts';
import { granted } from '../../support/granted.ts';
import { DAY, freshMerchantForEachTest, merchant, move, world } from '../../support/ledger-set-up.ts';
import { aMerchant } from '../../support/world.ts';

freshMerchantForEachTest();

const ask = (query: Record<string, string> = {}, on: World = world, headers = merchant.headers()) =>
  call(granted(on, routes.listHeads.access), listHeads, { headers, query: { currency: 'USD', ...query } });

/** A head on each of so many days, with an entry more each. */
async function heads(days: number): Promise<void> {
  for (let day = 0; day < days; day += 1) {
    await move(100);
    await signHeads(world);
    world.advance(DAY);
  }
}

describe('the heads of a wallet', () => {
  it('are listed oldest first, page by page, from a day on', async () => {
    await heads(5);
    const { json } = await ask();
    expect(json.public_key).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
    const listed = json.data.map(({ day, entries, balance }: Record<string, unknown>) => [day, entries, balance]);
    expect(listed).toEqual([
      ['2026-05-07', 1, 1],
      ['2026-05-08', 2, 2],
      ['2026-05-09', 3, 3],
      ['2026-05-10', 4, 4],
      ['2026-05-11', 5, 5],
    ]);
    const first = (await ask({ limit: '2', from: '2026-05-08' })).json;
    const second = (await ask({ limit: '2', from: '2026-05-08', cursor: first.next_cursor })).json;
    expect([...first.data, ...second.data]).toEqual(json.data.slice(1));
    expect([json.next_cursor, second.next_cursor]).toEqual([null, null]);
    expect((await ask({ from: '2026-05-11T23:59:59Z' })).json.data).toEqual(json.data.slice(4));
    world.advance(40 * DAY);
    expect((await ask()).json.data).toEqual([]);
  });

  it('have nothing of another merchant, of the other mode or of another currency', async () => {
    const other = await aMerchant(world, { USD: 700, KES: 500 });
    await heads(1);
    const [head] = (await ask()).json.data;
    expect(head.leaf).toBe(`${merchant.id}#live#USD 1 ${head.hash} 100`);
    expect(JSON.stringify(head)).not.toContain(other.id);
    expect((await ask({}, world, merchant.headers('test'))).json.data).toEqual([]);
    expect((await ask({ currency: 'KES' })).json.data).toEqual([]);
    const [theirs] = (await ask({}, world, other.headers())).json.data;
    expect([theirs.head, theirs.signature, theirs.balance]).toEqual([head.head, head.signature, 7]);
  });

  it('that were damaged are left out, and logged', async () => {
    await heads(2);
    const damaged: string[] = [];
    const { heads: kept } = world;
    const read = async (name: string) =>
      name === 'heads/2026-05-07' ? (await kept.read(name))?.replace('wallets', 'purses') : kept.read(name);
    const log = { ...world.log, error: (event: string) => damaged.push(event) };
    const { json } = await ask({}, { ...world, log, heads: { ...kept, read } });
    expect([json.data.map(({ day }: { day: string }) => day), damaged]).toEqual([['2026-05-08'], ['heads.damaged']]);
  });

  it.each([{ limit: '32' }, { limit: '0' }, { currency: 'EUR' }, { from: 'soon' }])(
    'are not listed by %o',
    async (query) => {
      expect((await ask(query)).json).toMatchObject({ status: 400, param: Object.keys(query)[0] });
    },
  );

  it('are not listed by a cursor that no page had', async () => {
    const cursor = Buffer.from(JSON.stringify({ day: '../plans' })).toString('base64url');
    expect((await ask({ cursor })).json.code).toBe('invalid_cursor');
  });
});
