/** The two public lists of the Pesepay fake: currencies and payment methods. */

export const CURRENCIES = ['USD', 'ZiG'];
const METHODS = [
  { code: 'PZW211', name: 'EcoCash', currencies: ['USD'] },
  { code: 'PZW204', name: 'Visa', currencies: ['USD'] },
  { code: 'PZW201', name: 'EcoCash', currencies: ['ZiG'] },
];

/** The answer to a request for one of the lists, or `undefined` if it is for something else. */
export function listFor(path: string, currencyCode: string): object | undefined {
  if (path === '/v1/currencies/active') return CURRENCIES.map((code) => ({ code, active: true }));
  if (path !== '/v1/payment-methods/for-currency') return undefined;
  return METHODS.filter(({ currencies }) => currencies.includes(currencyCode));
}
