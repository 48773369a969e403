import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { System } from '../support/system.ts';

/** What an operator does at a running system, from the shell: `start.test.ts` tells the beginning of it. */

const data = mkdtempSync(join(tmpdir(), 'airtime-operator-'));
let system: System;

beforeAll(async () => {
  system = await System.start(data);
}, 300_000);

afterAll(async () => {
  await system.kill();
  rmSync(data, { recursive: true, force: true });
});

const order = (reference: string) => ({
  product_id: 100,
  target: '0772279099',
  amount: 5,
  agent_reference: reference,
});

it('an operator makes a merchant, funds it, limits, freezes and erases, and takes its key away again', async () => {
  const operator = (...words: string[]) => system.operator(...words);
  const merchant = await operator('merchant', 'create', 'Acme');
  const key = await operator('key', 'create', merchant.id, '--mode', 'live');
  const adjust = (amount: string, reference: string, ...flags: string[]) => {
    const words = ['--mode', 'live', '--reason', 'Bank deposit', '--reference', reference, ...flags];
    return operator('wallet', 'adjust', merchant.id, amount, 'USD', ...words);
  };
  const entry = await adjust('10', 'bank 17');
  expect(await adjust('10', 'bank 17')).toEqual(entry);
  await expect(adjust('11', 'bank 17')).rejects.toThrow('the reference bank 17 was used');
  await expect(adjust('1000', 'bank 18')).rejects.toThrow('--yes');
  await expect(
    operator('wallet', 'adjust', merchant.id, '1', 'USD', '--mode', 'live', '--reason', 'x'),
  ).rejects.toThrow('--reference');
  const placed = await system.api('/api/v1/orders', { key: key.key, body: order('operator') });
  expect(placed.json.status).toBe('success');
  const { json } = await system.api('/api/v1/wallet/ledger', { key: key.key });
  expect(json.data.map((entry: { balance_after: number }) => entry.balance_after)).toEqual([5, 10]);
  expect(json.data[1].description).toContain('Bank deposit');
  expect(json.data[1].description).toContain('bank 17');
  await expect(adjust('-5.01', 'bank 19')).rejects.toThrow('holds only');
  await operator('terms', 'set', merchant.id, 'keys', '1', '--mode', 'live');
  await expect(operator('key', 'create', merchant.id, '--mode', 'live')).rejects.toThrow('There are 1 live keys');
  const { requests } = await operator('requests', 'list', merchant.id, '--mode', 'live', '--status', '4xx');
  expect(requests).toEqual([]);
  const { acts } = await operator('audit', 'list', merchant.id, '--mode', 'live');
  expect(acts[0]).toMatchObject({ action: 'terms.set', before: { keys: 100 }, after: { keys: 1 } });
  const frozen = await operator('merchant', 'freeze', merchant.id, '--reason', 'A key leaked.');
  expect(frozen.frozen).toMatchObject({ live: [{ reason: 'A key leaked.' }], test: [{ reason: 'A key leaked.' }] });
  await expect(operator('merchant', 'unfreeze', merchant.id)).rejects.toThrow('--reason');
  await operator('merchant', 'unfreeze', merchant.id, '--mode', 'live', '--reason', 'It was revoked.');
  expect((await operator('terms', 'show', merchant.id)).frozen).toMatchObject({
    live: [],
    test: [{ by: { type: 'operator' } }],
  });
  const report = join(data, 'erased.json');
  const body = { ...order('to-be-erased'), target: '0772279088' };
  const mine = await system.api('/api/v1/orders', { key: key.key, body });
  const erased = await operator('erase', mine.json.msisdn, '--report', report);
  expect(JSON.parse(readFileSync(report, 'utf8'))).toEqual(erased);
  expect(erased.merchants).toContainEqual(expect.objectContaining({ merchant_id: merchant.id, orders: 1 }));
  expect(JSON.stringify(erased)).not.toContain('772279088');
  const again = await system.api('/api/v1/orders', { key: key.key, body });
  expect([again.status, again.json.id, again.json.target]).toEqual([200, mine.json.id, '…088']);
  await operator('key', 'revoke', merchant.id, key.id);
  expect((await system.api('/api/v1/wallet', { key: key.key })).status).toBe(401);
}, 300_000);

it('an operator who mistypes reads one line, and --help lists all commands', async () => {
  const mistakes = [
    [['merchant', 'frobnicate'], 'there is no command merchant frobnicate.'],
    [['order', 'show', 'mer_nope', 'x'], '--mode must be live or test.'],
    [['key', 'list', 'x', '--nope'], "Unknown option '--nope'"],
    [['topup', 'resolve', 'top_nope', 'paid', '--reason', 'x'], 'failed: there is no top-up top_nope'],
  ] as const;
  for (const [words, reason] of mistakes) {
    const { stderr } = await system.operate(...words).then(
      () => ({ stderr: '' }),
      (error: { stderr: string }) => error,
    );
    expect(stderr).toContain(reason);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  }
  expect(await system.operate('--help')).toContain('endpoint list <merchant id>');
  const { id } = await system.operator('merchant', 'create', 'Findable Ltd');
  const found = await system.operator('merchant', 'list', '--name', 'findable');
  expect(found).toEqual([expect.objectContaining({ id, name: 'Findable Ltd' })]);
  expect(await system.operator('endpoint', 'list', id, '--mode', 'live')).toEqual([]);
}, 300_000);
