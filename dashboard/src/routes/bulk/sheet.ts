import type { Fixes } from './cells.ts';

/** A merchant's file in the browser. What it means is said by the API. */

/** What the API takes. */
export const FILE_BYTES_MAX = 10 * 1024 * 1024;

export interface SheetFile {
  readonly name: string;
  readonly text: string;
  /** Where it is not UTF-8. */
  readonly encoding?: string;
}

/** As the API reads the bytes of a file: UTF-16 by its mark, else UTF-8, else what old spreadsheets save. */
export function decode(bytes: Uint8Array): { text: string; encoding?: string } {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return { text: new TextDecoder('utf-16le').decode(bytes), encoding: 'UTF-16' };
  if (first === 0xfe && second === 0xff) return { text: new TextDecoder('utf-16be').decode(bytes), encoding: 'UTF-16' };
  const text = new TextDecoder().decode(bytes);
  // With characters of UTF-8 beside what is not, the file is damaged: the API says in which line.
  if (!text.includes('\uFFFD') || /[\u0080-\uFFFC]/.test(text)) return { text };
  return { text: new TextDecoder('windows-1252').decode(bytes), encoding: 'Windows-1252' };
}

export function isWorkbook(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b;
}

/** `may.csv` as `may-corrected.csv`. */
export function correctedName(name: string, suffix: string): string {
  const base = name.replace(/\.\w+$/, '');
  return `${base.endsWith(`-${suffix}`) ? base : `${base}-${suffix}`}.csv`;
}

/** How the API has understood a file. */
interface Understood {
  readonly separator: string;
  readonly columns: readonly { readonly column: string; readonly position: number }[];
}

/** The file with its corrections in it. What reads cells is loaded for a file that has any. */
export async function withFixes(file: SheetFile, as: Understood | undefined, fixes: Fixes): Promise<SheetFile> {
  if (!as || Object.keys(fixes).length === 0) return file;
  const { cellsOf, corrected } = await import('./cells.ts');
  return { ...file, text: corrected(cellsOf(file.text, as.separator), as.separator, as.columns, fixes) };
}
