interface Found {
  readonly id: string;
  readonly agent_reference: string;
  readonly batch_id?: string | undefined;
}

/** Where an order is shown: by its id; a row of a batch by its reference, as its id does not say when it was placed. */
export function pathOfOrder({ id, agent_reference, batch_id }: Found): string {
  return `/orders/${batch_id === undefined ? id : encodeURIComponent(agent_reference)}`;
}

/** The same where its batch is not known. Entries of early releases have no reference: such a row is shown nowhere. */
export function pathOfOrderId(id: string, reference?: string): string | undefined {
  if (/^ord_[0-9a-z]{20}$/.test(id)) return `/orders/${id}`;
  return reference === undefined ? undefined : `/orders/${encodeURIComponent(reference)}`;
}
