import type { Clock } from './clock.ts';
import type { Call } from './iam.ts';

interface Lead {
  readonly pk: { readonly S: string };
  readonly sk?: { readonly S: string };
  readonly until?: { readonly S: string };
}

/**
 * Holds the clock while somebody leads the line of a wallet. A leader works for less than a second, and does what is
 * left when its second round begins: on a busy machine there would be none.
 */
export function leaders(clock: Clock): (principal: string, call: Call, body: string) => void {
  const held = new Map<string, () => void>();
  return (_principal, { action, resource }, body) => {
    if (action !== 'dynamodb:PutItem' || resource !== 'Lines.Arn') return;
    const { pk, sk, until }: Lead = JSON.parse(body).Item;
    if (sk?.S !== 'lead') return;
    held.get(pk.S)?.();
    held.delete(pk.S);
    if ((until?.S ?? '') > new Date().toISOString()) held.set(pk.S, clock.hold());
  };
}
