import type { Actor } from '../../../../sdk/typescript/src/api.ts';

interface Asked {
  readonly key_id: string | null;
  readonly member_id: string | null;
}

/** Who sent a request. */
export function actorOf({ key_id: key, member_id: member }: Asked): Actor | null {
  if (key) return { type: 'key', id: key };
  return member ? { type: 'person', id: member } : null;
}
