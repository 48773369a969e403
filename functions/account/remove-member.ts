import { lambda } from '../../shared/aws/lambda.ts';
import { requireMember } from '../../shared/domain/caller.ts';
import { isActive } from '../../shared/domain/key.ts';
import { removeMember as remove } from '../../shared/flows/people/change-team.ts';
import { route } from '../../shared/http/route.ts';
import { memberParams } from '../../shared/http/team-fields.ts';
import { routes } from '../../shared/manifest/routes.ts';
import { listKeys } from '../../shared/store/keys.ts';

/**
 * Removes a member, or lets the caller leave: from the next request on they are refused. Keys that they made go on
 * working, and whoever made one may have its text, so they are listed to be revoked or rolled.
 */
export const removeMember = route({
  ...routes.removeMember,
  params: memberParams,
  async run(world, { owner: { merchantId }, caller, origin, params }) {
    const { id } = await remove(world, requireMember(caller), params.member_id, origin);
    const both = await Promise.all((['live', 'test'] as const).map((mode) => listKeys(world, { merchantId, mode })));
    const keys = both.flat().filter((key) => key.createdBy?.id === id && isActive(key, world.now()));
    const left = keys.map(({ id, mode, name, prefix }) => ({ id, mode, name, prefix }));
    return { status: 200, body: { id, removed: true, keys: left } };
  },
});

export const handler = lambda(removeMember);
