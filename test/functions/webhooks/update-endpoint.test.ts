import { describe, expect, it } from '@jest/globals';
import { createEndpoint } from '../../../functions/webhooks/create-endpoint.ts';
import { getEndpoint } from '../../../functions/webhooks/get-endpoint.ts';
import { listEndpoints } from '../../../functions/webhooks/list-endpoints.ts';
import { rotateSecret } from '../../../functions/webhooks/rotate-secret.ts';
import { updateEndpoint } from '../../../functions/webhooks/update-endpoint.ts';
import { add, ask, freshMerchantForEachTest, of, URL, world } from '../../support/endpoint-set-up.ts';

freshMerchantForEachTest();

describe('an endpoint', () => {
  it('changes in what is named and in nothing else', async () => {
    const endpoint = await add({ events: ['order.failed'], description: 'ours' });
    const moved = await ask(updateEndpoint, of(endpoint), { url: 'https://new.example/' });
    const { secret: _secret, ...shown } = endpoint;
    expect(moved.json).toEqual({ ...shown, url: 'https://new.example/' });
    expect((await ask(updateEndpoint, of(endpoint), { url: 'https://10.0.0.1/' })).status).toBe(400);
    const off = await ask(updateEndpoint, of(endpoint), { enabled: false });
    expect(off.json).toMatchObject({ enabled: false, disabled_reason: 'requested', url: 'https://new.example/' });
    const all = await ask(updateEndpoint, of(endpoint), { enabled: true, events: [] });
    expect(all.json).toMatchObject({ enabled: true, disabled_reason: null, disabled_at: null });
    expect(all.json.events).toContain('order.success');
  });

  it('survives two changes at once', async () => {
    const endpoint = await add();
    const names = ['a', 'b', 'c', 'd'];
    const replies = await Promise.all([
      ...names.map((description) => ask(updateEndpoint, of(endpoint), { description })),
      ask(updateEndpoint, of(endpoint), { events: ['order.failed'] }),
    ]);
    expect(replies.map((reply) => reply.status)).toEqual([200, 200, 200, 200, 200]);
    expect((await ask(getEndpoint, of(endpoint))).json.events).toEqual(['order.failed']);
  });

  it.each(['before', 'after'] as const)('is made and changed once when an answer is lost %s', async (moment) => {
    const losing = async <T>(work: () => Promise<T>): Promise<T> => {
      let isLost = false;
      world.fault = (name) => {
        if (isLost || name !== 'TransactWriteCommand') return undefined;
        isLost = true;
        return moment;
      };
      const result = await work();
      world.fault = undefined;
      expect(isLost).toBe(true);
      return result;
    };
    const made = await losing(() => ask(createEndpoint, {}, { url: URL }));
    expect(made.status).toBe(201);
    const changed = await losing(() => ask(updateEndpoint, of(made.json), { description: 'mine' }));
    expect([changed.status, changed.json.description]).toEqual([200, 'mine']);
    const rotated = await losing(() => ask(rotateSecret, of(made.json)));
    expect(rotated.json.retiring_secrets_until).toHaveLength(1);
    expect((await ask(listEndpoints)).json.data).toHaveLength(1);
  });
});
