import type { openRoutes, routes } from './routes.ts';
import type { workers } from './workers.ts';

/** How many invocations run at the same time, by stage. CDK deploys these numbers, and `npm start` keeps them. */

export type StageName = 'dev' | 'staging' | 'live';

export interface Concurrency {
  /** The concurrency quota that the AWS account must have. The stage has the account for itself. */
  readonly quota: number;
  /** By the name of a function: its reserved concurrency, which is guaranteed and also its maximum. */
  readonly reserved: Readonly<Record<string, number>>;
  /** The maximum concurrency of any queue; AWS allows no less than 2. */
  readonly consumersMax: number;
}

type NameIn<Table extends Record<string, { name: string }>> = Table[keyof Table]['name'];
type Reserved = Partial<Record<NameIn<typeof workers> | NameIn<typeof routes> | NameIn<typeof openRoutes>, number>>;

/**
 * The functions that complete accepted orders have reserved concurrency, so that a peak of requests cannot starve
 * them. A worker has as much as its queue may use, plus the runs of its schedule that may overlap, plus one because a
 * schedule may fire twice.
 *
 * A POST of an order occupies an invocation for up to 25 s, or 2 s once its provider is known to hang. So create-order
 * is capped at half: 20 a second when every order waits to the end, 250 a second when a provider hangs, 500 a second
 * when each takes a second. The rest is for all other routes, which answer at once.
 */
const LIVE_RESERVED = {
  'dispatch-hotrecharge': 20,
  'dispatch-pesaway': 20,
  'dispatch-sandbox': 5,
  'run-bulk': 14,
  'webhook-sender': 22,
  'keep-requests': 3,
  reconcile: 3,
  'receive-callback': 50,
  'receive-payment': 20,
  'create-order': 500,
} satisfies Reserved;

const STAGING_RESERVED = {
  'dispatch-hotrecharge': 5,
  'dispatch-pesaway': 5,
  'dispatch-sandbox': 5,
  'run-bulk': 9,
  'webhook-sender': 7,
  'keep-requests': 3,
  reconcile: 3,
  'receive-callback': 10,
  'receive-payment': 5,
  'create-order': 100,
} satisfies Reserved;

export const CONCURRENCY: Readonly<Record<StageName, Concurrency>> = {
  // A new account has a quota of 10, and AWS requires that 100 of any quota stay unreserved.
  dev: { quota: 10, reserved: {}, consumersMax: 2 },
  staging: { quota: 1_000, reserved: STAGING_RESERVED, consumersMax: 5 },
  // The quota of an account that is no longer new. If ours is raised, create-order should get more first.
  live: { quota: 1_000, reserved: LIVE_RESERVED, consumersMax: 1_000 },
};
