import { lambdaOpen } from '../../shared/aws/lambda.ts';
import { elapsed, SECOND } from '../../shared/domain/time.ts';
import { issueToken as issue, keyOfToken } from '../../shared/flows/access-token.ts';
import { logIn } from '../../shared/http/pesaway-fields.ts';
import { pesawayProtocol } from '../../shared/http/pesaway-protocol.ts';
import { readBody } from '../../shared/http/read-body.ts';
import { Refusal } from '../../shared/http/refusal.ts';
import type { OpenRouteHandler } from '../../shared/http/route.ts';
import { openRoutes } from '../../shared/manifest/routes.ts';

/**
 * PesaWay's log-in: exchanges a key's id and the key for a bearer token that is valid for an hour. The answer has the
 * token in both places where its clients look.
 */
export const issueToken: OpenRouteHandler = {
  ...openRoutes.issueToken,
  protocol: pesawayProtocol(keyOfToken),
  async run(world, request) {
    const { consumer_key, consumer_secret } = readBody(logIn, request.body);
    const { address } = request;
    const issued = await issue(world, { id: consumer_key, text: consumer_secret, address });
    if (!issued) throw new Refusal('unauthenticated', { headers: { 'www-authenticate': 'Bearer' } });
    const { token, expiresAt } = issued;
    return {
      status: 200,
      body: {
        code: '200.001',
        access_token: token,
        token_type: 'Bearer',
        expires_in: Math.floor(elapsed(world.now(), expiresAt) / SECOND),
        expires_at: expiresAt,
        data: { token, expires_at: expiresAt },
      },
    };
  },
};

export const handler = lambdaOpen(issueToken);
