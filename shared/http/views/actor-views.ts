import type { Actor } from '../../domain/act.ts';

/** Whether an id that may be a key's or a member's is a member's. */
export function isOfMember(id = ''): boolean {
  return id.startsWith('mem_');
}

/** Who did something, of whom an item has only the id. */
export function actorOf(id: string | undefined): Actor | undefined {
  return id === undefined ? undefined : { kind: isOfMember(id) ? 'person' : 'key', id };
}

/** Who did something, as merchants see it. Which of our operators it was is ours to know. */
export function viewActor(by: Actor | undefined) {
  if (!by) return null;
  return { type: by.kind, id: by.kind === 'operator' ? null : by.id };
}
