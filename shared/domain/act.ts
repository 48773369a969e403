/** Who does something that is recorded: an API key by its id, or an operator by the identity that AWS confirms. */
export interface Actor {
  readonly kind: 'key' | 'operator';
  readonly id: string;
}

/** The name of an operator in what merchants see: the last part of the identity, without the account and the role. */
export function nameOfOperator(identity: string): string {
  return identity.split(/[/:]/).at(-1) ?? identity;
}

/** Who acts, and by which request from which address, as far as there is one. */
export interface Origin {
  readonly by: Actor;
  readonly requestId?: string;
  readonly address?: string;
}
