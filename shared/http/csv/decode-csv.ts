/** The text of a CSV, from the bytes that spreadsheets save: UTF-8, UTF-16 with its mark, or Windows-1252. */

export interface DecodedCsv {
  readonly text: string;
  /** Where it is not UTF-8. */
  readonly encoding?: 'UTF-16' | 'Windows-1252';
}

/** Bytes that are none of these become U+FFFD or NUL, which the reader of the sheet refuses by their line. */
export function decodeCsv(csv: string | Uint8Array): DecodedCsv {
  if (typeof csv === 'string') return { text: csv };
  const bytes = Buffer.from(csv);
  const mark = bytes.subarray(0, 2).toString('hex');
  if (mark === 'fffe' || mark === 'feff') {
    const decoder = new TextDecoder(mark === 'fffe' ? 'utf-16le' : 'utf-16be');
    return { text: decoder.decode(bytes), encoding: 'UTF-16' };
  }
  const text = bytes.toString('utf8');
  if (!isWindows1252(bytes, text)) return { text };
  return { text: new TextDecoder('windows-1252').decode(bytes), encoding: 'Windows-1252' };
}

/**
 * Text that is not UTF-8 in any part of it. A file with valid characters of UTF-8 beside invalid bytes is damaged, and
 * is not guessed at; nor is one with a NUL or with one of the five bytes that Windows-1252 does not have.
 */
function isWindows1252(bytes: Buffer, text: string): boolean {
  if (!text.includes('\uFFFD') || /[\u0080-\uFFFC]|[\uD800-\uDFFF]/.test(text)) return false;
  return !bytes.some((byte) => UNASSIGNED.has(byte));
}

const UNASSIGNED = new Set([0x00, 0x81, 0x8d, 0x8f, 0x90, 0x9d]);
