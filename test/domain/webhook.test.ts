import { describe, expect, it } from '@jest/globals';
import {
  applyDeliveryAttempt,
  BACKED_OFF_AFTER,
  claimProbe,
  isBackedOff,
} from '../../shared/domain/endpoint-health.ts';
import { activeVersions } from '../../shared/domain/rotation.ts';
import { DAY, elapsed, HOUR, MINUTE, plus, SECOND } from '../../shared/domain/time.ts';
import type { Delivery, DeliveryAttempt, Endpoint } from '../../shared/domain/webhook.ts';
import {
  ATTEMPT_LEASE_MS,
  asNew,
  hold,
  lease,
  newDelivery,
  record,
  resultsEndpoint,
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
const fresh = newDelivery(endpoint, event, START, { leaseMs: ATTEMPT_LEASE_MS });
const ok: DeliveryAttempt = { at: START, latencyMs: 5, status: 204 };
const bad: DeliveryAttempt = { at: START, latencyMs: 5, status: 500 };
const middle = { at: START, chance: 0.5 };

describe('a delivery', () => {
  it('has an id derived from its event and endpoint', () => {
    expect(newDelivery(endpoint, event, plus(START, HOUR)).id).toBe(fresh.id);
    expect(newDelivery({ ...endpoint, id: 'whe_2' }, event, START).id).not.toBe(fresh.id);
    expect(newDelivery(endpoint, { ...event, id: 'evt_1_2' }, START).id).not.toBe(fresh.id);
  });

  it('is tried nineteen times over some 75 hours, most of them in ten minutes, with a jitter of a tenth, and then failed', () => {
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
    const seconds = [5, 5, 10, 10, 20, 20, 30, 30, 60, 120, 300, 1800].map((each) => each * SECOND);
    const planned = [...seconds, ...[2, 5, 10, 14, 20, 24].map((each) => each * HOUR)];
    expect(TRIES_MAX).toBe(19);
    expect(gaps(0.5)).toEqual(planned);
    expect(gaps(0)).toEqual(planned.map((gap) => gap * 0.9));
    expect(planned.reduce((sum, gap) => sum + gap, 0) / HOUR).toBeCloseTo(75.7, 1);
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

  it('that nobody tries at once is due at once', () => {
    expect(newDelivery(endpoint, event, START)).toMatchObject({ status: 'pending', dueAt: START });
  });

  it('uses up no try as a probe, and is due again within an hour', () => {
    let delivery: Delivery = fresh;
    for (let probes = 0; probes < 40; probes += 1) delivery = record(delivery, bad, { ...middle, isProbe: true });
    expect(delivery).toMatchObject({ status: 'pending', tries: 0, dueAt: plus(START, 5 * SECOND) });
    const late = { ...delivery, tries: TRIES_MAX - 1 };
    const probed = record(late, bad, { ...middle, isProbe: true });
    expect(probed).toMatchObject({ status: 'pending', tries: TRIES_MAX - 1, dueAt: plus(START, HOUR) });
    expect(record(probed, bad, middle)).toMatchObject({ status: 'failed', tries: TRIES_MAX });
    expect(record({ ...fresh, isTest: true }, bad, { ...middle, isProbe: true }).status).toBe('failed');
  });

  it('keeps only its last attempts, so that it never outgrows its item', () => {
    let delivery = fresh;
    for (let tries = 0; tries < 60; tries += 1) delivery = record(asNew(delivery, START, 0), bad, middle);
    expect(delivery.attempts).toHaveLength(20);
  });
});

describe('an endpoint', () => {
  it('subscribes to all events or some', () => {
    expect(wants(endpoint, 'order.success')).toBe(true);
    expect(wants({ ...endpoint, events: ['order.failed'] }, 'order.success')).toBe(false);
  });

  const fail = (from: Endpoint, ms: number, retryAfterMs = 0) =>
    applyDeliveryAttempt(from, bad, { at: plus(START, ms), retryAfterMs }) ?? from;
  const waits = (of: Endpoint, ms: number) => elapsed(plus(START, ms), of.failing?.probeAt ?? START);

  it('is backed off after five failures in a row, and not after any number of others', () => {
    let flaky = endpoint;
    for (let n = 0; n < 100; n += 1) {
      for (let times = 1; times < BACKED_OFF_AFTER; times += 1) flaky = fail(flaky, n * MINUTE);
      expect([flaky.failing?.times, isBackedOff(flaky)]).toEqual([BACKED_OFF_AFTER - 1, false]);
      flaky = applyDeliveryAttempt(flaky, ok, { at: plus(START, n * MINUTE) }) ?? flaky;
      expect(flaky).not.toHaveProperty('failing');
    }
    let down = endpoint;
    for (let times = 1; times <= BACKED_OFF_AFTER; times += 1) down = fail(down, 100);
    expect(isBackedOff(down)).toBe(true);
    expect(applyDeliveryAttempt(down, ok, { at: plus(START, 200) })).not.toHaveProperty('failing');
  });

  it('is probed at gaps as long as it has failed itself, from five seconds to an hour', () => {
    const failing = { since: START, times: BACKED_OFF_AFTER };
    const down = { ...endpoint, failing };
    const gaps = [1, 20 * SECOND, 10 * MINUTE, 3 * HOUR].map((ms) => waits(fail(down, ms), ms));
    expect(gaps).toEqual([5 * SECOND, 20 * SECOND, 10 * MINUTE, HOUR]);
    expect([0, MINUTE, 9 * HOUR].map((retryAfterMs) => waits(fail(down, 1, retryAfterMs), 1))).toEqual([
      5 * SECOND,
      MINUTE,
      HOUR,
    ]);
    const claimed = claimProbe(fail(down, DAY), plus(START, DAY));
    expect(claimed).toMatchObject({ failing: { since: START, probeAt: plus(START, DAY + MINUTE) }, revision: 3 });
  });

  it('is disabled after exactly five days without a delivery', () => {
    const failing = fail(endpoint, 0);
    expect(failing).toMatchObject({ failing: { since: START, times: 1 }, revision: 2 });
    expect(fail(failing, 5 * DAY - 1)).not.toHaveProperty('disabled');
    expect(fail(failing, 5 * DAY)).toMatchObject({ disabled: { reason: 'failing' } });
    expect(applyDeliveryAttempt(endpoint, ok, { at: START })).toBeUndefined();
    const host = resultsEndpoint({ merchantId: 'mer_1', mode: 'live' }, START, 'host.example');
    expect(fail(fail(host, 0), 6 * DAY)).not.toHaveProperty('disabled');
  });

  it('is disabled at once by 410', () => {
    const gone = applyDeliveryAttempt(endpoint, { ...bad, status: 410 }, { at: START });
    expect(gone).toMatchObject({ disabled: { at: START, reason: 'gone' } });
  });

  it('signs with the old and the new secret until the overlap ends', () => {
    const once = rotate(endpoint, 1, HOUR, START);
    const versions = (each: Endpoint, at: string) => activeVersions(each, at).map(({ version }) => version);
    expect(versions(once, START)).toEqual([2, 1]);
    expect(versions(once, plus(START, HOUR))).toEqual([2]);
    const twice = rotate(once, 2, 2 * HOUR, plus(START, MINUTE));
    expect(versions(twice, plus(START, 2 * MINUTE))).toEqual([3, 2, 1]);
    expect(activeVersions(twice, plus(START, 2 * MINUTE)).map((each) => each.keyVersion)).toEqual([2, 1, undefined]);
    expect(versions(rotate(twice, 2, 0, plus(START, 2 * MINUTE)), plus(START, 2 * MINUTE))).toEqual([4]);
  });
});
