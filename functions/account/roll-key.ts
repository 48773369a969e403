import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { HOUR } from '../../shared/domain/time.ts';
import { rollKey as roll } from '../../shared/flows/keys/roll-key.ts';
import { overlapHours } from '../../shared/http/fields.ts';
import { expiresAt, keyParams } from '../../shared/http/key-fields.ts';
import { requireAdmission } from '../../shared/http/limits.ts';
import { route } from '../../shared/http/route.ts';
import { viewKey } from '../../shared/http/views/key-views.ts';
import { routes } from '../../shared/manifest/routes.ts';

const body = z.strictObject({ overlap_hours: overlapHours, expires_at: z.optional(expiresAt) });

/** A new key in place of another, with the same powers, and its text, once. The old one works during the overlap. */
export const rollKey = route({
  ...routes.rollKey,
  params: keyParams,
  body,
  async run(world, { owner, caller: maker, origin, params, body }) {
    await requireAdmission(world, owner, 'new_keys');
    const wanted = { overlapMs: Math.round(body.overlap_hours * HOUR), endsAt: body.expires_at };
    const { key, text } = await roll(world, owner, params.key_id, wanted, { origin, maker });
    return { status: 201, body: { ...viewKey(key, world.now()), key: text } };
  },
});

export const handler = lambda(rollKey);
