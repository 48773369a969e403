import { peopleRefusals } from './refusals/people-refusals.ts';
import { requestRefusals } from './refusals/request-refusals.ts';
import { stateRefusals } from './refusals/state-refusals.ts';

/**
 * Every refusal of the API: what is wrong, and what the caller can do. The answers and the page of errors are made from
 * this table; `detail` is the sentence for a case that has none of its own. Anything else is a 500 without details.
 */
export const REFUSALS = { ...requestRefusals, ...peopleRefusals, ...stateRefusals };

export type RefusalCode = keyof typeof REFUSALS;
