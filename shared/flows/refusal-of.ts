import type { InputProblem } from '../domain/order-input.ts';
import { Refusal } from '../http/refusal.ts';
import { REFUSALS } from '../manifest/refusals.ts';

/** The refusal that answers a request whose input has this problem, and lists the other one where there are two. */
export function refusalOf({ also, code, ...facts }: InputProblem): Refusal {
  if (!also) return new Refusal(code, facts);
  const errors = [{ code, ...facts }, also].map((each) => {
    const { param = '', detail, fix = REFUSALS[each.code].fix } = each;
    return { param, detail, fix };
  });
  return new Refusal(code, { ...facts, errors });
}
