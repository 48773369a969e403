import { lambda } from '../../shared/aws/lambda.ts';
import { requireMember } from '../../shared/domain/caller.ts';
import { readOwnMember } from '../../shared/flows/people/own-notifications.ts';
import { route } from '../../shared/http/route.ts';
import { viewNotifications } from '../../shared/http/views/notification-views.ts';
import { routes } from '../../shared/manifest/routes.ts';

/** What is mailed to who asks, in the mode of the request: what they chose, and else what follows from their role. */
export const getNotifications = route({
  ...routes.getNotifications,
  async run(world, { owner, caller }) {
    const member = await readOwnMember(world, requireMember(caller));
    return { status: 200, body: viewNotifications(member, owner.mode, world.mailFrom) };
  },
});

export const handler = lambda(getNotifications);
