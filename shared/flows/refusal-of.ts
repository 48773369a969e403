import type { InputProblem } from '../domain/order-input.ts';
import { Refusal } from '../http/refusal.ts';

/** The refusal that answers a request whose input has this problem. */
export function refusalOf({ code, ...facts }: InputProblem): Refusal {
  return new Refusal(code, facts);
}
