import type { Actor, KeptRequest } from '../../../../sdk/typescript/src/api.ts';

/** Who sent a request of the log; nobody of whom there is an id where it was signed. */
export function senderOf({ key_id, member_id }: Pick<KeptRequest, 'key_id' | 'member_id'>): Actor | null {
  if (key_id !== null) return { type: 'key', id: key_id };
  return member_id === null ? null : { type: 'person', id: member_id };
}
