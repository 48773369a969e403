import * as z from 'zod/mini';
import { lambda } from '../../shared/aws/lambda.ts';
import { SCOPES } from '../../shared/domain/key.ts';
import { makeKey } from '../../shared/flows/keys/make-key.ts';
import { allowedRanges, expiresAt, keyName, scopes } from '../../shared/http/key-fields.ts';
import { requireAdmission } from '../../shared/http/limits.ts';
import { route } from '../../shared/http/route.ts';
import { viewKey } from '../../shared/http/views/key-views.ts';
import { routes } from '../../shared/manifest/routes.ts';

const body = z.strictObject({
  name: keyName,
  scopes,
  expires_at: z.optional(expiresAt),
  allowed_ranges: z.optional(allowedRanges),
});

/** A new key of the caller's mode with a part of the caller's powers, and its text, which nothing shows again. */
export const createKey = route({
  ...routes.createKey,
  body,
  async run(world, { owner, caller: maker, origin, body }) {
    await requireAdmission(world, owner, 'new_keys');
    const { name, expires_at: endsAt, allowed_ranges: allowedRanges } = body;
    const scopes = SCOPES.filter((scope) => body.scopes.includes(scope));
    const { key, text } = await makeKey(world, owner, { name, scopes, endsAt, allowedRanges }, { origin, maker });
    return { status: 201, body: { ...viewKey(key, world.now()), key: text } };
  },
});

export const handler = lambda(createKey);
