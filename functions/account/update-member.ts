import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { requireMember } from '../../shared/domain/caller.ts';
import { changeRole } from '../../shared/flows/people/change-team.ts';
import { route } from '../../shared/http/route.ts';
import { memberParams, role } from '../../shared/http/team-fields.ts';
import { viewMember } from '../../shared/http/views/team-views.ts';
import { routes } from '../../shared/manifest/routes.ts';

const body = z.strictObject({ role });

/** Gives a member another role, from their next request on. Only owners make, change and unmake owners. */
export const updateMember = route({
  ...routes.updateMember,
  params: memberParams,
  body,
  async run(world, { caller, origin, params, body }) {
    const member = await changeRole(world, requireMember(caller), params.member_id, body.role, origin);
    return { status: 200, body: viewMember(member, caller.id) };
  },
});

export const handler = lambda(updateMember);
