import { describe, expect, it } from '@jest/globals';
import type { TopupFailure } from '../../../shared/domain/topup.ts';
import { TOPUP_FAILURES } from '../../../shared/domain/topup.ts';
import { resolveTopupByHand, viewTopupEvidence } from '../../../shared/flows/orders/review.ts';
import { adjustWallet } from '../../../shared/flows/wallet/adjust-wallet.ts';
import { addEndpoint } from '../../../shared/flows/webhooks/add-endpoint.ts';
import { listActs } from '../../../shared/store/audit.ts';
import { readTopup, topupsInReview } from '../../../shared/store/topups.ts';
import { OPERATOR } from '../../support/origin.ts';
import {
  body,
  callBack,
  credits,
  freshWalletForEachTest,
  merchant,
  paid,
  show,
  start,
  world,
} from '../../support/topup-set-up.ts';
import { lostAnswer } from '../../support/world.ts';

freshWalletForEachTest();

const decision = { by: 'ruth', reason: 'the statement' };

/** What the audit log has of operators' decisions. */
async function decisions() {
  const { acts } = await listActs(world, { merchantId: merchant.id, mode: 'live' }, { limit: 100 });
  const made = acts.filter(({ action }) => action === 'topup.resolved');
  return made.map(({ subject, after }) => [subject, after?.resolution]);
}

describe('a top-up', () => {
  it('gives a page to pay on, and the money once the gateway confirms it', async () => {
    const begun = await start();
    expect(begun.status).toBe(201);
    expect(begun.json).toMatchObject({
      reference: 'r1',
      status: 'pending',
      amount: 25,
      charged_amount: 25,
      currency: 'USD',
      redirect_url: 'https://pay.example/pay-1',
    });
    expect(begun.headers.location).toBe(`/api/v1/wallet/topup/${begun.json.id}`);
    expect(await credits()).toEqual([]);
    world.gateway.finding = paid;
    expect((await callBack()).status).toBe(200);
    expect(await credits()).toEqual([['topup', 2500, 2500]]);
    expect((await show(begun.json.id)).json).toMatchObject({ status: 'success', finalized_at: expect.any(String) });
  });

  it('is credited once, however many callbacks and sweeps check it at once', async () => {
    await start();
    world.gateway.finding = paid;
    await Promise.all([callBack(), callBack(), callBack(), world.sweep(), world.sweep()]);
    await callBack();
    expect(await credits()).toEqual([['topup', 2500, 2500]]);
  });

  it.each(['before', 'after'] as const)('is credited once when the answer to the credit is lost %s', async (moment) => {
    await start();
    world.gateway.finding = paid;
    let isLost = false;
    world.fault = (name) => {
      if (isLost || name !== 'TransactWriteCommand') return undefined;
      isLost = true;
      return moment === 'before' ? lostAnswer() : moment;
    };
    await callBack();
    expect(isLost).toBe(true);
    expect(await credits()).toEqual([['topup', 2500, 2500]]);
  });

  it.each([
    ['paid', 'paid'],
    ['paid', 'failed'],
  ] as const)('in review is decided once when one operator says %s and another %s', async (one, other) => {
    const { json } = await start();
    world.gateway.finding = { kind: 'review', evidence: 'PARTIALLY_PAID' };
    await callBack();
    const decide = (decision: 'paid' | 'failed', by: string) =>
      resolveTopupByHand(world, json.id, decision, { by, reason: 'the statement' }).catch(() => undefined);
    await Promise.all([decide(one, 'ruth'), decide(other, 'tendai')]);
    const shown = (await show(json.id)).json;
    expect(await credits()).toHaveLength(shown.status === 'success' ? 1 : 0);
    expect(shown.timeline.filter(({ note }: { note: string }) => note.startsWith('Decided by'))).toHaveLength(1);
    await callBack();
    expect((await show(json.id)).json.status).toBe(shown.status);
    expect(await decisions()).toEqual([[json.id, shown.status === 'success' ? 'paid' : 'failed']]);
  });

  it('is not credited for a message alone, whoever sends it', async () => {
    await start();
    await callBack();
    expect(await credits()).toEqual([]);
    const genuine = world.gateway.started[0]?.resultUrl ?? '';
    for (const forged of [`${genuine}x`, genuine.slice(0, -1), 'https://api.example/payments/result/']) {
      expect((await callBack(forged)).status).toBe(404);
    }
    expect(world.gateway.asked).toHaveLength(1);
  });

  it('without a callback is found by the sweep', async () => {
    await start();
    world.gateway.finding = paid;
    await world.sweep();
    expect(await credits()).toEqual([['topup', 2500, 2500]]);
  });

  it('paid with something else is under review, and nothing is credited', async () => {
    const { json } = await start();
    world.gateway.finding = { ...paid, amountMinor: 2400 };
    await callBack();
    expect((await show(json.id)).json).toMatchObject({ status: 'pending', under_review: true });
    expect(await credits()).toEqual([]);
  });

  it.each(Object.keys(TOPUP_FAILURES) as TopupFailure[])(
    'that the gateway calls %s failed, and says why',
    async (failure) => {
      const { json } = await start();
      world.gateway.finding = { kind: 'failed', failure, evidence: '' };
      await callBack();
      expect((await show(json.id)).json.failure).toEqual({ code: failure, message: TOPUP_FAILURES[failure] });
    },
  );

  it('that nobody paid fails after a day, and counts if somebody pays after all', async () => {
    const { json } = await start();
    for (let hours = 0; hours < 26; hours += 1) await world.sweep(60);
    expect((await show(json.id)).json).toMatchObject({ status: 'failed', failure: { code: 'expired' } });
    world.gateway.finding = paid;
    await callBack();
    expect((await show(json.id)).json).toMatchObject({ status: 'success', failure: null });
    expect(await credits()).toEqual([['topup', 2500, 2500]]);
  });

  it.each([1, 24])(
    'that was declined, then paid, is credited after %i hours, also when that callback was lost',
    async (hours) => {
      const { json } = await start();
      world.gateway.finding = { kind: 'failed', failure: 'declined', evidence: '' };
      await callBack();
      expect((await show(json.id)).json.status).toBe('failed');
      for (let hour = 1; hour < hours; hour += 1) await world.sweep(60);
      const asked = world.gateway.asked.length;
      world.gateway.finding = paid;
      await world.sweep(60);
      expect(world.gateway.asked).toHaveLength(asked + 1);
      expect((await show(json.id)).json).toMatchObject({ status: 'success', failure: null });
      expect(await credits()).toEqual([['topup', 2500, 2500]]);
    },
  );

  it('that stays declined is queried twice more, and longer only while the gateway is unclear', async () => {
    await start();
    world.gateway.finding = { kind: 'failed', failure: 'declined', evidence: '' };
    await callBack();
    await world.dispatchAll();
    for (let hours = 0; hours < 50; hours += 1) await world.sweep(60);
    expect(world.gateway.asked).toHaveLength(3);
    await start({ ...body, reference: 'r2' });
    await callBack(world.gateway.started[1]?.resultUrl);
    await world.dispatchAll();
    world.gateway.finding = { kind: 'unclear', evidence: 'busy' };
    const before = world.gateway.asked.length;
    for (let hours = 0; hours < 100; hours += 1) await world.sweep(60);
    expect(world.gateway.asked.length - before).toBe(72);
    expect(await credits()).toEqual([]);
  }, 60_000);

  it('that an operator decided as failed is not queried again', async () => {
    const { json } = await start();
    world.gateway.finding = { kind: 'review', evidence: 'PARTIALLY_PAID' };
    await callBack();
    await resolveTopupByHand(world, json.id, 'failed', decision);
    const asked = world.gateway.asked.length;
    for (let hours = 0; hours < 30; hours += 1) await world.sweep(60);
    expect(world.gateway.asked).toHaveLength(asked);
  });

  it('is published to its merchant when it ends', async () => {
    const heard: string[] = [];
    world.outboundAnswer = (request) => {
      heard.push(request.body ?? '');
      return { status: 200, headers: {}, body: '' };
    };
    await addEndpoint(
      world,
      { merchantId: merchant.id, mode: 'live' },
      { url: 'https://merchant.example/hook' },
      OPERATOR,
    );
    const { json } = await start();
    world.gateway.finding = { kind: 'failed', failure: 'declined', evidence: '' };
    await callBack();
    world.gateway.finding = paid;
    await callBack();
    world.messages.length = 0;
    await world.sweep();
    await world.dispatchAll();
    expect(heard.map((each) => JSON.parse(each)).map((each) => [each.type, each.data.object.status])).toEqual([
      ['topup.failed', 'failed'],
      ['topup.success', 'success'],
    ]);
    expect(JSON.parse(heard[0] ?? '').data.object).toMatchObject({ id: json.id, failure: { code: 'declined' } });
  });
});

describe('a credit that the gateway denies', () => {
  const taken = { kind: 'review', evidence: 'REVERSED' } as const;

  async function deniedTopup(): Promise<string> {
    const { json } = await start();
    world.gateway.finding = paid;
    await callBack();
    world.gateway.finding = taken;
    await callBack();
    return json.id;
  }

  const spend = (amountMinor: number) =>
    adjustWallet(
      world,
      { merchantId: merchant.id, mode: 'live', currency: 'USD' },
      { amountMinor, reason: 'x', by: 't' },
    );

  it('is listed for review with what the gateway said; the money stays until an operator decides', async () => {
    const id = await deniedTopup();
    await callBack();
    const listed = await topupsInReview(world, 'live');
    expect(listed.map(viewTopupEvidence)).toMatchObject([
      { id, status: 'success', denied: true, in_review_since: expect.any(String), last_finding: 'review: REVERSED' },
    ]);
    expect((await show(id)).json).toMatchObject({ status: 'success', under_review: true });
    await world.sweep(600);
    expect(await credits()).toEqual([['topup', 2500, 2500]]);
  });

  it('is reversed by an entry, once by two operators, and the merchant gets the event', async () => {
    const id = await deniedTopup();
    const both = [
      resolveTopupByHand(world, id, 'reversed', decision),
      resolveTopupByHand(world, id, 'reversed', decision).catch(() => undefined),
    ];
    await Promise.allSettled(both);
    expect(await credits()).toEqual([
      ['topup_reversal', -2500, 0],
      ['topup', 2500, 2500],
    ]);
    expect((await show(id)).json).toMatchObject({ status: 'reversed' });
    expect(await decisions()).toEqual([[id, 'reversed']]);
    expect((await readTopup(world, id))?.outbox?.map(({ type }) => type)).toContain('topup.reversed');
    expect(await topupsInReview(world, 'live')).toEqual([]);
    await expect(resolveTopupByHand(world, id, 'reversed', decision)).rejects.toThrow('does not deny');
    await callBack();
    expect((await show(id)).json.status).toBe('reversed');
  });

  it.each(['before', 'after'] as const)('is reversed once when the answer is lost %s the write', async (moment) => {
    const id = await deniedTopup();
    let isLost = false;
    world.fault = (name) => {
      if (isLost || name !== 'TransactWriteCommand') return undefined;
      isLost = true;
      return moment;
    };
    await resolveTopupByHand(world, id, 'reversed', decision);
    expect(isLost).toBe(true);
    expect((await credits()).map(([, amount]) => amount)).toEqual([-2500, 2500]);
  });

  it.each([
    [-1500, ['topup_reversal', -1000, 0], 1500],
    [-2500, ['adjustment', -2500, 0], 2500],
  ])(
    'with %i spent is reversed as far as the wallet goes, and the rest is noted as our loss',
    async (spent, last, loss) => {
      const id = await deniedTopup();
      await spend(spent);
      await resolveTopupByHand(world, id, 'reversed', decision);
      expect((await credits())[0]).toEqual(last);
      expect(await readTopup(world, id)).toMatchObject({ status: 'reversed', lossMinor: loss });
    },
  );

  it('can be kept: it stays a success, and the same news does not come back', async () => {
    const id = await deniedTopup();
    await resolveTopupByHand(world, id, 'kept', decision);
    await callBack();
    expect(await topupsInReview(world, 'live')).toEqual([]);
    const shown = (await show(id)).json;
    expect([shown.status, shown.under_review, shown.timeline.at(-1).note]).toEqual([
      'success',
      undefined,
      'Decided by ruth: the statement',
    ]);
    expect(await credits()).toHaveLength(1);
  });
});
