import { describe, expect, it } from '@jest/globals';
import { callBack, freshWalletForEachTest, paid, show, start, world } from '../../support/topup-set-up.ts';

freshWalletForEachTest();

const statuses = (timeline: { status: string }[]) => timeline.map(({ status }) => status);

describe('a top-up', () => {
  it('is shown as it was started, with the page to pay on, until the payment is confirmed', async () => {
    const { json: started } = await start();
    const { timeline, ...shown } = (await show(started.id)).json;
    expect(shown).toEqual(started);
    expect(shown).toMatchObject({ status: 'pending', redirect_url: 'https://pay.example/pay-1', finalized_at: null });
    world.gateway.finding = paid;
    await callBack();
    const { json } = await show(started.id);
    expect(json).toMatchObject({ status: 'success', amount: 25, failure: null, finalized_at: expect.any(String) });
    expect(statuses(json.timeline).slice(0, timeline.length)).toEqual(statuses(timeline));
    expect(statuses(json.timeline).at(-1)).toBe('success');
  });

  it('is found by its reference, by its owner and in its mode', async () => {
    const { json } = await start();
    expect((await show('r1')).json.id).toBe(json.id);
    expect((await show('r1', 'test')).status).toBe(404);
    expect((await show('r2')).status).toBe(404);
  });

  it('that was declined says why', async () => {
    const { json } = await start();
    world.gateway.finding = { kind: 'failed', failure: 'declined', evidence: 'DECLINED' };
    await callBack();
    expect((await show(json.id)).json).toMatchObject({
      status: 'failed',
      failure: { code: 'declined', message: 'The payment was declined.' },
    });
  });

  it('in review is pending, says so, and never shows what only operators see', async () => {
    const { json } = await start();
    world.gateway.finding = { kind: 'review', evidence: 'PARTIALLY_PAID 2.50' };
    await callBack();
    const reply = await show(json.id);
    expect(reply.json).toMatchObject({ status: 'pending', under_review: true });
    expect(statuses(reply.json.timeline)).not.toContain('review');
    expect(reply.text).not.toContain('PARTIALLY_PAID');
  });

  it('of the other mode, and one that never was, look missing', async () => {
    const { json } = await start();
    for (const reply of [await show(json.id, 'test'), await show('top_unknown')]) {
      expect([reply.status, reply.json.code, reply.json.param]).toEqual([404, 'topup_not_found', 'topup_id']);
    }
  });
});
