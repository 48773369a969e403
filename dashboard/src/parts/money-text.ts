/** Amounts of money as exact texts. They are never calculated with here: the digits are those of the API. */

/** `5.5` as `5.50`; digits beyond the second stay. */
export function decimalText(amount: number | string): string {
  const [whole = '0', fraction = ''] = String(amount).split('.');
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, ',');
  return `${grouped}.${fraction.padEnd(2, '0')}`;
}

export function moneyText(amount: number | string, currency: string): string {
  return `${decimalText(amount)} ${currency}`;
}
