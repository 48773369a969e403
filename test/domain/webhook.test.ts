import { describe, expect, it } from '@jest/globals';
import { activeVersions } from '../../shared/domain/rotation.ts';
import { DAY, elapsed, HOUR, MINUTE, plus, SECOND } from '../../shared/domain/time.ts';
import type { Delivery, DeliveryAttempt, Endpoint } from '../../shared/domain/webhook.ts';
import {
  applyDeliveryAttempt,
  asNew,
  backOff,
  hold,
  lease,
  newDelivery,
  record,
  rotate,
  TRIES_MAX,
  wants,
} from '../../shared/domain/webhook.ts';

const START = '2026-05-07T08:00:00.000Z';
const endpoint: Endpoint = {
  id: 'whe_1',
  merchantId: 'mer_1',
  mode: 'live',
  url: 'https://merchant.example/hook',
  events: [],
  secretVersion: 1,
  retiring: [],
  createdAt: START,
  revision: 1,
};
const event = { id: 'evt_1_1', type: 'order.success', createdAt: START, sequence: 1, orderId: 'ord_1', body: '{}' };
const fresh = newDelivery(endpoint, event, START);
const ok: DeliveryAttempt = { at: START, latencyMs: 5, status: 204 };
const bad: DeliveryAttempt = { at: START, latencyMs: 5, status: 500 };
const middle = { at: START, chance: 0.5 };

describe('a delivery', () => {
  it('has an id derived from its event and endpoint', () => {
    expect(newDelivery(endpoint, event, plus(START, HOUR)).id).toBe(fresh.id);
    expect(newDelivery({ ...endpoint, id: 'whe_2' }, event, START).id).not.toBe(fresh.id);
    expect(newDelivery(endpoint, { ...event, id: 'evt_1_2' }, START).id).not.toBe(fresh.id);
  });

  it('is tried ten times over some 75 hours, with a jitter of a tenth, and then failed', () => {
    const gaps = (chance: number) => {
      const found: number[] = [];
      let delivery: Delivery = fresh;
      let at = START;
      while (delivery.status === 'pending') {
        delivery = record(delivery, bad, { at, chance });
        if (delivery.dueAt !== undefined) found.push(elapsed(at, delivery.dueAt));
        at = delivery.dueAt ?? at;
      }
      expect([delivery.status, delivery.tries, delivery.dueAt]).toEqual(['failed', TRIES_MAX, undefined]);
      return found;
    };
    const planned = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2, 5, 10, 14, 20, 24].map((each) =>
      each < SECOND ? each * HOUR : each,
    );
    expect(TRIES_MAX).toBe(10);
    expect(gaps(0.5)).toEqual(planned);
    expect(gaps(0)).toEqual(planned.map((gap) => gap * 0.9));
    expect(planned.reduce((sum, gap) => sum + gap, 0) / HOUR).toBeCloseTo(75.6, 1);
  });

  it.each([200, 201, 204, 299])('%i delivers it', (status) => {
    const done = record(fresh, { ...ok, status }, middle);
    expect([done.status, done.deliveredAt]).toEqual(['delivered', START]);
    expect(done).not.toHaveProperty('dueAt');
  });

  it.each([100, 199, 300, 301, 304, 400, 404, 429, 500, 503, undefined])('%s does not', (status) => {
    const { status: _status, ...none } = bad;
    const tried = record(fresh, status === undefined ? { ...none, error: 'cut off' } : { ...bad, status }, middle);
    expect([tried.status, tried.dueAt]).toEqual(['pending', plus(START, 5 * SECOND)]);
  });

  it('waits for Retry-After, within a day, and never less than its schedule', () => {
    const wait = (retryAfterMs: number) =>
      elapsed(START, record(fresh, { ...bad, status: 429 }, { ...middle, retryAfterMs }).dueAt ?? START);
    expect([wait(0), wait(1 * SECOND), wait(2 * HOUR), wait(9 * DAY)]).toEqual([5000, 5000, 2 * HOUR, DAY]);
  });

  it('is held where its endpoint is gone or disabled, and due again on request', () => {
    expect(record(fresh, { ...bad, status: 410 }, middle)).toMatchObject({ status: 'held', tries: 1 });
    const disabled: Endpoint = { ...endpoint, disabled: { at: START, reason: 'gone' } };
    expect(newDelivery(disabled, event, START)).toMatchObject({ status: 'held' });
    expect(hold(fresh)).not.toHaveProperty('dueAt');
    const again = asNew(hold(fresh), plus(START, DAY), 0);
    expect(again).toMatchObject({ status: 'pending', tries: 0, dueAt: plus(START, DAY), version: 3 });
  });

  it('is leased during an attempt', () => {
    expect(fresh.dueAt).toBe(plus(START, MINUTE));
    expect(lease(fresh, plus(START, HOUR)).dueAt).toBe(plus(START, HOUR + MINUTE));
  });

  it('of a failing endpoint waits for the sweep, and backs off for as long as it has failed, at most an hour', () => {
    const failing = { ...endpoint, failingSince: START };
    const at = plus(START, 10 * MINUTE);
    expect(newDelivery(failing, event, at).dueAt).toBe(at);
    expect(backOff(fresh, failing, at).dueAt).toBe(plus(at, 10 * MINUTE));
    expect(backOff(fresh, failing, plus(START, DAY)).dueAt).toBe(plus(START, DAY + HOUR));
    // A delivery with a URL of its own backs off by its own age.
    expect(backOff(fresh, endpoint, at).dueAt).toBe(plus(at, 10 * MINUTE));
  });

  it('keeps only its last attempts, so that it never outgrows its item', () => {
    let delivery = fresh;
    for (let tries = 0; tries < 60; tries += 1) delivery = record(asNew(delivery, START, 0), bad, middle);
    expect(delivery.attempts).toHaveLength(15);
  });
});

describe('an endpoint', () => {
  it('subscribes to all events or some', () => {
    expect(wants(endpoint, 'order.success')).toBe(true);
    expect(wants({ ...endpoint, events: ['order.failed'] }, 'order.success')).toBe(false);
  });

  it('is disabled after exactly five days without a delivery', () => {
    const failing = applyDeliveryAttempt(endpoint, bad, START);
    expect(failing).toMatchObject({ failingSince: START, revision: 2 });
    if (!failing) throw new Error('it fails');
    expect(applyDeliveryAttempt(failing, bad, plus(START, 5 * DAY - 1))).toBeUndefined();
    expect(applyDeliveryAttempt(failing, bad, plus(START, 5 * DAY))).toMatchObject({ disabled: { reason: 'failing' } });
    expect(applyDeliveryAttempt(failing, ok, plus(START, DAY))).not.toHaveProperty('failingSince');
    expect(applyDeliveryAttempt(endpoint, ok, START)).toBeUndefined();
  });

  it('is disabled at once by 410', () => {
    const gone = applyDeliveryAttempt(endpoint, { ...bad, status: 410 }, START);
    expect(gone).toMatchObject({ disabled: { at: START, reason: 'gone' } });
  });

  it('signs with the old and the new secret until the overlap ends', () => {
    const once = rotate(endpoint, HOUR, START);
    expect(activeVersions(once, START)).toEqual([2, 1]);
    expect(activeVersions(once, plus(START, HOUR))).toEqual([2]);
    const twice = rotate(once, 2 * HOUR, plus(START, MINUTE));
    expect(activeVersions(twice, plus(START, 2 * MINUTE))).toEqual([3, 2, 1]);
    expect(activeVersions(rotate(twice, 0, plus(START, 2 * MINUTE)), plus(START, 2 * MINUTE))).toEqual([4]);
  });
});
