interface Found {
  readonly id: string;
  readonly agent_reference: string;
  readonly batch_id?: string | undefined;
}

/** Where an order is shown: by its id; a row of a batch by its reference, as its id does not say when it was placed. */
export function pathOfOrder({ id, agent_reference, batch_id }: Found): string {
  return `/orders/${batch_id === undefined ? id : encodeURIComponent(agent_reference)}`;
}

/** The same where only its id is known: nowhere, for a row of a batch. */
export function pathOfOrderId(id: string): string | undefined {
  return /^ord_[0-9a-z]{20}$/.test(id) ? `/orders/${id}` : undefined;
}

/** The same for the order that the body of an event is about: by its reference there, which finds each order. */
export function pathOfOrderIn(event: unknown, id: string): string | undefined {
  const { agent_reference: reference } = (event as { data?: { agent_reference?: unknown } }).data ?? {};
  return typeof reference === 'string' ? `/orders/${encodeURIComponent(reference)}` : pathOfOrderId(id);
}
