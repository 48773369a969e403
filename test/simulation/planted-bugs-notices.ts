import type { PlantedBug } from './planted-bugs.ts';
import { bugsIn } from './planted-bugs-security.ts';

const TEST = 'test/functions/workers/mail-notices.test.ts';

/** Bugs by which a member is mailed twice, never, or what is not for them. */
export const PLANTED_BUGS_NOTICES: readonly PlantedBug[] = [
  ...bugsIn('shared/domain/notice.ts', TEST, [
    [
      'something that happens again is mailed again at once',
      'later(at, plus(mailedAt, KINDS[kind].gapMs))',
      "later(at, kind === 'low_balance' ? at : mailedAt)",
    ],
    ['who has a mail gets it again', 'return !mailedTo.includes(memberId) &&', 'return mailedTo.length < 99 &&'],
    ['mail to one person is tried for ever', '?? 0) < MAIL_TRIES_MAX;', '?? 0) < 99;'],
    ['a mailing has no lease', 'dueAt: plus(at, MAILING_LEASE_MS),', 'dueAt: at,'],
    ['a run goes on that was overtaken', 'return notice.mailing?.claims === mine.claims &&', 'return'],
    ['what waits is lost with the mailing', 'return mailed.waiting ?', 'return mailed.kind === undefined ?'],
  ]),
  ...bugsIn('shared/store/notices.ts', TEST, [
    [
      'two runs at once take on a mailing',
      "return saveNext(world, { table: 'notices', item: itemOf(world, notice), counter: 'version' });",
      `return import('@aws-sdk/lib-dynamodb')
        .then(({ PutCommand }) =>
          world.db.send(new PutCommand({ TableName: world.table('notices'), Item: itemOf(world, notice) })))
        .then(() => true);`,
    ],
  ]),
  ...bugsIn('shared/flows/notices/add-to-notices.ts', TEST, [
    ['what is found twice is mailed twice', '.filter(({ id }) => !known.has(id))', '.filter(({ id }) => known && id)'],
  ]),
  ...bugsIn('shared/flows/notices/mail-notice.ts', TEST, [
    [
      'who is removed while others are mailed is mailed too',
      'const { members } = await readTeam(world, merchantId);',
      `const kept = world.memo.get('team') as Awaited<ReturnType<typeof readTeam>> | undefined;
       const { members } = kept ?? (await readTeam(world, merchantId));
       if (!kept) world.memo.set('team', { members });`,
    ],
    ['mail that hangs holds up its slot', 'const MAIL_MS_MAX = 5 * SECOND;', 'const MAIL_MS_MAX = 5_000 * SECOND;'],
    [
      'the log names who was not mailed',
      'error instanceof Error ? error.name :',
      'error instanceof Error ? error.message :',
    ],
  ]),
  ...bugsIn('functions/workers/mail-notices.ts', TEST, [
    [
      'one merchant takes all of a run',
      'const MERCHANT_MS_MAX = 10 * SECOND;',
      'const MERCHANT_MS_MAX = 1_000 * SECOND;',
    ],
  ]),
  ...bugsIn('shared/flows/notices/add-reviews.ts', TEST, [
    ['what was written late is never mailed', 'const OVERLAP_MS = 10 * MINUTE;', 'const OVERLAP_MS = 0 * MINUTE;'],
  ]),
  ...bugsIn('shared/domain/occurrence.ts', TEST, [
    [
      'an endpoint that fails once is mailed about',
      'const FAILING_AFTER_MS = HOUR;',
      'const FAILING_AFTER_MS = 0 * HOUR;',
    ],
  ]),
  ...bugsIn('shared/flows/webhooks/deliver-event.ts', TEST, [
    [
      'nobody is mailed about an endpoint that is disabled',
      'failed ? await occurrencePuts(world, [failed]) : []',
      '[]',
    ],
  ]),
  ...bugsIn('shared/flows/webhooks/publish-events.ts', TEST, [
    [
      'an event leaves the outbox although it is in no notice',
      'await addToNotices(world, [batchFinished(batch, event.at)]);',
      'await addToNotices(world, [batchFinished(batch, event.at)]).catch(() => undefined);',
    ],
  ]),
  ...bugsIn('shared/domain/notice-mail.ts', TEST, [
    ['a mail shows a phone number', 'texts.order(withoutNumbers(fact.reference))', 'texts.order(fact.reference)'],
  ]),
  ...bugsIn('shared/domain/notification.ts', 'test/functions/account/notifications.test.ts', [
    ['test mode mails without being asked', "?? (mode === 'live' && roles.includes(role))", '?? roles.includes(role)'],
    [
      'a choice of one mode is one of the other',
      'return { ...before, [mode]: { ...before?.[mode], ...choices } };',
      'return { live: { ...before?.[mode], ...choices }, test: { ...before?.[mode], ...choices } };',
    ],
    ['a choice takes back the others', '{ ...before?.[mode], ...choices }', '{ ...choices }'],
  ]),
];
