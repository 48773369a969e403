export interface Counted {
  readonly count: number;
  /** Whether the list goes on. */
  readonly isMore: boolean;
}

interface Page {
  readonly data: readonly { readonly held_since?: string }[];
  readonly next_cursor: string | null;
}

/** How many orders are unknown, wait for their provider, and are on their way. */
export function countsOf(unknown: Page, pending: Page): Readonly<Record<'unknown' | 'held' | 'pending', Counted>> {
  const held = pending.data.filter(({ held_since }) => held_since !== undefined).length;
  const isMore = pending.next_cursor !== null;
  return {
    unknown: { count: unknown.data.length, isMore: unknown.next_cursor !== null },
    held: { count: held, isMore: isMore && held > 0 },
    pending: { count: pending.data.length - held, isMore },
  };
}
