import { expect, it } from '@jest/globals';
import { checkSignature } from '../../../shared/flows/campaigns/check-signature.ts';
import { standardSignature } from '../../../shared/flows/webhooks/sign-event.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const at = '2026-05-07T08:00:00.000Z';
const timestamp = String(Date.parse(at) / 1000);

function proofOf(id: string) {
  const body = '{}';
  const signature = standardSignature(SECRET, { id, timestamp, body });
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature };
  return checkSignature({ headers, body }, [SECRET], { at, needsTimestamp: true }).kind;
}

it('a request id with a dot is refused, although its signature is right: where it ends would be open', () => {
  expect(proofOf('msg_1')).toBe('proven');
  expect(proofOf('msg.1')).toBe('wrong');
  expect(proofOf('.')).toBe('wrong');
  expect(proofOf('a b')).toBe('wrong');
  expect(proofOf('m'.repeat(129))).toBe('wrong');
});
