import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createBulk } from '../../../functions/bulk/create-bulk.ts';
import { createOrder } from '../../../functions/orders/create-order.ts';
import { startTopup } from '../../../functions/wallet/start-topup.ts';
import { updateWallet } from '../../../functions/wallet/update-wallet.ts';
import { createEndpoint } from '../../../functions/webhooks/create-endpoint.ts';
import { updateEndpoint } from '../../../functions/webhooks/update-endpoint.ts';
import { giveUp } from '../../../functions/workers/dispatch.ts';
import { mailNotices } from '../../../functions/workers/mail-notices.ts';
import { sendDue } from '../../../functions/workers/webhook-sender.ts';
import { memberCaller } from '../../../shared/domain/caller.ts';
import type { Mode } from '../../../shared/domain/ledger.ts';
import { MAIL_TRIES_MAX, MAILING_LEASE_MS } from '../../../shared/domain/notice.ts';
import type { Choices } from '../../../shared/domain/notification.ts';
import { lowBalance as lowBalanceOf, orderInReview } from '../../../shared/domain/occurrence.ts';
import type { Role } from '../../../shared/domain/role.ts';
import { DAY, HOUR, MINUTE } from '../../../shared/domain/time.ts';
import { addToNotices } from '../../../shared/flows/notices/add-to-notices.ts';
import { removeMember } from '../../../shared/flows/people/change-team.ts';
import { chooseNotifications } from '../../../shared/flows/people/own-notifications.ts';
import type { RouteHandler } from '../../../shared/http/route.ts';
import { workers } from '../../../shared/manifest/workers.ts';
import { readNotice } from '../../../shared/store/notices.ts';
import { readMembership } from '../../../shared/store/teams.ts';
import type { Mail } from '../../../shared/world.ts';
import { allItems } from '../../support/all-items.ts';
import { call } from '../../support/call.ts';
import { granted } from '../../support/granted.ts';
import { aMember } from '../../support/people.ts';
import { callBack } from '../../support/topup-set-up.ts';
import { virtualWorld } from '../../support/virtual-world.ts';
import type { TestMerchant, TestWorld } from '../../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../../support/world.ts';

/** What members are mailed of what happens, each once, and who is not. */

const ORIGIN = 'https://airtime.example';

let world: TestWorld;
let merchant: TestMerchant;
let mails: Parameters<Mail['send']>[0][];
let send: Mail['send'];
let metrics: [string, number][];

beforeEach(async () => {
  world = await testWorld({ publicUrl: ORIGIN });
  mails = [];
  send = async (mail) => void mails.push(mail);
  metrics = [];
  Object.assign(world, { mail: { send: (mail) => send(mail) } satisfies Mail });
  world.log.metric = (name, value) => void metrics.push([name, value]);
  merchant = await aMerchant(world);
  await sell(world);
  // The first run only stores from when on it reads what goes to review.
  await run();
});
afterAll(stopEngine);

const to = () => mails.splice(0).map((mail) => mail.to);
const join = (role: Role, subject: string = role) => aMember(world, merchant.id, role, subject);
const ask = <P, Q, B>(route: RouteHandler<P, Q, B>, body: object, params: Record<string, string> = {}, mode?: Mode) =>
  call(world, route, { headers: { ...merchant.headers(mode), prefer: 'respond-async' }, body, params });
/** What the schedules run: who finds what happened, and who mails it. */
const run = async () => {
  await sendDue(granted(world, workers.webhookSender.access));
  await mailNotices(granted(world, workers.mailNotices.access));
};
const runAfter = async (ms: number) => {
  world.advance(ms);
  await run();
};

async function callerOf(subject: string, mode: Mode = 'live') {
  const membership = await readMembership(world, subject, merchant.id);
  if (!membership) throw new Error(`${subject} is no member`);
  return memberCaller(membership, { merchantId: merchant.id, mode });
}

const choose = async (subject: string, choices: Choices, mode?: Mode) =>
  chooseNotifications(world, await callerOf(subject, mode), choices);

const remove = async (by: string, id: string) => {
  const caller = await callerOf(by);
  return removeMember(world, caller, id, { by: { kind: 'person', id: caller.id } });
};

const setThreshold = (major: number, mode?: Mode) =>
  ask(updateWallet, { low_balance_threshold: major }, { currency: 'USD' }, mode);

async function spend(reference: string, amount = 5, mode?: Mode): Promise<void> {
  await ask(createOrder, { product_id: 100, target: '0772279099', amount, agent_reference: reference }, {}, mode);
  while (world.messages.length > 0) await world.dispatchAll();
}

/** A balance that fell below its threshold, as the sender of events finds it. */
const lowBalance = (id: string, at = world.now()) =>
  lowBalanceOf(
    { merchantId: merchant.id, mode: 'live', currency: 'USD', thresholdMinor: 1_000 },
    { at, balanceMinor: 420 },
    id,
  );

describe('a balance that falls below its threshold', () => {
  it('is mailed to who manages money and to the owner, with where to look and where to turn it off', async () => {
    for (const role of ['owner', 'admin', 'developer', 'finance', 'viewer'] as const) await join(role);
    await setThreshold(96);
    await runAfter(2 * MINUTE);
    expect(mails).toEqual([]);
    await spend('one');
    await runAfter(2 * MINUTE);
    const wanted = ['owner', 'admin', 'finance'].map((role) => `${role}@people.example`);
    expect(mails.map((mail) => mail.to).toSorted()).toEqual(wanted.toSorted());
    const scope = `#business=${merchant.id}&mode=live`;
    expect(mails.find((mail) => mail.to === 'finance@people.example')).toEqual({
      to: 'finance@people.example',
      subject: 'Acme: a balance is low',
      text: `Acme: a balance is low.

- 2026-05-07 08:02 UTC: the balance fell to 95.00 USD; your threshold is 96.00 USD

Orders are refused once the wallet does not cover them. Top it up in time.

Look at it here:
${ORIGIN}/app/wallet${scope}

You get this as finance of Acme. What is mailed to you, and to turn it off:
${ORIGIN}/app/settings/notifications${scope}`,
      unsubscribeUrl: `${ORIGIN}/app/settings/notifications${scope}`,
    });
    mails.length = 0;
    for (let runs = 0; runs < 3; runs += 1) await runAfter(2 * MINUTE);
    expect(mails).toEqual([]);
  });

  it('is mailed once in six hours, and then all of it in one mail', async () => {
    await join('owner');
    await addToNotices(world, [lowBalance('evt_1')]);
    await run();
    expect(to()).toEqual(['owner@people.example']);
    for (const id of ['evt_2', 'evt_3', 'evt_4', 'evt_5', 'evt_6', 'evt_7', 'evt_8']) {
      await runAfter(50 * MINUTE);
      await addToNotices(world, [lowBalance(id)]);
    }
    expect(mails).toEqual([]);
    await runAfter(9 * MINUTE);
    expect(mails).toEqual([]);
    await runAfter(MINUTE);
    expect(mails).toHaveLength(1);
    expect(mails[0]?.text.match(/the balance fell/g)).toHaveLength(5);
    expect(mails[0]?.text).toContain('- and 2 before');
  });

  it('is mailed of each wallet by itself', async () => {
    await join('owner');
    const first = lowBalance('evt_1');
    await addToNotices(world, [first, { ...first, key: { ...first.key, subject: 'KES' }, id: 'evt_2' }]);
    await run();
    expect(to()).toHaveLength(2);
  });

  it('is mailed although the notice of another wallet cannot be written, which is said', async () => {
    await join('owner');
    const first = lowBalance('evt_1');
    // Of that wallet an item is there that is no notice.
    const pk = `${merchant.id}#live#low_balance#USD`;
    await world.db.send(new PutCommand({ TableName: world.table('notices'), Item: { pk, version: 'broken' } }));
    const other = { ...first, key: { ...first.key, subject: 'KES' }, id: 'evt_2' };
    await expect(addToNotices(world, [first, other])).rejects.toThrow();
    await run();
    expect(to()).toHaveLength(1);
  });

  it('in test mode is mailed to who asked for it, and says that it is a test', async () => {
    await join('owner');
    await join('viewer');
    await setThreshold(1_000, 'test');
    await runAfter(2 * MINUTE);
    expect(mails).toEqual([]);
    await choose('viewer', { low_balance: true }, 'test');
    await setThreshold(1_001, 'test');
    await runAfter(2 * MINUTE);
    expect(mails).toMatchObject([{ to: 'viewer@people.example', subject: '[Test] Acme: a balance is low' }]);
    expect(mails[0]?.text).toContain('&mode=test');
  });
});

describe('a webhook endpoint', () => {
  const url = 'https://merchant.example/hook?token=abc';
  const answers = (status: number) => {
    world.outboundAnswer = () => ({ status, headers: {}, body: '' });
  };

  it('that takes nothing for an hour is mailed about once, and again when it is disabled', async () => {
    await join('developer');
    await join('finance');
    const endpoint = (await ask(createEndpoint, { url })).json;
    answers(500);
    await spend('one');
    for (let minutes = 0; minutes < 56; minutes += 2) await runAfter(2 * MINUTE);
    expect(mails).toEqual([]);
    for (let minutes = 0; minutes < 120; minutes += 10) await runAfter(10 * MINUTE);
    expect(mails).toMatchObject([{ to: 'developer@people.example', subject: 'Acme: a webhook endpoint is failing' }]);
    expect(mails[0]?.text).toContain('merchant.example has taken no event since 2026-05-07 08:00 UTC');
    expect(mails[0]?.text).toContain(`${ORIGIN}/app/webhooks/${endpoint.id}#business=`);
    expect(mails[0]?.text).not.toContain('token=abc');
    mails.length = 0;
    for (let hours = 0; hours < 125; hours += 1) await runAfter(HOUR);
    expect(mails).toHaveLength(1);
    expect(mails[0]?.text).toContain('merchant.example is disabled, because it took no event for days');
  });

  it('that is gone is mailed about at once, and one that its merchant switches off is not', async () => {
    await join('owner');
    answers(410);
    const endpoint = (await ask(createEndpoint, { url })).json;
    await spend('one');
    await run();
    expect(mails.map(({ text }) => text)).toEqual([
      expect.stringContaining('merchant.example is disabled, because it answered 410 Gone'),
    ]);
    mails.length = 0;
    await ask(updateEndpoint, { enabled: true }, { endpoint_id: endpoint.id });
    answers(200);
    await runAfter(7 * HOUR);
    await ask(updateEndpoint, { enabled: false }, { endpoint_id: endpoint.id });
    await spend('two');
    await runAfter(2 * MINUTE);
    expect(mails).toEqual([]);
  });
});

describe('batches', () => {
  const csv = 'target,amount\n0772279001,1\n0772279002,1';
  const batch = async (reference: string, content = csv) => {
    const made = await ask(createBulk, { csv: content, batch_reference: reference });
    while (world.messages.length > 0) await world.dispatchAll();
    await world.sweep(2);
    while (world.messages.length > 0) await world.dispatchAll();
    return made.json.id;
  };

  it('that finish are mailed to who asked for it: the first at once, and what follows in one mail an hour', async () => {
    await join('owner');
    await join('finance');
    await choose('finance', { batch_finished: true });
    const first = await batch('may');
    await run();
    expect(mails).toMatchObject([{ to: 'finance@people.example', subject: 'Acme: a batch is finished' }]);
    expect(mails[0]?.text).toContain('may: 2 of 2 rows were delivered');
    expect(mails[0]?.text).toContain(`${ORIGIN}/app/bulk/${first}#business=`);
    mails.length = 0;
    for (const reference of ['june', 'july'])
      await batch(reference, csv.replaceAll('27900', `2790${reference.length}`));
    await run();
    expect(mails).toEqual([]);
    await runAfter(HOUR);
    expect(mails).toMatchObject([{ subject: 'Acme: 2 batches are finished' }]);
    expect(mails[0]?.text).toMatch(/june: .*\n- .*july: /);
    expect(mails[0]?.text).toContain(`${ORIGIN}/app/bulk#business=`);
  });

  it('stay in the outbox until they are in a notice, and are posted once all the same', async () => {
    await join('owner');
    await choose('owner', { batch_finished: true });
    await ask(createEndpoint, { url: 'https://merchant.example/hook', events: ['batch.completed'] });
    const posted: string[] = [];
    world.outboundAnswer = ({ body = '' }) => {
      posted.push(JSON.parse(body).type);
      return { status: 200, headers: {}, body: '' };
    };
    world.fault = (_command, input) =>
      JSON.stringify(input).includes('occurred#') ? new Error('the table does not answer') : undefined;
    await expect(batch('may')).rejects.toThrow('does not answer');
    world.fault = undefined;
    await world.sweep(3);
    await world.dispatchAll();
    await runAfter(2 * MINUTE);
    expect([posted, mails.map(({ subject }) => subject)]).toEqual([['batch.completed'], ['Acme: a batch is finished']]);
  });

  it('that nobody asked for are kept nowhere', async () => {
    await join('owner');
    await batch('may');
    await run();
    expect([mails, (await allItems(world, 'notices')).filter(({ pk }) => !`${pk}`.startsWith('reviews#'))]).toEqual([
      [],
      [],
    ]);
  });
});

describe('orders that go to manual review', () => {
  const review = async (reference: string) => {
    const target = `07722${79_000 + (reference.length % 900)}`;
    await ask(createOrder, { product_id: 100, target, amount: 1, agent_reference: reference });
    world.messages.length = 0;
    await giveUp(world, { merchantId: merchant.id, mode: 'live', agentReference: reference }, new Error('broken'));
    world.messages.length = 0;
  };

  it('are mailed within minutes, and after that once an hour how many they are', async () => {
    await join('owner');
    await review('one');
    await runAfter(2 * MINUTE);
    expect(mails).toMatchObject([{ subject: 'Acme: an order is under review' }]);
    expect(mails[0]?.text).toContain(': one\n');
    expect(mails[0]?.text).toContain(`${ORIGIN}/app/orders?status=unknown#business=`);
    mails.length = 0;
    for (let n = 2; n <= 9; n += 1) {
      await review(`number-${n}`);
      await runAfter(2 * MINUTE);
    }
    expect(mails).toEqual([]);
    await runAfter(HOUR);
    expect(mails).toMatchObject([{ subject: 'Acme: 8 orders are under review' }]);
    expect(mails[0]?.text).toContain('- and 3 before');
    mails.length = 0;
    for (let hours = 0; hours < 5; hours += 1) await runAfter(HOUR);
    expect(mails).toEqual([]);
  });

  it('are found by every run, however many there are at once: each is in one mail', async () => {
    await join('owner');
    for (const reference of ['one', 'two', 'three']) await review(reference);
    const runs = [1, 2, 3].map(() => mailNotices(granted(world, workers.mailNotices.access)));
    await Promise.all(runs);
    await runAfter(2 * MINUTE);
    const found = mails.flatMap(({ text }) => text.match(/: (one|two|three)$/gm) ?? []);
    expect(found.toSorted()).toEqual([': one', ': three', ': two']);
  });

  it('are found also where they were written late', async () => {
    await join('owner');
    world.advance(HOUR);
    await review('one');
    await run();
    world.advance(-5 * MINUTE);
    await review('late');
    world.advance(5 * MINUTE);
    await runAfter(HOUR);
    expect(mails.map(({ text }) => /: (one|late)$/m.exec(text)?.[1])).toEqual(['one', 'late']);
  });

  it('show no phone number in a mail, also where a reference is one', async () => {
    await join('owner');
    const references = ['0772279099', 'to-263772279099-x', 're.077-227-9099', 'm12345678901', '2026-05-07_12'];
    await addToNotices(
      world,
      references.map((agentReference) =>
        orderInReview({ merchantId: merchant.id, mode: 'live', agentReference }, world.now()),
      ),
    );
    await run();
    const text = mails[0]?.text ?? '';
    expect(text.match(/(?<=UTC: ).*/g)).toEqual(['…099', 'to-…099-x', 're.…099', 'm…901', '2026-05-07_12']);
  });
});

describe('a top-up', () => {
  const body = { amount: 25, currency: 'USD', reference: 'r1' };

  it.each([
    ['that is declined', { kind: 'failed', failure: 'declined', evidence: 'DECLINED' }, 'r1 of 25.00 USD failed'],
    ['of which nothing is certain', { kind: 'review', evidence: 'PARTIAL' }, 'r1 of 25.00 USD is under review'],
  ] as const)('%s is mailed', async (_what, finding, says) => {
    await join('finance');
    await ask(startTopup, body);
    world.gateway.finding = finding;
    await callBack(world.gateway.started.at(-1)?.resultUrl, world);
    while (world.messages.length > 0) await world.dispatchAll();
    await runAfter(2 * MINUTE);
    expect(mails).toMatchObject([{ to: 'finance@people.example', subject: 'Acme: a top-up did not go through' }]);
    expect(mails[0]?.text).toContain(says);
    expect(mails[0]?.text).toMatch(/\/app\/wallet\/topups\/top_\w+#business=/);
    mails.length = 0;
    await runAfter(2 * HOUR);
    expect(mails).toEqual([]);
  });

  it('that its payer gave up is no problem', async () => {
    await join('owner');
    await ask(startTopup, body);
    world.gateway.finding = { kind: 'failed', failure: 'cancelled', evidence: 'CANCELLED' };
    await callBack(world.gateway.started.at(-1)?.resultUrl, world);
    while (world.messages.length > 0) await world.dispatchAll();
    await runAfter(2 * MINUTE);
    expect(mails).toEqual([]);
  });
});

describe('each member gets a mail once', () => {
  beforeEach(async () => {
    for (const n of [1, 2, 3]) await join('owner', `owner-${n}`);
  });
  const three = [1, 2, 3].map((n) => `owner-${n}@people.example`);

  it('of what several find at once, and find again', async () => {
    await Promise.all([1, 2, 3, 4].map(() => addToNotices(world, [lowBalance('evt_1'), lowBalance('evt_2')])));
    await run();
    await addToNotices(world, [lowBalance('evt_2')]);
    await runAfter(7 * HOUR);
    expect(to().toSorted()).toEqual(three);
  });

  it.each(['after', 'before'] as const)(
    'of what was added by a write whose answer was lost %s it happened',
    async (fault) => {
      let isLost = false;
      world.fault = (command) => {
        if (isLost || command !== 'TransactWriteCommand') return undefined;
        isLost = true;
        return fault;
      };
      await addToNotices(world, [lowBalance('evt_1')]);
      expect(isLost).toBe(true);
      await run();
      expect(mails.map(({ text }) => text.match(/the balance fell/g)?.length)).toEqual([1, 1, 1]);
    },
  );

  it('from runs at the same time', async () => {
    await addToNotices(world, [lowBalance('evt_1')]);
    await Promise.all([1, 2, 3, 4].map(() => mailNotices(granted(world, workers.mailNotices.access))));
    expect(to().toSorted()).toEqual(three);
  });

  it.each(['after', 'before'] as const)('where the answer to any one write is lost %s it happened', async (fault) => {
    for (let lost = 0; ; lost += 1) {
      await addToNotices(world, [lowBalance(`evt_${lost}`)]);
      let writes = 0;
      world.fault = (command) => {
        if (command !== 'PutCommand') return undefined;
        writes += 1;
        return writes === lost + 1 ? fault : undefined;
      };
      await runAfter(7 * HOUR);
      world.fault = undefined;
      expect([lost, to().toSorted()]).toEqual([lost, three]);
      if (writes <= lost) break;
    }
  });

  it('but twice where a run dies between a mail and its write, and then one of them alone', async () => {
    await addToNotices(world, [lowBalance('evt_1')]);
    let dead = false;
    send = async (mail) => {
      if (dead) throw new Error('the process is dead');
      mails.push(mail);
      dead = mails.length === 2;
    };
    world.fault = () => (dead ? new Error('the process is dead') : undefined);
    await expect(run()).rejects.toThrow('not mailed');
    dead = false;
    world.fault = undefined;
    send = async (mail) => void mails.push(mail);
    await runAfter(MAILING_LEASE_MS - 1);
    expect(mails).toHaveLength(2);
    await runAfter(1);
    expect(to()).toEqual([three[0], three[1], three[1], three[2]]);
  });

  it('although a run that hangs is overtaken by the next one: it mails nobody any more', async () => {
    await addToNotices(world, [lowBalance('evt_1')]);
    const releases: (() => void)[] = [];
    send = (mail) => {
      mails.push(mail);
      return new Promise((resolve) => void releases.push(resolve));
    };
    const hung = mailNotices(granted(world, workers.mailNotices.access));
    while (mails.length < 1) await new Promise((resolve) => setTimeout(resolve, 10));
    world.advance(MAILING_LEASE_MS);
    const next = mailNotices(granted(world, workers.mailNotices.access));
    while (mails.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    releases[0]?.();
    await hung;
    const { dueAt = '' } = await readNotice(world, lowBalance('').key);
    expect([mails.length, dueAt > world.now()]).toEqual([2, true]);
    send = async (mail) => void mails.push(mail);
    releases[1]?.();
    await next;
    expect(to()).toEqual([three[0], three[0], three[1], three[2]]);
  });

  it('although something else is added while it is mailed, which is in the next mail', async () => {
    await addToNotices(world, [lowBalance('evt_1')]);
    send = async (mail) => {
      mails.push(mail);
      await addToNotices(world, [lowBalance(`evt_of_${mail.to}`)]);
    };
    await run();
    expect(to().toSorted()).toEqual(three);
    send = async (mail) => void mails.push(mail);
    await runAfter(7 * HOUR);
    expect(mails.map(({ text }) => text.match(/the balance fell/g)?.length)).toEqual([3, 3, 3]);
  });
});

describe('whoever', () => {
  it('is removed gets nothing from that moment on, also of what is being mailed', async () => {
    await join('owner', 'owner-1');
    const second = await join('finance', 'owner-2');
    await addToNotices(world, [lowBalance('evt_1')]);
    send = async (mail) => {
      mails.push(mail);
      if (mails.length === 1) await remove('owner-1', second.id);
    };
    await run();
    expect(to()).toEqual(['owner-1@people.example']);
  });

  it('turns it off while it is being mailed gets nothing either', async () => {
    await join('owner', 'owner-1');
    await join('finance', 'owner-2');
    await addToNotices(world, [lowBalance('evt_1')]);
    send = async (mail) => {
      mails.push(mail);
      await choose('owner-2', { low_balance: false });
    };
    await run();
    expect(to()).toEqual(['owner-1@people.example']);
  });

  it('leaves has no trace in what was mailed but the id of who was a member', async () => {
    const { id } = await join('owner', 'owner-1');
    await join('owner', 'owner-2');
    await addToNotices(world, [lowBalance('evt_1')]);
    send = async ({ to: address }) => {
      if (address.startsWith('owner-2')) throw new Error('refused');
    };
    await run();
    const stored = JSON.stringify(await allItems(world, 'notices'));
    expect([stored.includes(id), stored.includes('people.example')]).toEqual([true, false]);
  });
});

describe('mail that is not taken', () => {
  it('is tried again ever later, six times, while the others have theirs; then there is a metric of it', async () => {
    await join('owner', 'refused');
    await join('finance', 'taken');
    const tried: string[] = [];
    send = async (mail) => {
      tried.push(mail.to);
      if (mail.to.startsWith('refused')) throw Object.assign(new Error(`${mail.to} was refused`), { name: 'Rejected' });
    };
    const said: string[] = [];
    world.log.warn = (...line) => void said.push(JSON.stringify(line));
    await addToNotices(world, [lowBalance('evt_1')]);
    const startedAt = Date.parse(world.now());
    const minutes: number[] = [];
    for (let n = 0; n < 90; n += 1) {
      await runAfter(MINUTE);
      const refused = tried.filter((address) => address.startsWith('refused')).length;
      if (refused > minutes.length) minutes.push(Math.round((Date.parse(world.now()) - startedAt) / MINUTE));
    }
    expect(minutes).toEqual([1, 3, 7, 15, 31, 63]);
    expect(tried.filter((address) => address.startsWith('taken'))).toHaveLength(1);
    expect(minutes).toHaveLength(MAIL_TRIES_MAX);
    expect(metrics.filter(([name]) => name === 'NoticesNotMailed')).toEqual([['NoticesNotMailed', 1]]);
    expect(said.join()).toMatch(/Rejected/);
    expect(said.join()).not.toContain('@');
    const { waiting, mailing, dueAt } = await readNotice(world, lowBalance('').key);
    expect([waiting, mailing, dueAt]).toEqual([undefined, undefined, undefined]);
  });

  it('for a day is of no use any more', async () => {
    await join('owner');
    send = () => Promise.reject(new Error('down'));
    await addToNotices(world, [lowBalance('evt_1')]);
    await run();
    await runAfter(DAY);
    await runAfter(HOUR);
    send = async (mail) => void mails.push(mail);
    await runAfter(2 * HOUR);
    expect(mails).toEqual([]);
    await addToNotices(world, [lowBalance('evt_2')]);
    await run();
    expect(mails).toHaveLength(1);
  });

  it('because none can be sent here is not kept for a day on which it can', async () => {
    await join('owner');
    const { mail } = world;
    Object.assign(world, { mail: undefined });
    await addToNotices(world, [lowBalance('evt_1')]);
    await run();
    Object.assign(world, { mail });
    await runAfter(HOUR);
    expect(mails).toEqual([]);
    await addToNotices(world, [lowBalance('evt_2')]);
    await run();
    expect(mails).toHaveLength(1);
  });
});

describe('on virtual time', () => {
  const SLOW = 12;
  const MEMBERS = 20;

  /** Merchants with many members whose mail is never taken, and one more, whose is. */
  async function crowd(takes: (address: string) => number | 'never' | 'refused') {
    const virtual = virtualWorld();
    const taken: { to: string; minute: number }[] = [];
    const mail: Mail = {
      async send(message) {
        const ms = takes(message.to);
        if (ms === 'refused') throw new Error('refused');
        await virtual.clock.sleep(ms === 'never' ? DAY : ms);
        taken.push({ to: message.to, minute: virtual.minute() });
      },
    };
    const world = { ...virtual.world, mail, publicUrl: ORIGIN };
    const merchants = await virtual.during(
      Promise.all(
        Array.from({ length: SLOW + 1 }, async (_, n) => {
          const { id } = await aMerchant(world, {});
          for (let m = 0; m < (n < SLOW ? MEMBERS : 1); m += 1) {
            await aMember(world, id, 'owner', n < SLOW ? `slow-${n}-${m}` : 'quick');
          }
          return id;
        }),
      ),
    );
    const addOf = (merchantId: string) => {
      const wallet = { merchantId, mode: 'live', currency: 'USD', thresholdMinor: 1 } as const;
      return addToNotices(world, [lowBalanceOf(wallet, { at: world.now(), balanceMinor: 0 }, `evt_${merchantId}`)]);
    };
    for (const id of merchants.slice(0, SLOW)) await virtual.during(addOf(id));
    await virtual.during(addOf(merchants.at(-1) ?? ''));
    return { virtual, world, taken };
  }

  it.each(['never', 'refused'] as const)('mail that is %s taken for many delays nobody else by a run', async (how) => {
    const { virtual, world, taken } = await crowd((address) => (address.startsWith('quick') ? 100 : how));
    const began = virtual.minute();
    await virtual.every(2, 4, () => mailNotices(world));
    expect(taken.map(({ to }) => to)).toEqual(['quick@people.example']);
    expect((taken[0]?.minute ?? Number.NaN) - began).toBeLessThan(1);
  });

  it('a large team has its mail in one run, and a slow one in as many as it takes, each of them once', async () => {
    const { virtual, world, taken } = await crowd(() => 900);
    await virtual.every(2, 20, () => mailNotices(world));
    expect(new Set(taken.map(({ to }) => to)).size).toBe(SLOW * MEMBERS + 1);
    expect(taken).toHaveLength(SLOW * MEMBERS + 1);
  });
});
