/** Amounts of money as exact texts. They are never calculated with here: the digits are those of the API. */

/** The decimals of each currency of a wallet. */
const DECIMALS: Readonly<Record<string, number>> = { USD: 2, ZWG: 2, KES: 2, UGX: 0, TZS: 2 };
export const CURRENCIES: readonly string[] = Object.keys(DECIMALS);

export function decimalsOf(currency: string): number {
  return DECIMALS[currency] ?? 2;
}

/** `5.5` as `5.50`; digits beyond those of the currency stay. */
export function decimalText(amount: number | string, decimals = 2): string {
  const [whole = '0', fraction = ''] = String(amount).split('.');
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, ',');
  const digits = fraction.padEnd(decimals, '0');
  return digits ? `${grouped}.${digits}` : grouped;
}

export function moneyText(amount: number | string, currency: string): string {
  return `${decimalText(amount, decimalsOf(currency))} ${currency}`;
}

/** The same for a file: with all decimals of the currency, and nothing between its thousands. */
export function plainAmount(amount: number | string, currency: string): string {
  return decimalText(amount, decimalsOf(currency)).replaceAll(',', '');
}

/** What keeps a text from being an amount, for whoever typed it. */
export function whyNoAmount(text: string, currency: string): 'comma' | 'large' | 'decimals' | 'form' | undefined {
  if (isAmount(text, currency)) return undefined;
  if (/^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(text)) return 'comma';
  const [whole = '', fraction = ''] = /^(\d+)(?:\.(\d+))?$/.exec(text)?.slice(1) ?? [];
  if (whole.length > 13) return 'large';
  return fraction.length > decimalsOf(currency) ? 'decimals' : 'form';
}

/** Whether a text is an amount as the API takes it: digits and a point, no more decimals than the currency has. */
export function isAmount(text: string, currency: string): boolean {
  const [whole, fraction = ''] = /^(\d{1,13})(?:\.(\d+))?$/.exec(text)?.slice(1) ?? [];
  return whole !== undefined && fraction.length <= decimalsOf(currency);
}
