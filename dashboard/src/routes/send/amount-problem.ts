import type { Product } from '../../../../sdk/typescript/src/api.ts';
import { compareDecimals, isDecimal, isMultiple } from '../../parts/decimal.ts';
import { moneyText, whyNoAmount } from '../../parts/money-text.ts';
import { sendTexts as texts } from '../../texts/send.ts';

/** Why an amount of a product is not sold, in words; undefined for one that is. */
export function amountProblem(amount: string, product: Product): string | undefined {
  const { problems } = texts;
  const { min, max, step, denominations, currency } = product;
  if (amount === '') return denominations ? problems.one_of : problems.missing;
  if (!isDecimal(amount)) return whyNoDecimal(amount, product);
  if (denominations) {
    return denominations.some((each) => compareDecimals(each, amount) === 0) ? undefined : problems.one_of;
  }
  if (compareDecimals(amount, min) < 0) return problems.least(moneyText(min, currency));
  if (compareDecimals(amount, max) > 0) return problems.most(moneyText(max, currency));
  if (step !== undefined && !isMultiple(step, amount)) return problems.step(moneyText(step, currency));
  return undefined;
}

function whyNoDecimal(amount: string, { max, currency }: Product): string {
  const why = whyNoAmount(amount, currency);
  if (why === 'comma') return texts.problems.comma;
  return why === 'large' && max !== undefined ? texts.problems.most(moneyText(max, currency)) : texts.problems.form;
}
