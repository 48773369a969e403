/**
 * Phone numbers of the four countries that we recharge. A number can be recharged when the longest matching prefix of
 * its national number belongs to a mobile network; all others (landlines, VoIP, unassigned blocks) are refused.
 *
 * The table is our own because libphonenumber refuses ranges that are in use (079 in Zimbabwe) and has no networks; a
 * test compares it with that library's mobile ranges. The longest match decides: in Kenya 757 is Safaricom within
 * Airtel's 75, in Uganda 724 is MTN within small networks' 72.
 */

export type Country = 'ZW' | 'KE' | 'UG' | 'TZ';

interface Plan {
  readonly callingCode: string;
  readonly example: string;
  /** Whether numbers are portable between networks. Then the prefix is only a hint. */
  readonly portable: boolean;
  readonly networks: Readonly<Record<string, readonly string[]>>;
}

/** PesaWay's test number for a failure; no country has it. Accepted in test mode only. */
export const FAILING_TEST_NUMBER = '980321123123';

/** Whether a text is that number, in any spelling. */
export function isFailingTestNumber(text: string): boolean {
  return text.replace(/\D/g, '') === FAILING_TEST_NUMBER;
}

/** Digits of a national number without the leading 0; the same in all four countries. */
const NATIONAL_DIGITS = 9;

export const PLANS: Readonly<Record<Country, Plan>> = {
  ZW: {
    callingCode: '263',
    example: '0772279099',
    portable: false,
    networks: { Econet: ['77', '78', '79'], NetOne: ['71', '72'], Telecel: ['73'] },
  },
  KE: {
    callingCode: '254',
    example: '0712345678',
    portable: true,
    networks: {
      Safaricom: ['70', '71', '72', '74', '79', '757', '758', '759', '768', '769', '11', '14', '18'],
      Airtel: ['73', '75', '78', '10', '761', '762'],
      Telkom: ['77', '120'],
      Equitel: ['760', '763', '764', '765', '766', '124'],
      Homeland: ['744'],
      JTL: ['747'],
      Other: ['767', '121', '13'],
    },
  },
  UG: {
    callingCode: '256',
    example: '0772123456',
    portable: true,
    networks: {
      MTN: ['76', '77', '78', '790', '791', '792', '793', '794', '724', '737'],
      Airtel: ['70', '74', '75', '730', '731', '795'],
      UTL: ['71'],
      Lyca: ['721', '726', '727'],
      Africell: ['798', '799'],
    },
  },
  TZ: {
    callingCode: '255',
    example: '0712345678',
    portable: true,
    networks: {
      Yas: ['65', '67', '70', '71', '77'],
      Vodacom: ['72', '74', '75', '76', '79'],
      Airtel: ['66', '68', '69', '78'],
      Halotel: ['61', '62', '63'],
      TTCL: ['73'],
    },
  },
};

export interface Phone {
  /** E.164, e.g. `+263772279099`. */
  readonly msisdn: string;
  readonly country: Country;
  /** The network of the prefix; only a hint where numbers are portable. */
  readonly network: string;
}

export type PhoneProblem = 'not_a_number' | 'wrong_length' | 'other_country' | 'not_mobile';

/** Blanks, dashes and invisible characters, which come along when a number is copied from a page, a chat or a sheet. */
const BETWEEN_DIGITS = /[\s\p{Z}\p{Cf}\p{Pd}\u2212]/gu;

/** A phone or meter number without what people and programs put between its digits; nothing else is removed. */
export function withoutSeparators(text: string): string {
  return text.replace(BETWEEN_DIGITS, '');
}

/**
 * A phone number without separators, brackets and dots: its digits behind `+`, `00` or neither. Every way in (JSON,
 * CSV, PesaWay's protocol, campaigns) reads numbers through it.
 */
export function normalizePhone(text: string): string {
  return withoutSeparators(text).replace(/[().]/g, '');
}

/**
 * Parses a number in any common spelling (`0772279099`, `772279099`, `263772279099`, `+263 77 227 9099`, `00263…`,
 * `+263 (0)77…`, `+263 0772…`) for one country, or returns why it cannot be recharged there.
 */
export function parsePhone(text: string, country: Country): Phone | PhoneProblem {
  const bare = normalizePhone(text);
  const match = /^(\+|00)?(\d{3,20})$/.exec(bare);
  if (!match) return 'not_a_number';
  const [, international, digits = ''] = match;
  const { callingCode } = PLANS[country];
  if (international && !digits.startsWith(callingCode)) return 'other_country';
  const national = nationalNumber(digits, callingCode, international !== undefined);
  if (national === undefined) return isOfAnotherCountry(digits, country) ? 'other_country' : 'wrong_length';
  const network = networkOf(national, country);
  return network ? { msisdn: `+${callingCode}${national}`, country, network } : 'not_mobile';
}

/** Parses a number of any of the four countries, by its calling code. */
export function parseInternational(text: string): Phone | PhoneProblem {
  const digits = normalizePhone(text).replace(/^(\+|00)/, '');
  const country = (Object.keys(PLANS) as Country[]).find((each) => digits.startsWith(PLANS[each].callingCode));
  return country ? parsePhone(text, country) : 'other_country';
}

/** The national form with its 0, which providers in the country expect: `+263772279099` is `0772279099`. */
export function nationalForm(phone: { msisdn: string; country: Country }): string {
  return `0${phone.msisdn.slice(1 + PLANS[phone.country].callingCode.length)}`;
}

/** Masks a number for logs: recognisable, but not to be called: `+263772***099`. */
export function maskNumber(text: string): string {
  return text.length < 8 ? '***' : `${text.slice(0, -6)}***${text.slice(-3)}`;
}

function nationalNumber(digits: string, callingCode: string, international: boolean): string | undefined {
  const rest = digits.slice(callingCode.length);
  if (digits.startsWith(callingCode)) {
    if (rest.length === NATIONAL_DIGITS) return rest;
    // Many people keep the 0 of the national form behind the calling code. No national number begins with one.
    if (rest.length === NATIONAL_DIGITS + 1 && rest.startsWith('0')) return rest.slice(1);
  }
  if (international) return undefined;
  if (digits.length === NATIONAL_DIGITS + 1 && digits.startsWith('0')) return digits.slice(1);
  return digits.length === NATIONAL_DIGITS && !digits.startsWith('0') ? digits : undefined;
}

function isOfAnotherCountry(digits: string, country: Country): boolean {
  return (Object.keys(PLANS) as Country[]).some(
    (other) =>
      other !== country &&
      digits.startsWith(PLANS[other].callingCode) &&
      digits.length - PLANS[other].callingCode.length === NATIONAL_DIGITS,
  );
}

function networkOf(national: string, country: Country): string | undefined {
  let found: { network: string; length: number } | undefined;
  for (const [network, prefixes] of Object.entries(PLANS[country].networks)) {
    for (const prefix of prefixes) {
      if (national.startsWith(prefix) && prefix.length > (found?.length ?? 0)) {
        found = { network, length: prefix.length };
      }
    }
  }
  return found?.network;
}
