/**
 * Ranges of IP addresses in CIDR form. An IPv4 address is the IPv6 address that maps it (`::ffff:a.b.c.d`), so one that
 * arrives in either form is in the same ranges.
 */

/** The longest text of an IPv6 address, such as one that ends in an IPv4 address. */
const ADDRESS_CHARACTERS_MAX = 45;
const BITS = 128;
/** The bits in front of a mapped IPv4 address. */
const MAPPED_BITS = 96;

interface Range {
  readonly bytes: readonly number[];
  readonly bits: number;
}

/** Every IPv4 address. */
const MAPPED: Range = { bytes: [...Array<number>(10).fill(0), 0xff, 0xff, 0, 0, 0, 0], bits: MAPPED_BITS };

/** What is wrong with a range, as the end of a sentence; `undefined` if nothing is. */
export function problemOfRange(text: string): string | undefined {
  const range = parseRange(text);
  if (!range) return 'must be a range such as 203.0.113.0/24 or 2001:db8::/32, or one address.';
  const hasHostBits = range.bytes.some((byte, place) => byte !== masked(byte, range.bits - 8 * place));
  return hasHostBits ? 'has bits set behind its prefix: write the first address of the range.' : undefined;
}

/** Whether an address is in one of the ranges. What is no address is in none. */
export function isInRanges(address: string, ranges: readonly string[]): boolean {
  const bytes = parseAddress(address);
  return bytes !== undefined && ranges.some((text) => isInRange(bytes, parseRange(text)));
}

/**
 * Whom an address stands for, to be counted by: itself, or its network of 64 bits where it is IPv6, because whoever has
 * one address there has all of them.
 */
export function holderOf(address: string): string {
  const bytes = parseAddress(address);
  if (!bytes) return address.slice(0, ADDRESS_CHARACTERS_MAX);
  if (isInRange(bytes, MAPPED)) return bytes.slice(12).join('.');
  const network = bytes.slice(0, 8).map((byte) => byte.toString(16).padStart(2, '0'));
  return `${network.join('')}/64`;
}

/** Whether every address of a range is in one of the others. */
export function isWithinRanges(text: string, ranges: readonly string[]): boolean {
  const inner = parseRange(text);
  if (!inner) return false;
  return ranges.some((each) => {
    const outer = parseRange(each);
    return outer !== undefined && outer.bits <= inner.bits && isInRange(inner.bytes, outer);
  });
}

function isInRange(bytes: readonly number[], range: Range | undefined): boolean {
  if (!range) return false;
  return bytes.every((byte, place) => {
    const bits = range.bits - 8 * place;
    return masked(byte, bits) === masked(range.bytes[place] ?? 0, bits);
  });
}

/** A byte with its first bits, the others zero. */
function masked(byte: number, bits: number): number {
  if (bits >= 8) return byte;
  return bits <= 0 ? 0 : byte & (0xff << (8 - bits));
}

/** A range, or one address as a range of one. */
function parseRange(text: string): Range | undefined {
  const [address = '', prefix, ...others] = text.slice(0, ADDRESS_CHARACTERS_MAX + 5).split('/');
  const bytes = parseAddress(address);
  if (!bytes || others.length > 0) return undefined;
  if (prefix === undefined) return { bytes, bits: BITS };
  const bits = /^(0|[1-9]\d{0,2})$/.test(prefix)
    ? Number(prefix) + (address.includes(':') ? 0 : MAPPED_BITS)
    : BITS + 1;
  return bits <= BITS ? { bytes, bits } : undefined;
}

/** The sixteen bytes of an address; `undefined` for any other text. */
function parseAddress(text: string): number[] | undefined {
  if (text.length > ADDRESS_CHARACTERS_MAX) return undefined;
  if (text.includes(':')) return parseIpv6(text);
  const bytes = parseIpv4(text);
  return bytes && [...Array<number>(10).fill(0), 0xff, 0xff, ...bytes];
}

/** Without leading zeros, which some read as octal. */
function parseIpv4(text: string): number[] | undefined {
  const parts = text.split('.');
  const bytes = parts.map((part) => (/^(0|[1-9]\d{0,2})$/.test(part) ? Number(part) : 256));
  return bytes.length === 4 && bytes.every((byte) => byte < 256) ? bytes : undefined;
}

function parseIpv6(text: string): number[] | undefined {
  const [head = '', tail, ...others] = text.split('::');
  if (others.length > 0) return undefined;
  const before = parseGroups(head, tail === undefined);
  const after = tail === undefined ? [] : parseGroups(tail, true);
  if (!before || !after) return undefined;
  const missing = 16 - before.length - after.length;
  // `::` stands for one group of zeros at least.
  if (tail === undefined ? missing !== 0 : missing < 2) return undefined;
  return [...before, ...Array<number>(missing).fill(0), ...after];
}

/** Groups of four hexadecimal digits; the last ones may be written as an IPv4 address. */
function parseGroups(text: string, isEnd: boolean): number[] | undefined {
  if (text === '') return [];
  const groups = text.split(':');
  const bytes: number[] = [];
  for (const [place, group] of groups.entries()) {
    const ipv4 = isEnd && place === groups.length - 1 ? parseIpv4(group) : undefined;
    if (ipv4) bytes.push(...ipv4);
    else if (/^[0-9a-f]{1,4}$/i.test(group))
      bytes.push(Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff);
    else return undefined;
  }
  return bytes;
}
