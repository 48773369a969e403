import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { requireMember } from '../../shared/domain/caller.ts';
import { invite } from '../../shared/flows/people/change-team.ts';
import { mailInvitation } from '../../shared/flows/people/mail-invitation.ts';
import { makerOf } from '../../shared/flows/people/standing.ts';
import { requireInvitation } from '../../shared/http/limits.ts';
import { route } from '../../shared/http/route.ts';
import { email, role } from '../../shared/http/team-fields.ts';
import { viewInvitation } from '../../shared/http/views/team-views.ts';
import { routes } from '../../shared/manifest/routes.ts';

const body = z.strictObject({ email, role });

/**
 * Invites somebody to a role. The link goes to their address; where no mail can be sent it is in the answer, once, for
 * the inviter to pass on. The same address again gets a new link, and the one before leads nowhere.
 */
export const createInvitation = route({
  ...routes.createInvitation,
  body,
  async run(world, { owner, caller, origin, body }) {
    await requireInvitation(world, owner);
    const made = await invite(world, owner.merchantId, body, { origin, maker: makerOf(requireMember(caller)) });
    const { isMailed, link } = await mailInvitation(world, owner.merchantId, made);
    return {
      status: 201,
      body: { ...viewInvitation(made.invitation), mailed: isMailed, link: isMailed ? null : link },
    };
  },
});

export const handler = lambda(createInvitation);
