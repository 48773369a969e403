import type { Actor } from '../../domain/act.ts';

/** Who did something, as merchants see it. Which of our operators it was is ours to know. */
export function viewActor(by: Actor | undefined) {
  if (!by) return null;
  return { type: by.kind, id: by.kind === 'operator' ? null : by.id };
}
