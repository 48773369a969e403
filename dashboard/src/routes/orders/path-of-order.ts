interface Found {
  readonly id: string;
  readonly agent_reference: string;
  readonly batch_id?: string | undefined;
}

/** Where an order is shown: by its id; a row of a batch by its reference, as its id does not say when it was placed. */
export function pathOfOrder({ id, agent_reference, batch_id }: Found): string {
  return `/orders/${batch_id === undefined ? id : encodeURIComponent(agent_reference)}`;
}
