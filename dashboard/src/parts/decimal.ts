/** Decimal texts compared and added exactly. Amounts are never rounded on their way. */

const DECIMAL = /^\d{1,15}(?:\.\d{1,9})?$/;
const PLACES = 9;

export function isDecimal(text: string): boolean {
  return DECIMAL.test(text);
}

/** Below zero where the first is less, above where it is more. */
export function compareDecimals(one: string | number, other: string | number): number {
  const difference = unitsOf(one) - unitsOf(other);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export function isMultiple(of: string | number, text: string | number): boolean {
  const step = unitsOf(of);
  return step === 0n || unitsOf(text) % step === 0n;
}

export function addDecimals(one: string | number, other: string | number): string {
  const units = unitsOf(one) + unitsOf(other);
  const digits = String(units < 0n ? -units : units).padStart(PLACES + 1, '0');
  const fraction = digits.slice(-PLACES).replace(/0+$/, '');
  return `${units < 0n ? '-' : ''}${digits.slice(0, -PLACES)}${fraction && `.${fraction}`}`;
}

function unitsOf(decimal: string | number): bigint {
  const text = String(decimal);
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.');
  const units = BigInt(whole + fraction.padEnd(PLACES, '0').slice(0, PLACES));
  return text.startsWith('-') ? -units : units;
}
