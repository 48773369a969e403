import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { requireMember } from '../../shared/domain/caller.ts';
import { defined } from '../../shared/domain/defined.ts';
import { chooseNotifications } from '../../shared/flows/people/own-notifications.ts';
import { route } from '../../shared/http/route.ts';
import { viewNotifications } from '../../shared/http/views/notification-views.ts';
import { routes } from '../../shared/manifest/routes.ts';

const isMailed = z.optional(z.boolean({ error: 'must be true or false.' }));
const body = z.strictObject({
  low_balance: isMailed,
  endpoint_failing: isMailed,
  batch_finished: isMailed,
  orders_under_review: isMailed,
  topup_problem: isMailed,
});

/** Turns the named mails to who asks on or off in the mode of the request, and leaves the rest. */
export const updateNotifications = route({
  ...routes.updateNotifications,
  body,
  async run(world, { owner, caller, body }) {
    const member = await chooseNotifications(world, requireMember(caller), defined(body));
    return { status: 200, body: viewNotifications(member, owner.mode, world.mailFrom) };
  },
});

export const handler = lambda(updateNotifications);
