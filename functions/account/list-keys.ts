import { lambda } from '../../shared/aws/lambda.ts';
import { listOwnKeys } from '../../shared/flows/keys/find-key.ts';
import { route } from '../../shared/http/route.ts';
import { viewKey } from '../../shared/http/views/key-views.ts';
import { routes } from '../../shared/manifest/routes.ts';

/** A merchant's keys of one mode, the oldest first, expired and revoked ones included. */
export const listKeys = route({
  ...routes.listKeys,
  async run(world, { owner }) {
    const keys = await listOwnKeys(world, owner);
    return { status: 200, body: { data: keys.map((key) => viewKey(key, world.now())), next_cursor: null } };
  },
});

export const handler = lambda(listKeys);
